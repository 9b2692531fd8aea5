//! The trees of a queue, which change together in one transaction.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use jianwei_model::Timestamp;
use sled::transaction::{ConflictableTransactionError, TransactionError, TransactionalTree};
use sled::{Transactional, Tree};

use super::job::{self, Job, Place};
use crate::engine::LeasedJob;
use crate::engine::sled::home::Home;
use crate::{Error, QueueCounts};

/// How many jobs change place before others get their turn.
const CHUNK: usize = 256;

/// Jobs by key, and an order of keys for each of their three places. Whoever changes them takes turns.
#[derive(Clone)]
pub(super) struct Trees {
    pub(super) name: &'static str,
    jobs: Tree,
    /// In the order of [`Place`].
    orders: [Tree; 3],
    /// Let go last, because the lock is in it.
    pub(super) home: Arc<Home>,
}

/// What is known of a queue while it is open.
#[derive(Default)]
pub(super) struct State {
    /// The latest `now` this queue was asked with.
    pub(super) latest: Option<Timestamp>,
    /// Jobs in each place, once they have been counted.
    counts: Option<[u64; 3]>,
}

/// What becomes of some jobs, by their keys.
pub(super) type Changes = BTreeMap<String, Change>;

/// What becomes of one job.
pub(super) struct Change {
    pub(super) before: Option<Job>,
    pub(super) after: Option<Job>,
}

impl Trees {
    pub(super) fn open(home: &Arc<Home>, name: &'static str) -> Result<Self, Error> {
        let tree = |part: &str| {
            let tree = home.db.open_tree(format!("queue.{name}.{part}"));
            tree.map_err(|error| home.fault(error))
        };
        let trees = Self {
            name,
            home: home.clone(),
            jobs: tree("jobs")?,
            orders: [tree("ready")?, tree("delayed")?, tree("leased")?],
        };
        trees.release()?;
        Ok(trees)
    }

    /// Ends every lease: one process owns an embedded store, so whoever held one is gone.
    fn release(&self) -> Result<(), Error> {
        loop {
            let mut changes = Changes::new();
            for found in self.order(Place::Leased).iter().values().take(CHUNK) {
                let key = found.map_err(|error| self.home.fault(error))?;
                let (key, before) = self.named(&key)?;
                let freed = Job {
                    due: Timestamp::from_millis(0),
                    ..before.clone()
                };
                let (before, after) = (Some(before), Some(freed.at(Place::Ready)));
                changes.insert(key, Change { before, after });
            }
            if changes.is_empty() {
                return Ok(());
            }
            self.apply(&mut State::default(), &changes)?;
        }
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<Job>, Error> {
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
    pub(super) fn apply(&self, state: &mut State, changes: &Changes) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let [ready, delayed, leased] = &self.orders;
        let trees = (&self.jobs, ready, delayed, leased);
        let applied = trees.transaction(|(jobs, ready, delayed, leased)| {
            let orders = [ready, delayed, leased];
            for (key, change) in changes {
                change.apply(key.as_bytes(), jobs, orders)?;
            }
            Ok::<_, ConflictableTransactionError<()>>(())
        });
        match applied {
            Ok(()) => {}
            Err(TransactionError::Storage(error)) => return Err(self.home.fault(error)),
            Err(TransactionError::Abort(())) => unreachable!("nothing here aborts"),
        }
        if let Some(counts) = &mut state.counts {
            for change in changes.values() {
                change.count(counts);
            }
        }
        Ok(())
    }

    /// Makes up to [`CHUNK`] jobs ready whose moment has come; whether that was all.
    pub(super) fn ripen(&self, state: &mut State, now: Timestamp) -> Result<bool, Error> {
        state.latest = state.latest.max(Some(now));
        let mut changes = Changes::new();
        for place in [Place::Delayed, Place::Leased] {
            let due = self.order(place).range(..=job::moment_end(now));
            for found in due.values().take(CHUNK - changes.len()) {
                let key = found.map_err(|error| self.home.fault(error))?;
                let (key, before) = self.named(&key)?;
                let after = before.clone().at(Place::Ready);
                let (before, after) = (Some(before), Some(after));
                changes.insert(key, Change { before, after });
            }
        }
        self.apply(state, &changes)?;
        Ok(changes.len() < CHUNK)
    }

    /// Leases up to `limit` ready jobs until `until`.
    pub(super) fn take(
        &self,
        state: &mut State,
        (now, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<LeasedJob>, Error> {
        let mut changes = Changes::new();
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
            let (before, after) = (Some(before), Some(after));
            changes.insert(key, Change { before, after });
        }
        self.apply(state, &changes)?;
        Ok(leased)
    }

    pub(super) fn count(&self, state: &mut State) -> QueueCounts {
        let counted = || self.orders.each_ref().map(|order| order.len() as u64);
        let [ready, delayed, leased] = *state.counts.get_or_insert_with(counted);
        QueueCounts {
            ready,
            delayed,
            leased,
        }
    }

    /// The earliest moment after `latest` in an order by moment.
    pub(super) fn next_due(
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

    pub(super) fn list(&self, limit: usize) -> Result<Vec<(String, Vec<u8>)>, Error> {
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
        key: &[u8],
        jobs: &TransactionalTree,
        orders: [&TransactionalTree; 3],
    ) -> Result<(), ConflictableTransactionError<()>> {
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
