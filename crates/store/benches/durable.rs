//! How fast durable writes are: records, jobs and events from many tasks at once, and blobs.
//!
//! Run with `cargo bench -p jianwei-store --bench durable`. Every write is awaited until it would survive the death of
//! the process; the disk is that of the system's temporary folder.

#![allow(clippy::unwrap_used, reason = "a failure here ends the bench")]

use std::future::Future;
use std::io::Write;
use std::time::Instant;

use jianwei_model::{Action, Actor, EventDraft, LeadId, Priority, Timestamp};
use jianwei_store::{Known, Queue, QueueName, Store};
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

    let records = store.known();
    measure("record inserts, 64 tasks", TASKS * 300, |number| {
        let records = records.clone();
        async move { assert!(records.insert(&known(number)).await.unwrap()) }
    })
    .await;
    measure("record gets, 64 tasks", TASKS * 1000, |number| {
        let records = records.clone();
        let key = Known::key_of(&url_of(number % (TASKS * 300)));
        async move { assert!(records.get(&key).await.unwrap().is_some()) }
    })
    .await;
    let queue = store.queue::<String>(QueueName::Frontier);
    measure("queue pushes, 64 tasks", TASKS * 200, |number| {
        let queue = queue.clone();
        async move { push(&queue, number).await }
    })
    .await;
    measure("queue lease of 1 and done, 64 tasks", TASKS * 200, |_| {
        let queue = queue.clone();
        async move { lease_and_finish(&queue).await }
    })
    .await;
    measure(
        "queue push, lease and done, 64 tasks",
        TASKS * 100,
        |number| {
            let queue = queue.clone();
            async move {
                push(&queue, number).await;
                lease_and_finish(&queue).await;
            }
        },
    )
    .await;
    let log = store.log();
    measure("log appends, 64 tasks", TASKS * 100, |number| {
        let log = log.clone();
        async move { log.append(draft(number)).await.map(drop).unwrap() }
    })
    .await;
    let blobs = store.blobs();
    measure("blobs of 100 KB, 64 tasks", TASKS * 10, |number| {
        let blobs = blobs.clone();
        let mut bytes = vec![0; 100_000];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        async move { blobs.put(&bytes).await.map(drop).unwrap() }
    })
    .await;

    drop((records, queue, log, blobs, store));
    let started = Instant::now();
    let store = Store::open(&url).await.unwrap();
    say(&format!("reopened in {} ms", started.elapsed().as_millis()));
    let started = Instant::now();
    let events = store.log().verify().await.unwrap();
    let spent = started.elapsed().as_millis();
    say(&format!("{events} events verified in {spent} ms"));
}

/// Runs `total` pieces of work, each numbered, on [`TASKS`] tasks and prints how many were done in a second.
async fn measure<F>(what: &str, total: u32, work: impl Fn(u32) -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let work = work.clone();
        tasks.spawn(async move {
            for number in (task..total).step_by(TASKS as usize) {
                work(number).await;
            }
        });
    }
    tasks.join_all().await;
    let seconds = started.elapsed().as_secs_f64();
    say(&format!(
        "{what}: {:.0}/s ({total} in {seconds:.2} s)",
        f64::from(total) / seconds
    ));
}

async fn push(queue: &Queue<String>, number: u32) {
    let key = url_of(number);
    assert!(queue.push(&key, &key, Priority::LIST, at(0)).await.unwrap());
}

async fn lease_and_finish(queue: &Queue<String>) {
    for job in queue.lease(at(1), 60_000, 1).await.unwrap() {
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
    writeln!(std::io::stdout(), "{line}").unwrap();
}
