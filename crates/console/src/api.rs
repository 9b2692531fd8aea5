//! The JSON API under `/api/v1`: the same data and the same acts as the pages.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use jianwei_casework::open_steps;
use jianwei_model::CaseId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::ConsoleState;
use crate::act::{Request, perform};
use crate::dossier::Dossier;
use crate::filter::{Filter, due};
use crate::reply::{ApiFailure, Failure};
use crate::roll::Entry;
use crate::session::SignedIn;
use crate::state::Read;

/// Most events in one answer.
const MOST_EVENTS: usize = 500;

/// `GET /api/v1/cases`: as the list page filters and pages them.
pub(crate) async fn cases(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Query(filter): Query<Filter>,
) -> Result<Json<Value>, ApiFailure> {
    let entries = state.entries().await?;
    let chosen = filter.of(&entries, &person.user);
    let rows = state.settings().rows();
    let shown = chosen
        .iter()
        .skip((filter.page() - 1).saturating_mul(rows))
        .take(rows);
    let cases: Vec<_> = shown
        .map(|entry| {
            let mut value = summary(entry);
            value["waits_for_me"] = json!(due(entry, &person.user));
            value
        })
        .collect();
    Ok(Json(json!({
        "total": chosen.len(), "page": filter.page(), "page_rows": rows, "cases": cases,
    })))
}

/// `GET /api/v1/cases/{case}`: everything known of it; looking at it is an event.
pub(crate) async fn case(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiFailure> {
    let dossier = read(&state, &person, &id).await?;
    let steps: Vec<_> = open_steps(&dossier.view)
        .iter()
        .map(|step| step.chinese())
        .collect();
    Ok(Json(json!({
        "case": dossier.case,
        "state": dossier.view.state,
        "open_steps": steps,
        "assessment": dossier.assessment,
        "model": dossier.model,
        "visit": dossier.visit,
        "lead": dossier.lead,
        "reference": dossier.reference,
        "packet": dossier.packet,
        "letters": letter_values(&dossier),
        "events": dossier.events,
    })))
}

/// `GET /api/v1/cases/{case}/letters`
pub(crate) async fn letters(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiFailure> {
    let dossier = read(&state, &person, &id).await?;
    Ok(Json(json!({ "letters": letter_values(&dossier) })))
}

/// `POST /api/v1/cases/{case}/acts`: answers with the event.
pub(crate) async fn act(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
    request: Result<Json<Request>, JsonRejection>,
) -> Result<Json<Value>, ApiFailure> {
    let Json(request) = request.map_err(|error| Failure::Malformed(error.body_text()))?;
    let case = CaseId::from_text(id);
    match perform(&state, &person.user, &case, &request).await {
        Ok(event) => Ok(Json(json!({ "event": event }))),
        Err(not_done) => Err(not_done.into_failure().into()),
    }
}

/// Which part of the log.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Part {
    from: String,
}

/// `GET /api/v1/log?from=SEQUENCE`: events from there on, oldest first.
pub(crate) async fn log(
    State(state): State<ConsoleState>,
    Query(part): Query<Part>,
) -> Result<Json<Value>, ApiFailure> {
    let from = match part.from.as_str() {
        "" => 0,
        from => from
            .parse()
            .map_err(|_| Failure::Malformed("`from` 应为序号。".into()))?,
    };
    let total = *state.store().log().subscribe().borrow();
    let events = state.store().log().read(from, MOST_EVENTS).await?;
    let lines: Vec<_> = events
        .iter()
        .map(|event| json!({"event": event, "digest": event.digest()}))
        .collect();
    Ok(Json(json!({ "total": total, "events": lines })))
}

async fn read(state: &ConsoleState, person: &SignedIn, id: &str) -> Result<Dossier, Failure> {
    let dossier = Dossier::of(state, id).await?;
    let read = Read {
        user: &person.user.name,
        session: &person.session,
        case: &dossier.case.id,
        what: "案件数据",
        digest: dossier.case.assessment,
    };
    state.record_read(read).await?;
    Ok(dossier)
}

fn summary(entry: &Entry) -> Value {
    json!({ "case": entry.case, "state": entry.view.state, "lead": entry.lead })
}

fn letter_values(dossier: &Dossier) -> Vec<Value> {
    dossier
        .letters
        .iter()
        .map(|letter| {
            let seen = dossier.view.letters.get(&letter.id);
            json!({
                "letter": letter,
                "digest": letter.digest(),
                "approved_by": seen.and_then(|seen| seen.approved.as_ref()).map(|said| &said.by),
                "rejected_by": seen.and_then(|seen| seen.rejected.as_ref()).map(|said| &said.by),
                "delivery": dossier.deliveries.get(&letter.id),
            })
        })
        .collect()
}
