//! Visit: an admitted URL is captured once, whole, when its host may be asked.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use futures::future::try_join_all;
use jianwei_crawl::{Capture, Politeness, Turn};
use jianwei_model::{Blob, FrontierEntry, Outcome, Priority, Vantage, VisitId, host_of};
use jianwei_store::{Leased, Queue, QueueName, now};
use tokio::task::JoinSet;

use crate::steps::admit::frontier_key;
use crate::steps::batch::hold;
use crate::steps::{Job, LEASE_MS, REST_MS, hand_on};
use crate::{Error, Notice, Parts};

/// Entries of one host are put off by at most so much more than the one before.
const LONGEST_STEP_MS: i64 = 5_000;

/// Starts as many visits as may be in flight; returns how many it leased.
pub(crate) async fn start_visits(
    parts: &Arc<Parts>,
    visits: &mut JoinSet<Result<(), Error>>,
) -> Result<usize, Error> {
    let free = parts.settings.visits_in_flight.saturating_sub(visits.len());
    if free == 0 {
        return Ok(0);
    }
    let frontier = parts.store.queue::<FrontierEntry>(QueueName::Frontier);
    let batch = lease(parts, &frontier, free).await?;
    let leased_count = batch.len();
    let mut later = Vec::new();
    let mut waiting: HashMap<String, i64> = HashMap::new();
    for leased in batch {
        let host = host_of(&leased.item.url).unwrap_or_default();
        let moment = now();
        match politeness(parts).ask(&host, moment) {
            Turn::Later(when) => {
                // What waits for one host lines up, instead of all coming back at once to be put off again.
                let place = waiting.entry(host).or_default();
                let step = when.millis_since(moment).clamp(0, LONGEST_STEP_MS);
                later.push((leased, when.plus_millis(*place * step)));
                *place += 1;
            }
            Turn::Now => {
                let parts = Arc::clone(parts);
                visits.spawn(async move { visit(&parts, &host, leased).await });
            }
        }
    }
    // Each write waits for the disk, and waits are shared.
    let put_off = later
        .iter()
        .map(|(leased, when)| frontier.defer(leased, &leased.item, *when));
    try_join_all(put_off).await?;
    Ok(leased_count)
}

async fn lease(
    parts: &Parts,
    frontier: &Queue<FrontierEntry>,
    limit: usize,
) -> Result<Vec<Leased<FrontierEntry>>, Error> {
    let (key, reason) = match frontier.lease(now(), LEASE_MS, limit).await {
        Ok(batch) => return Ok(batch),
        Err(jianwei_store::Error::Record { key, reason, .. }) => (key, reason),
        Err(error) => return Err(error.into()),
    };
    // An entry that cannot be read is written anew from what is known of its URL, lest it hold up those beside it.
    tell_failure(parts, &key, reason);
    frontier.remove(&key).await?;
    if let Some(known) = parts.store.known().get(&key).await? {
        let entry = FrontierEntry {
            url: known.url,
            lead: known.lead,
            priority: Priority::LIST,
            round: 0,
            attempts: 0,
        };
        frontier.push(&key, &entry, entry.priority, now()).await?;
    }
    Ok(Vec::new())
}

async fn visit(parts: &Arc<Parts>, host: &str, leased: Leased<FrontierEntry>) -> Result<(), Error> {
    let frontier = parts.store.queue::<FrontierEntry>(QueueName::Frontier);
    let looked = hold(&frontier, &leased, look(parts, &leased.item)).await;
    let is_answered = match &looked {
        Ok(Some(capture)) => !matches!(capture.visit.outcome, Outcome::Unknown { .. }),
        Ok(None) => true,
        Err(_) => false,
    };
    // Whatever came of it, the host is free again.
    politeness(parts).finished(host, now(), is_answered);
    let result = match looked {
        Ok(Some(capture)) => settle(parts, &frontier, &leased, capture).await,
        Ok(None) => finish(parts, &frontier, &leased).await,
        Err(error) => Err(error),
    };
    match result {
        Err(error) if !error.is_fatal() => {
            tell_failure(parts, &leased.item.url, error.to_string());
            put_off(&frontier, &leased, REST_MS).await
        }
        result => result,
    }
}

/// Makes the visit, unless it was made by a process that died before it gave back the lease: evidence that a case may
/// rest on by now is not captured over.
async fn look(parts: &Arc<Parts>, entry: &FrontierEntry) -> Result<Option<Capture>, Error> {
    if parts
        .store
        .visits()
        .get(visit_id(entry).as_str())
        .await?
        .is_some()
    {
        return Ok(None);
    }
    let (visitor, entry) = (Arc::clone(parts), entry.clone());
    // A task of its own: a page on which it crashes costs one visit and not the run.
    let task = tokio::spawn(async move { visitor.visitor.visit(&entry, Vantage::Desktop).await });
    task.await.map(Some).map_err(|error| Error::Crashed {
        step: "visit",
        reason: error.to_string(),
    })
}

async fn settle(
    parts: &Parts,
    frontier: &Queue<FrontierEntry>,
    leased: &Leased<FrontierEntry>,
    capture: Capture,
) -> Result<(), Error> {
    if let Some(delay) = capture.retry_after_ms {
        let delay = i64::try_from(delay).unwrap_or(i64::MAX);
        return put_off(frontier, leased, delay).await;
    }
    keep_blobs(parts, &capture.blobs).await?;
    parts.store.visits().insert(&capture.visit).await?;
    parts.tally.add_visit();
    finish(parts, frontier, leased).await
}

/// Hands a kept visit on and lets go of its entry.
async fn finish(
    parts: &Parts,
    frontier: &Queue<FrontierEntry>,
    leased: &Leased<FrontierEntry>,
) -> Result<(), Error> {
    let id = visit_id(&leased.item);
    hand_on(&parts.store.queue::<Job>(QueueName::Assess), id.as_str()).await?;
    let key = frontier_key(&leased.item.url);
    parts
        .store
        .known()
        .update(&key, |known| known.visited = Some(id.clone()))
        .await?;
    frontier.done(leased).await?;
    Ok(())
}

async fn put_off(
    frontier: &Queue<FrontierEntry>,
    leased: &Leased<FrontierEntry>,
    delay_ms: i64,
) -> Result<(), Error> {
    let again = FrontierEntry {
        attempts: leased.item.attempts + 1,
        ..leased.item.clone()
    };
    frontier
        .defer(leased, &again, now().plus_millis(delay_ms))
        .await?;
    Ok(())
}

fn visit_id(entry: &FrontierEntry) -> VisitId {
    VisitId::of(&entry.url, Vantage::Desktop, entry.round)
}

fn politeness(parts: &Parts) -> MutexGuard<'_, Politeness> {
    parts
        .politeness
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

fn tell_failure(parts: &Parts, item: &str, error: String) {
    tracing::warn!(item, "a visit failed: {error}");
    parts.tell(Notice::Failed {
        step: "visit",
        item: item.to_owned(),
        error,
    });
}

/// Stores blobs; the records that name them may only be written afterwards.
pub(crate) async fn keep_blobs(parts: &Parts, blobs: &[Blob]) -> Result<(), Error> {
    let store = parts.store.blobs();
    try_join_all(blobs.iter().map(|blob| store.put(&blob.bytes))).await?;
    Ok(())
}
