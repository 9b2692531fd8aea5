//! The rules that decide what may happen to a case; the same ones judge an act before it and an event after it.

use jianwei_model::{Actor, CaseState, Digest, Disposition, LetterId};

use crate::view::{CaseView, Judgement};
use crate::{LetterView, Refusal, Sending, SendingState};

/// Whether `letter` with `digest` may leave now: approved by the rules, not dismissed since, and not begun or gone before.
#[must_use]
pub fn may_leave(view: &CaseView, letter: &LetterId, digest: &Digest) -> bool {
    let Some(found) = view.letters.get(letter) else {
        return false;
    };
    let untried = found
        .sending
        .as_ref()
        .is_none_or(|sending| matches!(sending.state, SendingState::Failed { .. }));
    view.dismissed.is_none()
        && view.confirmed.is_some()
        && view.packet.is_some()
        && found.approved.is_some()
        && found.digest == *digest
        && untried
        && !found.left.contains(digest)
}

impl CaseView {
    pub(crate) fn check_confirm(&self) -> Result<(), Refusal> {
        self.check_not_dismissed()?;
        match &self.confirmed {
            Some(said) => Err(Refusal::AlreadyConfirmed {
                by: said.by.clone(),
            }),
            None => Ok(()),
        }
    }

    pub(crate) fn check_dismiss(&self) -> Result<(), Refusal> {
        self.check_not_dismissed()?;
        if self.dispositions.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Disposed)
        }
    }

    pub(crate) fn check_reopen(&self) -> Result<(), Refusal> {
        match self.state {
            CaseState::Dismissed | CaseState::Disposed => Ok(()),
            state => Err(Refusal::NotClosed { state }),
        }
    }

    pub(crate) fn check_approve(
        &self,
        letter: &LetterId,
        digest: &Digest,
        name: &str,
    ) -> Result<(), Refusal> {
        let confirmed = self.check_confirmed()?;
        if self.packet.is_none() {
            return Err(Refusal::NoPacket);
        }
        if confirmed.by == name {
            return Err(Refusal::SamePerson {
                user: name.to_owned(),
            });
        }
        let found = self.check_open(letter)?;
        if let Some(said) = &found.approved {
            return Err(Refusal::AlreadyApproved {
                letter: letter.clone(),
                by: said.by.clone(),
            });
        }
        if found.digest != *digest {
            return Err(Refusal::OtherDigest {
                letter: letter.clone(),
                current: found.digest,
                named: *digest,
            });
        }
        Ok(())
    }

    pub(crate) fn check_reject(&self, letter: &LetterId) -> Result<(), Refusal> {
        self.check_not_dismissed()?;
        self.check_open(letter).map(|_| ())
    }

    pub(crate) fn check_dispose(&self, disposition: Disposition) -> Result<(), Refusal> {
        self.check_confirmed()?;
        let known = self
            .dispositions
            .iter()
            .any(|recorded| recorded.disposition == disposition);
        if known {
            return Err(Refusal::AlreadyRecorded { disposition });
        }
        Ok(())
    }

    pub(crate) fn check_in_doubt(&self, letter: &LetterId) -> Result<&Sending, Refusal> {
        match &self.letter(letter)?.sending {
            Some(sending) if sending.state == SendingState::Started => Ok(sending),
            _ => Err(Refusal::NotInDoubt {
                letter: letter.clone(),
            }),
        }
    }

    fn check_not_dismissed(&self) -> Result<(), Refusal> {
        match &self.dismissed {
            Some(said) => Err(Refusal::Dismissed {
                by: said.by.clone(),
            }),
            None => Ok(()),
        }
    }

    fn check_confirmed(&self) -> Result<&Judgement, Refusal> {
        self.check_not_dismissed()?;
        self.confirmed.as_ref().ok_or(Refusal::NotConfirmed)
    }

    /// The letter, when it is neither held back nor gone nor on its way.
    fn check_open(&self, letter: &LetterId) -> Result<&LetterView, Refusal> {
        let found = self.letter(letter)?;
        if found.is_under_way() || found.left.contains(&found.digest) {
            return Err(Refusal::AlreadySent {
                letter: letter.clone(),
            });
        }
        if let Some(said) = &found.rejected {
            return Err(Refusal::AlreadyRejected {
                letter: letter.clone(),
                by: said.by.clone(),
            });
        }
        Ok(found)
    }

    fn letter(&self, letter: &LetterId) -> Result<&LetterView, Refusal> {
        self.letters
            .get(letter)
            .ok_or_else(|| Refusal::UnknownLetter {
                letter: letter.clone(),
            })
    }
}

/// The name of the person behind `actor`; steps of the machine are no persons.
pub(crate) fn person(actor: &Actor) -> Result<&str, Refusal> {
    match actor {
        Actor::User(name) => Ok(name),
        Actor::Step(_) => Err(Refusal::NotAPerson {
            actor: actor.to_string(),
        }),
    }
}
