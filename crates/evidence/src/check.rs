//! What a verification says: one line for each thing that holds, fails or could not be known.

use std::collections::BTreeMap;

use serde::Serialize;

/// The outcome of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It was checked and holds.
    Holds,
    /// It was checked and does not hold.
    Fails,
    /// It could not be checked; the detail says why.
    Unknown,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name, such as `wacz_signature`.
    pub name: &'static str,
    /// What came of it.
    pub state: CheckState,
    /// What was checked and what came of it, in Chinese.
    pub chinese: String,
    /// The same in English.
    pub english: String,
    /// Where it fails, or why it is unknown; empty where there is nothing to add.
    pub detail: String,
}

/// What a packet's checks came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Every check, from the outside inwards.
    pub checks: Vec<Check>,
}

impl Verification {
    /// Whether no check fails. What is unknown stays unknown; see each check.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failing().next().is_none()
    }

    /// The checks that fail.
    pub fn failing(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|check| check.state == CheckState::Fails)
    }

    /// The check of that name.
    #[must_use]
    pub fn check(&self, name: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.name == name)
    }
}

/// What kind of file was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// A bag with a WACZ inside.
    Bag,
    /// A WACZ alone.
    Wacz,
}

/// Name, whether it is about the bag, Chinese, English.
const CHECKS: [(&str, Layer, &str, &str); 22] = [
    (
        "bag_zip",
        Layer::Bag,
        "外层压缩包结构规范，没有多余字节",
        "the outer zip holds its files and nothing else",
    ),
    (
        "bag_files",
        Layer::Bag,
        "证据包文件齐全，没有多余文件",
        "the bag holds exactly the files it should",
    ),
    (
        "bag_manifests",
        Layer::Bag,
        "证据包各文件与清单摘要一致",
        "the bag's files have the digests its manifests give",
    ),
    (
        "bag_info",
        Layer::Bag,
        "证据包说明与证据内容一致",
        "the bag's description agrees with the evidence",
    ),
    (
        "bag_signature",
        Layer::Bag,
        "证据包清单的签名成立",
        "the signature over the bag's manifests holds",
    ),
    (
        "wacz_signature",
        Layer::Bag,
        "证据文件的签名成立",
        "the detached signature over the WACZ holds",
    ),
    (
        "list_csv",
        Layer::Bag,
        "固定清单表格与证据文件内的清单一致",
        "the exhibit list as CSV says what the list inside says",
    ),
    (
        "wacz_zip",
        Layer::Wacz,
        "证据文件结构规范，没有多余字节",
        "the WACZ holds its files and nothing else",
    ),
    (
        "wacz_files",
        Layer::Wacz,
        "证据文件内容齐全，没有未登记的文件",
        "the WACZ holds all required files and none unlisted",
    ),
    (
        "resources",
        Layer::Wacz,
        "各文件与数据包登记的摘要和大小一致",
        "every file has the digest and size the data package gives",
    ),
    (
        "datapackage",
        Layer::Wacz,
        "数据包与其摘要文件一致",
        "the data package agrees with its digest file",
    ),
    (
        "datapackage_signature",
        Layer::Wacz,
        "数据包的签名成立",
        "the signature over the data package holds",
    ),
    (
        "signer",
        Layer::Wacz,
        "签名者是受信任的单位",
        "the signer is one of the trusted keys",
    ),
    (
        "warc_records",
        Layer::Wacz,
        "采集记录逐条完整，摘要一致",
        "every WARC record is whole and has its digests",
    ),
    (
        "index",
        Layer::Wacz,
        "索引与采集记录逐条一致",
        "the index lists every record where it is",
    ),
    (
        "pages",
        Layer::Wacz,
        "页面清单与采集记录一致",
        "the pages listed were captured when they say",
    ),
    (
        "exhibits",
        Layer::Wacz,
        "案件、采集记录与原始数据相互一致",
        "case, visits and captured bytes agree with each other",
    ),
    (
        "file_list",
        Layer::Wacz,
        "固定清单与文件逐一一致",
        "the exhibit list gives every file's size and digests",
    ),
    (
        "custody",
        Layer::Wacz,
        "流转记录逐条相接",
        "the custody record's links hold",
    ),
    (
        "times",
        Layer::Wacz,
        "时间先后合理",
        "the times are in a possible order",
    ),
    (
        "packet_version",
        Layer::Wacz,
        "证据包版本可核验",
        "the packet is of a version this program knows",
    ),
    (
        "time_stamp",
        Layer::Wacz,
        "第三方时间戳成立",
        "a third party's time stamp holds",
    ),
];

/// Collects the outcomes of checks.
#[derive(Default)]
pub(crate) struct Ledger {
    outcomes: BTreeMap<&'static str, (CheckState, String)>,
}

impl Ledger {
    /// The check holds when there are no faults.
    pub(crate) fn faults(&mut self, name: &'static str, faults: &[String]) {
        let state = if faults.is_empty() {
            CheckState::Holds
        } else {
            CheckState::Fails
        };
        self.outcomes.insert(name, (state, shortened(faults)));
    }

    pub(crate) fn holds(&mut self, name: &'static str, detail: String) {
        self.outcomes.insert(name, (CheckState::Holds, detail));
    }

    pub(crate) fn unknown(&mut self, name: &'static str, reason: &str) {
        self.outcomes
            .insert(name, (CheckState::Unknown, reason.to_owned()));
    }

    /// Every check of the layer in its order; those not reached are unknown.
    pub(crate) fn finish(mut self, layer: Layer) -> Verification {
        let checks = CHECKS
            .into_iter()
            .filter(|(_, of, ..)| layer == Layer::Bag || *of == Layer::Wacz)
            .map(|(name, _, chinese, english)| {
                let (state, detail) = self.outcomes.remove(name).unwrap_or((
                    CheckState::Unknown,
                    "not reached, because what it rests on could not be read".to_owned(),
                ));
                let (verdict, word) = match state {
                    CheckState::Holds => ("通过", "holds"),
                    CheckState::Fails => ("不通过", "fails"),
                    CheckState::Unknown => ("无法判断", "unknown"),
                };
                Check {
                    name,
                    state,
                    chinese: format!("{verdict}：{chinese}"),
                    english: format!("{word}: {english}"),
                    detail,
                }
            })
            .collect();
        Verification { checks }
    }
}

/// The first few faults, each cut to a line's length: hostile files have many and long ones.
fn shortened(faults: &[String]) -> String {
    const SHOWN: usize = 5;
    const LONGEST: usize = 300;
    let mut parts: Vec<String> = faults
        .iter()
        .take(SHOWN)
        .map(|fault| fault.chars().take(LONGEST).collect())
        .collect();
    if faults.len() > SHOWN {
        parts.push(format!("and {} more", faults.len() - SHOWN));
    }
    parts.join("; ")
}
