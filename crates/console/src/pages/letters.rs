//! The letters of a case: full text, recipient, digest, where each stands and what may be done to it.

use std::collections::BTreeSet;

use jianwei_casework::{Act, CaseView, LetterView, SendingState, decide, routes};
use jianwei_model::{Channel, DeliveryOutcome, Letter, User};

use crate::dossier::Dossier;
use crate::shown::{beijing, size};
use crate::words::proof_words;

/// One letter as the page shows it.
pub(crate) struct LetterPart {
    pub(crate) id: String,
    pub(crate) recipient: String,
    pub(crate) route: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) address: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) attachments: Vec<String>,
    pub(crate) digest: String,
    pub(crate) state: &'static str,
    /// Colour of the state.
    pub(crate) mood: &'static str,
    pub(crate) history: Vec<String>,
    /// Whether the full text is shown from the start.
    pub(crate) open: bool,
    pub(crate) can_decide: bool,
    pub(crate) can_settle: bool,
    pub(crate) can_withdraw: bool,
    /// Why an approver cannot decide, where that needs saying.
    pub(crate) refusal: Option<String>,
}

/// The letters of a case.
pub(crate) fn letters(dossier: &Dossier, user: &User) -> Vec<LetterPart> {
    dossier
        .letters
        .iter()
        .filter_map(|letter| {
            let seen = dossier.view.letters.get(&letter.id)?;
            Some(LetterPart::of(letter, seen, dossier, user))
        })
        .collect()
}

/// The routes a case of this class should take for which there is no letter.
pub(crate) fn unreached(dossier: &Dossier) -> Vec<&'static str> {
    if dossier.letters.is_empty() {
        return Vec::new();
    }
    let reached: BTreeSet<_> = dossier
        .letters
        .iter()
        .map(|letter| letter.recipient.route)
        .collect();
    routes(dossier.case.class)
        .iter()
        .filter(|route| !reached.contains(route))
        .map(|route| route.chinese())
        .collect()
}

impl LetterPart {
    fn of(letter: &Letter, seen: &LetterView, dossier: &Dossier, user: &User) -> Self {
        let (state, mood) = standing(seen);
        let digest = letter.digest();
        let may = |act: &Act| decide(&dossier.view, user, act, "x");
        let id = letter.id.clone();
        let approve = may(&Act::Approve {
            letter: id.clone(),
            digest,
        });
        let can_decide = approve.is_ok();
        let can_withdraw =
            seen.approved.is_some() && may(&Act::Reject { letter: id.clone() }).is_ok();
        let undecided = seen.approved.is_none() && seen.rejected.is_none();
        Self {
            id: id.to_string(),
            recipient: letter.recipient.name.clone(),
            route: letter.recipient.route.chinese(),
            channel: match letter.recipient.channel {
                Channel::Mail => "邮件",
                Channel::Queue => "报送队列",
            },
            address: match letter.recipient.channel {
                Channel::Mail => letter.recipient.address.clone(),
                // The queue's name says nothing to a person.
                Channel::Queue => String::new(),
            },
            subject: letter.subject.clone(),
            body: letter.body.clone(),
            attachments: letter
                .attachments
                .iter()
                .map(|one| {
                    format!(
                        "{}（{}，{}）",
                        one.name,
                        size(one.file.bytes),
                        one.file.digest
                    )
                })
                .collect(),
            digest: digest.to_string(),
            state,
            mood,
            history: history(seen, dossier, letter),
            open: can_decide,
            can_decide,
            can_settle: may(&Act::SettleFailed { letter: id }).is_ok(),
            can_withdraw,
            refusal: approve
                .err()
                .filter(|_| undecided && needs_saying(&dossier.view, user))
                .map(|refusal| refusal.chinese()),
        }
    }
}

/// Only an approver before a confirmed case wonders why there is no button.
fn needs_saying(view: &CaseView, user: &User) -> bool {
    view.confirmed.is_some() && user.has(jianwei_model::Role::Approver)
}

fn standing(seen: &LetterView) -> (&'static str, &'static str) {
    if let Some(sending) = &seen.sending {
        return match &sending.state {
            _ if sending.receipt.is_some() => ("已签收", "good"),
            SendingState::Delivered { .. } => ("已送达", "good"),
            SendingState::Started => ("发送中", "due"),
            SendingState::Failed { .. } => ("发送失败", "bad"),
        };
    }
    match (&seen.approved, &seen.rejected) {
        (_, Some(_)) => ("已退回", ""),
        (Some(_), None) => ("已批准，待发出", "approved"),
        (None, None) => ("待审批", "due"),
    }
}

fn history(seen: &LetterView, dossier: &Dossier, letter: &Letter) -> Vec<String> {
    let mut lines = vec![format!("{} 拟制", beijing(seen.drafted))];
    if let Some(said) = &seen.approved {
        lines.push(format!(
            "{} {} 批准{}",
            beijing(said.at),
            dossier.names.person(&said.by),
            quoted(&said.reason)
        ));
    }
    if let Some(said) = &seen.rejected {
        lines.push(format!(
            "{} {} 退回{}",
            beijing(said.at),
            dossier.names.person(&said.by),
            quoted(&said.reason)
        ));
    }
    if let Some(sending) = &seen.sending {
        lines.push(match &sending.state {
            SendingState::Started => format!("{} 开始发送", beijing(sending.started)),
            SendingState::Delivered { at, proof } => {
                format!("{} 送达：{}", beijing(*at), proof_words(proof))
            }
            SendingState::Failed { at, error } => format!("{} 发送失败：{error}", beijing(*at)),
        });
        if let Some(receipt) = &sending.receipt {
            lines.push(format!(
                "{} 签收，回执 {}",
                beijing(receipt.at),
                receipt.text
            ));
        }
    }
    if let Some(DeliveryOutcome::Refused { error }) = dossier
        .deliveries
        .get(&letter.id)
        .map(|delivery| &delivery.outcome)
    {
        lines.push(format!("对方拒收：{error}"));
    }
    lines
}

fn quoted(reason: &str) -> String {
    match reason {
        "" => String::new(),
        reason => format!("「{reason}」"),
    }
}
