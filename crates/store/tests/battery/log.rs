//! Behaviour of the event log.

use std::collections::BTreeSet;

use jianwei_model::{Action, Actor, CaseId, Event, EventDraft, GENESIS};
use jianwei_store::{Log, Store};

use crate::at;

pub(crate) async fn events_form_a_chain(store: Store) {
    let log = store.log();
    assert_eq!(log.verify().await.unwrap(), 0);
    for number in 0..5 {
        let event = append(&log, &format!("key-{number}"), None).await;
        assert_eq!(event.sequence, number);
    }
    let events = log.read(0, 99).await.unwrap();
    assert_eq!(events[0].previous, GENESIS);
    for pair in events.windows(2) {
        assert_eq!(pair[1].previous, pair[0].digest());
    }
    assert_eq!(log.read(3, 1).await.unwrap(), events[3..4]);
    assert_eq!(log.read(5, 9).await.unwrap(), []);
    assert_eq!(log.verify().await.unwrap(), 5);
}

pub(crate) async fn a_repeated_key_appends_nothing(store: Store) {
    let log = store.log();
    let first = append(&log, "key", Some("case-a")).await;
    append(&log, "between", None).await;
    let again = append(&log, "key", Some("case-b")).await;
    assert_eq!(again, first);
    assert_eq!(log.verify().await.unwrap(), 2);
    assert_eq!(log.find("key").await.unwrap(), Some(first));
    assert_eq!(log.find("absent").await.unwrap(), None);
}

pub(crate) async fn many_appenders_make_one_chain(store: Store) {
    let appends = (0..300).map(|number| {
        let log = store.log();
        tokio::spawn(async move { append(&log, &number.to_string(), Some("case-a")).await })
    });
    let mut sequences = BTreeSet::new();
    for task in appends.collect::<Vec<_>>() {
        let event = task.await.unwrap();
        assert_eq!(
            store.log().find(&event.key).await.unwrap().as_ref(),
            Some(&event)
        );
        sequences.insert(event.sequence);
    }
    assert_eq!(sequences, (0..300).collect());
    assert_eq!(store.log().verify().await.unwrap(), 300);
    assert_eq!(
        store
            .log()
            .of_case(&CaseId::from_text("case-a"))
            .await
            .unwrap()
            .len(),
        300
    );
}

pub(crate) async fn of_many_appends_of_one_key_one_wins(store: Store) {
    let appends = (0..32).map(|number| {
        let log = store.log();
        tokio::spawn(async move { append(&log, "one", Some(&format!("case-{number}"))).await })
    });
    let mut events = Vec::new();
    for task in appends.collect::<Vec<_>>() {
        events.push(task.await.unwrap());
    }
    assert!(events.iter().all(|event| *event == events[0]));
    assert_eq!(store.log().verify().await.unwrap(), 1);
}

pub(crate) async fn events_are_found_by_case(store: Store) {
    let log = store.log();
    for number in 0..300_u64 {
        let case = ["case-a", "case-b"][usize::from(number % 3 == 0)];
        let case = (number % 5 != 0).then_some(case);
        // Together would be faster, but the order is what is asked for.
        append(&log, &number.to_string(), case).await;
    }
    let found = log.of_case(&CaseId::from_text("case-b")).await.unwrap();
    let found: Vec<u64> = found.iter().map(|event| event.sequence).collect();
    let expected: Vec<u64> = (0..300).filter(|n| n % 3 == 0 && n % 5 != 0).collect();
    assert_eq!(found, expected);
    assert_eq!(log.of_case(&CaseId::from_text("case")).await.unwrap(), []);
}

pub(crate) async fn case_names_with_a_common_beginning_stay_apart(store: Store) {
    let log = store.log();
    let long = "a/00000000000000000007";
    append(&log, "1", Some("a")).await;
    append(&log, "2", Some(long)).await;
    append(&log, "3", Some("a")).await;
    let of = async |case: &str| {
        let events = log.of_case(&CaseId::from_text(case)).await.unwrap();
        events
            .into_iter()
            .map(|event| event.sequence)
            .collect::<Vec<_>>()
    };
    assert_eq!((of("a").await, of(long).await), (vec![0, 2], vec![1]));
}

pub(crate) async fn followers_are_told_of_the_length(store: Store) {
    let log = store.log();
    let mut length = log.subscribe();
    assert_eq!(*length.borrow_and_update(), 0);
    append(&log, "a", None).await;
    assert_eq!(*length.wait_for(|length| *length > 0).await.unwrap(), 1);
    append(&log, "a", None).await;
    append(&log, "b", None).await;
    assert_eq!(*length.borrow(), 2);
}

async fn append(log: &Log, key: &str, case: Option<&str>) -> Event {
    let draft = EventDraft {
        at: at(5),
        actor: Actor::step("test"),
        action: Action::SourcePulled {
            source: "来源".into(),
            leads: 3,
        },
        case: case.map(CaseId::from_text),
        reason: "理由".into(),
        key: key.into(),
    };
    log.append(draft).await.unwrap()
}
