//! Behaviour of records.

use jianwei_model::{Lead, LeadId, LeadOrigin};
use jianwei_store::{Error, Known, Record, Store};

use crate::at;

pub(crate) async fn what_is_put_is_read_back(store: Store) {
    let leads = store.leads();
    let lead = lead("http://a.test/", "甲");
    assert_eq!(leads.get(lead.id.as_str()).await.unwrap(), None);
    leads.put(&lead).await.unwrap();
    assert_eq!(
        leads.get(lead.id.as_str()).await.unwrap(),
        Some(lead.clone())
    );
    assert!(leads.remove(lead.id.as_str()).await.unwrap());
    assert!(!leads.remove(lead.id.as_str()).await.unwrap());
    assert_eq!(leads.get(lead.id.as_str()).await.unwrap(), None);
}

pub(crate) async fn insert_leaves_what_is_there(store: Store) {
    let known = store.known();
    let first = entry("http://a.test/", "first");
    let second = entry("http://a.test/", "second");
    assert!(known.insert(&first).await.unwrap());
    assert!(!known.insert(&second).await.unwrap());
    assert_eq!(known.get(&first.key()).await.unwrap(), Some(first.clone()));
    known.put(&second).await.unwrap();
    assert_eq!(known.get(&first.key()).await.unwrap(), Some(second));
}

pub(crate) async fn of_many_inserts_of_one_key_one_wins(store: Store) {
    let mut tasks = Vec::new();
    for number in 0..32 {
        let known = store.known();
        let record = entry("http://a.test/", &number.to_string());
        tasks.push(tokio::spawn(async move {
            known.insert(&record).await.unwrap().then_some(record)
        }));
    }
    let mut won = Vec::new();
    for task in tasks {
        won.extend(task.await.unwrap());
    }
    assert_eq!(won.len(), 1);
    let kept = store.known().get(&won[0].key()).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&won[0]));
}

pub(crate) async fn no_update_is_lost(store: Store) {
    let known = store.known();
    let record = entry("http://a.test/", "");
    known.put(&record).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..24 {
        let known = known.clone();
        let key = record.key();
        tasks.push(tokio::spawn(async move {
            let add = |record: &mut Known| {
                record.lead = LeadId::from_text(format!("{}{number},", record.lead));
            };
            known.update(&key, add).await.unwrap().unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let kept = known.get(&record.key()).await.unwrap().unwrap();
    assert_eq!(kept.lead.as_str().split_terminator(',').count(), 24);
    assert_eq!(known.update("absent", |_| ()).await.unwrap(), None);
}

pub(crate) async fn update_may_not_change_the_key(store: Store) {
    let known = store.known();
    let record = entry("http://a.test/", "first");
    known.put(&record).await.unwrap();
    let key = record.key();
    let rename = |record: &mut Known| record.url = "http://b.test/".into();
    let error = known.update(&key, rename).await.unwrap_err();
    assert!(matches!(error, Error::Record { .. }), "{error}");
    assert_eq!(known.get(&record.key()).await.unwrap(), Some(record));
}

pub(crate) async fn records_are_listed_in_key_order_and_pages(store: Store) {
    let leads = store.leads();
    let mut keys = Vec::new();
    for number in 0..25 {
        let lead = lead(&format!("http://a.test/{number}"), "");
        leads.put(&lead).await.unwrap();
        keys.push(lead.key());
    }
    keys.sort();
    let mut listed: Vec<String> = Vec::new();
    loop {
        let page = leads
            .list(listed.last().map(String::as_str), 10)
            .await
            .unwrap();
        if page.is_empty() {
            break;
        }
        listed.extend(page.iter().map(Record::key));
    }
    assert_eq!(listed, keys);
    assert_eq!(store.visits().list(None, 10).await.unwrap(), []);
}

pub(crate) async fn the_count_follows_every_write(store: Store) {
    let known = store.known();
    let record = |number: u32| entry(&format!("http://a.test/{number}"), "");
    for number in 0..1500 {
        // Written together below; a few alone here.
        if number % 500 == 0 {
            known.put(&record(number)).await.unwrap();
        }
    }
    assert_eq!(known.count().await.unwrap(), 3);
    let writes = (0..1500).map(|number| {
        let known = known.clone();
        tokio::spawn(async move { known.put(&record(number)).await })
    });
    let mut tasks: Vec<_> = writes.collect();
    // Counting while others write must count neither twice nor past.
    known.count().await.unwrap();
    for task in tasks.drain(..) {
        task.await.unwrap().unwrap();
    }
    assert_eq!(known.count().await.unwrap(), 1500);
    known.remove(&record(7).key()).await.unwrap();
    known.remove(&record(7).key()).await.unwrap();
    known.put(&record(8)).await.unwrap();
    assert_eq!(known.count().await.unwrap(), 1499);
}

pub(crate) async fn a_long_record_is_kept_like_a_short_one(store: Store) {
    let leads = store.leads();
    let mut lead = lead("http://a.test/", &"长".repeat(100_000));
    leads.insert(&lead).await.unwrap();
    assert_eq!(leads.get(&lead.key()).await.unwrap(), Some(lead.clone()));
    let shorten = |lead: &mut Lead| {
        lead.origin = LeadOrigin::Tip {
            from: "short".into(),
        }
    };
    shorten(&mut lead);
    leads.update(&lead.key(), shorten).await.unwrap();
    assert_eq!(leads.list(None, 9).await.unwrap(), [lead]);
}

pub(crate) async fn cursors_begin_at_the_start(store: Store) {
    assert_eq!(store.cursor_get("follower").await.unwrap(), 0);
    store.cursor_put("follower", 7).await.unwrap();
    store.cursor_put("other", 9).await.unwrap();
    assert_eq!(store.cursor_get("follower").await.unwrap(), 7);
}

fn lead(url: &str, from: &str) -> Lead {
    let origin = LeadOrigin::Tip { from: from.into() };
    Lead::new(url, origin, at(0)).unwrap()
}

fn entry(url: &str, lead: &str) -> Known {
    Known {
        url: url.into(),
        lead: LeadId::from_text(lead),
        admitted: at(1),
        visited: None,
    }
}
