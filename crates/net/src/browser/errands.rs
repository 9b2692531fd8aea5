//! Errands: the requests of a shown page, made by the door in the browser's stead.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::fetch::{
    EventRequestPaused, FailRequestParams, FulfillRequestParams, HeaderEntry,
};
use chromiumoxide::cdp::browser_protocol::network::ErrorReason;
use futures::StreamExt as _;
use jianwei_model::{HopCause, Vantage};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::session::answered;
use crate::{Door, Request};

/// Requests one page may make; more are refused.
const REQUESTS: usize = 150;

/// Requests of one page that are under way at once.
const AT_ONCE: usize = 6;

/// Serves the page's requests until the task is dropped.
pub(super) async fn run(
    page: &Page,
    door: Door,
    vantage: Vantage,
    tasks: &mut JoinSet<()>,
) -> Result<(), String> {
    let mut paused = answered(
        "hand over its requests",
        page.event_listener::<EventRequestPaused>(),
    )
    .await?;
    let page = page.clone();
    tasks.spawn(async move {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let mut errands = JoinSet::new();
        let mut count = 0;
        while let Some(request) = paused.next().await {
            count += 1;
            let (page, door, slots) = (page.clone(), door.clone(), Arc::clone(&slots));
            errands.spawn(async move {
                // The semaphore is never closed.
                let _slot = slots.acquire().await;
                serve(&page, &door, vantage, &request, count <= REQUESTS).await;
            });
            while errands.try_join_next().is_some() {}
        }
    });
    Ok(())
}

async fn serve(
    page: &Page,
    door: &Door,
    vantage: Vantage,
    paused: &EventRequestPaused,
    is_within: bool,
) {
    let request = &paused.request;
    let is_web = request.url.starts_with("http://") || request.url.starts_with("https://");
    // Forms are never sent: rendering looks, it does not act.
    let answer = if is_within && is_web && request.method == "GET" {
        fetch(door, vantage, paused).await
    } else {
        None
    };
    let served = match answer {
        Some(answer) => answered("take an answer", page.execute(answer))
            .await
            .map(|_| ()),
        None => {
            let refusal =
                FailRequestParams::new(paused.request_id.clone(), ErrorReason::BlockedByClient);
            answered("take a refusal", page.execute(refusal))
                .await
                .map(|_| ())
        }
    };
    if let Err(reason) = served {
        tracing::debug!(%reason, "an errand of a page came to nothing");
    }
}

async fn fetch(
    door: &Door,
    vantage: Vantage,
    paused: &EventRequestPaused,
) -> Option<FulfillRequestParams> {
    let request = Request {
        url: paused.request.url.clone(),
        vantage,
        cause: HopCause::Start,
        referrer: None,
    };
    let fetched = door.fetch(&request).await;
    let status = fetched.hop.status?;
    let mut answer = FulfillRequestParams::new(paused.request_id.clone(), i64::from(status));
    let mut headers = Vec::new();
    if let Some(content_type) = fetched.content_type {
        headers.push(HeaderEntry::new("Content-Type", content_type));
    }
    if let Some(location) = fetched.location {
        headers.push(HeaderEntry::new("Location", location));
    }
    answer.response_headers = Some(headers);
    answer.body = Some(BASE64_STANDARD.encode(&fetched.body).into());
    Some(answer)
}
