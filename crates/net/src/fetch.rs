//! One hop: a request out, an answer in, and everything about it that can be evidence.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, REFRESH, RETRY_AFTER,
};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use jianwei_model::{Blob, BlobRef, Hop, HopCause, Vantage};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use url::{Position, Url};

use crate::body::{self, BodyLimits};
use crate::coding::{self, Growth};
use crate::dial::{Dialler, Stream};
use crate::tee::{Tape, Tee};
use crate::{Failure, now, vantage};

/// Bodies below this are decoded where they stand; larger ones would hold up the runtime.
const SMALL_BODY: usize = 64 << 10;

/// What to fetch, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The absolute URL.
    pub url: String,
    /// How the visit looks from outside.
    pub vantage: Vantage,
    /// What sends the visit there.
    pub cause: HopCause,
    /// The page that sends it there, where that is known; otherwise the vantage's own referrer is sent.
    pub referrer: Option<String>,
}

/// What a hop gave. A failed hop still carries what was seen before it failed.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The hop as it goes on record.
    pub hop: Hop,
    /// The bytes that the hop refers to.
    pub blobs: Vec<Blob>,
    /// The body without its content coding, capped.
    pub body: Vec<u8>,
    /// Whether `body` ends early although the raw body does not: its cap was met, or its coding breaks off.
    pub body_cut: bool,
    /// The `Content-Type` as sent.
    pub content_type: Option<String>,
    /// The `Location` as sent; not yet resolved against the URL.
    pub location: Option<String>,
    /// The `Refresh` header as sent.
    pub refresh: Option<String>,
    /// What `Retry-After` asks for, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// Why there is no answer to look at.
    pub failure: Option<Failure>,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Incoming,
    // Drives the connection for as long as the body is read, and ends with it.
    _driver: JoinSet<()>,
}

/// Makes one hop. Never fails: what went wrong is in the record.
pub(crate) async fn fetch(dialler: &Dialler, request: &Request) -> Fetched {
    let begun = Instant::now();
    let mut fetched = Fetched::blank(request);
    let deadline = begun + Duration::from_millis(dialler.settings.total_timeout_ms);
    if let Err(failure) = hop(dialler, request, deadline, &mut fetched).await {
        tracing::debug!(url.full = request.url, reason = %failure, "hop failed");
        fetched.failure = Some(failure);
    }
    fetched.hop.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    fetched
}

async fn hop(
    dialler: &Dialler,
    request: &Request,
    deadline: Instant,
    fetched: &mut Fetched,
) -> Result<(), Failure> {
    let settings = &dialler.settings;
    let url = dialler.check_url(&request.url)?;
    let late = |_| Failure::Timeout {
        stage: "connecting",
    };
    let opened = timeout_at(deadline, open(dialler, &url, fetched)).await;
    let stream = opened.map_err(late)??;

    let (tee, tape) = Tee::new(stream, settings.max_head_bytes * 2);
    let head = head(&url, request, dialler)?;
    let answer_by = Instant::now() + Duration::from_millis(settings.answer_timeout_ms);
    let answer = timeout_at(answer_by.min(deadline), ask(tee, head, dialler)).await;
    let request_head = tape.request_head();
    fetched.hop.request_head = fetched.keep(request_head, "application/http; msgtype=request");
    let answer = answer.map_err(|_| Failure::Timeout {
        stage: "waiting for an answer",
    })??;
    fetched.take_head(&answer, &tape)?;

    let limits = BodyLimits {
        bytes: settings.max_body_bytes,
        idle: Duration::from_millis(settings.idle_timeout_ms),
        deadline,
    };
    let raw = body::read(answer.body, &limits).await;
    fetched.hop.truncated = raw.truncated.map(str::to_owned);
    let growth = Growth {
        bytes: settings.max_decoded_bytes,
        ratio: settings.max_ratio,
    };
    fetched.take_body(raw.bytes, &answer.headers, growth).await
}

async fn open(
    dialler: &Dialler,
    url: &Url,
    fetched: &mut Fetched,
) -> Result<Box<dyn Stream>, Failure> {
    let (resolution, target) = dialler.target(url).await;
    fetched.hop.resolution = resolution;
    let (peer, connected) = dialler.connect(&target?).await;
    fetched.hop.peer = peer;
    let dialled = dialler.secure(url, connected?).await?;
    fetched.hop.tls = dialled.tls;
    fetched.blobs.extend(dialled.chain);
    Ok(dialled.stream)
}

fn head(
    url: &Url,
    request: &Request,
    dialler: &Dialler,
) -> Result<http::Request<Empty<Bytes>>, Failure> {
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let mut head = http::Request::new(Empty::new());
    *head.uri_mut() = origin_form(url).map_err(|error| Failure::Target {
        reason: error.to_string(),
    })?;
    *head.headers_mut() = vantage::headers(request, host, &dialler.settings);
    Ok(head)
}

