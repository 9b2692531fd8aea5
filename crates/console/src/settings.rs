//! The `[console]` section of the configuration.

use jianwei_model::Digest;
use serde::{Deserialize, Serialize};

/// The `[console]` section of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port to listen on. Anything but loopback belongs behind a proxy that speaks HTTPS.
    pub listen: String,
    /// Whether browsers reach the console over HTTPS; cookies are then never sent in the clear.
    pub https: bool,
    /// Hours after which a person must sign in again.
    pub session_hours: u32,
    /// Rows on one page of a list.
    pub page_rows: usize,
    /// Ids of the keys whose packets are trusted; with none, whose key signed is shown as unknown.
    pub trusted_keys: Vec<Digest>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8730".into(),
            https: false,
            session_hours: 12,
            page_rows: 50,
            trusted_keys: Vec::new(),
        }
    }
}

impl Settings {
    /// Rows on one page, held between 1 and 500.
    pub(crate) fn rows(&self) -> usize {
        self.page_rows.clamp(1, 500)
    }

    /// How long a session lasts, in milliseconds; at least an hour.
    pub(crate) fn session_ms(&self) -> i64 {
        i64::from(self.session_hours.max(1)) * 3_600_000
    }
}
