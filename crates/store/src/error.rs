//! What can go wrong in the store.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A store that cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names no engine of this build.
    #[error("`{url}` is not a store: expected `memory:` or `sled:PATH`")]
    Url {
        /// As given.
        url: String,
    },
    /// Another process has the store open.
    #[error("store `{}` is in use by another process", path.display())]
    Locked {
        /// The store's directory.
        path: PathBuf,
    },
    /// What lies on disk is not what was written there, or not a store at all.
    #[error("store is damaged at `{}`: {reason}", path.display())]
    Corrupt {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system refused.
    #[error("cannot {doing} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A stored value is not of the expected shape.
    #[error("record `{key}` in `{table}` cannot be used: {reason}")]
    Record {
        /// The table or queue.
        table: String,
        /// The record's key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The event log is not a chain of canonical lines.
    #[error("event log is broken at event {sequence}: {reason}")]
    LogBroken {
        /// The first event that does not fit.
        sequence: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A background task of the store died.
    #[error("store stopped while it was asked to {doing}: {reason}")]
    Stopped {
        /// What was tried, as a verb.
        doing: &'static str,
        /// Why it died.
        reason: String,
    },
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn corrupt(path: &Path, reason: &(impl fmt::Display + ?Sized)) -> Self {
        Self::Corrupt {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn record(table: &str, key: &str, reason: &(impl fmt::Display + ?Sized)) -> Self {
        Self::Record {
            table: table.to_owned(),
            key: key.to_owned(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn broken(sequence: u64, reason: &(impl fmt::Display + ?Sized)) -> Self {
        Self::LogBroken {
            sequence,
            reason: reason.to_string(),
        }
    }

    pub(crate) fn stopped(doing: &'static str, reason: &(impl fmt::Display + ?Sized)) -> Self {
        Self::Stopped {
            doing,
            reason: reason.to_string(),
        }
    }
}
