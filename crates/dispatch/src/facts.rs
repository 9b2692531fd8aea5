//! What a letter is written from: recorded facts of one case.

use std::net::IpAddr;

use jianwei_model::{Attachment, CaseId, Class, Date, Digest, Timestamp};

/// The recorded facts of a case that its letters may state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFacts {
    /// The case.
    pub case: CaseId,
    /// What the site is suspected to be.
    pub class: Class,
    /// The site's host, as it is; the letter defangs it.
    pub host: String,
    /// The page, as it is; the letter defangs it.
    pub url: String,
    /// The body that is imitated, where one was matched.
    pub imitated: Option<Imitated>,
    /// What was seen, one Chinese sentence each; excerpts in them are made harmless.
    pub facts: Vec<String>,
    /// The captured pieces and their digests.
    pub exhibits: Vec<Exhibit>,
    /// Addresses the name resolved to when captured; empty when it could not be resolved.
    pub addresses: Vec<IpAddr>,
    /// Who registered the domain, as registries say.
    pub registrar: Lookup,
    /// Who hosts the address, as registries say.
    pub hosting: Lookup,
    /// The ICP filing of the domain.
    pub icp: Lookup,
    /// How the site was found, such as `搜索引擎结果监测`.
    pub found_by: String,
    /// When the lead was found.
    pub found: Timestamp,
    /// When the evidence was captured.
    pub captured: Timestamp,
    /// The day of the conduct, which decides which law is cited.
    pub conduct: Date,
    /// Machine-readable summary (`case.json`) with the exact URLs; always attached.
    pub summary: Attachment,
    /// The packet; attached when small enough, named by its digest otherwise.
    pub packet: Attachment,
    /// Digest of the WACZ inside the packet.
    pub wacz: Digest,
}

/// An imitated body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imitated {
    /// The body, such as `应急管理部`.
    pub organisation: String,
    /// Its official page.
    pub url: String,
}

/// A captured piece of evidence inside the packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibit {
    /// What it is, in Chinese, such as `网页源文件`.
    pub name: String,
    /// Its digest.
    pub digest: Digest,
    /// When it was captured.
    pub captured: Timestamp,
}

/// The answer to a question put to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// What it answered.
    Found(String),
    /// It was asked and has nothing: 未查询到.
    NotFound,
    /// It was not asked or did not answer: 未知.
    Unknown,
}

impl Lookup {
    pub(crate) fn chinese(&self) -> String {
        match self {
            Self::Found(text) => crate::defang::one_line(text, 100),
            Self::NotFound => "未查询到".to_owned(),
            Self::Unknown => "未知".to_owned(),
        }
    }
}
