//! What the store has acknowledged survives SIGKILL at any instant, again and again in the same directory.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is the failure of the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use jianwei_model::{
    Action, Actor, CaseId, Digest, EventDraft, Lead, LeadOrigin, Priority, Timestamp,
};
use jianwei_store::{Log, Queue, QueueName, Record, Records, Store, now};

const ROUNDS: u64 = 22;

/// At most so many acknowledgements are awaited before a kill.
const MOST_LINES: u64 = 300;

/// Given to the process that writes until it is killed.
const FOLDER: &str = "JIANWEI_TEST_STORE";
const ROUND: &str = "JIANWEI_TEST_ROUND";

/// What the writing process has said, by the first word of its lines.
#[derive(Default)]
struct Said {
    records: BTreeSet<String>,
    blobs: BTreeSet<String>,
    events: BTreeMap<String, u64>,
    pushed: BTreeSet<String>,
    /// A job of which `done` was begun may be gone or not.
    begun: BTreeSet<String>,
    done: BTreeSet<String>,
}

#[test]
fn acknowledged_writes_survive_kills() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut said = Said::default();
    for round in 0..ROUNDS {
        let lines = RandomState::new().hash_one(round) % MOST_LINES;
        said.hear_until_killed(&path, round, lines);
        if round % 7 == 6 {
            runtime().block_on(said.check(&path));
        }
    }
    assert!(
        said.records.len() > 50 && said.done.len() > 50,
        "it wrote next to nothing"
    );
    runtime().block_on(said.check_drained(&path));
}

/// The process that is killed: a test of its own only so that this binary can run it; without a folder it does nothing.
#[test]
fn writes_until_killed() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let round = std::env::var(ROUND).unwrap();
    runtime().block_on(async {
        let store = Store::open(&format!("sled:{folder}")).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..4 {
            let name = format!("{round}-{task}");
            tasks.spawn(write_records(store.leads(), name.clone()));
            tasks.spawn(push_jobs(store.queue(QueueName::Frontier), name.clone()));
            tasks.spawn(work_jobs(store.queue(QueueName::Frontier)));
            tasks.spawn(append_events(store.log(), name.clone()));
            tasks.spawn(write_blobs(store.clone(), name));
        }
        tasks.join_all().await;
    });
}

async fn write_records(leads: Records<Lead>, name: String) {
    for number in 0.. {
        // Every fourth is long enough for a blob.
        let from = "来".repeat(if number % 4 == 0 { 3000 } else { 20 });
        let origin = LeadOrigin::Tip { from };
        let url = format!("http://{name}.test/{number}");
        let lead = Lead::new(&url, origin, Timestamp::from_millis(0)).unwrap();
        assert!(leads.insert(&lead).await.unwrap());
        say(&format!("record {}", lead.key()));
    }
}

async fn push_jobs(queue: Queue<String>, name: String) {
    for number in 0.. {
        let key = format!("{name}-{number}");
        let due = now().plus_millis(number % 5);
        assert!(queue.push(&key, &key, Priority::LIST, due).await.unwrap());
        say(&format!("pushed {key}"));
    }
}

async fn work_jobs(queue: Queue<String>) {
    for number in 0.. {
        for job in queue.lease(now(), 40, 3).await.unwrap() {
            assert_eq!(job.item, job.key);
            if number % 7 == 0 {
                let later = now().plus_millis(10);
                queue.defer(&job, &job.item, later).await.unwrap();
                continue;
            }
            say(&format!("begun {}", job.key));
            if queue.done(&job).await.unwrap() {
                say(&format!("done {}", job.key));
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn append_events(log: Log, name: String) {
    for number in 0.. {
        let draft = EventDraft {
            at: now(),
            actor: Actor::step("test"),
            action: Action::CaseConfirmed,
            case: Some(CaseId::from_text(format!("case-{}", number % 3))),
            reason: String::new(),
            key: format!("{name}-{number}"),
        };
        let event = log.append(draft).await.unwrap();
        say(&format!("event {} {}", event.key, event.sequence));
    }
}

async fn write_blobs(store: Store, name: String) {
    for number in 0..200 {
        let bytes = format!("{name} {number} ").repeat(2000);
        let digest = store.blobs().put(bytes.as_bytes()).await.unwrap();
        say(&format!("blob {digest}"));
    }
}

/// One write of one line: it is with the parent before anything can kill this process.
fn say(line: &str) {
    std::io::stdout()
        .lock()
        .write_all(format!("\n@ {line}\n").as_bytes())
        .unwrap();
}

impl Said {
    /// Runs a writing process and kills it after `lines` acknowledgements.
    fn hear_until_killed(&mut self, path: &Path, round: u64, lines: u64) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_killed", "--nocapture"])
            .env(FOLDER, path)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut heard = 0;
        let mut killed = false;
        for line in stdout.lines() {
            if heard >= lines && !killed {
                child.kill().unwrap();
                killed = true;
            }
            let line = line.unwrap();
            if let Some(line) = line.strip_prefix("@ ") {
                self.note(line);
                heard += 1;
            }
        }
        assert!(
            killed,
            "the writing process ended by itself: {}",
            child.wait().unwrap()
        );
        child.wait().unwrap();
    }

    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let name = words[1].to_owned();
        match words[0] {
            "record" => self.records.insert(name),
            "blob" => self.blobs.insert(name),
            "event" => self
                .events
                .insert(name, words[2].parse().unwrap())
                .is_none(),
            "pushed" => self.pushed.insert(name),
            "begun" => self.begun.insert(name),
            "done" => self.done.insert(name),
            other => panic!("`{other}` is not a word of the writing process"),
        };
    }

    async fn check(&self, path: &Path) {
        let store = Store::open(&format!("sled:{}", path.display()))
            .await
            .unwrap();
        for key in &self.records {
            let lead = store.leads().get(key).await.unwrap();
            assert_eq!(lead.map(|lead| lead.key()).as_ref(), Some(key));
        }
        for digest in &self.blobs {
            let digest: Digest = digest.parse().unwrap();
            assert!(
                store.blobs().get(&digest).await.unwrap().is_some(),
                "{digest}"
            );
        }
        assert!(store.log().verify().await.unwrap() >= self.events.len() as u64);
        for (key, sequence) in &self.events {
            let event = store.log().find(key).await.unwrap();
            assert_eq!(event.map(|event| event.sequence), Some(*sequence), "{key}");
        }
        let queue = store.queue::<String>(QueueName::Frontier);
        for key in &self.pushed {
            let there = queue.get(key).await.unwrap().is_some();
            assert!(there || self.begun.contains(key), "job {key} is lost");
            assert!(
                !there || !self.done.contains(key),
                "job {key} is done and still there"
            );
        }
    }

    /// Every job is in the queue exactly once, and comes out exactly once.
    async fn check_drained(&self, path: &Path) {
        let store = Store::open(&format!("sled:{}", path.display()))
            .await
            .unwrap();
        let queue = store.queue::<String>(QueueName::Frontier);
        let listed = queue.list(usize::MAX).await.unwrap();
        let later = now().plus_millis(1_000_000);
        let counts = queue.counts(later).await.unwrap();
        assert_eq!(
            (counts.total(), counts.ready),
            (listed.len() as u64, listed.len() as u64)
        );
        let leased = queue.lease(later, 1000, usize::MAX).await.unwrap();
        let keys: BTreeSet<_> = leased.iter().map(|job| &job.key).collect();
        assert_eq!((keys.len(), leased.len()), (listed.len(), listed.len()));
        for key in self.pushed.difference(&self.begun) {
            assert!(keys.contains(key), "job {key} never comes");
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
