//! Why a site was flagged: the verdict in one sentence, and every reason for and against.

use jianwei_model::{Assessment, Case, Decision, Finding};

use crate::shown::{cut, points};

/// Characters of an excerpt that are shown.
const MOST_EXCERPT: usize = 240;

/// One reason as the page shows it.
pub(crate) struct Reason {
    pub(crate) text: String,
    pub(crate) contribution: String,
    /// Its size against the largest one, from 0 to 100.
    pub(crate) share: u8,
    pub(crate) sum: String,
    pub(crate) excerpt: String,
    pub(crate) place: String,
}

/// The verdict in one sentence.
pub(crate) fn verdict(case: &Case, assessment: Option<&Assessment>) -> String {
    let opening = match case.decision {
        Decision::High => "高度疑似",
        Decision::Review => "疑似",
        Decision::None => "未见明显",
    };
    let mut sentence = format!("该站{opening}{}", case.class.chinese());
    if let Some(reference) = &case.reference {
        let alike = points(reference.score);
        let organisation = &reference.organisation;
        sentence.push_str(&format!("，与{organisation}的页面相似 {alike}%"));
    }
    let strongest: Vec<_> = assessment
        .iter()
        .flat_map(|assessment| &assessment.findings)
        .filter(|finding| finding.contribution > 0.0)
        .take(2)
        .map(|finding| cut(finding.reason.trim_end_matches('。'), 60))
        .collect();
    if !strongest.is_empty() {
        sentence.push_str(&format!("。主要依据：{}", strongest.join("；")));
    }
    sentence.push('。');
    sentence
}

/// The reasons for and the reasons against, strongest first.
pub(crate) fn reasons(assessment: Option<&Assessment>) -> (Vec<Reason>, Vec<Reason>) {
    let mut findings: Vec<&Finding> = assessment
        .map(|assessment| assessment.findings.iter().collect())
        .unwrap_or_default();
    findings.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    let largest = findings
        .first()
        .map_or(1.0, |finding| finding.contribution.abs());
    let (against, for_it): (Vec<&Finding>, Vec<&Finding>) = findings
        .into_iter()
        .partition(|finding| finding.contribution < 0.0);
    let shown = |list: Vec<&Finding>| {
        list.into_iter()
            .map(|finding| Reason::of(finding, largest))
            .collect()
    };
    (shown(for_it), shown(against))
}

impl Reason {
    fn of(finding: &Finding, largest: f64) -> Self {
        let channel = match finding.channel.as_str() {
            "fake_government_site" => "假冒",
            "certificate_sale" => "售假",
            other => other,
        };
        Self {
            text: finding.reason.clone(),
            contribution: format!("{:+.2}", finding.contribution),
            share: points(finding.contribution.abs() / largest.max(f64::MIN_POSITIVE)),
            sum: format!(
                "{channel} · {} · 程度 {:.2} × 权重 {:.2}",
                finding.signal, finding.value, finding.weight
            ),
            excerpt: cut(finding.excerpt.trim(), MOST_EXCERPT),
            place: match finding.offset {
                Some(offset) => format!("源码第 {offset} 字节"),
                None => "域名".into(),
            },
        }
    }
}
