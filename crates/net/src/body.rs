//! Bodies read with a cap on length, on silence and on time.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout};

/// What was read of a body, and why no more.
pub(crate) struct RawBody {
    pub(crate) bytes: Vec<u8>,
    /// `length`, `time` or `disconnect` when the body is not whole.
    pub(crate) truncated: Option<&'static str>,
}

/// How much of a body is read, and how long.
pub(crate) struct BodyLimits {
    pub(crate) bytes: usize,
    pub(crate) idle: Duration,
    pub(crate) deadline: Instant,
}

/// Reads a body until it ends or a limit is met; what came until then is kept.
pub(crate) async fn read(mut body: Incoming, limits: &BodyLimits) -> RawBody {
    let mut bytes = Vec::new();
    let truncated = loop {
        let left = limits.deadline.saturating_duration_since(Instant::now());
        match timeout(limits.idle.min(left), body.frame()).await {
            Err(_) => break Some("time"),
            Ok(None) => break None,
            Ok(Some(Err(_))) => break Some("disconnect"),
            Ok(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else {
                    continue;
                };
                let room = limits.bytes - bytes.len();
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    break Some("length");
                }
            }
        }
    };
    RawBody { bytes, truncated }
}
