//! Blobs as files under their digest: `blobs/ab/<64 hex digits>`.
//!
//! One level of 256 folders: a second one costs three syncs for nearly every blob of a young store, and ten million
//! blobs are forty thousand names a folder, which indexed directories bear well.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use jianwei_model::Digest;
use tokio::task::spawn_blocking;

use super::home::{Home, sync_folder};
use crate::Error;

/// The folder of blobs. Writing goes to `blobs/new`, is synced, and only then gets its name.
pub(super) struct BlobFiles {
    files: Arc<Files>,
}

struct Files {
    root: PathBuf,
    /// Folders whose own names are durable, by the first byte of digests.
    folders: Mutex<HashSet<u8>>,
    counter: AtomicU64,
    _home: Arc<Home>,
}

impl BlobFiles {
    /// Opens the folder and clears away what a death has left half written.
    pub(super) fn open(home: &Arc<Home>) -> Result<Self, Error> {
        let root = home.path.join("blobs");
        let new = root.join("new");
        if let Err(error) = fs::remove_dir_all(&new)
            && error.kind() != ErrorKind::NotFound
        {
            return Err(Error::io("clear", &new, error));
        }
        fs::create_dir_all(&new).map_err(|error| Error::io("make directory", &new, error))?;
        sync_folder(&root)?;
        sync_folder(&home.path)?;
        let files = Files {
            root,
            folders: Mutex::default(),
            counter: AtomicU64::new(0),
            _home: home.clone(),
        };
        Ok(Self {
            files: Arc::new(files),
        })
    }

    async fn work<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> Result<R, Error> + Send + 'static,
    ) -> Result<R, Error> {
        let files = self.files.clone();
        spawn_blocking(move || work(&files))
            .await
            .map_err(|died| Error::stopped("use a blob", &died))?
    }
}

impl Files {
    fn place(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.root.join(&hex[..2]).join(hex)
    }

    fn put(&self, digest: &Digest, bytes: &[u8]) -> Result<(), Error> {
        let path = self.place(digest);
        let folder = path.parent().unwrap_or(&self.root);
        // A file with other bytes under this name has rotted and is put right.
        if fs::read(&path).is_ok_and(|found| found == bytes) {
            return sync_folder(folder);
        }
        self.make_folder(digest, folder)?;
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let new = self.root.join("new").join(number.to_string());
        write_synced(&new, bytes).map_err(|error| Error::io("write", &new, error))?;
        fs::rename(&new, &path).map_err(|error| Error::io("write", &path, error))?;
        sync_folder(folder)
    }

    /// Makes the folder of a digest, durably, once in the life of the process.
    fn make_folder(&self, digest: &Digest, folder: &Path) -> Result<(), Error> {
        let [first, ..] = *digest.as_bytes();
        if self.folders().contains(&first) {
            return Ok(());
        }
        fs::create_dir_all(folder).map_err(|error| Error::io("make directory", folder, error))?;
        sync_folder(&self.root)?;
        self.folders().insert(first);
        Ok(())
    }

    fn folders(&self) -> std::sync::MutexGuard<'_, HashSet<u8>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl crate::engine::Blobs for BlobFiles {
    async fn put(&self, digest: Digest, bytes: Bytes) -> Result<(), Error> {
        self.work(move |files| files.put(&digest, &bytes)).await
    }

    async fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        let path = self.files.place(digest);
        self.work(move |_| match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path, error)),
        })
        .await
    }

    async fn has(&self, digest: &Digest) -> Result<bool, Error> {
        let path = self.files.place(digest);
        self.work(move |_| {
            path.try_exists()
                .map_err(|error| Error::io("read", &path, error))
        })
        .await
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        self.files.place(digest)
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_data()
}
