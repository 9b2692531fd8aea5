//! A leased queue in sled.

mod inbox;
mod job;
mod trees;

use std::sync::Arc;

use async_trait::async_trait;
use jianwei_model::Timestamp;
use tokio::sync::Mutex;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::task::spawn_blocking;

use self::inbox::{Ask, Inbox};
use self::job::Place;
use self::trees::{State, Trees};
use super::home::Home;
use crate::engine::{Lease, LeasedJob, Push};
use crate::{Error, QueueCounts};

/// A queue's trees, and what waits for a turn at them.
pub(super) struct SledQueue {
    trees: Trees,
    state: Arc<Mutex<State>>,
    inbox: Inbox,
}

impl SledQueue {
    pub(super) fn open(home: &Arc<Home>, name: &'static str) -> Result<Self, Error> {
        Ok(Self {
            trees: Trees::open(home, name)?,
            state: Arc::default(),
            inbox: Inbox::default(),
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

    /// Asks something of one job; whoever has the queue next answers for all who have asked by then.
    async fn ask(&self, key: &str, ask: Ask) -> Result<bool, Error> {
        let mut answered = self.inbox.leave(key, ask);
        let granted = loop {
            let mut state = self.state.lock().await;
            self.inbox.answer(&self.trees, &mut state);
            drop(state);
            match answered.try_recv() {
                Ok(granted) => break granted?,
                // Too many were before it.
                Err(TryRecvError::Empty) => {}
                Err(gone) => return Err(Error::stopped("change a queue", &gone)),
            }
        };
        // A refusal rests on what another did, which must be durable too.
        self.trees.home.commit.durable().await?;
        Ok(granted)
    }
}

#[async_trait]
impl crate::engine::Queue for SledQueue {
    async fn push(&self, push: Push<'_>) -> Result<bool, Error> {
        let ask = Ask::Push {
            item: push.item.to_vec(),
            priority: push.priority,
            not_before: push.not_before,
        };
        self.ask(push.key, ask).await
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
        let fence = lease.fence;
        self.ask(lease.key, Ask::Done { fence }).await
    }

    async fn defer(
        &self,
        lease: Lease<'_>,
        item: &[u8],
        not_before: Timestamp,
    ) -> Result<bool, Error> {
        let ask = Ask::Defer {
            fence: lease.fence,
            item: item.to_vec(),
            not_before,
        };
        self.ask(lease.key, ask).await
    }

    async fn extend(&self, lease: Lease<'_>, until: Timestamp) -> Result<bool, Error> {
        let fence = lease.fence;
        self.ask(lease.key, Ask::Extend { fence, until }).await
    }

    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.trees.get(key)?.map(|job| job.item))
    }

    async fn remove(&self, key: &str) -> Result<bool, Error> {
        self.ask(key, Ask::Remove).await
    }

    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, Error> {
        loop {
            let step = self.work(move |trees, state| {
                let ripe = trees.ripen(state, now)?;
                Ok(ripe.then(|| trees.count(state)))
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
