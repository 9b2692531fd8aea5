//! Admit: a lead not yet known enters the frontier.

use futures::future::try_join_all;
use jianwei_model::{Digest, FrontierEntry};
use jianwei_store::{Known, Leased, QueueName, now};

use crate::steps::batch::Batch;
use crate::steps::{Job, screen};
use crate::{Error, Parts};

const BATCH: usize = 64;

/// Admits one batch of leads; returns how many there were.
pub(crate) async fn step(parts: &Parts) -> Result<usize, Error> {
    let batch = Batch::lease(parts, "admit", QueueName::Admit, BATCH).await?;
    let all = batch
        .jobs
        .iter()
        .map(|leased| batch.work(parts, leased, admit(parts, leased)));
    try_join_all(all).await?;
    Ok(batch.jobs.len())
}

/// Whether a URL has been admitted before.
pub(crate) async fn is_known(parts: &Parts, url: &str) -> Result<bool, Error> {
    Ok(parts.store.known().get(&frontier_key(url)).await?.is_some())
}

/// The key under which a URL waits in the frontier and is known afterwards.
pub(crate) fn frontier_key(url: &str) -> String {
    Digest::of(url.as_bytes()).hex()
}

async fn admit(parts: &Parts, leased: &Leased<Job>) -> Result<(), Error> {
    let id = &leased.item.about;
    let lead = parts
        .store
        .leads()
        .get(id)
        .await?
        .ok_or_else(|| Error::missing(id))?;
    if is_known(parts, &lead.url).await? {
        return Ok(());
    }
    let entry = FrontierEntry {
        url: lead.url.clone(),
        priority: screen::priority(parts, &lead),
        lead: lead.id,
        round: 0,
        attempts: 0,
    };
    // Frontier first: a lead that is known but nowhere in the frontier would be lost.
    let frontier = parts.store.queue::<FrontierEntry>(QueueName::Frontier);
    frontier
        .push(&frontier_key(&entry.url), &entry, entry.priority, now())
        .await?;
    let known = Known {
        url: entry.url,
        lead: entry.lead,
        admitted: now(),
        visited: None,
    };
    parts.store.known().insert(&known).await?;
    Ok(())
}
