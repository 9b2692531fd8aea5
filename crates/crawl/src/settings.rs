//! The `[crawl]` section of the configuration.

use serde::{Deserialize, Serialize};

/// How far a visit goes, how often it is tried, and how polite it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether robots.txt is asked first.
    pub robots: RobotsPolicy,
    /// The name under which robots.txt may address this crawler.
    pub robots_agent: String,
    /// Hosts whose robots.txt is remembered.
    pub robots_hosts: usize,
    /// Seconds a robots.txt is remembered.
    pub robots_keep_seconds: u64,
    /// Redirects that one visit follows.
    pub max_redirects: usize,
    /// Longest delay of a `<meta http-equiv=refresh>` that is still followed, in seconds.
    pub refresh_seconds: u32,
    /// A page with this many visible characters is the page itself, even where a script of it would move on.
    pub script_page_characters: usize,
    /// Tries of one round before a passing failure is left as it is.
    pub max_attempts: u32,
    /// Milliseconds before the second try; doubled for each further one.
    pub retry_base_ms: u64,
    /// Longest wait between tries, in milliseconds.
    pub retry_longest_ms: u64,
    /// Milliseconds between the end of one visit to a host and the next.
    pub host_delay_ms: u64,
    /// Longest wait for a host that keeps failing, in milliseconds.
    pub host_longest_delay_ms: u64,
    /// Hosts whose turn is remembered.
    pub max_hosts: usize,
}

/// What is done about robots.txt (RFC 9309).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RobotsPolicy {
    /// It is asked and followed.
    Respect,
    /// It is not asked, as for the evidence of a suspect.
    Ignore,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            robots: RobotsPolicy::Respect,
            robots_agent: "jianwei".into(),
            robots_hosts: 4_096,
            robots_keep_seconds: 24 * 3600,
            max_redirects: 10,
            refresh_seconds: 10,
            script_page_characters: 200,
            max_attempts: 5,
            retry_base_ms: 60_000,
            retry_longest_ms: 6 * 3600 * 1000,
            host_delay_ms: 1_000,
            host_longest_delay_ms: 10 * 60 * 1000,
            max_hosts: 100_000,
        }
    }
}
