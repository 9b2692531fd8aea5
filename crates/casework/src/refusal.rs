//! Why an act is refused, for people and for logs.

use jianwei_model::{CaseState, Digest, Disposition, LetterId, Role};
use thiserror::Error;

/// Why an act on a case is refused. `Display` is English, [`Refusal::chinese`] is what an analyst reads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The user is shut out.
    #[error("user `{user}` is disabled")]
    Disabled {
        /// Login name.
        user: String,
    },
    /// The user lacks the role the act needs.
    #[error("user `{user}` is not an {}", needed.as_str())]
    Role {
        /// Login name.
        user: String,
        /// The role the act needs.
        needed: Role,
    },
    /// The act needs a reason and none was given.
    #[error("a reason is required")]
    ReasonMissing,
    /// The reason is longer than 2000 characters.
    #[error("the reason has {characters} characters; at most 2000 are allowed")]
    ReasonTooLong {
        /// How many it has.
        characters: usize,
    },
    /// There is no such case.
    #[error("the case was never opened")]
    NotOpened,
    /// The case was confirmed before.
    #[error("the case was already confirmed by `{by}`")]
    AlreadyConfirmed {
        /// Who confirmed it.
        by: String,
    },
    /// The case is dismissed; nothing may follow but a reopening.
    #[error("the case was dismissed by `{by}`; reopen it first")]
    Dismissed {
        /// Who dismissed it.
        by: String,
    },
    /// An authority has acted; the case is not dismissed any more, only reopened.
    #[error("the case has a disposition; reopen it first")]
    Disposed,
    /// Only a dismissed or disposed case can be reopened.
    #[error("the case is {}; only a dismissed or disposed case can be reopened", state.as_str())]
    NotClosed {
        /// Where it stands.
        state: CaseState,
    },
    /// The act needs a confirmed case.
    #[error("the case is not confirmed")]
    NotConfirmed,
    /// The act needs a sealed packet.
    #[error("the evidence packet is not sealed")]
    NoPacket,
    /// The approver is the person who confirmed the case.
    #[error("`{user}` confirmed this case; another person must approve its letters")]
    SamePerson {
        /// Login name.
        user: String,
    },
    /// Only a person can do this.
    #[error("`{actor}` is not a person")]
    NotAPerson {
        /// The actor.
        actor: String,
    },
    /// The case has no such letter.
    #[error("the case has no letter `{letter}`")]
    UnknownLetter {
        /// Which.
        letter: LetterId,
    },
    /// The letter was drafted anew since it was read, or another was meant.
    #[error("letter `{letter}` now has digest `{current}`, not `{named}`")]
    OtherDigest {
        /// Which.
        letter: LetterId,
        /// The digest it has.
        current: Digest,
        /// The digest that was named.
        named: Digest,
    },
    /// The letter was approved before.
    #[error("letter `{letter}` was already approved by `{by}`")]
    AlreadyApproved {
        /// Which.
        letter: LetterId,
        /// Who approved it.
        by: String,
    },
    /// The letter was rejected before.
    #[error("letter `{letter}` was rejected by `{by}`")]
    AlreadyRejected {
        /// Which.
        letter: LetterId,
        /// Who rejected it.
        by: String,
    },
    /// The letter has left, or may have left.
    #[error("letter `{letter}` has left or may have left")]
    AlreadySent {
        /// Which.
        letter: LetterId,
    },
    /// No sending of the letter is in doubt.
    #[error("no sending of letter `{letter}` is in doubt")]
    NotInDoubt {
        /// Which.
        letter: LetterId,
    },
    /// The same disposition was recorded before.
    #[error("the disposition `{disposition:?}` is already recorded")]
    AlreadyRecorded {
        /// Which.
        disposition: Disposition,
    },
}

impl Refusal {
    /// What an analyst reads.
    #[must_use]
    pub fn chinese(&self) -> String {
        match self {
            Self::Disabled { user } => format!("用户“{user}”已停用"),
            Self::Role { user, needed } => {
                format!("用户“{user}”没有{}权限", needed.chinese())
            }
            Self::ReasonMissing => "请填写理由".to_owned(),
            Self::ReasonTooLong { characters } => {
                format!("理由共{characters}字，最多2000字")
            }
            Self::NotOpened => "案件不存在".to_owned(),
            Self::AlreadyConfirmed { by } => format!("案件已由“{by}”确认，不能重复确认"),
            Self::Dismissed { by } => format!("案件已由“{by}”排除，请先重新立案"),
            Self::Disposed => "案件已有处置结果，请先重新立案".to_owned(),
            Self::NotClosed { state } => format!(
                "案件状态为“{}”，只有已排除或已处置的案件可以重新立案",
                state.chinese()
            ),
            Self::NotConfirmed => "案件尚未确认".to_owned(),
            Self::NoPacket => "证据包尚未封存".to_owned(),
            Self::SamePerson { user } => {
                format!("“{user}”是本案确认人，函件须由另一人审批")
            }
            Self::NotAPerson { actor } => format!("“{actor}”不是人员，不能作出此决定"),
            Self::UnknownLetter { letter } => format!("本案没有函件“{letter}”"),
            Self::OtherDigest { letter, .. } => {
                format!("函件“{letter}”内容已变更，请重新阅读后再审批")
            }
            Self::AlreadyApproved { letter, by } => {
                format!("函件“{letter}”已由“{by}”批准")
            }
            Self::AlreadyRejected { letter, by } => {
                format!("函件“{letter}”已由“{by}”退回")
            }
            Self::AlreadySent { letter } => format!("函件“{letter}”已经发出或可能已经发出"),
            Self::NotInDoubt { letter } => format!("函件“{letter}”没有待核实的发送"),
            Self::AlreadyRecorded { disposition } => {
                format!("处置结果“{}”已经登记", disposition.chinese())
            }
        }
    }
}
