//! What holds for every sequence of acts and events.
#![allow(clippy::unwrap_used, reason = "a test may end at the first surprise")]

mod case;

use case::{
    Play, acknowledged, approve, both, delivered, digest, drafted, failed, letter, opened, reject,
    sealed, started, user,
};
use jianwei_casework::{Act, CaseView, may_leave, open_steps};
use jianwei_model::{Action, Actor, CaseState, Disposition, Event, Role, User};
use proptest::prelude::*;

const TEXTS: [&str; 3] = ["a", "b", "c"];

fn people() -> Vec<User> {
    let mut disabled = user("qian", &Role::ALL);
    disabled.disabled = true;
    vec![
        user("li", &[Role::Analyst]),
        user("wang", &[Role::Approver]),
        both(),
        user("sun", &[Role::Analyst, Role::Approver]),
        disabled,
    ]
}

fn any_text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(TEXTS.to_vec())
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Confirm),
        1 => Just(Act::Dismiss),
        1 => Just(Act::Reopen),
        6 => (0..2_u8, any_text()).prop_map(|(number, text)| approve(number, text)),
        1 => (0..2_u8).prop_map(reject),
        1 => Just(Act::Dispose { disposition: Disposition::Blocked }),
        1 => (0..2_u8).prop_map(|number| Act::SettleDelivered { letter: letter(number) }),
        1 => (0..2_u8).prop_map(|number| Act::SettleFailed { letter: letter(number) }),
    ]
}

/// Anything that can be written into the log about a case, by whomever.
fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(opened()),
        Just(sealed()),
        (0..2_u8, any_text()).prop_map(|(number, text)| drafted(number, text)),
        Just(Action::CaseConfirmed),
        Just(Action::CaseDismissed),
        Just(Action::CaseReopened),
        (0..2_u8, any_text()).prop_map(|(number, text)| Action::LetterApproved {
            letter: letter(number),
            digest: digest(text),
        }),
        (0..2_u8).prop_map(|number| Action::LetterRejected {
            letter: letter(number)
        }),
        (0..2_u8, any_text()).prop_map(|(number, text)| started(number, text)),
        (0..2_u8, any_text()).prop_map(|(number, text)| delivered(number, text)),
        (0..2_u8).prop_map(failed),
        (0..2_u8).prop_map(acknowledged),
        Just(Action::DispositionRecorded {
            disposition: Disposition::Closed
        }),
        Just(Action::SignedIn),
    ]
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        Just(Actor::step("dispatch")),
        prop::sample::select(vec!["li", "wang", "zhao"]).prop_map(Actor::user),
    ]
}

/// Steps of the machine that obey `may_leave`, as the dispatch step does.
fn any_machine_step() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(sealed()),
        (0..2_u8, any_text()).prop_map(|(number, text)| drafted(number, text)),
        (0..2_u8, any_text()).prop_map(|(number, text)| started(number, text)),
        (0..2_u8, any_text()).prop_map(|(number, text)| delivered(number, text)),
        (0..2_u8).prop_map(failed),
        (0..2_u8).prop_map(acknowledged),
    ]
}

#[derive(Debug, Clone)]
enum Move {
    Act(usize, Act, bool),
    Machine(Action),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        (0..5_usize, any_act(), prop::bool::weighted(0.9))
            .prop_map(|(who, act, with_reason)| Move::Act(who, act, with_reason)),
        any_machine_step().prop_map(Move::Machine),
    ]
}

/// Every approval has, since the last reopening, a confirmation by another person before it and no dismissal.
fn approvals_are_lawful(events: &[&Event]) -> bool {
    let mut confirmer: Option<&Actor> = None;
    for event in events {
        match &event.action {
            Action::CaseConfirmed if confirmer.is_none() => confirmer = Some(&event.actor),
            Action::CaseDismissed | Action::CaseReopened => confirmer = None,
            Action::LetterApproved { .. } => {
                let by_another = confirmer.is_some_and(|by| *by != event.actor);
                if !by_another || !matches!(event.actor, Actor::User(_)) {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// The events that count.
fn counted(events: &[Event]) -> Vec<&Event> {
    let view = CaseView::of(events);
    events
        .iter()
        .filter(|event| {
            view.timeline
                .iter()
                .any(|entry| entry.sequence == event.sequence && entry.counted)
        })
        .collect()
}

fn confirmed_is_never_forgotten(view: &CaseView) -> bool {
    let waits = matches!(
        view.state,
        CaseState::Confirmed | CaseState::Approved | CaseState::Sent | CaseState::Acknowledged
    );
    !waits || !open_steps(view).is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_events_in_any_order_give_a_view(
        moves in prop::collection::vec((any_actor(), any_action()), 0..40)
    ) {
        let mut play = Play::new();
        for (actor, action) in moves {
            play.append(actor, action, "");
        }
        let view = play.view();
        prop_assert_eq!(view.timeline.len(), play.events.len());
        prop_assert!(approvals_are_lawful(&counted(&play.events)));
        prop_assert!(confirmed_is_never_forgotten(&view));
        for number in 0..2 {
            for text in TEXTS {
                let leaves = may_leave(&view, &letter(number), &digest(text));
                let approval = view.letters.get(&letter(number)).and_then(|one| one.approved.as_ref());
                prop_assert!(!leaves || approval.is_some());
                let gone = view.letters.get(&letter(number)).is_some_and(|one| one.left.contains(&digest(text)));
                prop_assert!(!(leaves && gone));
            }
        }
    }

    #[test]
    fn whatever_people_do_every_step_counts_and_each_digest_leaves_once(
        moves in prop::collection::vec(any_move(), 0..60)
    ) {
        let people = people();
        let mut play = Play::ready();
        let mut arrived = Vec::new();
        for step in moves {
            match step {
                Move::Act(who, act, with_reason) => {
                    let reason = if with_reason { "理由" } else { "" };
                    let before = play.events.len();
                    let settles = matches!(act, Act::SettleDelivered { .. });
                    let done = play.act(&people[who], &act, reason);
                    prop_assert!(done.is_err() || !people[who].disabled);
                    if let (Ok(()), true) = (done, settles) {
                        arrived.extend(play.events[before..].iter().map(|event| event.action.clone()));
                    }
                }
                Move::Machine(Action::DeliveryStarted { letter, digest }) => {
                    if may_leave(&play.view(), &letter, &digest) {
                        play.step(Action::DeliveryStarted { letter, digest });
                    }
                }
                Move::Machine(Action::LetterDelivered { letter, digest, proof }) => {
                    let under_way = play.view().letters.get(&letter).and_then(|one| one.sending.clone());
                    let started = under_way.is_some_and(|sending| {
                        sending.digest == digest && sending.state == jianwei_casework::SendingState::Started
                    });
                    if started {
                        let action = Action::LetterDelivered { letter, digest, proof };
                        arrived.push(action.clone());
                        play.step(action);
                    }
                }
                Move::Machine(action) => play.step(action),
            }
            prop_assert!(confirmed_is_never_forgotten(&play.view()));
        }
        let all: Vec<&Event> = play.events.iter().collect();
        prop_assert!(approvals_are_lawful(&all), "decide never lets an unlawful approval through");
        let mut sent: Vec<_> = arrived
            .iter()
            .filter_map(|action| match action {
                Action::LetterDelivered { letter, digest, .. } => Some((letter, digest)),
                _ => None,
            })
            .collect();
        let count = sent.len();
        sent.sort();
        sent.dedup();
        prop_assert_eq!(sent.len(), count, "a digest left twice");
    }
}
