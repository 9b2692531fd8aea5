//! What a case is, derived from its events.

use std::collections::BTreeMap;

use jianwei_model::{
    Actor, CaseId, CaseState, Class, Digest, Disposition, Event, LetterId, Timestamp, VisitId,
};

use crate::rules::person;
use crate::{Entry, LetterView, Refusal};

/// Where a case stands and how it got there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// The case, named by its first event; events of other cases are left aside.
    pub case: Option<CaseId>,
    /// Where it stands.
    pub state: CaseState,
    /// How often it was reopened.
    pub round: u32,
    /// How it was opened.
    pub opened: Option<Opening>,
    /// Its sealed packet.
    pub packet: Option<PacketView>,
    /// Who confirmed it in this round.
    pub confirmed: Option<Judgement>,
    /// Who dismissed it in this round.
    pub dismissed: Option<Judgement>,
    /// Who reopened it last.
    pub reopened: Option<Judgement>,
    /// Its letters.
    pub letters: BTreeMap<LetterId, LetterView>,
    /// What authorities did in this round, in the order recorded.
    pub dispositions: Vec<DispositionView>,
    /// Every event in the order given.
    pub timeline: Vec<Entry>,
}

/// How a case was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// Under which class.
    pub class: Class,
    /// On which host.
    pub host: String,
    /// By which visit.
    pub visit: VisitId,
    /// Digest of the assessment.
    pub assessment: Digest,
}

/// A sealed packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PacketView {
    /// When it was sealed.
    pub at: Timestamp,
    /// Digest of the packet file.
    pub packet: Digest,
    /// Digest of the WACZ inside.
    pub wacz: Digest,
}

/// A person's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Login name.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why; may be empty for approvals.
    pub reason: String,
}

/// A recorded disposition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispositionView {
    /// What the authority did.
    pub disposition: Disposition,
    /// Who recorded it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Remarks; may be empty.
    pub reason: String,
}

impl CaseView {
    /// The case after `events`, oldest first. Any events in any order give a view; those that break the rules are kept
    /// in the timeline as not counted.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut view = Self::unopened(events.iter().find_map(|event| event.case.clone()));
        for event in events {
            if event.case.is_some() && event.case != view.case {
                continue;
            }
            let counted = view.apply(event);
            view.state = view.derived_state();
            view.timeline.push(Entry::of(event, counted));
        }
        view
    }

    /// The letters that are approved in this round.
    pub fn approved_letters(&self) -> impl Iterator<Item = (&LetterId, &LetterView)> {
        self.letters
            .iter()
            .filter(|(_, letter)| letter.approved.is_some())
    }

    fn unopened(case: Option<CaseId>) -> Self {
        Self {
            case,
            state: CaseState::Suspected,
            round: 0,
            opened: None,
            packet: None,
            confirmed: None,
            dismissed: None,
            reopened: None,
            letters: BTreeMap::new(),
            dispositions: Vec::new(),
            timeline: Vec::new(),
        }
    }

    fn derived_state(&self) -> CaseState {
        if self.dismissed.is_some() {
            return CaseState::Dismissed;
        }
        if self.confirmed.is_none() {
            return CaseState::Suspected;
        }
        if !self.dispositions.is_empty() {
            return CaseState::Disposed;
        }
        if self.letters.values().any(LetterView::is_acknowledged) {
            return CaseState::Acknowledged;
        }
        if self.approved_letters().next().is_none() {
            return CaseState::Confirmed;
        }
        if self.approved_letters().all(|(_, one)| one.is_delivered()) {
            return CaseState::Sent;
        }
        CaseState::Approved
    }
}

impl Judgement {
    pub(crate) fn of(event: &Event) -> Result<Self, Refusal> {
        Ok(Self {
            by: person(&event.actor)?.to_owned(),
            at: event.at,
            reason: event.reason.clone(),
        })
    }
}
