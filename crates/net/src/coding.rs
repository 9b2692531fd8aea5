//! Content codings undone under a cap.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use crate::Failure;

/// Codings on top of each other that are undone; nobody honest uses more than one.
const MOST_LAYERS: usize = 3;
/// A body that stays below this may grow as it likes.
const FREE_GROWTH: u64 = 1 << 20;
/// What a zstd frame may ask for as window, as RFC 9659 limits it for HTTP.
const LARGEST_ZSTD_WINDOW: u64 = 8 << 20;

/// How far a body may grow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    pub(crate) bytes: usize,
    pub(crate) ratio: u64,
}

/// A body without its content coding.
#[derive(Debug)]
pub(crate) struct Plain {
    pub(crate) bytes: Vec<u8>,
    /// Whether the cap cut it, or the coded body broke off.
    pub(crate) cut: bool,
}

/// Undoes the codings that a `Content-Encoding` value names, last one first.
///
/// # Errors
/// [`Failure::Cap`] for a bomb; [`Failure::Protocol`] when not one byte could be decoded.
pub(crate) fn undo(coded: &[u8], codings: &str, growth: Growth) -> Result<Plain, Failure> {
    let codings: Vec<String> = codings
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.len() > MOST_LAYERS {
        return Err(Failure::Cap {
            what: "content codings",
        });
    }
    let mut plain = Plain {
        bytes: coded.to_vec(),
        cut: false,
    };
    for coding in codings.iter().rev() {
        if plain.bytes.is_empty() {
            break;
        }
        let below = decode_layer(&plain.bytes, coding, growth)?;
        plain = Plain {
            cut: plain.cut || below.cut,
            bytes: below.bytes,
        };
    }
    let most = (coded.len() as u64).saturating_mul(growth.ratio);
    let length = plain.bytes.len() as u64;
    if length > FREE_GROWTH && length > most {
        return Err(Failure::Cap {
            what: "decompression",
        });
    }
    Ok(plain)
}

fn decode_layer(coded: &[u8], coding: &str, growth: Growth) -> Result<Plain, Failure> {
    let broken = |reason: String| Failure::Protocol { reason };
    match coding {
        "gzip" | "x-gzip" => drain(MultiGzDecoder::new(coded), coded.len(), growth),
        "deflate" if is_zlib(coded) => drain(ZlibDecoder::new(coded), coded.len(), growth),
        "deflate" => drain(DeflateDecoder::new(coded), coded.len(), growth),
        "br" => drain(Decompressor::new(coded, 4096), coded.len(), growth),
        "zstd" if zstd_window(coded).is_some_and(|window| window > LARGEST_ZSTD_WINDOW) => {
            Err(Failure::Cap {
                what: "decompression",
            })
        }
        "zstd" => {
            let decoder = StreamingDecoder::new(coded)
                .map_err(|error| broken(format!("the body is not zstd: {error}")))?;
            drain(decoder, coded.len(), growth)
        }
        _ => Err(broken("the content coding is not known".into())),
    }
    .map_err(|failure| match failure {
        Failure::Protocol { reason } if reason.is_empty() => {
            broken(format!("the body is not {coding}"))
        }
        other => other,
    })
}

/// Reads until the end, a fault, the cap or a growth that only bombs have.
fn drain(mut decoder: impl Read, coded: usize, growth: Growth) -> Result<Plain, Failure> {
    let most = (coded as u64).saturating_mul(growth.ratio).max(FREE_GROWTH);
    let mut bytes = Vec::new();
    let mut piece = vec![0; 16 << 10];
    let cut = loop {
        match decoder.read(&mut piece) {
            Ok(0) => break false,
            Ok(length) => {
                let room = growth.bytes - bytes.len();
                bytes.extend_from_slice(&piece[..length.min(room)]);
                if bytes.len() as u64 > most {
                    return Err(Failure::Cap {
                        what: "decompression",
                    });
                }
                if length > room {
                    break true;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A browser shows what it could decode before the fault.
            Err(_) if !bytes.is_empty() => break true,
            Err(_) => {
                return Err(Failure::Protocol {
                    reason: String::new(),
                });
            }
        }
    };
    Ok(Plain { bytes, cut })
}

// Servers send both what RFC 9110 calls deflate (zlib) and the bare stream.
fn is_zlib(bytes: &[u8]) -> bool {
    match bytes {
        [first, second, ..] => {
            first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0
        }
        _ => false,
    }
}

/// The window that a zstd frame's header asks for (RFC 8878, 3.1.1.1.2).
fn zstd_window(bytes: &[u8]) -> Option<u64> {
    let descriptor = *bytes.get(4)?;
    let single_segment = descriptor & 0x20 != 0;
    if !single_segment {
        let window = *bytes.get(5)?;
        let base = 1u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let size = bytes.get(5 + dictionary..)?;
    let little_endian = |length: usize| {
        let mut value = [0; 8];
        value[..length].copy_from_slice(size.get(..length)?);
        Some(u64::from_le_bytes(value))
    };
    match descriptor >> 6 {
        0 => little_endian(1),
        1 => little_endian(2).map(|size| size + 256),
        2 => little_endian(4),
        _ => little_endian(8),
    }
}
