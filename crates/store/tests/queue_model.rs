//! A queue does the same as a plain model of it, whatever is asked in whatever order.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is the failure of the test"
)]

use std::collections::BTreeMap;

use jianwei_model::{Priority, Timestamp};
use jianwei_store::{Leased, Queue, QueueCounts, QueueName, Store};
use proptest::prelude::*;

/// One thing asked of a queue. Moments are milliseconds; jobs and leases are named by small numbers.
#[derive(Debug, Clone)]
enum Ask {
    Push { key: u8, priority: u8, delay: i64 },
    Lease { lease_ms: u64, limit: usize },
    Done { lease: usize },
    Defer { lease: usize, delay: i64 },
    Extend { lease: usize, lease_ms: u64 },
    Remove { key: u8 },
    Wait { millis: i64 },
    SetBack { millis: i64 },
    Reopen,
}

/// What a queue must do, in the plainest way.
#[derive(Default)]
struct Model {
    latest: Option<i64>,
    pushes: u64,
    leases: usize,
    jobs: BTreeMap<String, Job>,
}

struct Job {
    order: (u8, u64),
    due: i64,
    lease: Option<usize>,
    item: String,
}

impl Model {
    fn push(&mut self, key: &str, priority: u8, due: i64) -> bool {
        if self.jobs.contains_key(key) {
            return false;
        }
        self.pushes += 1;
        let job = Job {
            order: (priority, self.pushes),
            due,
            lease: None,
            item: item(key, 0),
        };
        self.jobs.insert(key.to_owned(), job);
        true
    }

    /// Keys and items in the order they are handed out; the first gets the lease number before the call.
    fn lease(&mut self, now: i64, until: i64, limit: usize) -> Vec<(String, String)> {
        self.latest = self.latest.max(Some(now));
        let mut due: Vec<_> = self
            .jobs
            .iter_mut()
            .filter(|(_, job)| job.due <= now)
            .collect();
        due.sort_by_key(|(_, job)| job.order);
        let mut leased = Vec::new();
        for (key, job) in due.into_iter().take(limit) {
            job.due = until;
            job.lease = Some(self.leases);
            self.leases += 1;
            leased.push((key.clone(), job.item.clone()));
        }
        leased
    }

    /// A store that is opened anew has nobody left who holds a lease.
    fn release(&mut self) {
        for job in self.jobs.values_mut() {
            if job.lease.is_some() && Some(job.due) > self.latest {
                job.due = 0;
            }
        }
    }

    fn held(&mut self, key: &str, lease: usize) -> Option<&mut Job> {
        self.jobs
            .get_mut(key)
            .filter(|job| job.lease == Some(lease))
    }

    fn counts(&self, now: i64) -> QueueCounts {
        let mut counts = QueueCounts::default();
        for job in self.jobs.values() {
            match (job.due <= now, job.lease) {
                (true, _) => counts.ready += 1,
                (false, None) => counts.delayed += 1,
                (false, Some(_)) => counts.leased += 1,
            }
        }
        counts
    }

