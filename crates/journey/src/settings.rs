//! How fast and how widely a journey runs.

use serde::{Deserialize, Serialize};

/// The `[journey]` section of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Visits in flight at once over all hosts.
    pub visits_in_flight: usize,
    /// Minutes between two pulls of the sources while `run` stays up.
    pub pull_every_minutes: u64,
    /// Queries asked of each search source in one pull; the rest waits for the next.
    pub queries_per_pull: usize,
    /// Whether missing reference pages of protected sites are captured at the start.
    pub capture_references: bool,
    /// Whether suspects are rendered in a browser, where one is present.
    pub render_suspects: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            visits_in_flight: 64,
            pull_every_minutes: 60,
            queries_per_pull: 200,
            capture_references: true,
            render_suspects: true,
        }
    }
}
