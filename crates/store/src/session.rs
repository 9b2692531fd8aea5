//! Signed-in sessions of the console.

use jianwei_model::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A signed-in session. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Digest of the token in the browser's cookie; its hex digits are the record's key.
    pub token_digest: Digest,
    /// Login name.
    pub user: String,
    /// When they signed in.
    pub created: Timestamp,
    /// When the session ends at the latest.
    pub expires: Timestamp,
    /// What forms of this session must carry.
    pub csrf: String,
}

impl Record for Session {
    const TABLE: &'static str = "sessions";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.token_digest.hex()
    }
}
