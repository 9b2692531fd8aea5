//! The memory engine: plain maps that die with the process, for tests.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use jianwei_model::{Digest, Timestamp};
use tokio::sync::watch;

use super::{Expected, Lease, LeasedJob, Push, Receipt, Row};
use crate::{Error, QueueCounts};

/// All parts of one memory store.
#[derive(Default)]
pub(crate) struct MemoryEngine {
    tables: Mutex<BTreeMap<&'static str, Arc<Table>>>,
    queues: Mutex<BTreeMap<&'static str, Arc<Queue>>>,
    blobs: Arc<Blobs>,
    log: Arc<Log>,
}

#[derive(Default)]
struct Table(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    revision: u64,
    rows: BTreeMap<String, Row>,
}

#[derive(Default)]
struct Queue(Mutex<Jobs>);

#[derive(Default)]
struct Jobs {
    /// Numbers pushes and leases.
    counter: u64,
    latest: Option<Timestamp>,
    jobs: BTreeMap<String, Job>,
    /// Keys by priority, then push.
    order: BTreeMap<(u8, u64), String>,
}

struct Job {
    place: (u8, u64),
    due: Timestamp,
    /// The latest lease, 0 when there is none.
    fence: u64,
    item: Vec<u8>,
}

#[derive(Default)]
struct Blobs(Mutex<BTreeMap<Digest, Bytes>>);

struct Log {
    lines: Mutex<Vec<Vec<u8>>>,
    length: watch::Sender<u64>,
}

impl super::Engine for MemoryEngine {
    fn table(&self, name: &'static str) -> Result<Arc<dyn super::Table>, Error> {
        Ok(locked(&self.tables).entry(name).or_default().clone())
    }

    fn queue(&self, name: &'static str) -> Result<Arc<dyn super::Queue>, Error> {
        Ok(locked(&self.queues).entry(name).or_default().clone())
    }

    fn blobs(&self) -> Arc<dyn super::Blobs> {
        self.blobs.clone()
    }

    fn log(&self) -> Result<Arc<dyn super::Log>, Error> {
        Ok(self.log.clone())
    }
}

#[async_trait]
impl super::Table for Table {
    async fn get(&self, key: &str) -> Result<Option<Row>, Error> {
        Ok(locked(&self.0).rows.get(key).cloned())
    }

    async fn swap(&self, key: &str, expected: Expected, value: &[u8]) -> Result<bool, Error> {
        let mut table = locked(&self.0);
        let found = table.rows.get(key).map(|row| row.revision);
        let fits = match expected {
            Expected::Anything => true,
            Expected::Absent => found.is_none(),
            Expected::Revision(revision) => found == Some(revision),
        };
        if fits {
            table.revision += 1;
            let row = Row {
                revision: table.revision,
                value: value.to_vec(),
            };
            table.rows.insert(key.to_owned(), row);
        }
        Ok(fits)
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Vec<(String, Row)>, Error> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let table = locked(&self.0);
        let rows = table.rows.range::<str, _>((from, Bound::Unbounded));
        Ok(rows
            .take(limit)
            .map(|(key, row)| (key.clone(), row.clone()))
            .collect())
    }

    async fn remove(&self, key: &str) -> Result<bool, Error> {
        Ok(locked(&self.0).rows.remove(key).is_some())
    }

    async fn count(&self) -> Result<u64, Error> {
        Ok(locked(&self.0).rows.len() as u64)
    }
}

impl Jobs {
    fn seen(&mut self, now: Timestamp) {
        self.latest = self.latest.max(Some(now));
    }

    /// The job, if `lease` is its latest lease.
    fn held(&mut self, lease: Lease<'_>) -> Option<&mut Job> {
        self.jobs
            .get_mut(lease.key)
            .filter(|job| job.fence == lease.fence)
    }

    fn take(&mut self, key: &str) -> bool {
        let job = self.jobs.remove(key);
        job.is_some_and(|job| self.order.remove(&job.place).is_some())
    }
}

