//! The envelope around every stored value: its version, and the value or the blob it lies in.

use jianwei_model::Digest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Blobs, Error};

/// Greatest length of a value as it stands in an engine; sled does not give the space of larger ones back.
const INLINE_BYTES: usize = 4096;

/// Where a value belongs, for messages, and the version its type has today.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub(crate) table: &'a str,
    pub(crate) key: &'a str,
    pub(crate) version: u8,
}

#[derive(Serialize)]
struct Inline<'a, T> {
    v: u8,
    r: &'a T,
}

#[derive(Serialize)]
struct Spilled {
    v: u8,
    blob: Digest,
}

/// Read first: the value itself may have a shape this program does not know.
#[derive(Deserialize)]
struct Head {
    v: u8,
    blob: Option<Digest>,
}

#[derive(Deserialize)]
struct Body<T> {
    r: T,
}

/// Bytes of `value` for an engine; a value that is too long goes into a blob first.
pub(crate) async fn seal<T: Serialize>(
    blobs: &Blobs,
    slot: Slot<'_>,
    value: &T,
) -> Result<Vec<u8>, Error> {
    let fault = |error| Error::record(slot.table, slot.key, &error);
    let v = slot.version;
    let bytes = serde_json::to_vec(&Inline { v, r: value }).map_err(fault)?;
    if bytes.len() <= INLINE_BYTES {
        return Ok(bytes);
    }
    let record = serde_json::to_vec(value).map_err(fault)?;
    let blob = blobs.put(&record).await?;
    serde_json::to_vec(&Spilled { v, blob }).map_err(fault)
}

/// The value in `bytes`, which any version up to today's may have written.
pub(crate) async fn open<T: DeserializeOwned>(
    blobs: &Blobs,
    slot: Slot<'_>,
    bytes: &[u8],
) -> Result<T, Error> {
    let fault = |reason: String| Error::record(slot.table, slot.key, &reason);
    let head: Head = serde_json::from_slice(bytes).map_err(|error| fault(error.to_string()))?;
    if head.v > slot.version {
        let Slot { version, .. } = slot;
        let reason = format!("its version is {}, this program knows {version}", head.v);
        return Err(fault(reason));
    }
    let value = match head.blob {
        None => serde_json::from_slice::<Body<T>>(bytes).map(|body| body.r),
        Some(blob) => {
            let record = blobs.get(&blob).await?;
            let record = record.ok_or_else(|| fault(format!("its blob `{blob}` is missing")))?;
            serde_json::from_slice(&record)
        }
    };
    value.map_err(|error| fault(error.to_string()))
}