// A URL may hold characters that `http::Uri` will not take; those are escaped.
fn origin_form(url: &Url) -> Result<http::Uri, http::uri::InvalidUri> {
    let text = &url[Position::BeforePath..Position::AfterQuery];
    text.parse().or_else(|_| {
        let mut escaped = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%[]".contains(&byte) {
                escaped.push(char::from(byte));
            } else {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
        escaped.parse()
    })
}

async fn ask(
    tee: Tee,
    request: http::Request<Empty<Bytes>>,
    dialler: &Dialler,
) -> Result<Answer, Failure> {
    let settings = &dialler.settings;
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .title_case_headers(true)
        .max_headers(settings.max_headers)
        .max_header_size(settings.max_head_bytes)
        .max_buf_size(settings.max_head_bytes.max(16 << 10) * 2)
        // As lenient as browsers are.
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .handshake(TokioIo::new(tee))
        .await
        .map_err(|error| broken(&error))?;
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        // Its fault, if any, also reaches whoever waits for the answer or its body.
        connection.await.ok();
    });
    let answer = sender.send_request(request).await;
    let (parts, body) = answer.map_err(|error| broken(&error))?.into_parts();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body,
        _driver: driver,
    })
}

fn broken(error: &hyper::Error) -> Failure {
    // The client half of hyper tells this fault only by its text.
    if error.to_string().contains("head is too large") {
        return Failure::Cap { what: "head bytes" };
    }
    let reason = if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        "the server hung up before its answer".to_owned()
    } else if error.is_parse() {
        format!("not HTTP: {error}")
    } else {
        error.to_string()
    };
    Failure::Protocol { reason }
}

impl Fetched {
    fn blank(request: &Request) -> Self {
        Self {
            hop: Hop {
                url: request.url.clone(),
                cause: request.cause,
                started: now(),
                elapsed_ms: 0,
                resolution: None,
                peer: None,
                tls: None,
                status: None,
                request_head: None,
                response_head: None,
                body: None,
                truncated: None,
            },
            blobs: Vec::new(),
            body: Vec::new(),
            body_cut: false,
            content_type: None,
            location: None,
            refresh: None,
            retry_after_ms: None,
            failure: None,
        }
    }

    fn keep(&mut self, bytes: Option<Vec<u8>>, media_type: &str) -> Option<BlobRef> {
        let blob = Blob::new(bytes?, media_type);
        let reference = blob.reference.clone();
        self.blobs.push(blob);
        Some(reference)
    }

    fn take_head(&mut self, answer: &Answer, tape: &Tape) -> Result<(), Failure> {
        let response_head = tape.response_head();
        self.hop.response_head = self.keep(response_head, "application/http; msgtype=response");
        if self.hop.response_head.is_none() {
            // Interim answers without end have pushed the real one off the tape.
            return Err(Failure::Cap { what: "head bytes" });
        }
        self.hop.status = Some(answer.status);
        let headers = &answer.headers;
        self.content_type = text_of(headers, &CONTENT_TYPE);
        self.location = text_of(headers, &LOCATION);
        self.refresh = text_of(headers, &REFRESH);
        self.retry_after_ms = text_of(headers, &RETRY_AFTER)
            .and_then(|seconds| seconds.parse::<u64>().ok())
            .map(|seconds| seconds.saturating_mul(1000));
        Ok(())
    }

    async fn take_body(
        &mut self,
        raw: Vec<u8>,
        headers: &HeaderMap,
        growth: Growth,
    ) -> Result<(), Failure> {
        let media_type = media_type(self.content_type.as_deref());
        let codings: Vec<_> = headers.get_all(CONTENT_ENCODING).iter().collect();
        let codings: Vec<_> = codings
            .iter()
            .map(|c| String::from_utf8_lossy(c.as_bytes()))
            .collect();
        let codings = codings.join(",");
        let blob = Blob::new(raw, &media_type);
        self.hop.body = Some(blob.reference.clone());
        if codings.is_empty() {
            self.body = blob.bytes.clone();
            self.blobs.push(blob);
            return Ok(());
        }
        let raw = blob.bytes.clone();
        self.blobs.push(blob);
        let plain = if raw.len() <= SMALL_BODY {
            coding::undo(&raw, &codings, growth)
        } else {
            let undone = tokio::task::spawn_blocking(move || coding::undo(&raw, &codings, growth));
            undone.await.unwrap_or_else(|error| {
                Err(Failure::Protocol {
                    reason: error.to_string(),
                })
            })
        }?;
        self.body = plain.bytes;
        self.body_cut = plain.cut;
        Ok(())
    }
}

// Header values are bytes; some servers write them in UTF-8 or GBK.
fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030
            .decode_without_bom_handling(value)
            .0
            .into_owned(),
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The media type alone, or what stands for no known one.
fn media_type(content_type: Option<&str>) -> String {
    let essence = content_type.unwrap_or_default();
    let essence = essence.split([';', ',']).next().unwrap_or_default().trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte);
    if essence.contains('/') && essence.len() <= 100 && essence.bytes().all(plain) {
        essence.to_ascii_lowercase()
    } else {
        "application/octet-stream".into()
    }
}
