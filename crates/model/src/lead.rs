//! Leads: URLs worth a look, and their place in the frontier.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{LeadId, Timestamp};

/// A URL worth a look, with who named it, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// Derived from URL and origin.
    pub id: LeadId,
    /// The URL as canonicalised by [`canonical_url`].
    pub url: String,
    /// Who named it.
    pub origin: LeadOrigin,
    /// When it was found.
    pub found: Timestamp,
}

/// Who named a lead, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LeadOrigin {
    /// A search engine's result.
    Search {
        /// The configured source's name.
        source: String,
        /// The query that was asked.
        query: String,
        /// Place in the result list, from 1.
        rank: u32,
        /// The result's title.
        title: String,
        /// The result's snippet.
        snippet: String,
    },
    /// A line of a domain list.
    List {
        /// The configured source's name or the file.
        source: String,
        /// Line number, from 1.
        line: u64,
    },
    /// A URL given by a person.
    Tip {
        /// Who gave it.
        from: String,
    },
}

/// How soon something is visited; the lower the sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Priority(pub u8);

impl Priority {
    /// A host that imitates a protected one, or a person's tip.
    pub const LOOKALIKE: Self = Self(10);
    /// A page that stood among the first search results.
    pub const SEARCH: Self = Self(20);
    /// A line of a list.
    pub const LIST: Self = Self(30);
}

/// One URL waiting to be visited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontierEntry {
    /// The canonical URL.
    pub url: String,
    /// The lead that brought it in.
    pub lead: LeadId,
    /// How soon.
    pub priority: Priority,
    /// Which look this is: 0 for the first, then counting revisits.
    pub round: u32,
    /// How many tries of this round have failed for passing reasons.
    pub attempts: u32,
}

impl Lead {
    /// A lead to `url`, or `None` when it is not an absolute `http` or `https` URL with a host.
    #[must_use]
    pub fn new(url: &str, origin: LeadOrigin, found: Timestamp) -> Option<Self> {
        let url = canonical_url(url)?;
        let id = LeadId::of(&url, &origin.key());
        Some(Self {
            id,
            url,
            origin,
            found,
        })
    }
}

impl LeadOrigin {
    /// The configured source's name, or who gave the tip.
    #[must_use]
    pub fn source(&self) -> &str {
        match self {
            Self::Search { source, .. } | Self::List { source, .. } => source,
            Self::Tip { from } => from,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Search { source, query, .. } => format!("search {source} {query}"),
            Self::List { source, .. } => format!("list {source}"),
            Self::Tip { from } => format!("tip {from}"),
        }
    }
}

/// The one spelling under which a URL is known: no fragment, no credentials, no default port, host in ASCII.
///
/// `None` when `text` is not an absolute `http` or `https` URL with a host.
#[must_use]
pub fn canonical_url(text: &str) -> Option<String> {
    let mut url = Url::parse(text.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    // A root dot names the same host; two spellings would be two visits.
    let rootless = url
        .host_str()
        .and_then(|host| host.strip_suffix('.'))
        .map(str::to_owned);
    if let Some(host) = rootless {
        url.set_host(Some(&host)).ok()?;
    }
    Some(url.into())
}

/// The host of an absolute URL in lower-case ASCII form, IP addresses without brackets.
#[must_use]
pub fn host_of(url: &str) -> Option<String> {
    match Url::parse(url).ok()?.host()? {
        Host::Domain(name) => Some(name.trim_end_matches('.').to_owned()),
        Host::Ipv4(address) => Some(address.to_string()),
        Host::Ipv6(address) => Some(address.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_one_spelling() {
        assert_eq!(
            canonical_url("HTTP://u:p@Example.TEST.:80/a?b#c").as_deref(),
            Some("http://example.test/a?b")
        );
        assert_eq!(
            canonical_url("https://证书.example/").as_deref(),
            Some("https://xn--1jqs90m.example/")
        );
        assert_eq!(canonical_url("ftp://example.test/"), None);
        assert_eq!(canonical_url("example.test"), None);
    }

    #[test]
    fn the_same_url_found_the_same_way_is_the_same_lead() {
        let found = Timestamp::from_millis(0);
        let origin = |line| LeadOrigin::List {
            source: "hosts".into(),
            line,
        };
        let first = Lead::new("http://a.test", origin(1), found).unwrap();
        let second = Lead::new("http://a.test/", origin(9), found).unwrap();
        assert_eq!(first.id, second.id);
    }
}
