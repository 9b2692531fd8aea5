//! Acts on a case from its page.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jianwei_model::CaseId;

use super::case::{Shown, show};
use crate::ConsoleState;
use crate::act::{NotDone, Request, perform};
use crate::filter::Filter;
use crate::reply::Failure;
use crate::session::{Posted, SignedIn};

/// `POST /cases/{case}/acts`: done, the person is back on the page; refused, the page says why.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
    Posted(request): Posted<Request>,
) -> Result<Response, Failure> {
    let filter = Filter::of_query(&request.scope);
    let case = CaseId::from_text(id.clone());
    let refused = match perform(&state, &person.user, &case, &request).await {
        Ok(_) => return Ok(Redirect::to(&back(&id, &filter, &request.act)).into_response()),
        Err(NotDone::Failed(failure)) => return Err(failure),
        Err(refused) => refused.into_failure(),
    };
    let status = refused.status();
    let shown = Shown {
        filter: &filter,
        done: None,
        fault: Some(format!("未能办理：{}。", refused.text())),
    };
    match show(&state, &person, &id, shown).await {
        Ok(page) => Ok((status, page).into_response()),
        Err(Failure::NotFound) => Ok((StatusCode::NOT_FOUND, Failure::NotFound).into_response()),
        Err(failure) => Err(failure),
    }
}

fn back(id: &str, filter: &Filter, act: &str) -> String {
    let address = filter.address(&format!("/cases/{id}"));
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}done={act}")
}