#[async_trait]
impl super::Queue for Queue {
    async fn push(&self, job: Push<'_>) -> Result<bool, Error> {
        let mut queue = locked(&self.0);
        if queue.jobs.contains_key(job.key) {
            return Ok(false);
        }
        queue.counter += 1;
        let place = (job.priority.0, queue.counter);
        queue.order.insert(place, job.key.to_owned());
        let stored = Job {
            place,
            due: job.not_before,
            fence: 0,
            item: job.item.to_vec(),
        };
        queue.jobs.insert(job.key.to_owned(), stored);
        Ok(true)
    }

    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedJob>, Error> {
        let mut queue = locked(&self.0);
        queue.seen(now);
        let Jobs {
            counter,
            jobs,
            order,
            ..
        } = &mut *queue;
        let mut leased = Vec::new();
        for key in order.values() {
            if leased.len() == limit {
                break;
            }
            let Some(job) = jobs.get_mut(key).filter(|job| job.due <= now) else {
                continue;
            };
            *counter += 1;
            job.fence = *counter;
            job.due = until;
            leased.push(LeasedJob {
                key: key.clone(),
                item: job.item.clone(),
                priority: jianwei_model::Priority(job.place.0),
                fence: job.fence,
            });
        }
        Ok(leased)
    }

    async fn done(&self, lease: Lease<'_>) -> Result<bool, Error> {
        let mut queue = locked(&self.0);
        Ok(queue.held(lease).is_some() && queue.take(lease.key))
    }

    async fn defer(
        &self,
        lease: Lease<'_>,
        item: &[u8],
        not_before: Timestamp,
    ) -> Result<bool, Error> {
        let mut queue = locked(&self.0);
        let Some(job) = queue.held(lease) else {
            return Ok(false);
        };
        job.fence = 0;
        job.due = not_before;
        job.item = item.to_vec();
        Ok(true)
    }

    async fn extend(&self, lease: Lease<'_>, until: Timestamp) -> Result<bool, Error> {
        let mut queue = locked(&self.0);
        let job = queue.held(lease);
        Ok(job.map(|job| job.due = until).is_some())
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(locked(&self.0).jobs.get(key).map(|job| job.item.clone()))
    }

    async fn remove(&self, key: &str) -> Result<bool, Error> {
        Ok(locked(&self.0).take(key))
    }

    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, Error> {
        let mut queue = locked(&self.0);
        queue.seen(now);
        let mut counts = QueueCounts::default();
        for job in queue.jobs.values() {
            match (job.due <= now, job.fence) {
                (true, _) => counts.ready += 1,
                (false, 0) => counts.delayed += 1,
                (false, _) => counts.leased += 1,
            }
        }
        Ok(counts)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let queue = locked(&self.0);
        let dues = queue.jobs.values().map(|job| job.due);
        Ok(dues.filter(|due| Some(*due) > queue.latest).min())
    }

    async fn list(&self, limit: usize) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let queue = locked(&self.0);
        let mut jobs: Vec<_> = queue.jobs.iter().collect();
        jobs.sort_by_key(|(_, job)| {
            let waits = Some(job.due) > queue.latest;
            let (priority, push) = job.place;
            (waits.then_some(job.due), (!waits).then_some(priority), push)
        });
        Ok(jobs
            .into_iter()
            .take(limit)
            .map(|(key, job)| (key.clone(), job.item.clone()))
            .collect())
    }
}

#[async_trait]
impl super::Blobs for Blobs {
    async fn put(&self, digest: Digest, bytes: Bytes) -> Result<(), Error> {
        locked(&self.0).insert(digest, bytes);
        Ok(())
    }

    async fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        Ok(locked(&self.0).get(digest).map(|bytes| bytes.to_vec()))
    }

    async fn has(&self, digest: &Digest) -> Result<bool, Error> {
        Ok(locked(&self.0).contains_key(digest))
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        PathBuf::from(format!("memory:{}", digest.hex()))
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            lines: Mutex::default(),
            length: watch::Sender::new(0),
        }
    }
}

#[async_trait]
impl super::Log for Log {
    async fn append(&self, expected: u64, line: &[u8]) -> Result<Option<Receipt>, Error> {
        let mut lines = locked(&self.lines);
        if lines.len() as u64 != expected {
            return Ok(None);
        }
        lines.push(line.to_vec());
        self.length.send_replace(lines.len() as u64);
        let receipt: Receipt = Box::pin(std::future::ready(Ok(())));
        Ok(Some(receipt))
    }

    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
        let lines = locked(&self.lines);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(lines.iter().skip(from).take(limit).cloned().collect())
    }

    fn length(&self) -> watch::Receiver<u64> {
        self.length.subscribe()
    }
}

/// A panic elsewhere leaves these maps whole, so poison is no reason to stop.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
