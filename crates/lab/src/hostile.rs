//! Answers that try to hurt the visitor.

use std::convert::Infallible;
use std::io::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode, header};
use flate2::{Compression, write::GzEncoder};
use futures::stream;

use crate::web::plain;

/// Time between two bytes of the tar pit.
const DRIP: Duration = Duration::from_millis(400);
/// What the bomb unpacks to, in bytes.
pub(crate) const BOMB_BYTES: usize = 96 << 20;

/// A page that comes a byte at a time and never ends.
pub(crate) fn tar_pit() -> Response<Body> {
    let start = b"<!DOCTYPE html><html><head><title>".iter().copied();
    let bytes = stream::unfold(start.chain(std::iter::repeat(b'.')), |mut bytes| async {
        tokio::time::sleep(DRIP).await;
        let byte = bytes.next()?;
        Some((Ok::<_, Infallible>(Bytes::copy_from_slice(&[byte])), bytes))
    });
    Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .body(Body::from_stream(bytes))
        .unwrap_or_default()
}

/// A page of some hundred kilobytes on the wire that unpacks to [`BOMB_BYTES`].
pub(crate) async fn gzip_bomb() -> Response<Body> {
    static BOMB: OnceLock<Bytes> = OnceLock::new();
    let made = tokio::task::spawn_blocking(|| BOMB.get_or_init(pack).clone()).await;
    let Ok(bomb) = made else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "no bomb today\n");
    };
    Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_ENCODING, "gzip")
        .body(Body::from(bomb))
        .unwrap_or_default()
}

fn pack() -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let block = b"<div>".repeat((1 << 20) / 5 + 1);
    let mut left = BOMB_BYTES;
    while left > 0 {
        let step = left.min(1 << 20);
        if encoder.write_all(&block[..step]).is_err() {
            break;
        }
        left -= step;
    }
    encoder.finish().unwrap_or_default().into()
}
