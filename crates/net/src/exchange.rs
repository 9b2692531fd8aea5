//! One exchange: a request written, an answer's head read, its body still to come.

use bytes::Bytes;
use http::header::HeaderMap;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use url::{Position, Url};

use crate::tee::Tee;
use crate::{Failure, Request, Settings, vantage};

/// An answer whose head has come.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Incoming,
    // Drives the connection for as long as the body is read, and ends with it.
    _driver: JoinSet<()>,
}

/// The request's head, as the vantage's visitor would send it.
pub(crate) fn head(
    url: &Url,
    request: &Request,
    settings: &Settings,
) -> Result<http::Request<Empty<Bytes>>, Failure> {
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let mut head = http::Request::new(Empty::new());
    *head.uri_mut() = origin_form(url).map_err(|error| Failure::Target {
        reason: error.to_string(),
    })?;
    *head.headers_mut() = vantage::headers(request, host, settings);
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

/// Sends a request and waits for the answer's head.
pub(crate) async fn ask(
    tee: Tee,
    request: http::Request<Empty<Bytes>>,
    settings: &Settings,
) -> Result<Answer, Failure> {
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
