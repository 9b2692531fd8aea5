//! A case that is played event by event.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeSet;

use jianwei_casework::{Act, CaseView, Refusal, decide, draft};
use jianwei_model::{
    Action, Actor, CaseId, Class, Digest, Event, EventDraft, GENESIS, LetterId, Role, Timestamp,
    User, VisitId,
};

pub(crate) struct Play {
    pub(crate) events: Vec<Event>,
}

pub(crate) fn case() -> CaseId {
    CaseId::from_text("case-0000000001")
}

pub(crate) fn letter(number: u8) -> LetterId {
    LetterId::from_text(format!("letter-{number}"))
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

pub(crate) fn user(name: &str, roles: &[Role]) -> User {
    User {
        name: name.into(),
        display: name.into(),
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        password: String::new(),
        disabled: false,
        created: Timestamp::from_millis(0),
    }
}

pub(crate) fn analyst() -> User {
    user("li", &[Role::Analyst])
}

pub(crate) fn approver() -> User {
    user("wang", &[Role::Approver])
}

/// May do everything, but not everything on one case.
pub(crate) fn both() -> User {
    user("zhao", &[Role::Analyst, Role::Approver])
}

pub(crate) fn opened() -> Action {
    Action::CaseOpened {
        class: Class::FakeGovernmentSite,
        host: "zs-chaxun.example".into(),
        visit: VisitId::from_text("visit-1"),
        assessment: digest("assessment"),
    }
}

pub(crate) fn sealed() -> Action {
    Action::PacketSealed {
        packet: digest("packet"),
        wacz: digest("wacz"),
    }
}

pub(crate) fn drafted(number: u8, text: &str) -> Action {
    Action::LetterDrafted {
        letter: letter(number),
        digest: digest(text),
    }
}

pub(crate) fn started(number: u8, text: &str) -> Action {
    Action::DeliveryStarted {
        letter: letter(number),
        digest: digest(text),
    }
}

pub(crate) fn delivered(number: u8, text: &str) -> Action {
    Action::LetterDelivered {
        letter: letter(number),
        digest: digest(text),
        proof: "250 queued".into(),
    }
}

pub(crate) fn failed(number: u8) -> Action {
    Action::DeliveryFailed {
        letter: letter(number),
        error: "no route".into(),
    }
}

pub(crate) fn acknowledged(number: u8) -> Action {
    Action::PacketAcknowledged {
        letter: letter(number),
        receipt: "回执1".into(),
    }
}

pub(crate) fn approve(number: u8, text: &str) -> Act {
    Act::Approve {
        letter: letter(number),
        digest: digest(text),
    }
}

pub(crate) fn reject(number: u8) -> Act {
    Act::Reject {
        letter: letter(number),
    }
}

impl Play {
    pub(crate) fn new() -> Self {
        Self { events: Vec::new() }
    }

    /// Opened, sealed, letters 1 (text `a`) and 2 (text `b`) drafted.
    pub(crate) fn ready() -> Self {
        let mut play = Self::new();
        for action in [opened(), sealed(), drafted(1, "a"), drafted(2, "b")] {
            play.step(action);
        }
        play
    }

    /// Ready and confirmed by the analyst.
    pub(crate) fn confirmed() -> Self {
        let mut play = Self::ready();
        play.act(&analyst(), &Act::Confirm, "核实").unwrap();
        play
    }

    pub(crate) fn step(&mut self, action: Action) {
        self.append(Actor::step("test"), action, "");
    }

    pub(crate) fn append(&mut self, actor: Actor, action: Action, reason: &str) {
        let sequence = self.events.len() as u64;
        let draft = EventDraft {
            at: Timestamp::from_millis(i64::try_from(sequence).unwrap_or(0) * 1000),
            actor,
            action,
            case: Some(case()),
            reason: reason.into(),
            key: sequence.to_string(),
        };
        self.events.push(draft.into_event(sequence, GENESIS));
    }

    pub(crate) fn view(&self) -> CaseView {
        CaseView::of(&self.events)
    }

    /// Decides, and appends what was decided.
    pub(crate) fn act(&mut self, user: &User, act: &Act, reason: &str) -> Result<(), Refusal> {
        let action = decide(&self.view(), user, act, reason)?;
        self.append(Actor::user(&user.name), action, reason);
        Ok(())
    }

    pub(crate) fn key(&self, user: &User, act: &Act) -> String {
        draft(&self.view(), user, act, "理由", Timestamp::from_millis(0))
            .map_or_else(|refusal| refusal.to_string(), |draft| draft.key)
    }
}
