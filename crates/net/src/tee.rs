//! A stream that remembers the heads that pass through it, byte for byte.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::dial::Stream;

/// The first bytes of both directions, shared between the stream and its watcher.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    cap: usize,
    recorded: Arc<Mutex<Recorded>>,
}

#[derive(Debug, Default)]
struct Recorded {
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// The stream itself, in both directions unchanged.
pub(crate) struct Tee {
    stream: Box<dyn Stream>,
    tape: Tape,
}

impl Tee {
    /// Records up to `cap` bytes of each direction.
    pub(crate) fn new(stream: Box<dyn Stream>, cap: usize) -> (Self, Tape) {
        let tape = Tape {
            cap,
            recorded: Arc::default(),
        };
        let tee = Self {
            stream,
            tape: tape.clone(),
        };
        (tee, tape)
    }
}

impl Tape {
    /// The request's head as sent.
    pub(crate) fn request_head(&self) -> Option<Vec<u8>> {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let end = head_end(&recorded.sent)?;
        Some(recorded.sent[..end].to_vec())
    }

    /// The final answer's head as received; interim answers (1xx) before it are passed over.
    pub(crate) fn response_head(&self) -> Option<Vec<u8>> {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = recorded.received.as_slice();
        loop {
            let head = &rest[..head_end(rest)?];
            if !is_interim(head) {
                return Some(head.to_vec());
            }
            rest = &rest[head.len()..];
        }
    }

    fn sent(&self, bytes: &[u8]) {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        keep(&mut recorded.sent, bytes, self.cap);
    }

    fn received(&self, bytes: &[u8]) {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        keep(&mut recorded.received, bytes, self.cap);
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8], cap: usize) {
    let room = cap.saturating_sub(kept.len());
    kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// Where the first head ends, its empty line included; empty lines before it belong to it.
fn head_end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    let mut begun = false;
    while let Some(length) = bytes[start..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[start..start + length];
        start += length + 1;
        let empty = matches!(line, b"" | b"\r");
        if empty && begun {
            return Some(start);
        }
        begun |= !empty;
    }
    None
}

fn is_interim(head: &[u8]) -> bool {
    let status = head
        .trim_ascii_start()
        .splitn(2, |byte| *byte == b' ')
        .nth(1);
    status.is_some_and(|status| status.starts_with(b"1") && !status.starts_with(b"101"))
}

impl AsyncRead for Tee {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.tape.received(&buffer.filled()[before..]);
        polled
    }
}

impl AsyncWrite for Tee {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = polled {
            self.tape.sent(&bytes[..written]);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
