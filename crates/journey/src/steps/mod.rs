//! The steps in the order of a site's journey.

pub(crate) mod admit;
pub(crate) mod assess;
pub(crate) mod batch;
pub(crate) mod discover;
pub(crate) mod dispatch;
pub(crate) mod draft;
pub(crate) mod open;
pub(crate) mod references;
pub(crate) mod screen;
pub(crate) mod seal;
pub(crate) mod visit;

use jianwei_model::{Actor, CaseId, Digest, EventDraft, Priority, Timestamp};
use jianwei_store::{Leased, Queue, now};
use serde::{Deserialize, Serialize};

use crate::{Error, Notice, Parts};

/// How long a step may work on one item before another may take it over.
pub(crate) const LEASE_MS: u64 = 120_000;

/// How long an item that failed three times rests; a run that ends when all is done does not wait for it.
pub(crate) const REST_MS: i64 = 3_600_000;

/// The name of one thing to do, in a queue between two steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// What it is about: a visit, a case or a letter, by its identifier.
    pub(crate) about: String,
    /// How often it has failed.
    pub(crate) attempts: u32,
}

impl Job {
    pub(crate) fn about(id: &str) -> Self {
        Self {
            about: id.to_owned(),
            attempts: 0,
        }
    }
}

/// Hands `about` on to the next step. A repeated hand-over changes nothing.
pub(crate) async fn hand_on(queue: &Queue<Job>, about: &str) -> Result<(), Error> {
    queue
        .push(about, &Job::about(about), Priority::SEARCH, now())
        .await?;
    Ok(())
}

/// Gives back a lease: done, or to be tried again later when `result` is an error that may pass.
pub(crate) async fn settle(
    parts: &Parts,
    step: &'static str,
    queue: &Queue<Job>,
    leased: &Leased<Job>,
    result: Result<(), Error>,
) -> Result<(), Error> {
    let Err(error) = result else {
        queue.done(leased).await?;
        return Ok(());
    };
    if error.is_fatal() {
        return Err(error);
    }
    tracing::warn!(step, item = %leased.item.about, "{error}");
    parts.tell(Notice::Failed {
        step,
        item: leased.item.about.clone(),
        error: error.to_string(),
    });
    let attempts = leased.item.attempts + 1;
    let delay = if attempts < 3 {
        1_000 << attempts
    } else {
        REST_MS
    };
    let again = Job {
        about: leased.item.about.clone(),
        attempts,
    };
    queue
        .defer(leased, &again, now().plus_millis(delay))
        .await?;
    Ok(())
}

/// The bytes of a blob that some record names.
pub(crate) async fn blob_of(parts: &Parts, digest: &Digest) -> Result<Vec<u8>, Error> {
    let bytes = parts.store.blobs().get(digest).await?;
    bytes.ok_or_else(|| Error::missing(digest.to_string()))
}

/// An event of a step about a case.
pub(crate) fn case_event(
    step: &str,
    case: &CaseId,
    action: jianwei_model::Action,
    key: String,
    at: Timestamp,
) -> EventDraft {
    EventDraft {
        at,
        actor: Actor::step(step),
        action,
        case: Some(case.clone()),
        reason: String::new(),
        key,
    }
}
