//! A leased queue in sled: jobs by key, and an order of keys for each of their three places.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use jianwei_model::Timestamp;
use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};
use sled::{Transactional, Tree};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::home::Home;
use crate::engine::{Lease, LeasedJob, Push};
use crate::{Error, QueueCounts};

mod job;

use self::job::{Job, Place};

/// How many jobs change place before others get their turn.
const CHUNK: usize = 256;

/// Four trees that change together. Whoever changes them takes turns.
pub(super) struct SledQueue {
    trees: Trees,
    state: Arc<Mutex<State>>,
}

#[derive(Clone)]
struct Trees {
    name: &'static str,
    jobs: Tree,
    /// In the order of [`Place`].
    orders: [Tree; 3],
    home: Arc<Home>,
}

#[derive(Default)]
struct State {
    /// The latest `now` this queue was asked with.
    latest: Option<Timestamp>,
    /// Jobs in each place, once they have been counted.
    counts: Option<[u64; 3]>,
}

/// What becomes of one job.
struct Change {
    key: String,
    before: Option<Job>,
    after: Option<Job>,
}

impl SledQueue {
    pub(super) fn open(home: &Arc<Home>, name: &'static str) -> Result<Self, Error> {
        let tree = |part: &str| {
            let tree = home.db.open_tree(format!("queue.{name}.{part}"));
            tree.map_err(|error| home.fault(error))
        };
        let trees = Trees {
            name,
            jobs: tree("jobs")?,
            orders: [tree("ready")?, tree("delayed")?, tree("leased")?],
            home: home.clone(),
        };
        Ok(Self {
            trees,
            state: Arc::default(),
        })
    }

    /// Works on the queue alone, away from the async threads.
    async fn work<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Trees, &mut State) -> Result<R, Error> + Send + 'static,
    ) -> Result<R, Error> {
        let mut state = self.state.clone().lock_owned().await;
        let trees = self.trees.clone();
        spawn_blocking(move || work(&trees, &mut state))
            .await
            .map_err(|died| Error::stopped("use a queue", &died))?
    }

    /// Changes the job that `lease` is the latest lease of.
    async fn change(
        &self,
        lease: Lease<'_>,
        change: impl FnOnce(&Job) -> Option<Job> + Send,
    ) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        let job = self.trees.get(lease.key)?;
        let held = job.filter(|job| job.fence == lease.fence);
        let changed = held.is_some();
        if let Some(before) = held {
            let change = Change {
                key: lease.key.to_owned(),
                after: change(&before),
                before: Some(before),
            };
            self.trees.apply(&mut state, &[change])?;
        }
        drop(state);
        self.trees.home.commit.durable().await?;
        Ok(changed)
    }
}

impl Trees {
    fn get(&self, key: &str) -> Result<Option<Job>, Error> {
        let found = self.jobs.get(key).map_err(|error| self.home.fault(error))?;
        let job = found.map(|bytes| {
            Job::decode(&bytes).ok_or_else(|| Error::record(self.name, key, "its head is damaged"))
        });
        job.transpose()
    }

    /// The job that an order names.
    fn named(&self, key: &[u8]) -> Result<(String, Job), Error> {
        let key = String::from_utf8_lossy(key).into_owned();
        match self.get(&key)? {
            Some(job) => Ok((key, job)),
            None => Err(Error::record(
                self.name,
                &key,
                "the queue names it but it is not there",
            )),
        }
    }

    fn order(&self, place: Place) -> &Tree {
        &self.orders[place as usize]
    }

