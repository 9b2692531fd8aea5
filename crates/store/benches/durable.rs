//! How fast durable writes are: records, jobs and events from many tasks at once, and blobs.
//!
//! Run with `cargo bench -p jianwei-store --bench durable`. Every write is awaited until it would survive the death of
//! the process; the disk is that of the system's temporary folder.

#![allow(clippy::unwrap_used, reason = "a failure here ends the bench")]
#![allow(clippy::print_stdout, reason = "a bench is there to print")]

use std::future::Future;
use std::time::Instant;

use jianwei_model::{Action, Actor, EventDraft, LeadId, Priority, Timestamp};
use jianwei_store::{Known, QueueName, Store};
use tokio::task::JoinSet;

const TASKS: u32 = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sled:{}", folder.path().join("store").display());
    let store = Store::open(&url).await.unwrap();

    let records = |store: Store, number: u32| async move {
        assert!(store.known().insert(&known(number)).await.unwrap());
    };
    measure(&store, "record inserts", 300, records).await;
    let gets = |store: Store, number: u32| async move {
        let key = Known::key_of(&url_of(number));
        assert!(store.known().get(&key).await.unwrap().is_some());
    };
    measure(&store, "record gets", 300, gets).await;
    measure(&store, "queue pushes", 200, push).await;
    measure(&store, "queue leases of 1, done", 50, lease_one).await;
    measure(&store, "queue leases of 16, all done", 9, lease_many).await;
    let whole = |store: Store, number: u32| async move {
        push(store.clone(), number).await;
        lease_one(store, number).await;
    };
    measure(&store, "queue jobs pushed, leased and done", 100, whole).await;
    let events = |store: Store, number: u32| async move {
        store.log().append(draft(number)).await.unwrap();
    };
    measure(&store, "log appends", 100, events).await;
    let blobs = |store: Store, number: u32| async move {
        let mut bytes = vec![0; 100_000];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        store.blobs().put(&bytes).await.unwrap();
    };
    measure(&store, "blobs of 100 KB", 10, blobs).await;

    drop(store);
    let started = Instant::now();
    let store = Store::open(&url).await.unwrap();
    say(&format!("reopened in {} ms", started.elapsed().as_millis()));
    let started = Instant::now();
    let events = store.log().verify().await.unwrap();
    let spent = started.elapsed().as_millis();
    say(&format!("{events} events verified in {spent} ms"));
}

/// Runs `each` pieces of numbered work on each of [`TASKS`] tasks and prints how many were done in a second.
async fn measure<F>(store: &Store, what: &str, each: u32, work: fn(Store, u32) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = store.clone();
        tasks.spawn(async move {
            for number in 0..each {
                work(store.clone(), task * each + number).await;
            }
        });
    }
    tasks.join_all().await;
    let seconds = started.elapsed().as_secs_f64();
    let total = TASKS * each;
    let rate = f64::from(total) / seconds;
    say(&format!(
        "{what}: {rate:.0}/s ({total} from {TASKS} tasks in {seconds:.2} s)"
    ));
}

async fn push(store: Store, number: u32) {
    let queue = store.queue::<String>(QueueName::Frontier);
    let key = url_of(number);
    assert!(queue.push(&key, &key, Priority::LIST, at(0)).await.unwrap());
}

async fn lease_one(store: Store, _number: u32) {
    lease(&store, 1).await;
}

async fn lease_many(store: Store, _number: u32) {
    lease(&store, 16).await;
}

/// Leases jobs and finishes them one after the other.
async fn lease(store: &Store, limit: usize) {
    let queue = store.queue::<String>(QueueName::Frontier);
    for job in queue.lease(at(1), 60_000, limit).await.unwrap() {
        assert!(queue.done(&job).await.unwrap());
    }
}

fn known(number: u32) -> Known {
    Known {
        url: url_of(number),
        lead: LeadId::from_text("lead-0123456789abcdef"),
        admitted: at(0),
        visited: None,
    }
}

fn draft(number: u32) -> EventDraft {
    EventDraft {
        at: at(0),
        actor: Actor::step("bench"),
        action: Action::CaseConfirmed,
        case: None,
        reason: String::new(),
        key: url_of(number),
    }
}

fn url_of(number: u32) -> String {
    format!("https://www.host-{number}.test/page/{number}.html")
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn say(line: &str) {
    println!("{line}");
}
