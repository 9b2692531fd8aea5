//! Queues: jobs that are leased, finished or given back, and never lost in between.

use std::marker::PhantomData;
use std::sync::Arc;

use jianwei_model::{Priority, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::engine::{self, Lease, LeasedJob, Push};
use crate::envelope::{self, Slot};
use crate::{Blobs, Error};

/// The version in which jobs are written today.
const VERSION: u8 = 1;

/// The queues of the journey, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueName {
    /// Leads that wait for admission.
    Admit,
    /// URLs that wait for a visit.
    Frontier,
    /// Visits that wait for an assessment.
    Assess,
    /// Assessments that wait for a case.
    Open,
    /// Cases that wait for their packet.
    Seal,
    /// Cases that wait for their letters.
    Draft,
    /// Approved letters that wait for sending.
    Dispatch,
    /// Packets that wait for the regulator.
    Regulator,
}

/// How many jobs a queue holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCounts {
    /// Leasable now.
    pub ready: u64,
    /// Waiting for their moment.
    pub delayed: u64,
    /// Under a lease that has not ended.
    pub leased: u64,
}

/// The jobs of one queue. Cheap to clone.
///
/// A lease stays good until its job is handed out again, even past its end: whoever was late but not overtaken may
/// still finish.
pub struct Queue<T> {
    name: QueueName,
    engine: Arc<dyn engine::Queue>,
    blobs: Blobs,
    item: PhantomData<fn() -> T>,
}

/// A job handed out under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased<T> {
    /// The job's key.
    pub key: String,
    /// What is to be done.
    pub item: T,
    /// How soon it was wanted.
    pub priority: Priority,
    fence: u64,
}

impl QueueName {
    /// Every queue, in the order of the journey.
    pub const ALL: [Self; 8] = [
        Self::Admit,
        Self::Frontier,
        Self::Assess,
        Self::Open,
        Self::Seal,
        Self::Draft,
        Self::Dispatch,
        Self::Regulator,
    ];

    /// The name in output and on disk.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Frontier => "frontier",
            Self::Assess => "assess",
            Self::Open => "open",
            Self::Seal => "seal",
            Self::Draft => "draft",
            Self::Dispatch => "dispatch",
            Self::Regulator => "regulator",
        }
    }
}

impl QueueCounts {
    /// All jobs in the queue, whatever their state.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ready + self.delayed + self.leased
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            engine: self.engine.clone(),
            blobs: self.blobs.clone(),
            item: PhantomData,
        }
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Queue<T> {
    pub(crate) fn new(name: QueueName, engine: Arc<dyn engine::Queue>, blobs: Blobs) -> Self {
        Self {
            name,
            engine,
            blobs,
            item: PhantomData,
        }
    }

    /// Adds a job that may be leased from `not_before` on; `false` and no change when its key is waiting or leased.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn push(
        &self,
        key: &str,
        item: &T,
        priority: Priority,
        not_before: Timestamp,
    ) -> Result<bool, Error> {
        let item = self.seal(key, item).await?;
        let job = Push {
            key,
            item: &item,
            priority,
            not_before,
        };
        self.engine.push(job).await
    }

    /// Hands out up to `limit` jobs for `lease_ms` milliseconds: lowest priority first, then in order of their pushes.
    ///
    /// Jobs whose lease has ended are among them.
    ///
    /// # Errors
    /// [`Error::Record`] when a job cannot be read as a `T`; those leased beside it come back when their leases end.
    pub async fn lease(
        &self,
        now: Timestamp,
        lease_ms: u64,
        limit: usize,
    ) -> Result<Vec<Leased<T>>, Error> {
        let jobs = self.engine.lease(now, end(now, lease_ms), limit).await?;
        let mut leased = Vec::with_capacity(jobs.len());
        for job in jobs {
            leased.push(self.leased(job).await?);
        }
        Ok(leased)
    }

    /// Takes a finished job out; `false` when it has been handed out again, given back or removed since.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn done(&self, leased: &Leased<T>) -> Result<bool, Error> {
        self.engine.done(leased.lease()).await
    }

    /// Gives a job back, with another item, to be leased from `not_before` on; `false` as for [`Queue::done`].
    ///
    /// It keeps its priority and its place in the order of pushes.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn defer(
        &self,
        leased: &Leased<T>,
        item: &T,
        not_before: Timestamp,
    ) -> Result<bool, Error> {
        let item = self.seal(&leased.key, item).await?;
        self.engine.defer(leased.lease(), &item, not_before).await
    }

    /// Lets a lease end `lease_ms` milliseconds after `now` instead; `false` as for [`Queue::done`].
    ///
    /// # Errors
    /// What the engine says.
    pub async fn extend(
        &self,
        leased: &Leased<T>,
        now: Timestamp,
        lease_ms: u64,
    ) -> Result<bool, Error> {
        let until = end(now, lease_ms);
        self.engine.extend(leased.lease(), until).await
    }

    /// The job under `key`, whatever its state.
    ///
    /// # Errors
    /// [`Error::Record`] when it cannot be read as a `T`, otherwise what the engine says.
    pub async fn get(&self, key: &str) -> Result<Option<T>, Error> {
        match self.engine.get(key).await? {
            Some(bytes) => self.open(key, &bytes).await.map(Some),
            None => Ok(None),
        }
    }

    /// Takes a job out, whatever its state; `false` when there was none.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn remove(&self, key: &str) -> Result<bool, Error> {
        self.engine.remove(key).await
    }

    /// How many jobs there are at `now`, from counters kept while the store is open.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn counts(&self, now: Timestamp) -> Result<QueueCounts, Error> {
        self.engine.counts(now).await
    }

    /// The earliest moment at which something becomes leasable that was not at the latest `now` this queue was asked
    /// with: a delay or a lease ends.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        self.engine.next_due().await
    }

    /// At most `limit` jobs and their keys: leasable ones as they would be leased, then the others by their moment.
    ///
    /// # Errors
    /// [`Error::Record`] when one cannot be read as a `T`, otherwise what the engine says.
    pub async fn list(&self, limit: usize) -> Result<Vec<(String, T)>, Error> {
        let mut jobs = Vec::new();
        for (key, bytes) in self.engine.list(limit).await? {
            let item = self.open(&key, &bytes).await?;
            jobs.push((key, item));
        }
        Ok(jobs)
    }

    async fn leased(&self, job: LeasedJob) -> Result<Leased<T>, Error> {
        let item = self.open(&job.key, &job.item).await?;
        Ok(Leased {
            key: job.key,
            item,
            priority: job.priority,
            fence: job.fence,
        })
    }

    async fn seal(&self, key: &str, item: &T) -> Result<Vec<u8>, Error> {
        envelope::seal(&self.blobs, self.slot(key), item).await
    }

    async fn open(&self, key: &str, bytes: &[u8]) -> Result<T, Error> {
        envelope::open(&self.blobs, self.slot(key), bytes).await
    }

    fn slot<'a>(&self, key: &'a str) -> Slot<'a> {
        Slot {
            table: self.name.as_str(),
            key,
            version: VERSION,
        }
    }
}

impl<T> Leased<T> {
    fn lease(&self) -> Lease<'_> {
        Lease {
            key: &self.key,
            fence: self.fence,
        }
    }
}

fn end(now: Timestamp, lease_ms: u64) -> Timestamp {
    now.plus_millis(i64::try_from(lease_ms).unwrap_or(i64::MAX))
}
