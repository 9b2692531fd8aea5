//! What sealing refuses, what a packet says of itself, and what it says where something is not known.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sample;

use jianwei_evidence::{
    CheckState, Environment, Error, PacketInput, VerifyOptions, seal, summary, verify,
};
use jianwei_model::{Digest, Outcome, Rendering, VisitId};
use sample::forge::{Packet, file};

fn refused(alter: impl FnOnce(&mut PacketInput)) -> Error {
    let mut input = sample::input();
    alter(&mut input);
    seal(&input, &sample::key()).unwrap_err()
}

fn json(input: &PacketInput, name: &str) -> serde_json::Value {
    let mut packet = Packet::open(&seal(input, &sample::key()).unwrap().file);
    serde_json::from_slice(file(&mut packet.wacz, name)).unwrap()
}

#[test]
fn material_that_is_not_whole_is_refused() {
    let body = sample::input().visits[0].hops[1]
        .body
        .clone()
        .unwrap()
        .digest;
    let error = refused(|input| drop(input.blobs.remove(&body)));
    assert!(
        matches!(error, Error::BlobMissing { digest, .. } if digest == body),
        "{error}"
    );
    let error = refused(|input| drop(input.blobs.insert(body, b"other bytes".to_vec())));
    assert!(
        matches!(error, Error::BlobAltered { digest, .. } if digest == body),
        "{error}"
    );
    let error = refused(|input| input.assessment.scores.fake_government_site = 0.1);
    assert!(matches!(error, Error::AssessmentAltered { .. }), "{error}");
    let error = refused(|input| input.case.visit = VisitId::from_text("visit-0"));
    assert!(matches!(error, Error::VisitMissing { .. }), "{error}");
    for name in ["", "../case", "Case-1", "case 1", "案件"] {
        let error = refused(|input| input.case.id = jianwei_model::CaseId::from_text(name));
        assert!(matches!(error, Error::CaseName { .. }), "{error}");
    }
}

#[test]
fn the_stored_bytes_of_an_assessment_are_preferred() {
    let mut input = sample::input();
    let stored = b"{\"the assessment\": \"as an older program wrote it\"}".to_vec();
    input.case.assessment = Digest::of(&stored);
    input.blobs.insert(input.case.assessment, stored.clone());
    let sealed = seal(&input, &sample::key()).unwrap();
    let mut packet = Packet::open(&sealed.file);
    assert_eq!(*file(&mut packet.wacz, "assessment.json"), stored);
    assert!(verify(&sealed.file, &VerifyOptions::default()).holds());
}

#[test]
fn a_packet_tells_what_it_is_about() {
    let input = sample::input();
    let sealed = seal(&input, &sample::key()).unwrap();
    assert_eq!(sealed.file_name, format!("{}.zip", input.case.id));
    let summary = summary(&sealed.file).unwrap();
    assert_eq!(summary.case, input.case.id.as_str());
    assert_eq!(summary.score, input.case.score);
    assert_eq!(summary.wacz, sealed.wacz);
    assert_eq!(summary.signer, Some(sample::key().id()));
    assert_eq!(summary.visits.len(), 2);
    assert_eq!(
        (summary.visits[0].status, summary.visits[0].hops),
        (Some(200), 2)
    );
    assert_eq!(summary.visits[1].outcome, "unknown");
    assert_eq!(summary.files.len(), 17);
    let mut packet = Packet::open(&sealed.file);
    let wacz = file(&mut packet.bag, &format!("{}.wacz", input.case.id)).clone();
    assert_eq!(Digest::of(&wacz), sealed.wacz);
    assert_eq!(jianwei_evidence::summary(&wacz).unwrap(), summary);
}

#[test]
fn what_is_not_known_is_said_to_be_unknown() {
    let mut input = sample::input();
    input.environment = Environment::default();
    input.lead = None;
    input.events.clear();
    let record = json(&input, "capture-record.json");
    for place in [
        "/operators",
        "/witnesses",
        "/time/clock",
        "/host/id",
        "/host/software_digest",
        "/host/egress",
        "/object/found_by",
    ] {
        assert_eq!(record.pointer(place), Some(&"unknown".into()), "{place}");
    }
    assert_eq!(record["request_methods"], serde_json::json!(["GET"]));
    let environment = json(&input, "env-check.json");
    for place in [
        "/hosts_file/digest",
        "/hosts_file/target_listed",
        "/proxy",
        "/resolvers",
        "/dns_consistent",
        "/egress",
    ] {
        assert_eq!(
            environment.pointer(place),
            Some(&"unknown".into()),
            "{place}"
        );
    }
    let decision = json(&input, "decision.json");
    assert_eq!(decision["model"], "unknown");
    assert_eq!(decision["counter_evidence"][0]["signal"], "old_domain");
    assert!(
        decision["not_known"][0]
            .as_str()
            .unwrap()
            .contains("未经浏览器渲染")
    );
}

#[test]
fn packets_of_poor_material_hold_too() {
    let options = VerifyOptions::default();
    let holds = |situation: &str, alter: &dyn Fn(&mut PacketInput)| {
        let mut input = sample::input();
        alter(&mut input);
        let sealed = seal(&input, &sample::key()).unwrap();
        let verification = verify(&sealed.file, &options);
        assert!(verification.holds(), "{situation}: {verification:#?}");
    };
    holds("no picture and no reference", &|input| {
        input.reference = None;
        input.visits[0].rendering = Rendering::Unknown {
            reason: "no browser".into(),
        };
    });
    holds("no answer at all", &|input| {
        let visit = &mut input.visits[0];
        visit.outcome = Outcome::unknown("refused");
        visit.document = None;
        visit.hops.truncate(1);
        visit.hops[0].response_head = None;
        visit.hops[0].status = None;
    });
    holds("no events", &|input| input.events.clear());
    holds("the same visit twice", &|input| {
        input.visits.push(input.visits[0].clone());
    });
    holds("hostile words", &|input| {
        input.unit = "单位\r\nPayload-Oxum: 1.1".into();
        input.software = "x\u{0}\ny".into();
        input.visits[0].outcome = Outcome::unknown("a\r\n\r\nWARC/1.1");
        input.visits[0].hops[1].truncated = Some("\r\nX: y".into());
        if let Some(tls) = &mut input.visits[0].hops[1].tls {
            tls.cipher = "A\r\nWARC-Type: warcinfo".into();
            tls.fault = Some("\u{2028}\u{85}".into());
        }
    });
}

#[test]
fn what_could_not_be_reached_is_unknown_not_passed() {
    let verification = verify(b"PK", &VerifyOptions::default());
    assert!(!verification.holds());
    let unknown = verification
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Unknown);
    assert_eq!(unknown.count() + 1, verification.checks.len());
    assert!(verification.checks[0].chinese.starts_with("不通过"));
}