    /// Makes all changes in one transaction.
    fn apply(&self, state: &mut State, changes: &[Change]) -> Result<(), Error> {
        let [ready, delayed, leased] = &self.orders;
        let trees = (&self.jobs, ready, delayed, leased);
        let applied = trees.transaction(|(jobs, ready, delayed, leased)| {
            let orders = [ready, delayed, leased];
            for change in changes {
                change.apply(jobs, orders)?;
            }
            Ok::<_, ConflictableTransactionError<()>>(())
        });
        match applied {
            Ok(()) => {}
            Err(TransactionError::Storage(error)) => return Err(self.home.fault(error)),
            Err(TransactionError::Abort(())) => unreachable!("nothing here aborts"),
        }
        if let Some(counts) = &mut state.counts {
            for change in changes {
                change.count(counts);
            }
        }
        Ok(())
    }

    /// Makes up to [`CHUNK`] jobs ready whose moment has come; whether that was all.
    fn ripen(&self, state: &mut State, now: Timestamp) -> Result<bool, Error> {
        state.latest = state.latest.max(Some(now));
        let mut changes = Vec::new();
        for place in [Place::Delayed, Place::Leased] {
            let due = self.order(place).range(..=job::moment_end(now));
            for found in due.values().take(CHUNK - changes.len()) {
                let key = found.map_err(|error| self.home.fault(error))?;
                let (key, before) = self.named(&key)?;
                let after = before.clone().at(Place::Ready);
                changes.push(Change {
                    key,
                    before: Some(before),
                    after: Some(after),
                });
            }
        }
        if !changes.is_empty() {
            self.apply(state, &changes)?;
        }
        Ok(changes.len() < CHUNK)
    }

