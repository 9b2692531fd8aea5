//! A batch of jobs under lease: each is done, given back, or left to whoever has taken it over.

use std::time::Duration;

use jianwei_store::{Leased, Queue, QueueName, now};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, interval_at};

use crate::steps::{Job, LEASE_MS, hand_on, settle};
use crate::{Error, Notice, Parts};

/// How often a lease is extended while its work goes on.
const RENEW: Duration = Duration::from_millis(LEASE_MS / 3);

/// Jobs of one step, leased together and worked on one after another.
pub(crate) struct Batch {
    step: &'static str,
    queue: Queue<Job>,
    leased_at: Instant,
    pub(crate) jobs: Vec<Leased<Job>>,
}

impl Batch {
    /// Leases up to `limit` jobs of a queue.
    pub(crate) async fn lease(
        parts: &Parts,
        step: &'static str,
        name: QueueName,
        limit: usize,
    ) -> Result<Self, Error> {
        let queue = parts.store.queue::<Job>(name);
        let leased_at = Instant::now();
        let jobs = match queue.lease(now(), LEASE_MS, limit).await {
            Ok(jobs) => jobs,
            Err(jianwei_store::Error::Record { key, reason, .. }) => {
                // The key says all that matters, so the job is written anew; those beside it come back by themselves.
                parts.tell(Notice::Failed {
                    step,
                    item: key.clone(),
                    error: reason,
                });
                queue.remove(&key).await?;
                hand_on(&queue, &key).await?;
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            step,
            queue,
            leased_at,
            jobs,
        })
    }

    /// Does the work of one job and gives back its lease. A job that waited so long behind others that somebody else
    /// has it now is left alone.
    pub(crate) async fn work(
        &self,
        parts: &Parts,
        job: &Leased<Job>,
        work: impl Future<Output = Result<(), Error>>,
    ) -> Result<(), Error> {
        let is_old = self.leased_at.elapsed() >= RENEW;
        if is_old && !self.queue.extend(job, now(), LEASE_MS).await? {
            return Ok(());
        }
        let result = hold(&self.queue, job, work).await;
        settle(parts, self.step, &self.queue, job, result).await
    }
}

/// Awaits `work` and keeps the lease meanwhile, however slow it is.
pub(crate) async fn hold<T, R>(
    queue: &Queue<T>,
    leased: &Leased<T>,
    work: impl Future<Output = R>,
) -> R
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let mut renewal = interval_at(Instant::now() + RENEW, RENEW);
    tokio::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => return result,
            _ = renewal.tick() => {
                if let Err(error) = queue.extend(leased, now(), LEASE_MS).await {
                    tracing::warn!(key = %leased.key, %error, "a lease could not be extended");
                }
            }
        }
    }
}
