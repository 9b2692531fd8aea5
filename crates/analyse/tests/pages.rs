//! Every case of `tests/pages/` gets the class, decision and signals that its `expected.json` names.
//!
//! A case is a folder with `page.html` and `url`. Where `expected.json` is missing it is written, and the run fails so
//! that someone reviews it. The official pages of `tests/official/` are the references.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod world;

use std::collections::BTreeSet;
use std::path::Path;

use jianwei_analyse::Page;
use jianwei_model::{Assessment, Class, Decision};
use serde_json::{Value, json};

#[test]
fn every_page_is_judged_as_expected() {
    let analyser = world::analyser();
    let mut faults = Vec::new();
    let mut signals = BTreeSet::new();
    for folder in world::folders("pages") {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let url = std::fs::read_to_string(folder.join("url")).unwrap();
        let html = std::fs::read_to_string(folder.join("page.html")).unwrap();
        let page = Page {
            url: url.trim(),
            html: &html,
            day: world::day(),
        };
        let assessment = analyser.assess(&page);
        world::hold_true(&assessment, &html);
        signals.extend(
            assessment
                .findings
                .iter()
                .map(|finding| finding.signal.clone()),
        );
        let seen = summary(&assessment);
        if let Some(fault) = compare(&folder.join("expected.json"), &seen) {
            faults.push(format!("{name}: {fault}"));
        }
        faults.extend(contradiction(&name, &assessment));
    }
    for signal in world::signals() {
        if !signals.contains(&signal) {
            faults.push(format!("no case shows signal `{signal}`"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What a case's name promises, so that no wrong expectation passes by review alone.
fn contradiction(name: &str, assessment: &Assessment) -> Option<String> {
    let kind = name.split('-').next()?;
    let holds = match kind {
        "fake" => {
            matches!(assessment.class, Class::FakeGovernmentSite | Class::Both)
                && assessment.decision != Decision::None
        }
        "seller" => {
            matches!(assessment.class, Class::CertificateSale | Class::Both)
                && assessment.decision != Decision::None
        }
        "compromised" => {
            assessment.class == Class::CompromisedHost && assessment.decision != Decision::None
        }
        "trainer" => assessment.class == Class::IllegalPromise,
        "innocent" => assessment.decision == Decision::None,
        "official" => assessment.class == Class::Official && assessment.decision == Decision::None,
        _ => false,
    };
    (!holds).then(|| {
        format!(
            "{name}: judged {} {}",
            assessment.class.as_str(),
            assessment.decision.as_str()
        )
    })
}

fn summary(assessment: &Assessment) -> Value {
    let signals: BTreeSet<&str> = assessment
        .findings
        .iter()
        .filter(|finding| finding.signal != "prior")
        .map(|finding| finding.signal.as_str())
        .collect();
    let contacts: Vec<String> = assessment
        .contacts
        .iter()
        .map(|contact| format!("{} {}", contact.kind.chinese(), contact.value))
        .collect();
    json!({
        "class": assessment.class.as_str(),
        "decision": assessment.decision.as_str(),
        "fake_government_site": format!("{:.2}", assessment.scores.fake_government_site),
        "certificate_sale": format!("{:.2}", assessment.scores.certificate_sale),
        "reference": assessment.reference.as_ref().map(|reference| reference.organisation.clone()),
        "signals": signals,
        "contacts": contacts,
        "marks": assessment.marks.iter().map(|mark| mark.value.clone()).collect::<Vec<_>>(),
    })
}

fn compare(path: &Path, seen: &Value) -> Option<String> {
    let seen = format!("{}\n", serde_json::to_string_pretty(seen).unwrap());
    let Ok(expected) = std::fs::read_to_string(path) else {
        std::fs::write(path, &seen).unwrap();
        return Some(String::from("expectation written; review it and run again"));
    };
    (expected != seen).then(|| format!("expected {expected}but saw {seen}"))
}
