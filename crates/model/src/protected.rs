//! Official sites that are imitated: who runs them, where, and what is theirs alone.

use serde::{Deserialize, Serialize};

use crate::{Date, Digest, ProtectedId, Timestamp};

/// An official site: organisation, hosts, names, certificates and the marks it owns.
///
/// One file of `seeds/protected/` holds one; the file's name is its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectedSite {
    /// The file's name without `.toml`; filled in by the loader.
    #[serde(default = "unnamed")]
    pub id: ProtectedId,
    /// The body behind the site, such as `应急管理部`.
    pub organisation: String,
    /// Names that only this site bears: of the site, its lookup system, its account.
    pub names: Vec<String>,
    /// Hosts it runs, with the days between which they were its own.
    pub hosts: Vec<OfficialHost>,
    /// Certificates that can be looked up there.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Marks it owns; on another's host they are evidence of copying.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// Paths of its lookup, such as `/prod-api/certsearch/`; on another's host they are evidence of copying.
    #[serde(default)]
    pub lookup_paths: Vec<String>,
    /// Pages to keep reference versions of.
    #[serde(default)]
    pub reference_pages: Vec<String>,
    /// First digits of the region's code in GB/T 2260; empty for a national body.
    #[serde(default)]
    pub region: String,
    /// Where these facts come from.
    pub source: String,
    /// Whether someone has checked them against the body's own publication.
    pub verified: Verified,
}

/// Whether a recorded fact was checked against the body's own publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Checked.
    Yes,
    /// Taken from a secondary source.
    No,
}

/// A host of a protected site; sub-domains are included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialHost {
    /// Host name in lower-case ASCII form.
    pub host: String,
    /// First day it was official, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day it was official; a lapsed host may since be anyone's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// An identifier printed on a page that belongs to one organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// What kind of identifier.
    pub kind: MarkKind,
    /// The identifier itself.
    pub value: String,
}

/// Kinds of marks (domain facts: GB/T and registry formats are checked where marks are read).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// 政府网站标识码: ten digits, or `bm` and eight.
    SiteCode,
    /// ICP 备案号.
    Icp,
    /// 公安备案号: fourteen digits.
    PoliceRecord,
    /// 党政机关网站标识 certificate id: 32 hex digits.
    Conac,
    /// Web analytics id.
    Analytics,
    /// 微信公众号.
    OfficialAccount,
}

impl MarkKind {
    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::SiteCode => "政府网站标识码",
            Self::Icp => "ICP备案号",
            Self::PoliceRecord => "公安备案号",
            Self::Conac => "党政机关网站标识",
            Self::Analytics => "统计代码",
            Self::OfficialAccount => "公众号",
        }
    }
}

/// One stored version of a page of a protected site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The site it belongs to.
    pub protected: ProtectedId,
    /// Its organisation.
    pub organisation: String,
    /// Where it was captured.
    pub url: String,
    /// When.
    pub captured: Timestamp,
    /// The page as UTF-8 HTML.
    pub html: Digest,
    /// Whether `html` is the DOM after scripts ran rather than the page as sent.
    pub rendered: bool,
    /// A picture of the page, where one could be taken.
    pub screenshot: Option<Digest>,
}

/// A vetted legitimate page, against which a token's rarity is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackgroundPage {
    /// The organisation it belongs to; rarity counts organisations, not pages.
    pub organisation: String,
    /// Where it was captured.
    pub url: String,
    /// The page as UTF-8 HTML.
    pub html: Digest,
}

impl ProtectedSite {
    /// Whether `host` is one of this site's own on `day` (all days when `None`).
    #[must_use]
    pub fn owns_host(&self, host: &str, day: Option<Date>) -> bool {
        self.hosts
            .iter()
            .any(|official| official.covers(host) && official.is_valid_on(day))
    }
}

impl OfficialHost {
    /// Whether `host` is this host or below it.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        host.strip_suffix(self.host.as_str())
            .is_some_and(|left| left.is_empty() || left.ends_with('.'))
    }

    fn is_valid_on(&self, day: Option<Date>) -> bool {
        day.is_none_or(|day| {
            self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
        })
    }
}

fn unnamed() -> ProtectedId {
    ProtectedId::from_text("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_covered_only_at_a_label_border() {
        let official = OfficialHost {
            host: "cx.yjgl.test".into(),
            from: None,
            until: Some("2020-12-31".parse().unwrap()),
        };
        assert!(official.covers("cx.yjgl.test") && official.covers("www.cx.yjgl.test"));
        assert!(
            !official.covers("fakecx.yjgl.test") && !official.covers("cx.yjgl.test.evil.example")
        );
        assert!(!official.is_valid_on(Some("2021-01-01".parse().unwrap())));
        assert!(official.is_valid_on(None));
    }
}
