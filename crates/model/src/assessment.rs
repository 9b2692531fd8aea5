//! Assessments: what the signals found on a page, and what follows.

use serde::{Deserialize, Serialize};

use crate::Mark;

/// What a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// 假冒政府网站: imitates the site of a state organ.
    FakeGovernmentSite,
    /// 售卖假证: offers forged certificates.
    CertificateSale,
    /// Both of the above on one site.
    Both,
    /// 被黑页面: an innocent owner's host that carries planted pages.
    CompromisedHost,
    /// 违规承诺广告: a real trainer who promises what the advertising law forbids.
    IllegalPromise,
    /// 报道转载: reports or warns about fakes.
    QuotesFakes,
    /// 官方: a protected site's own page.
    Official,
    /// 无关.
    Benign,
}

/// What an assessment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Nothing.
    None,
    /// A person should look.
    Review,
    /// Strong and independent reasons; a person should look first.
    High,
}

/// The findings of all signals on a page and the score of each class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The class that explains the page best.
    pub class: Class,
    /// Scores between 0 and 1.
    pub scores: Scores,
    /// What follows.
    pub decision: Decision,
    /// The official page it resembles most, where one does.
    pub reference: Option<ReferenceMatch>,
    /// Every reason for or against, strongest contribution first.
    pub findings: Vec<Finding>,
    /// Ways to reach the page's owner.
    pub contacts: Vec<Contact>,
    /// Marks printed on the page.
    pub marks: Vec<Mark>,
}

/// Calibrated scores between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// That it imitates a government site.
    pub fake_government_site: f64,
    /// That it sells forged certificates.
    pub certificate_sale: f64,
}

/// The official page that a page resembles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceMatch {
    /// The body behind the official page.
    pub organisation: String,
    /// The official page.
    pub url: String,
    /// How alike, between 0 and 1.
    pub score: f64,
}

/// One signal's finding: a reason for or against, with what it was read from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The signal's name, which is its file's name.
    pub signal: String,
    /// Which score it bears on: `fake_government_site` or `certificate_sale`.
    pub channel: String,
    /// How much of it was seen, between 0 and 1.
    pub value: f64,
    /// Its published weight.
    pub weight: f64,
    /// What it added to the score's log-odds: value times weight.
    pub contribution: f64,
    /// What an analyst reads, in Chinese.
    pub reason: String,
    /// An exact slice of the page as text, or of the host for signals on names.
    pub excerpt: String,
    /// Where the excerpt begins, in bytes of the page as UTF-8 text; `None` for excerpts of the host.
    pub offset: Option<usize>,
}

/// A way to reach the page's owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Contact {
    /// What kind.
    pub kind: ContactKind,
    /// Normalised: plain digits, lower case.
    pub value: String,
    /// As it stood on the page.
    pub excerpt: String,
    /// Where the excerpt begins, in bytes of the page as UTF-8 text.
    pub offset: usize,
}

/// Kinds of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// 手机.
    Mobile,
    /// 固定电话 and 400 numbers.
    Telephone,
    /// QQ.
    Qq,
    /// 微信.
    Wechat,
    /// Telegram.
    Telegram,
    /// E-mail.
    Email,
}

impl Class {
    /// The name in labels and records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FakeGovernmentSite => "fake_government_site",
            Self::CertificateSale => "certificate_sale",
            Self::Both => "both",
            Self::CompromisedHost => "compromised_host",
            Self::IllegalPromise => "illegal_promise",
            Self::QuotesFakes => "quotes_fakes",
            Self::Official => "official",
            Self::Benign => "benign",
        }
    }

    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::FakeGovernmentSite => "假冒政府网站",
            Self::CertificateSale => "售卖假证",
            Self::Both => "假冒政府网站并售卖假证",
            Self::CompromisedHost => "被黑页面",
            Self::IllegalPromise => "违规承诺广告",
            Self::QuotesFakes => "报道转载",
            Self::Official => "官方",
            Self::Benign => "无关",
        }
    }
}

impl Decision {
    /// The name in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Review => "review",
            Self::High => "high",
        }
    }

    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::None => "不列入",
            Self::Review => "待核查",
            Self::High => "高度可疑",
        }
    }
}

impl Assessment {
    /// The greater of the two scores.
    #[must_use]
    pub fn top_score(&self) -> f64 {
        self.scores
            .fake_government_site
            .max(self.scores.certificate_sale)
    }
}

impl ContactKind {
    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Mobile => "手机",
            Self::Telephone => "电话",
            Self::Qq => "QQ",
            Self::Wechat => "微信",
            Self::Telegram => "Telegram",
            Self::Email => "邮箱",
        }
    }
}
