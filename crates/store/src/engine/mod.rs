//! What an engine must give: a table, a leased queue, blobs by digest and an append-only log.
//!
//! An engine knows no clock (moments are passed in) and owes no transaction across records. A future that resolves
//! to `Ok` means that the answer rests on nothing that the death of the process could undo.

pub(crate) mod memory;
pub(crate) mod sled;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use jianwei_model::{Digest, Priority, Timestamp};
use tokio::sync::watch;

use crate::{Error, QueueCounts};

/// Opens the parts of one store by name; the same name always gives the same part.
pub(crate) trait Engine: Send + Sync {
    fn table(&self, name: &'static str) -> Result<Arc<dyn Table>, Error>;
    fn queue(&self, name: &'static str) -> Result<Arc<dyn Queue>, Error>;
    fn blobs(&self) -> Arc<dyn Blobs>;
    fn log(&self) -> Result<Arc<dyn Log>, Error>;
}

/// Small values by key, in key order.
#[async_trait]
pub(crate) trait Table: Send + Sync {
    async fn get(&self, key: &str) -> Result<Option<Row>, Error>;
    /// Writes if the key is as expected; `false` and no change otherwise.
    async fn swap(&self, key: &str, expected: Expected, value: &[u8]) -> Result<bool, Error>;
    /// At most `limit` rows with keys greater than `after`, in key order.
    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Vec<(String, Row)>, Error>;
    /// Whether there was anything to remove.
    async fn remove(&self, key: &str) -> Result<bool, Error>;
    async fn count(&self) -> Result<u64, Error>;
}

/// A value and the revision that a compare-and-set names. A revision is never given twice to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) revision: u64,
    pub(crate) value: Vec<u8>,
}

/// What a key must hold for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Anything,
    Absent,
    Revision(u64),
}

/// Jobs under leases. A job is leasable from its due moment on: `not_before` at first, the lease's end once leased.
/// An engine that one process owns ends every lease when it is opened: whoever held one is gone.
#[async_trait]
pub(crate) trait Queue: Send + Sync {
    /// `false` and no change when the key is waiting or leased.
    async fn push(&self, job: Push<'_>) -> Result<bool, Error>;
    /// Leases up to `limit` jobs due at `now` until `until`, lowest priority first, then in order of their pushes.
    async fn lease(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<LeasedJob>, Error>;
    /// Takes the job out; `false` when `lease` is no longer its latest.
    async fn done(&self, lease: Lease<'_>) -> Result<bool, Error>;
    /// Gives the job back with another item; `false` when `lease` is no longer its latest.
    async fn defer(
        &self,
        lease: Lease<'_>,
        item: &[u8],
        not_before: Timestamp,
    ) -> Result<bool, Error>;
    /// Moves the lease's end; `false` when `lease` is no longer its latest.
    async fn extend(&self, lease: Lease<'_>, until: Timestamp) -> Result<bool, Error>;
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;
    async fn remove(&self, key: &str) -> Result<bool, Error>;
    async fn counts(&self, now: Timestamp) -> Result<QueueCounts, Error>;
    /// The earliest due moment after the latest `now` this queue was asked with.
    async fn next_due(&self) -> Result<Option<Timestamp>, Error>;
    /// At most `limit` jobs: leasable ones as they would be leased, then the others by due moment.
    async fn list(&self, limit: usize) -> Result<Vec<(String, Vec<u8>)>, Error>;
}

/// A job on its way into a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Push<'a> {
    pub(crate) key: &'a str,
    pub(crate) item: &'a [u8],
    pub(crate) priority: Priority,
    pub(crate) not_before: Timestamp,
}

/// A lease by job and fencing number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lease<'a> {
    pub(crate) key: &'a str,
    pub(crate) fence: u64,
}

/// A job handed out. Each lease of a queue has a greater fencing number than those before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeasedJob {
    pub(crate) key: String,
    pub(crate) item: Vec<u8>,
    pub(crate) priority: Priority,
    pub(crate) fence: u64,
}

/// Bytes by their digest.
#[async_trait]
pub(crate) trait Blobs: Send + Sync {
    async fn put(&self, digest: Digest, bytes: Bytes) -> Result<(), Error>;
    /// The bytes as they lie there; the caller hashes them.
    async fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error>;
    async fn has(&self, digest: &Digest) -> Result<bool, Error>;
    /// Where the bytes lie, for messages.
    fn place(&self, digest: &Digest) -> PathBuf;
}

/// Resolves when what was appended is durable.
pub(crate) type Receipt = BoxFuture<'static, Result<(), Error>>;

/// Lines in sequence.
#[async_trait]
pub(crate) trait Log: Send + Sync {
    /// Appends if the log holds exactly `expected` lines, else `None`. Lines may be appended before the receipt resolves.
    async fn append(&self, expected: u64, line: &[u8]) -> Result<Option<Receipt>, Error>;
    /// At most `limit` lines from `from` on, durable ones only.
    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error>;
    /// How many lines are durable.
    fn length(&self) -> watch::Receiver<u64>;
}
