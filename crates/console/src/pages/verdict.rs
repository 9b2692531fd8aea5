//! The verdict: one sentence that says which site is suspected of what, whom it imitates, and the strongest reasons.

use jianwei_model::{Assessment, Case, Class, Decision, Finding};

use super::reasons::bears_on;
use crate::shown::{cut, points};

/// Reasons that are named.
const MOST_REASONS: usize = 3;

/// How much of a reason must have been seen for it to be named; short forms leave out how little there was.
const FEWEST_SEEN: f64 = 0.25;

/// Characters of a reason that has no short form.
const MOST_REASON: usize = 48;

/// Words a seller uses that are quoted.
const MOST_OFFERS: usize = 4;

/// The verdict in one sentence.
pub(crate) fn verdict(case: &Case, assessment: Option<&Assessment>) -> String {
    let certainty = match case.decision {
        Decision::High => "高度疑似",
        Decision::Review => "疑似",
        Decision::None => "未见明显",
    };
    let mut sentence = format!("{} {certainty}{}", case.host, suspicion(case));
    let reasons = reasons(case, assessment);
    if !reasons.is_empty() {
        sentence.push_str(&format!("：{}", reasons.join("，")));
    }
    sentence.push('。');
    sentence
}

/// What the site is suspected of, naming the body it imitates.
fn suspicion(case: &Case) -> String {
    let Some(reference) = &case.reference else {
        return case.class.chinese().to_owned();
    };
    let organisation = &reference.organisation;
    match case.class {
        Class::FakeGovernmentSite => format!("假冒{organisation}的网站"),
        Class::Both => format!("假冒{organisation}的网站并售卖假证"),
        other => other.chinese().to_owned(),
    }
}

fn reasons(case: &Case, assessment: Option<&Assessment>) -> Vec<String> {
    let mut strongest: Vec<&Finding> = assessment
        .iter()
        .flat_map(|assessment| &assessment.findings)
        .filter(|finding| finding.contribution > 0.0 && finding.value >= FEWEST_SEEN)
        .filter(|finding| bears_on(finding, case.class))
        .collect();
    strongest.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let mut phrases = Vec::new();
    for finding in strongest {
        let phrase = phrase(finding, case);
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    phrases.truncate(MOST_REASONS);
    phrases
}

/// A reason in few words.
fn phrase(finding: &Finding, case: &Case) -> String {
    let reason = finding.reason.trim_end_matches('。');
    let listed = reason.split_once('：').map_or("", |(_, list)| list);
    let in_brackets = reason
        .split_once('（')
        .and_then(|(_, rest)| rest.rsplit_once('）'))
        .map_or("", |(inside, _)| inside);
    match finding.signal.as_str() {
        "clone" => match &case.reference {
            Some(reference) => format!("照搬其官方网页（相似 {}%）", points(reference.score)),
            None => "照搬官方网页".into(),
        },
        "claim" => "以官方名义自称".into(),
        "foreign_mark" => "盗用官方网站的备案标识".into(),
        "lookalike_host" => "域名仿冒官方域名".into(),
        "lookup_form" => "设有证件查询表单".into(),
        "lookup_paths" => "照搬官方查询系统的接口".into(),
        "certificate_result" => "仿造官方查询结果页".into(),
        "footer_contradiction" => "页脚备案信息自相矛盾".into(),
        "official_resources" => "直接调用官方网站的资源".into(),
        "foreign_home" => "留有另存官方网页的痕迹".into(),
        "several_ministries" => "提供多个互不隶属部门的证件查询".into(),
        "seller_intent" if !listed.is_empty() => {
            let offers: Vec<_> = listed.split('、').take(MOST_OFFERS).collect();
            format!("页面有“{}”等招揽用语", offers.join("、"))
        }
        "seller_contact" if !in_brackets.is_empty() => format!("留有{in_brackets}"),
        "seller_contact" => "留有个人联系方式".into(),
        "seller_price" => "标有价格".into(),
        "obfuscation" => "用变形字符规避过滤".into(),
        _ => cut(reason, MOST_REASON),
    }
}

#[cfg(test)]
mod tests {
    use jianwei_model::{CaseId, Digest, ReferenceMatch, Scores, Timestamp, VisitId};

    use super::*;

    fn finding(signal: &str, channel: &str, contribution: f64, reason: &str) -> Finding {
        Finding {
            signal: signal.into(),
            channel: channel.into(),
            value: 1.0,
            weight: contribution,
            contribution,
            reason: reason.into(),
            excerpt: String::new(),
            offset: None,
        }
    }

    fn said(class: Class, organisation: Option<&str>, findings: Vec<Finding>) -> String {
        let reference = organisation.map(|organisation| ReferenceMatch {
            organisation: organisation.into(),
            url: "http://cx.gov.test/".into(),
            score: 0.934,
        });
        let case = Case {
            id: CaseId::from_text("case-1"),
            host: "cx.example".into(),
            url: "http://cx.example/".into(),
            class,
            decision: Decision::High,
            score: 0.99,
            reference: reference.clone(),
            opened: Timestamp::from_millis(0),
            lead: None,
            visit: VisitId::from_text("visit-1"),
            assessment: Digest::ZERO,
        };
        let assessment = Assessment {
            class,
            scores: Scores {
                fake_government_site: 0.99,
                certificate_sale: 0.5,
            },
            decision: Decision::High,
            reference,
            findings,
            contacts: Vec::new(),
            marks: Vec::new(),
        };
        verdict(&case, Some(&assessment))
    }

    #[test]
    fn a_fake_is_named_with_the_body_it_imitates() {
        let fake = "fake_government_site";
        let findings = vec![
            finding("claim", fake, 4.5, "以临江省应急管理厅的名义自称"),
            finding("clone", fake, 9.0, "与临江省应急管理厅的网页共有……"),
            finding("seller_intent", "certificate_sale", 8.0, "招揽用语：代办"),
            finding("prior", fake, -5.0, "先验"),
        ];
        assert_eq!(
            said(
                Class::FakeGovernmentSite,
                Some("临江省应急管理厅"),
                findings
            ),
            "cx.example 高度疑似假冒临江省应急管理厅的网站：照搬其官方网页（相似 93%），以官方名义自称。"
        );
    }

    #[test]
    fn what_was_hardly_seen_is_not_named() {
        let mut hardly = finding("clone", "fake_government_site", 0.4, "与某厅的网页共有1处");
        hardly.value = 0.03;
        assert_eq!(
            said(Class::IllegalPromise, None, vec![hardly]),
            "cx.example 高度疑似违规承诺广告。"
        );
    }

    #[test]
    fn a_seller_is_named_with_what_it_offers() {
        let sale = "certificate_sale";
        let findings = vec![
            finding(
                "seller_intent",
                sale,
                5.5,
                "在证书名称近旁出现招揽用语：免考、7天出证、代办、免考试、免培训",
            ),
            finding(
                "seller_contact",
                sale,
                2.5,
                "招揽用语近旁留有个人联系方式（微信 zj168）",
            ),
        ];
        assert_eq!(
            said(Class::CertificateSale, None, findings),
            "cx.example 高度疑似售卖假证：页面有“免考、7天出证、代办、免考试”等招揽用语，留有微信 zj168。"
        );
        assert_eq!(
            said(Class::FakeGovernmentSite, None, Vec::new()),
            "cx.example 高度疑似假冒政府网站。"
        );
    }
}
