//! Events: who did what when and why; append-only and hash-linked.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    CaseId, Class, Digest, Disposition, LetterId, Role, Timestamp, VisitId, canonical_json,
};

/// The `previous` of the first event: 64 zeros.
pub const GENESIS: Digest = Digest::ZERO;

/// One link of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Place in the log, from 0.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    #[serde(flatten)]
    pub action: Action,
    /// The case it belongs to, if to one.
    pub case: Option<CaseId>,
    /// Why, in the actor's words.
    pub reason: String,
    /// What tells a repetition from a new event.
    pub key: String,
    /// Digest of the previous event's line, or [`GENESIS`].
    pub previous: Digest,
}

/// An event before it has its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDraft {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// The case it belongs to, if to one.
    pub case: Option<CaseId>,
    /// Why, in the actor's words.
    pub reason: String,
    /// What tells a repetition from a new event: a second draft with the same key changes nothing.
    pub key: String,
}

/// Who did something: a step of the machine or a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Actor {
    /// A step of the journey.
    Step(String),
    /// A user of the console or command line, by name.
    User(String),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// A source was pulled.
    SourcePulled {
        /// Its name.
        source: String,
        /// Leads it named.
        leads: u64,
    },
    /// A case was opened.
    CaseOpened {
        /// Under which class.
        class: Class,
        /// On which host.
        host: String,
        /// By which visit.
        visit: VisitId,
        /// Digest of the assessment.
        assessment: Digest,
    },
    /// The packet was sealed.
    PacketSealed {
        /// Digest of the packet file.
        packet: Digest,
        /// Digest of the WACZ inside.
        wacz: Digest,
    },
    /// A letter was drafted.
    LetterDrafted {
        /// Which.
        letter: LetterId,
        /// Its digest.
        digest: Digest,
    },
    /// An analyst confirmed the case.
    CaseConfirmed,
    /// An analyst dismissed the case.
    CaseDismissed,
    /// A dismissed case was taken up again.
    CaseReopened,
    /// A letter was approved to leave.
    LetterApproved {
        /// Which.
        letter: LetterId,
        /// The digest that may leave.
        digest: Digest,
    },
    /// A letter was held back for good.
    LetterRejected {
        /// Which.
        letter: LetterId,
    },
    /// The sending of a letter began.
    DeliveryStarted {
        /// Which.
        letter: LetterId,
        /// What leaves.
        digest: Digest,
    },
    /// A letter left.
    LetterDelivered {
        /// Which.
        letter: LetterId,
        /// What left.
        digest: Digest,
        /// The other side's own words or the file's place.
        proof: String,
    },
    /// A sending failed or was refused.
    DeliveryFailed {
        /// Which.
        letter: LetterId,
        /// Why.
        error: String,
    },
    /// The regulator took a packet from the queue for good.
    PacketAcknowledged {
        /// The letter that came with it.
        letter: LetterId,
        /// The regulator's receipt number or words.
        receipt: String,
    },
    /// An authority acted.
    DispositionRecorded {
        /// How.
        disposition: Disposition,
    },
    /// Evidence was opened, exported or downloaded.
    EvidenceRead {
        /// What.
        what: String,
        /// Its digest.
        digest: Digest,
    },
    /// A user was added.
    UserAdded {
        /// Login name.
        user: String,
        /// Roles.
        roles: Vec<Role>,
    },
    /// A user was shut out.
    UserDisabled {
        /// Login name.
        user: String,
    },
    /// A user's password was set.
    PasswordSet {
        /// Login name.
        user: String,
    },
    /// A user signed in.
    SignedIn,
    /// Someone tried to sign in and failed.
    SignInFailed {
        /// The name they gave, cut to 64 characters.
        user: String,
    },
}

impl Actor {
    /// A step of the journey.
    #[must_use]
    pub fn step(name: &str) -> Self {
        Self::Step(name.to_owned())
    }

    /// A person.
    #[must_use]
    pub fn user(name: &str) -> Self {
        Self::User(name.to_owned())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(name) => write!(f, "step:{name}"),
            Self::User(name) => write!(f, "user:{name}"),
        }
    }
}

impl Event {
    /// The event's line in the log, canonical JSON without a line end.
    #[must_use]
    pub fn to_line(&self) -> String {
        canonical_json(self)
    }

    /// Digest of the event's line, which the next event names as its `previous`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.to_line().as_bytes())
    }
}

impl EventDraft {
    /// The event at its place in the log.
    #[must_use]
    pub fn into_event(self, sequence: u64, previous: Digest) -> Event {
        let Self {
            at,
            actor,
            action,
            case,
            reason,
            key,
        } = self;
        Event {
            sequence,
            at,
            actor,
            action,
            case,
            reason,
            key,
            previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_reads_back_from_its_line() {
        let draft = EventDraft {
            at: Timestamp::from_millis(1),
            actor: Actor::user("li"),
            action: Action::LetterApproved {
                letter: LetterId::from_text("letter-1"),
                digest: GENESIS,
            },
            case: Some(CaseId::from_text("case-1")),
            reason: "核实无误".into(),
            key: "k".into(),
        };
        let event = draft.into_event(7, GENESIS);
        let back: Event = serde_json::from_str(&event.to_line()).unwrap();
        assert_eq!(back, event);
        assert_eq!(back.digest(), event.digest());
    }
}
