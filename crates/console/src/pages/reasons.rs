//! Why a site was flagged: every reason for and against, with what each was read from and what it added.

use jianwei_model::{Assessment, Case, Class, Finding};

use super::excerpt::Excerpt;
use crate::shown::points;
use crate::words::{channel, signal};

/// The name of the finding that every page starts from.
const PRIOR: &str = "prior";

/// The reasons, strongest first.
pub(crate) struct Reasons {
    pub(crate) for_it: Vec<Reason>,
    pub(crate) against: Vec<Reason>,
    /// Reasons that bear on the other score only.
    pub(crate) aside: Vec<Reason>,
    /// Where the scores start, before any reason.
    pub(crate) start: Option<String>,
}

/// One reason as the page shows it.
pub(crate) struct Reason {
    pub(crate) text: String,
    pub(crate) contribution: String,
    pub(crate) against: bool,
    /// Its size against the largest one, from 0 to 100.
    pub(crate) share: u8,
    pub(crate) sum: String,
    pub(crate) excerpt: Excerpt,
}

impl Reasons {
    /// The reasons of an assessment; `texts` are what excerpts may be slices of.
    pub(crate) fn of(case: &Case, assessment: Option<&Assessment>, texts: &[String]) -> Self {
        let findings = assessment.map_or(&[][..], |assessment| &assessment.findings);
        let (priors, mut findings): (Vec<&Finding>, Vec<&Finding>) =
            findings.iter().partition(|finding| finding.signal == PRIOR);
        findings.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        let largest = findings
            .first()
            .map_or(1.0, |finding| finding.contribution.abs());
        let (mut for_it, mut against, mut aside) = (Vec::new(), Vec::new(), Vec::new());
        for finding in findings {
            let excerpt = Excerpt::of(finding, &case.host, texts);
            let reason = Reason::of(finding, largest, excerpt);
            match finding.contribution < 0.0 {
                _ if !bears_on(finding, case.class) => aside.push(reason),
                true => against.push(reason),
                false => for_it.push(reason),
            }
        }
        Self {
            for_it,
            against,
            aside,
            start: start(&priors),
        }
    }
}

/// Whether a finding bears on the class of a case; on a class that is not scored, all do.
pub(crate) fn bears_on(finding: &Finding, class: Class) -> bool {
    match class {
        Class::FakeGovernmentSite => finding.channel == "fake_government_site",
        Class::CertificateSale => finding.channel == "certificate_sale",
        _ => true,
    }
}

impl Reason {
    fn of(finding: &Finding, largest: f64, excerpt: Excerpt) -> Self {
        let share = finding.contribution.abs() / largest.max(f64::MIN_POSITIVE);
        Self {
            text: finding.reason.clone(),
            contribution: signed(finding.contribution),
            against: finding.contribution < 0.0,
            share: points(share),
            sum: format!(
                "{} · {} · 程度 {:.2} × 权重 {}",
                channel(&finding.channel),
                signal(&finding.signal),
                finding.value,
                signed(finding.weight).trim_start_matches('+')
            ),
            excerpt,
        }
    }
}

fn start(priors: &[&Finding]) -> Option<String> {
    let parts: Vec<_> = priors
        .iter()
        .map(|prior| format!("{} {}", channel(&prior.channel), signed(prior.contribution)))
        .collect();
    (!parts.is_empty()).then(|| format!("起评：{}，因为绝大多数网页与此无关。", parts.join("，")))
}

/// A number with its sign, the minus as long as the plus.
fn signed(number: f64) -> String {
    format!("{number:+.2}").replace('-', "−")
}