    fn next_due(&self) -> Option<i64> {
        let dues = self.jobs.values().map(|job| job.due);
        dues.filter(|due| Some(*due) > self.latest).min()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_memory_queue_does_what_the_model_does(asks in asks()) {
        runtime().block_on(check("memory:", &asks));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_sled_queue_does_what_the_model_does(asks in asks()) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sled:{}", folder.path().display());
        runtime().block_on(check(&url, &asks));
    }
}

async fn check(url: &str, asks: &[Ask]) {
    let mut queue = open(url).await;
    let mut model = Model::default();
    let mut leases: Vec<Leased<String>> = Vec::new();
    let mut now = 1_000;
    for ask in asks {
        match ask {
            Ask::Wait { millis } => now += millis,
            Ask::SetBack { millis } => now -= millis,
            Ask::Reopen if url == "memory:" => {}
            Ask::Reopen => {
                drop(queue);
                queue = open(url).await;
                model.release();
            }
            ask => answer_alike(ask, now, &queue, &mut model, &mut leases).await,
        }
        let mut listed = queue.list(usize::MAX).await.unwrap();
        listed.sort();
        let expected = model
            .jobs
            .iter()
            .map(|(key, job)| (key.clone(), job.item.clone()));
        assert_eq!(listed, expected.collect::<Vec<_>>(), "{ask:?} at {now}");
        // Counters say how it was at the latest moment the queue knows of, so they are asked about no earlier one.
        let latest = model.latest.unwrap_or(now).max(now);
        model.latest = Some(latest);
        let counts = queue.counts(at(latest)).await.unwrap();
        assert_eq!(counts, model.counts(latest), "{ask:?} at {now}");
        let due = queue.next_due().await.unwrap();
        assert_eq!(
            due.map(Timestamp::millis),
            model.next_due(),
            "{ask:?} at {now}"
        );
    }
}

async fn answer_alike(
    ask: &Ask,
    now: i64,
    queue: &Queue<String>,
    model: &mut Model,
    leases: &mut Vec<Leased<String>>,
) {
    let held = |lease: &usize| {
        lease
            .checked_rem(leases.len())
            .map(|n| (n, leases[n].clone()))
    };
    let (told, expected) = match ask {
        Ask::Push {
            key,
            priority,
            delay,
        } => {
            let key = format!("job-{key}");
            let due = now + delay;
            let pushed = queue
                .push(&key, &item(&key, 0), Priority(*priority), at(due))
                .await;
            (pushed.unwrap(), model.push(&key, *priority, due))
        }
        Ask::Lease { lease_ms, limit } => {
            let until = at(now)
                .plus_millis(i64::try_from(*lease_ms).unwrap())
                .millis();
            let leased = queue.lease(at(now), *lease_ms, *limit).await.unwrap();
            let told = leased.iter().map(|job| (job.key.clone(), job.item.clone()));
            let told: Vec<_> = told.collect();
            assert_eq!(told, model.lease(now, until, *limit), "{ask:?} at {now}");
            leases.extend(leased);
            return;
        }
        Ask::Done { lease } => {
            let Some((number, job)) = held(lease) else {
                return;
            };
            let expected = model.held(&job.key, number).is_some();
            if expected {
                model.jobs.remove(&job.key);
            }
            (queue.done(&job).await.unwrap(), expected)
        }
        Ask::Defer { lease, delay } => {
            let Some((number, job)) = held(lease) else {
                return;
            };
            let changed = item(&job.key, number + 1);
            let told = queue.defer(&job, &changed, at(now + delay)).await;
            let expected = model.held(&job.key, number).map(|job| {
                job.lease = None;
                job.due = now + delay;
                job.item = changed;
            });
            (told.unwrap(), expected.is_some())
        }
        Ask::Extend { lease, lease_ms } => {
            let Some((number, job)) = held(lease) else {
                return;
            };
            let told = queue.extend(&job, at(now), *lease_ms).await;
            let until = now + i64::try_from(*lease_ms).unwrap();
            let expected = model.held(&job.key, number).map(|job| job.due = until);
            (told.unwrap(), expected.is_some())
        }
        Ask::Remove { key } => {
            let key = format!("job-{key}");
            let expected = model.jobs.remove(&key).is_some();
            (queue.remove(&key).await.unwrap(), expected)
        }
        Ask::Wait { .. } | Ask::SetBack { .. } | Ask::Reopen => return,
    };
    assert_eq!(told, expected, "{ask:?} at {now}");
}

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let lease = 0..1000_usize;
    let lease_ms = 0..60_u64;
    let ask = prop_oneof![
        8 => (0..12_u8, 0..3_u8, -20..60_i64)
            .prop_map(|(key, priority, delay)| Ask::Push { key, priority, delay }),
        6 => (lease_ms.clone(), 0..5_usize)
            .prop_map(|(lease_ms, limit)| Ask::Lease { lease_ms, limit }),
        4 => lease.clone().prop_map(|lease| Ask::Done { lease }),
        3 => (lease.clone(), -20..60_i64).prop_map(|(lease, delay)| Ask::Defer { lease, delay }),
        2 => (lease, lease_ms).prop_map(|(lease, lease_ms)| Ask::Extend { lease, lease_ms }),
        1 => (0..12_u8).prop_map(|key| Ask::Remove { key }),
        5 => (1..40_i64).prop_map(|millis| Ask::Wait { millis }),
        1 => (1..40_i64).prop_map(|millis| Ask::SetBack { millis }),
        1 => Just(Ask::Reopen),
    ];
    prop::collection::vec(ask, 1..80)
}

async fn open(url: &str) -> Queue<String> {
    let store = Store::open(url).await.unwrap();
    store.queue(QueueName::Frontier)
}

fn item(key: &str, version: usize) -> String {
    format!("{key} version {version}")
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap()
}
