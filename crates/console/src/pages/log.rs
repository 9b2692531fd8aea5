//! The event log, newest first, with its verification.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use jianwei_model::{Actor, Event};
use serde::Deserialize;

use super::frame::Frame;
use crate::ConsoleState;
use crate::names::Names;
use crate::reply::{Failure, page};
use crate::session::SignedIn;
use crate::shown::beijing_exact;

/// Lines on one page.
const LINES: u64 = 100;

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    verified: Option<String>,
    broken: Option<String>,
    lines: Vec<LogLine>,
    total: u64,
    newer: Option<String>,
    older: Option<String>,
}

struct LogLine {
    sequence: u64,
    at: String,
    by: String,
    /// The login name of a person, empty for a step.
    login: String,
    text: String,
    reason: String,
    case: Option<String>,
}

/// Which part of the log: the events before this sequence number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Part {
    before: String,
}

/// `GET /log`
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Query(part): Query<Part>,
) -> Result<Html<String>, Failure> {
    let shown = LogPage::of(&state, &person, part.before.parse().ok()).await?;
    page(&shown)
}

/// `GET /log/verify`: the newest part, with the result of hashing the whole log again.
pub(crate) async fn verify(
    State(state): State<ConsoleState>,
    person: SignedIn,
) -> Result<Html<String>, Failure> {
    let result = state.store().log().verify().await;
    let mut shown = LogPage::of(&state, &person, None).await?;
    match result {
        Ok(count) => {
            shown.verified = Some(format!(
                "校验通过：{count} 条记录首尾相连，没有改动或缺失。"
            ));
        }
        Err(jianwei_store::Error::LogBroken { sequence, reason }) => {
            shown.broken = Some(format!(
                "校验不通过：第 {sequence} 条起不再相连（{reason}）。"
            ));
        }
        Err(error) => return Err(error.into()),
    }
    page(&shown)
}

impl LogPage {
    async fn of(
        state: &ConsoleState,
        person: &SignedIn,
        before: Option<u64>,
    ) -> Result<Self, Failure> {
        let total = *state.store().log().subscribe().borrow();
        let end = before.unwrap_or(total).min(total);
        let start = end.saturating_sub(LINES);
        let count = usize::try_from(end - start).unwrap_or(usize::MAX);
        let events = match count {
            0 => Vec::new(),
            count => state.store().log().read(start, count).await?,
        };
        let entries = state.entries().await?;
        let names = Names::of_events(state, &events).await?;
        Ok(Self {
            frame: Frame::of("log", person, &entries),
            verified: None,
            broken: None,
            lines: events
                .iter()
                .rev()
                .map(|event| LogLine::of(event, &names))
                .collect(),
            total,
            newer: (end < total).then(|| format!("/log?before={}", (end + LINES).min(total))),
            older: (start > 0).then(|| format!("/log?before={start}")),
        })
    }
}

impl LogLine {
    fn of(event: &Event, names: &Names) -> Self {
        Self {
            sequence: event.sequence,
            at: beijing_exact(event.at),
            by: names.actor(&event.actor),
            login: match &event.actor {
                Actor::User(name) => name.clone(),
                Actor::Step(_) => String::new(),
            },
            text: names.action(&event.action),
            reason: event.reason.clone(),
            case: event.case.as_ref().map(ToString::to_string),
        }
    }
}
