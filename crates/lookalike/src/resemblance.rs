//! What a host name was recognised as.

use jianwei_model::ProtectedId;

/// A host name's likeness to an official one: a reason to look, never a verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Resemblance {
    /// The protected site it imitates; `None` where it imitates the government suffix or a kind of office without
    /// saying whose.
    pub protected: Option<ProtectedId>,
    /// The body it imitates, in Chinese, as far as the name tells.
    pub organisation: String,
    /// By what trick.
    pub kind: Kind,
    /// How telling the likeness is, above 0 and at most 1.
    pub score: f64,
    /// The telling part: an exact slice of the host in lower-case ASCII form.
    pub excerpt: String,
    /// What an analyst reads, in Chinese.
    pub reason: String,
}

/// The tricks by which a host name imitates an official one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The official name stands whole, with its dots, left of another registrable domain.
    Level,
    /// The official name with dots turned into hyphens or left out.
    Joined,
    /// A label that reads like the government suffix.
    GovernmentLabel,
    /// Words of an agency, a certificate and a lookup put together.
    Combination,
    /// Characters that look like those of an official name.
    Homoglyph,
    /// A slip of the key away from an official label.
    Typo,
    /// An official label under another suffix.
    OtherSuffix,
    /// A host that was official and has been given up.
    Lapsed,
}

impl Kind {
    /// The name in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Joined => "joined",
            Self::GovernmentLabel => "government_label",
            Self::Combination => "combination",
            Self::Homoglyph => "homoglyph",
            Self::Typo => "typo",
            Self::OtherSuffix => "other_suffix",
            Self::Lapsed => "lapsed",
        }
    }

    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Level => "官方域名作子域名",
            Self::Joined => "官方域名去点或改连字符",
            Self::GovernmentLabel => "仿政府域名后缀",
            Self::Combination => "机关、证书与查询用语拼合",
            Self::Homoglyph => "形近字符",
            Self::Typo => "近似拼写",
            Self::OtherSuffix => "官方名称换后缀",
            Self::Lapsed => "已停用的官方域名",
        }
    }
}
