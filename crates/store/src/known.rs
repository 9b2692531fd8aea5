//! URLs that have been admitted once.

use jianwei_model::{Digest, LeadId, Timestamp, VisitId};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A URL that was admitted to the frontier, and what has come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The canonical URL.
    pub url: String,
    /// The lead that brought it in first.
    pub lead: LeadId,
    /// When it was admitted.
    pub admitted: Timestamp,
    /// Its latest visit, once there is one.
    pub visited: Option<VisitId>,
}

impl Known {
    /// The key under which a canonical URL is known: the hex digits of its SHA-256 digest.
    #[must_use]
    pub fn key_of(url: &str) -> String {
        Digest::of(url.as_bytes()).hex()
    }
}

impl Record for Known {
    const TABLE: &'static str = "known";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        Self::key_of(&self.url)
    }
}
