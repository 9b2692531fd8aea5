//! Cases: one site under one class, from suspicion to disposition.

use serde::{Deserialize, Serialize};

use crate::{CaseId, Class, Decision, Digest, LeadId, ReferenceMatch, Timestamp, VisitId};

/// What is known of a case apart from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Derived from host and class.
    pub id: CaseId,
    /// The site's host.
    pub host: String,
    /// The page that opened it.
    pub url: String,
    /// What the site is suspected to be.
    pub class: Class,
    /// How strong the reasons were.
    pub decision: Decision,
    /// The score of its class, between 0 and 1.
    pub score: f64,
    /// The official page it resembles, where one does.
    pub reference: Option<ReferenceMatch>,
    /// When it was opened.
    pub opened: Timestamp,
    /// The lead that led to it.
    pub lead: Option<LeadId>,
    /// The visit that is its evidence.
    pub visit: VisitId,
    /// Digest of the assessment's canonical JSON, kept as a blob.
    pub assessment: Digest,
}

/// Where a case stands; always derived from its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Opened by the machine; nobody has decided.
    Suspected,
    /// An analyst has confirmed it.
    Confirmed,
    /// An analyst has dismissed it.
    Dismissed,
    /// Another person has approved what leaves; not all has left.
    Approved,
    /// All that was approved has left.
    Sent,
    /// A recipient has acknowledged it.
    Acknowledged,
    /// An authority has acted.
    Disposed,
}

/// What an authority did (the verbs of official notices).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// 封堵
    Blocked,
    /// 关闭网站
    Closed,
    /// 停止接入
    AccessStopped,
    /// 停止解析
    ResolutionStopped,
    /// 注销域名
    DomainCancelled,
    /// 注销备案
    FilingCancelled,
    /// 删除搜索条目
    SearchEntryRemoved,
    /// 移送公安
    TransferredToPolice,
    /// 不予处置
    Declined,
}

impl CaseState {
    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Suspected => "待研判",
            Self::Confirmed => "已确认",
            Self::Dismissed => "已排除",
            Self::Approved => "已批准",
            Self::Sent => "已发出",
            Self::Acknowledged => "已签收",
            Self::Disposed => "已处置",
        }
    }

    /// The name in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Approved => "approved",
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Disposed => "disposed",
        }
    }
}

impl Disposition {
    /// Every disposition, in the order of a form.
    pub const ALL: [Self; 9] = [
        Self::Blocked,
        Self::Closed,
        Self::AccessStopped,
        Self::ResolutionStopped,
        Self::DomainCancelled,
        Self::FilingCancelled,
        Self::SearchEntryRemoved,
        Self::TransferredToPolice,
        Self::Declined,
    ];

    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Blocked => "封堵",
            Self::Closed => "关闭网站",
            Self::AccessStopped => "停止接入",
            Self::ResolutionStopped => "停止解析",
            Self::DomainCancelled => "注销域名",
            Self::FilingCancelled => "注销备案",
            Self::SearchEntryRemoved => "删除搜索条目",
            Self::TransferredToPolice => "移送公安",
            Self::Declined => "不予处置",
        }
    }
}
