//! What is still to be done for a case: no confirmed site stays without a disposition (发现一个处理一个).

use jianwei_model::{CaseState, Class, Disposition, LetterId};

use crate::{CaseView, LetterView, SendingState};

/// One thing that is still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenStep {
    /// An analyst must confirm or dismiss.
    Review,
    /// The packet must be sealed.
    SealPacket,
    /// Letters must be drafted, or the lack of a recipient be dealt with.
    DraftLetters,
    /// Another person must approve or reject the letter.
    ReviewLetter {
        /// Which.
        letter: LetterId,
    },
    /// The approved letter must leave.
    SendLetter {
        /// Which.
        letter: LetterId,
        /// Why the last try failed, if there was one.
        failed: Option<String>,
    },
    /// Nobody knows whether the letter left; a person must find out.
    SettleSending {
        /// Which.
        letter: LetterId,
    },
    /// A letter left about a case that was dismissed since; its recipient must be told (更正、撤回函).
    WithdrawLetter {
        /// Which.
        letter: LetterId,
    },
    /// Whether to transfer to the police must be decided: a site that poses as a state organ needs no number of cases
    /// to be an offence (法释〔2019〕15号第十条), and an administrative measure does not replace the transfer.
    DecidePoliceTransfer,
    /// No authority's measure is recorded yet.
    RecordDisposition,
}

/// What is still to be done, in the order in which it is done; empty for a case that is closed.
#[must_use]
pub fn open_steps(view: &CaseView) -> Vec<OpenStep> {
    match view.state {
        CaseState::Suspected => suspected(view),
        CaseState::Dismissed => dismissed(view),
        _ => confirmed(view),
    }
}

impl OpenStep {
    /// What an analyst reads.
    #[must_use]
    pub fn chinese(&self) -> String {
        match self {
            Self::Review => "待研判".to_owned(),
            Self::SealPacket => "待封存证据包".to_owned(),
            Self::DraftLetters => "待拟制函件".to_owned(),
            Self::ReviewLetter { letter } => format!("函件{letter}待审批"),
            Self::SendLetter {
                letter,
                failed: None,
            } => format!("函件{letter}待发出"),
            Self::SendLetter {
                letter,
                failed: Some(error),
            } => format!("函件{letter}发送失败，待重发：{error}"),
            Self::SettleSending { letter } => {
                format!("函件{letter}是否发出不明，待核实")
            }
            Self::WithdrawLetter { letter } => {
                format!("案件已排除，函件{letter}已发出，待更正或撤回")
            }
            Self::DecidePoliceTransfer => "待决定是否移送公安机关".to_owned(),
            Self::RecordDisposition => "已确认，待登记处置结果".to_owned(),
        }
    }
}

fn suspected(view: &CaseView) -> Vec<OpenStep> {
    let mut steps = Vec::new();
    if view.packet.is_none() {
        steps.push(OpenStep::SealPacket);
    }
    steps.push(OpenStep::Review);
    in_doubt(view, &mut steps);
    steps
}

fn dismissed(view: &CaseView) -> Vec<OpenStep> {
    let mut steps = Vec::new();
    in_doubt(view, &mut steps);
    for (letter, found) in &view.letters {
        if found.is_delivered() || !found.left.is_empty() {
            steps.push(OpenStep::WithdrawLetter {
                letter: letter.clone(),
            });
        }
    }
    steps
}

fn confirmed(view: &CaseView) -> Vec<OpenStep> {
    let mut steps = Vec::new();
    if view.packet.is_none() {
        steps.push(OpenStep::SealPacket);
    } else if view.letters.is_empty() {
        steps.push(OpenStep::DraftLetters);
    }
    for (letter, found) in &view.letters {
        steps.extend(letter_step(letter, found));
    }
    if view.dispositions.is_empty() {
        if poses_as_state_organ(view) {
            steps.push(OpenStep::DecidePoliceTransfer);
        }
        steps.push(OpenStep::RecordDisposition);
    }
    steps
}

fn letter_step(letter: &LetterId, found: &LetterView) -> Option<OpenStep> {
    let letter = letter.clone();
    if found.rejected.is_some() || found.is_delivered() || found.left.contains(&found.digest) {
        return None;
    }
    match found.sending.as_ref().map(|sending| &sending.state) {
        Some(SendingState::Started) => Some(OpenStep::SettleSending { letter }),
        _ if found.approved.is_none() => Some(OpenStep::ReviewLetter { letter }),
        Some(SendingState::Failed { error, .. }) => Some(OpenStep::SendLetter {
            letter,
            failed: Some(error.clone()),
        }),
        _ => Some(OpenStep::SendLetter {
            letter,
            failed: None,
        }),
    }
}

fn in_doubt(view: &CaseView, steps: &mut Vec<OpenStep>) {
    for (letter, found) in &view.letters {
        let state = found.sending.as_ref().map(|sending| &sending.state);
        if state == Some(&SendingState::Started) && !found.is_acknowledged() {
            steps.push(OpenStep::SettleSending {
                letter: letter.clone(),
            });
        }
    }
}

fn poses_as_state_organ(view: &CaseView) -> bool {
    let class = view.opened.as_ref().map(|opening| opening.class);
    matches!(class, Some(Class::FakeGovernmentSite | Class::Both))
        && !view
            .dispositions
            .iter()
            .any(|one| one.disposition == Disposition::TransferredToPolice)
}
