//! What each site of the lab really is.

use jianwei_model::ProtectedId;

/// What each site of the lab really is, for scoring what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// Protected sites: to be recognised as official.
    pub official: Vec<SiteTruth>,
    /// Sites that imitate a protected one: all to be found.
    pub fakes: Vec<SiteTruth>,
    /// Sites that offer forged certificates: all to be found.
    pub sellers: Vec<SiteTruth>,
    /// Sites that look suspicious to a hasty eye: none to be flagged.
    pub innocents: Vec<SiteTruth>,
    /// Hosts that try to hurt the visitor: to be survived, none to be flagged.
    pub hostile: Vec<SiteTruth>,
}

/// One site of the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteTruth {
    /// Host a case about it is opened on.
    pub host: String,
    /// The page that shows what it is.
    pub url: String,
    /// How it is made, in snake case, such as `saved_copy` or `news`.
    pub kind: String,
    /// What an analyst would say of it, in Chinese.
    pub note: String,
    /// The protected site a fake imitates, or the id of a protected site itself.
    pub imitates: Option<ProtectedId>,
    /// Other hosts that lead to it by redirects; a case on one of them is right too.
    pub entrances: Vec<String>,
    /// Whether its host stands in the domain list.
    pub listed: bool,
    /// Pages of it that the search engine knows.
    pub indexed: Vec<String>,
}

impl SiteTruth {
    /// Whether `host` is this site or one of its entrances.
    #[must_use]
    pub fn answers_to(&self, host: &str) -> bool {
        self.host == host || self.entrances.iter().any(|entrance| entrance == host)
    }
}

impl Truth {
    /// Every site that is to be found: fakes, then sellers.
    pub fn guilty(&self) -> impl Iterator<Item = &SiteTruth> {
        self.fakes.iter().chain(&self.sellers)
    }

    /// Whether a case on `host` is right.
    #[must_use]
    pub fn is_guilty(&self, host: &str) -> bool {
        self.guilty().any(|site| site.answers_to(host))
    }
}
