//! What a case is, derived from its events.

use std::collections::BTreeMap;

use jianwei_model::{
    Action, Actor, CaseId, CaseState, Class, Digest, Disposition, Event, LetterId, Timestamp,
    VisitId,
};

use crate::rules::{may_leave, person};
use crate::{Entry, LetterView, Refusal, SendingState};

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

    /// Takes one event in; false when it breaks the rules.
    fn apply(&mut self, event: &Event) -> bool {
        match &event.action {
            Action::CaseOpened { .. } => self.apply_opened(event),
            Action::PacketSealed { packet, wacz } => {
                let bound = self.approved_letters().next().is_some();
                if !bound {
                    self.packet = Some(PacketView {
                        at: event.at,
                        packet: *packet,
                        wacz: *wacz,
                    });
                }
                !bound
            }
            Action::CaseConfirmed | Action::CaseDismissed | Action::CaseReopened => {
                self.apply_review(event)
            }
            Action::LetterDrafted { letter, digest } => {
                self.apply_drafted(event.at, letter, *digest)
            }
            Action::LetterApproved { letter, digest } => {
                let allowed = person(&event.actor)
                    .and_then(|name| self.check_approve(letter, digest, name))
                    .is_ok();
                allowed && self.judge(letter, event, |one, said| one.approved = Some(said))
            }
            Action::LetterRejected { letter } => {
                let allowed = person(&event.actor)
                    .and_then(|_| self.check_reject(letter))
                    .is_ok();
                allowed
                    && self.judge(letter, event, |one, said| {
                        one.approved = None;
                        one.rejected = Some(said);
                    })
            }
            Action::DeliveryStarted { .. }
            | Action::LetterDelivered { .. }
            | Action::DeliveryFailed { .. }
            | Action::PacketAcknowledged { .. } => self.apply_sending(event),
            Action::DispositionRecorded { disposition } => {
                let allowed = self.check_dispose(*disposition).is_ok();
                if allowed {
                    self.dispositions.push(DispositionView {
                        disposition: *disposition,
                        by: event.actor.clone(),
                        at: event.at,
                        reason: event.reason.clone(),
                    });
                }
                allowed
            }
            Action::SourcePulled { .. }
            | Action::EvidenceRead { .. }
            | Action::UserAdded { .. }
            | Action::UserDisabled { .. }
            | Action::PasswordSet { .. }
            | Action::SignedIn
            | Action::SignInFailed { .. } => true,
        }
    }

    fn apply_opened(&mut self, event: &Event) -> bool {
        let Action::CaseOpened {
            class,
            host,
            visit,
            assessment,
        } = &event.action
        else {
            return false;
        };
        if self.opened.is_some() {
            return false;
        }
        self.opened = Some(Opening {
            at: event.at,
            class: *class,
            host: host.clone(),
            visit: visit.clone(),
            assessment: *assessment,
        });
        true
    }

    fn apply_review(&mut self, event: &Event) -> bool {
        let Ok(said) = Judgement::of(event) else {
            return false;
        };
        match event.action {
            Action::CaseConfirmed if self.check_confirm().is_ok() => self.confirmed = Some(said),
            Action::CaseDismissed if self.check_dismiss().is_ok() => self.dismissed = Some(said),
            Action::CaseReopened if self.check_reopen().is_ok() => self.begin_round(said),
            _ => return false,
        }
        true
    }

    fn begin_round(&mut self, said: Judgement) {
        self.round = self.round.saturating_add(1);
        self.reopened = Some(said);
        self.confirmed = None;
        self.dismissed = None;
        self.dispositions.clear();
        for letter in self.letters.values_mut() {
            letter.approved = None;
            letter.rejected = None;
            if let Some(sending) = letter.sending.take()
                && !matches!(sending.state, SendingState::Failed { .. })
            {
                letter.left.insert(sending.digest);
            }
        }
    }

    fn apply_drafted(&mut self, at: Timestamp, letter: &LetterId, digest: Digest) -> bool {
        let Some(known) = self.letters.get_mut(letter) else {
            self.letters
                .insert(letter.clone(), LetterView::drafted(at, digest));
            return true;
        };
        if known.digest == digest {
            return true;
        }
        if known.is_under_way() {
            return false;
        }
        known.digest = digest;
        known.drafted = at;
        known.approved = None;
        known.rejected = None;
        known.sending = None;
        true
    }

    fn judge(
        &mut self,
        letter: &LetterId,
        event: &Event,
        set: fn(&mut LetterView, Judgement),
    ) -> bool {
        match (self.letters.get_mut(letter), Judgement::of(event)) {
            (Some(found), Ok(said)) => {
                set(found, said);
                true
            }
            _ => false,
        }
    }

    /// What the machine says it did is kept even where it should not have been done; only then it is not counted.
    fn apply_sending(&mut self, event: &Event) -> bool {
        let (Action::DeliveryStarted { letter, .. }
        | Action::LetterDelivered { letter, .. }
        | Action::DeliveryFailed { letter, .. }
        | Action::PacketAcknowledged { letter, .. }) = &event.action
        else {
            return false;
        };
        let lawful = match &event.action {
            Action::DeliveryStarted { digest, .. } => may_leave(self, letter, digest),
            _ => true,
        };
        let Some(found) = self.letters.get_mut(letter) else {
            return false;
        };
        match &event.action {
            Action::DeliveryStarted { digest, .. } => {
                found.begin(event.at, *digest);
                lawful
            }
            Action::LetterDelivered { digest, proof, .. } => {
                let allowed = found.is_approved_as(digest);
                found.arrive(event.at, *digest, proof) && allowed
            }
            Action::DeliveryFailed { error, .. } => found.fail(event.at, error),
            Action::PacketAcknowledged { receipt, .. } => found.acknowledge(event.at, receipt),
            _ => false,
        }
    }
}

impl Judgement {
    fn of(event: &Event) -> Result<Self, Refusal> {
        Ok(Self {
            by: person(&event.actor)?.to_owned(),
            at: event.at,
            reason: event.reason.clone(),
        })
    }
}
