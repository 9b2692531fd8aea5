//! Blobs: bytes kept under their SHA-256 digest.

use std::sync::Arc;

use bytes::Bytes;
use jianwei_model::Digest;
use tokio::task::spawn_blocking;

use crate::{Error, engine};

/// Above this many bytes hashing leaves the async threads (about half a millisecond in an unoptimised build).
const INLINE_HASH_BYTES: usize = 64 * 1024;

/// Bytes by digest. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    engine: Arc<dyn engine::Blobs>,
}

impl Blobs {
    pub(crate) fn new(engine: Arc<dyn engine::Blobs>) -> Self {
        Self { engine }
    }

    /// Keeps `bytes` and gives their digest; keeping the same bytes again changes nothing.
    ///
    /// # Errors
    /// [`Error::Io`] when they cannot be written.
    pub async fn put(&self, bytes: &[u8]) -> Result<Digest, Error> {
        let bytes = Bytes::copy_from_slice(bytes);
        let digest = hash(bytes.clone()).await?;
        self.engine.put(digest, bytes).await?;
        Ok(digest)
    }

    /// The bytes of a digest, hashed again; `None` when they are not here.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when they no longer have this digest, [`Error::Io`] when they cannot be read.
    pub async fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let Some(bytes) = self.engine.get(digest).await? else {
            return Ok(None);
        };
        let bytes = Bytes::from(bytes);
        let found = hash(bytes.clone()).await?;
        if found != *digest {
            let reason = format!("the bytes have digest `{found}`, not `{digest}`");
            return Err(Error::corrupt(&self.engine.place(digest), &reason));
        }
        Ok(Some(bytes.into()))
    }

    /// Whether the bytes of a digest are here, without reading them.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be known.
    pub async fn has(&self, digest: &Digest) -> Result<bool, Error> {
        self.engine.has(digest).await
    }
}

async fn hash(bytes: Bytes) -> Result<Digest, Error> {
    if bytes.len() <= INLINE_HASH_BYTES {
        return Ok(Digest::of(&bytes));
    }
    spawn_blocking(move || Digest::of(&bytes))
        .await
        .map_err(|died| Error::stopped("hash a blob", &died))
}