    /// Leases up to `limit` ready jobs until `until`.
    fn take(
        &self,
        state: &mut State,
        (now, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<LeasedJob>, Error> {
        let mut changes = Vec::new();
        let mut leased = Vec::new();
        let mut ready = self.order(Place::Ready).iter().values();
        while leased.len() < limit {
            let Some(found) = ready.next() else { break };
            let found = found.map_err(|error| self.home.fault(error))?;
            let (key, before) = self.named(&found)?;
            let after = if before.due <= now {
                let fence = self.home.number()?;
                leased.push(LeasedJob {
                    key: key.clone(),
                    item: before.item.clone(),
                    priority: before.priority,
                    fence,
                });
                before.clone().leased(fence, until)
            } else {
                // Made ready by a later `now` than this one: the clock was set back.
                let place = before.waiting_place();
                before.clone().at(place)
            };
            changes.push(Change {
                key,
                before: Some(before),
                after: Some(after),
            });
        }
        if !changes.is_empty() {
            self.apply(state, &changes)?;
        }
        Ok(leased)
    }

    fn count(&self, state: &mut State) -> Result<QueueCounts, Error> {
        let [ready, delayed, leased] = *state
            .counts
            .get_or_insert_with(|| self.orders.each_ref().map(|order| order.len() as u64));
        Ok(QueueCounts {
            ready,
            delayed,
            leased,
        })
    }

    /// The earliest moment after `latest` in an order by moment.
    fn next_due(
        &self,
        place: Place,
        latest: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, Error> {
        let from = latest.map_or(Bound::Unbounded, |now| {
            Bound::Excluded(job::moment_end(now))
        });
        let range = self.order(place).range((from, Bound::Unbounded));
        let first = range.keys().next().transpose();
        let first = first.map_err(|error| self.home.fault(error))?;
        Ok(first.and_then(|key| job::moment(&key)))
    }

    fn list(&self, limit: usize) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let fault = |error| self.home.fault(error);
        let mut keys = Vec::new();
        for found in self.order(Place::Ready).iter().values().take(limit) {
            keys.push(found.map_err(fault)?);
        }
        let mut waiting = Vec::new();
        for place in [Place::Delayed, Place::Leased] {
            for found in self.order(place).iter().take(limit - keys.len()) {
                waiting.push(found.map_err(fault)?);
            }
        }
        waiting.sort();
        keys.extend(waiting.into_iter().map(|(_, key)| key));
        let jobs = keys.iter().take(limit).map(|key| {
            let (key, job) = self.named(key)?;
            Ok((key, job.item))
        });
        jobs.collect()
    }
}

impl Change {
    fn apply(
        &self,
        jobs: &TransactionalTree,
        orders: [&TransactionalTree; 3],
    ) -> Result<(), ConflictableTransactionError<()>> {
        let key = self.key.as_bytes();
        if let Some(before) = &self.before {
            orders[before.place as usize].remove(before.order_key())?;
        }
        match &self.after {
            Some(after) => {
                orders[after.place as usize].insert(after.order_key(), key)?;
                jobs.insert(key, after.encode())?;
            }
            None => {
                jobs.remove(key)?;
            }
        }
        Ok(())
    }

    fn count(&self, counts: &mut [u64; 3]) {
        if let Some(before) = &self.before {
            counts[before.place as usize] -= 1;
        }
        if let Some(after) = &self.after {
            counts[after.place as usize] += 1;
        }
    }
}

#[async_trait]
impl crate::engine::Queue for SledQueue {
    async fn push(&self, push: Push<'_>) -> Result<bool, Error> {
        let home = &self.trees.home;
        let mut state = self.state.lock().await;
        let free = self.trees.get(push.key)?.is_none();
        if free {
            let job = Job {
                place: Place::Delayed,
                priority: push.priority,
                sequence: home.number()?,
                due: push.not_before,
                fence: 0,
                item: push.item.to_vec(),
            };
            let change = Change {
                key: push.key.to_owned(),
                before: None,
                after: Some(job.placed(state.latest)),
            };
            self.trees.apply(&mut state, &[change])?;
        }
        drop(state);
        home.commit.durable().await?;
        Ok(free)
    }

    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedJob>, Error> {
        let leased = loop {
            let step = self.work(move |trees, state| {
                let ripe = trees.ripen(state, now)?;
                ripe.then(|| trees.take(state, (now, until), limit))
                    .transpose()
            });
            if let Some(leased) = step.await? {
                break leased;
            }
        };
        if !leased.is_empty() {
            self.trees.home.commit.durable().await?;
        }
        Ok(leased)
    }

    async fn done(&self, lease: Lease<'_>) -> Result<bool, Error> {
        self.change(lease, |_| None).await
    }

    async fn defer(
        &self,
        lease: Lease<'_>,
        item: &[u8],
        not_before: Timestamp,
    ) -> Result<bool, Error> {
        let latest = self.state.lock().await.latest;
        let deferred = |job: &Job| {
            let job = Job {
                item: item.to_vec(),
                fence: 0,
                due: not_before,
                ..job.clone()
            };
            Some(job.placed(latest))
        };
        self.change(lease, deferred).await
    }

    async fn extend(&self, lease: Lease<'_>, until: Timestamp) -> Result<bool, Error> {
        let extended = |job: &Job| Some(job.clone().leased(lease.fence, until));
        self.change(lease, extended).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.trees.get(key)?.map(|job| job.item))
    }

    async fn remove(&self, key: &str) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        let before = self.trees.get(key)?;
        let found = before.is_some();
        if found {
            let change = Change {
                key: key.to_owned(),
                before,
                after: None,
            };
            self.trees.apply(&mut state, &[change])?;
        }
        drop(state);
        self.trees.home.commit.durable().await?;
        Ok(found)
    }

    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, Error> {
        loop {
            let step = self.work(move |trees, state| {
                let ripe = trees.ripen(state, now)?;
                ripe.then(|| trees.count(state)).transpose()
            });
            if let Some(counts) = step.await? {
                return Ok(counts);
            }
        }
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        let state = self.state.lock().await;
        let delayed = self.trees.next_due(Place::Delayed, state.latest)?;
        let leased = self.trees.next_due(Place::Leased, state.latest)?;
        Ok([delayed, leased].into_iter().flatten().min())
    }

    async fn list(&self, limit: usize) -> Result<Vec<(String, Vec<u8>)>, Error> {
        self.work(move |trees, _| trees.list(limit)).await
    }
}
