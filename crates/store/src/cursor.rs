//! How far a follower has read the log.

use serde::{Deserialize, Serialize};

use crate::Record;

/// A follower's place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The follower's name.
    pub(crate) name: String,
    /// The next event it wants.
    pub(crate) sequence: u64,
}

impl Record for Cursor {
    const TABLE: &'static str = "cursors";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.name.clone()
    }
}
