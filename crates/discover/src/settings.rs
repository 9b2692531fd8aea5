//! The `[discover]` section of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where leads come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Search engines that speak the SearXNG JSON API.
    pub search: Vec<SearchSource>,
    /// Lists of hosts or URLs.
    pub lists: Vec<ListSource>,
}

/// A SearXNG instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSource {
    /// The name under which leads record it.
    pub name: String,
    /// The instance's address, to which `/search` is added.
    pub url: String,
    /// The language of results, `zh-CN` unless told.
    #[serde(default = "chinese")]
    pub language: String,
    /// The engines to ask, separated by commas; the instance's own choice when empty.
    #[serde(default)]
    pub engines: String,
    /// Pages of results that are asked for at most.
    #[serde(default = "three")]
    pub max_pages: u32,
}

/// A list of hosts or URLs in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSource {
    /// The name under which leads record it.
    pub name: String,
    /// The file: plain, CSV or hosts format, each optionally compressed with gzip.
    pub path: PathBuf,
}

fn chinese() -> String {
    "zh-CN".to_owned()
}

fn three() -> u32 {
    3
}
