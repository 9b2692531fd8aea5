//! The decision: which class the findings make, and how much they ask for.

use jianwei_model::{Class, Decision};

use crate::lexicon::Kind;
use crate::reading::{Reading, Standing};
use crate::weights::Lines;

/// What the signals saw, by name.
pub(crate) struct Seen<'a> {
    pub(crate) values: &'a [(&'static str, f64)],
    /// Score of the sale channel.
    pub(crate) sale_score: f64,
    /// Whether the host name is of a kind that honest sites do not have.
    pub(crate) has_telling_host: bool,
}

impl Seen<'_> {
    fn value(&self, signal: &str) -> f64 {
        self.values
            .iter()
            .find(|(name, _)| *name == signal)
            .map_or(0.0, |(_, value)| *value)
    }

    fn has(&self, signal: &str) -> bool {
        self.value(signal) > 0.0
    }
}

/// The class that explains a page best, and what follows.
pub(crate) fn decide(reading: &Reading, seen: &Seen) -> (Class, Decision) {
    let lines = &reading.knowledge.weights.decision;
    let fake = imitation(reading, seen, lines);
    let sale = sale(reading, seen, lines);
    let is_planted = sale != Decision::None && !matches!(reading.standing, Standing::Anybody);
    if is_planted {
        return (Class::CompromisedHost, sale);
    }
    if reading.is_official() {
        return (Class::Official, Decision::None);
    }
    match (fake, sale) {
        (Decision::None, Decision::None) if promises(reading, seen, lines) => {
            (Class::IllegalPromise, Decision::Review)
        }
        (Decision::None, Decision::None) => (innocent(reading, lines), Decision::None),
        (Decision::None, sale) if is_trainer(reading, seen, lines) => {
            (Class::IllegalPromise, sale.min(Decision::Review))
        }
        (Decision::None, sale) => (Class::CertificateSale, sale),
        (fake, Decision::None) => (Class::FakeGovernmentSite, fake),
        (fake, sale) => (Class::Both, fake.max(sale)),
    }
}

fn imitation(reading: &Reading, seen: &Seen, lines: &Lines) -> Decision {
    if reading.is_official() || seen.has("second_domain") {
        return Decision::None;
    }
    let (clone, claim) = (seen.value("clone"), seen.value("claim"));
    let lookup = seen
        .value("lookup_form")
        .max(seen.value("certificate_result"));
    let is_claimed = claim >= lines.claim_hint;
    let is_lookup = lookup >= lines.lookup;
    let is_confirmed = is_claimed || is_lookup || clone >= lines.clone_hint;
    if clone >= lines.clone_strong
        || (seen.value("foreign_mark") >= 1.0 && is_claimed)
        || (seen.has_telling_host && is_confirmed)
    {
        return Decision::High;
    }
    let reasons = [
        clone >= lines.clone_review,
        claim >= lines.claim,
        seen.value("lookalike_host") >= lines.host,
        is_lookup,
        seen.has("several_ministries"),
        seen.has("lookup_paths"),
        seen.has("foreign_mark"),
        seen.has("foreign_home"),
    ];
    let count = reasons.iter().filter(|holds| **holds).count();
    // A lookup of a state certificate on a stranger's page is a claim and a form in one.
    let is_enough = count >= 2
        || (is_claimed && lookup >= lines.lookup_whole)
        || (is_claimed && seen.value("several_ministries") >= 1.0)
        || seen.value("certificate_result") >= lines.result_alone;
    // A report shows what it reports: names and paths, but no working form and no copy.
    let is_report =
        reading.tone.report() >= lines.report && !is_lookup && clone < lines.clone_review;
    if is_enough && !is_report {
        Decision::Review
    } else {
        Decision::None
    }
}

fn sale(reading: &Reading, seen: &Seen, lines: &Lines) -> Decision {
    let offer = seen.value("seller_intent");
    let contact = seen.value("seller_contact");
    let disguise = seen.value("obfuscation");
    let is_answered = contact > 0.0 || seen.has("seller_price") || disguise >= 0.5;
    let is_report = reading.tone.report() >= lines.report && contact < 1.0;
    if is_report || !is_answered {
        return Decision::None;
    }
    if offer >= lines.offer && contact >= 0.5 && seen.sale_score >= lines.sale_high {
        return Decision::High;
    }
    if offer >= lines.offer_review && seen.sale_score >= lines.sale_review {
        return Decision::Review;
    }
    Decision::None
}

/// Whether the offers are the promises of someone who really teaches.
fn is_trainer(reading: &Reading, seen: &Seen, lines: &Lines) -> bool {
    let offers = &reading.offers;
    seen.value("training_school") >= lines.training
        && seen.value("obfuscation") < 0.3
        && offers.ordinary >= offers.sum * 0.5
}

/// Whether a real trainer promises what the law on advertising forbids.
fn promises(reading: &Reading, seen: &Seen, lines: &Lines) -> bool {
    let is_report = reading.tone.report() >= lines.report;
    reading.offers.promises >= lines.promise && is_trainer(reading, seen, lines) && !is_report
}

fn innocent(reading: &Reading, lines: &Lines) -> Class {
    let speaks_of_certificates = [Kind::Credential, Kind::Deal, Kind::Assurance]
        .into_iter()
        .any(|kind| reading.finds_of(kind).next().is_some());
    if reading.tone.report() >= lines.report && speaks_of_certificates {
        Class::QuotesFakes
    } else {
        Class::Benign
    }
}
