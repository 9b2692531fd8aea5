//! Discover: sources become leads.

use futures::future::try_join_all;
use jianwei_discover::{ListSource, SearchSource, open_list, search};
use jianwei_model::{Action, Actor, EventDraft, Lead, Priority};
use jianwei_store::{QueueName, now};

use crate::steps::{Job, admit};
use crate::{Error, Notice, Parts};

/// Leads written at once; each write waits for the disk, and waits are shared.
const WRITES_AT_ONCE: usize = 64;

/// Queries that may fail one after the other before a search source is left until the next pull.
const FAILURES_IN_A_ROW: u32 = 3;

/// Pulls every configured source once. A source that fails is reported and the others go on.
pub(crate) async fn pull_sources(parts: &Parts) -> Result<(), Error> {
    for list in &parts.sources.lists {
        let outcome = pull_list(parts, list).await;
        report(parts, &list.name, outcome).await?;
    }
    for source in &parts.sources.search {
        let outcome = pull_search(parts, source).await;
        report(parts, &source.name, outcome).await?;
    }
    Ok(())
}

async fn report(parts: &Parts, source: &str, outcome: Result<u64, Error>) -> Result<(), Error> {
    let source = source.to_owned();
    let leads = match outcome {
        Ok(leads) => leads,
        Err(error) if error.is_fatal() => return Err(error),
        Err(error) => {
            tracing::warn!(source, "{error}");
            parts.tell(Notice::SourceFailed {
                source,
                error: error.to_string(),
            });
            return Ok(());
        }
    };
    let at = now();
    let event = EventDraft {
        at,
        actor: Actor::step("discover"),
        action: Action::SourcePulled {
            source: source.clone(),
            leads,
        },
        case: None,
        reason: String::new(),
        key: format!("pulled {source} {at}"),
    };
    parts.store.log().append(event).await?;
    parts.tell(Notice::Pulled { source, leads });
    Ok(())
}

async fn pull_list(parts: &Parts, list: &ListSource) -> Result<u64, Error> {
    let lines = open_list(&list.path, &list.name, now())?;
    let bad_line = |line: Result<Lead, jianwei_discover::Error>| match line {
        Ok(lead) => Some(lead),
        Err(error) => {
            parts.tell(Notice::SourceFailed {
                source: list.name.clone(),
                error: error.to_string(),
            });
            None
        }
    };
    keep_leads(parts, lines.filter_map(bad_line)).await
}

async fn pull_search(parts: &Parts, source: &SearchSource) -> Result<u64, Error> {
    let cursor = format!("queries {}", source.name);
    let queries = parts.queries.queries();
    let from = usize::try_from(parts.store.cursor_get(&cursor).await?).unwrap_or(0);
    let from = if from >= queries.len() { 0 } else { from };
    let chosen: Vec<_> = queries
        .iter()
        .skip(from)
        .take(parts.settings.queries_per_pull)
        .collect();
    let mut leads = 0;
    let mut failures = 0;
    for (place, query) in chosen.iter().enumerate() {
        match search(&parts.door, source, query, now()).await {
            Ok(found) => {
                leads += keep_leads(parts, found.into_iter()).await?;
                failures = 0;
            }
            // One query that fails does not hold up those after it; an engine that answers nothing does.
            Err(error) if failures + 1 < FAILURES_IN_A_ROW => {
                failures += 1;
                let source = source.name.clone();
                parts.tell(Notice::SourceFailed {
                    source,
                    error: error.to_string(),
                });
            }
            Err(error) => return Err(error.into()),
        }
        let next = (from + place + 1) as u64;
        parts.store.cursor_put(&cursor, next).await?;
    }
    Ok(leads)
}

/// Keeps leads and hands them on; returns how many there were, known ones included.
async fn keep_leads(parts: &Parts, leads: impl Iterator<Item = Lead>) -> Result<u64, Error> {
    let mut kept = 0;
    let mut leads = leads.peekable();
    while leads.peek().is_some() {
        let batch = try_join_all(
            leads
                .by_ref()
                .take(WRITES_AT_ONCE)
                .map(|lead| keep_lead(parts, lead)),
        )
        .await?;
        kept += batch.len() as u64;
        parts.tally.add_leads(batch.len() as u64);
    }
    Ok(kept)
}

async fn keep_lead(parts: &Parts, lead: Lead) -> Result<(), Error> {
    let is_new = parts.store.leads().insert(&lead).await?;
    // A lead of an earlier run is handed on again only if that run died before it was admitted.
    if is_new || !admit::is_known(parts, &lead.url).await? {
        let queue = parts.store.queue::<Job>(QueueName::Admit);
        queue
            .push(
                lead.id.as_str(),
                &Job::about(lead.id.as_str()),
                Priority::LIST,
                now(),
            )
            .await?;
    }
    Ok(())
}
