//! Whether a person may do something to a case, and which action results.

use jianwei_model::{
    Action, Actor, Digest, Disposition, EventDraft, LetterId, Role, Timestamp, User,
};

use crate::{CaseView, Refusal};

/// Most characters a reason may have.
const REASON_CHARACTERS: usize = 2000;

/// What a person wants to do to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Confirm the suspicion (analyst; reason required).
    Confirm,
    /// Dismiss it (analyst; reason required), at any time before a disposition: what turns out wrong after a letter left must be stoppable.
    Dismiss,
    /// Take a dismissed or disposed case up again (analyst; reason required).
    Reopen,
    /// Let a letter leave (approver who did not confirm the case).
    Approve {
        /// Which.
        letter: LetterId,
        /// The digest that was read; another one is refused.
        digest: Digest,
    },
    /// Hold a letter back, or withdraw an approval before the sending begins (approver; reason required).
    Reject {
        /// Which.
        letter: LetterId,
    },
    /// Record what an authority did (analyst).
    Dispose {
        /// What.
        disposition: Disposition,
    },
    /// Settle a sending in doubt: the letter did leave (approver; the reason is its proof and required).
    SettleDelivered {
        /// Which.
        letter: LetterId,
    },
    /// Settle a sending in doubt: the letter did not leave and may be sent again (approver; reason required).
    SettleFailed {
        /// Which.
        letter: LetterId,
    },
}

/// The action that results when `user` does `act` to the case for `reason`.
///
/// # Errors
/// A [`Refusal`] that says which rule forbids it.
pub fn decide(view: &CaseView, user: &User, act: &Act, reason: &str) -> Result<Action, Refusal> {
    check_user(user, act.role())?;
    check_reason(act, reason)?;
    if view.opened.is_none() {
        return Err(Refusal::NotOpened);
    }
    match act {
        Act::Confirm => view.check_confirm().map(|()| Action::CaseConfirmed),
        Act::Dismiss => view.check_dismiss().map(|()| Action::CaseDismissed),
        Act::Reopen => view.check_reopen().map(|()| Action::CaseReopened),
        Act::Approve { letter, digest } => {
            view.check_approve(letter, digest, &user.name)?;
            Ok(Action::LetterApproved {
                letter: letter.clone(),
                digest: *digest,
            })
        }
        Act::Reject { letter } => {
            view.check_reject(letter)?;
            Ok(Action::LetterRejected {
                letter: letter.clone(),
            })
        }
        Act::Dispose { disposition } => {
            view.check_dispose(*disposition)?;
            Ok(Action::DispositionRecorded {
                disposition: *disposition,
            })
        }
        Act::SettleDelivered { letter } => {
            let sending = view.check_in_doubt(letter)?;
            Ok(Action::LetterDelivered {
                letter: letter.clone(),
                digest: sending.digest,
                proof: reason.trim().to_owned(),
            })
        }
        Act::SettleFailed { letter } => {
            view.check_in_doubt(letter)?;
            Ok(Action::DeliveryFailed {
                letter: letter.clone(),
                error: reason.trim().to_owned(),
            })
        }
    }
}

/// What [`decide`] allows, as an event ready for the log.
///
/// Its key makes competing acts exclude each other: of two people who confirm and dismiss the same case at the same
/// moment, or approve and reject the same letter, the first to be appended wins. The log answers the second with the
/// first one's event, so compare the answer's actor and action with the draft's before telling the user it is done.
///
/// # Errors
/// As [`decide`].
pub fn draft(
    view: &CaseView,
    user: &User,
    act: &Act,
    reason: &str,
    now: Timestamp,
) -> Result<EventDraft, Refusal> {
    let action = decide(view, user, act, reason)?;
    Ok(EventDraft {
        at: now,
        actor: Actor::user(&user.name),
        action,
        case: view.case.clone(),
        reason: reason.trim().to_owned(),
        key: key(view, act),
    })
}

fn key(view: &CaseView, act: &Act) -> String {
    let case = view.case.as_ref().map_or("", |case| case.as_str());
    let round = view.round;
    let letter_view = |letter: &LetterId| view.letters.get(letter);
    let attempts = |letter: &LetterId| letter_view(letter).map_or(0, |found| found.attempts);
    match act {
        Act::Dismiss if view.confirmed.is_some() => format!("dismiss:{case}:{round}"),
        Act::Confirm | Act::Dismiss => format!("review:{case}:{round}"),
        Act::Reopen => format!("reopen:{case}:{round}"),
        Act::Approve { letter, digest } => {
            format!("letter-review:{letter}:{}:{round}", digest.hex())
        }
        Act::Reject { letter } => {
            let found = letter_view(letter);
            let digest = found.map_or(String::new(), |found| found.digest.hex());
            let word = match found.and_then(|found| found.approved.as_ref()) {
                Some(_) => "letter-withdrawal",
                None => "letter-review",
            };
            format!("{word}:{letter}:{digest}:{round}")
        }
        Act::Dispose { disposition } => {
            format!("dispose:{case}:{round}:{disposition:?}")
        }
        Act::SettleDelivered { letter } | Act::SettleFailed { letter } => {
            format!("settle:{letter}:{}", attempts(letter))
        }
    }
}

impl Act {
    /// The role it needs.
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Confirm | Self::Dismiss | Self::Reopen | Self::Dispose { .. } => Role::Analyst,
            Self::Approve { .. }
            | Self::Reject { .. }
            | Self::SettleDelivered { .. }
            | Self::SettleFailed { .. } => Role::Approver,
        }
    }

    /// Whether it needs a reason.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        !matches!(self, Self::Approve { .. } | Self::Dispose { .. })
    }
}

fn check_user(user: &User, needed: Role) -> Result<(), Refusal> {
    if user.disabled {
        return Err(Refusal::Disabled {
            user: user.name.clone(),
        });
    }
    if !user.has(needed) {
        return Err(Refusal::Role {
            user: user.name.clone(),
            needed,
        });
    }
    Ok(())
}

fn check_reason(act: &Act, reason: &str) -> Result<(), Refusal> {
    let reason = reason.trim();
    if act.needs_reason() && reason.is_empty() {
        return Err(Refusal::ReasonMissing);
    }
    let characters = reason.chars().count();
    if characters > REASON_CHARACTERS {
        return Err(Refusal::ReasonTooLong { characters });
    }
    Ok(())
}
