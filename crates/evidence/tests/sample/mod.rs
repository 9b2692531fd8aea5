//! A packet's material for tests: an invented counterfeit site, visited once over a redirect, seen in a browser.

use std::collections::BTreeMap;

use jianwei_evidence::{Clock, Environment, PacketInput, ReferenceExhibit, SealKey};
use jianwei_model::{
    Action, Actor, Assessment, Blob, BlobRef, Case, CaseId, Class, Decision, Digest, Document,
    Event, EventDraft, Finding, GENESIS, Hop, HopCause, Lead, LeadOrigin, Outcome, ProtectedId,
    Reference, ReferenceMatch, Rendering, Resolution, Scores, Timestamp, TlsFacts, Vantage, Visit,
    VisitId,
};

/// Where the sample's site is.
pub(crate) const HOST: &str = "zs-chaxun.example";
const START: &str = "http://www.zs-chaxun.example/";
const PAGE: &str = "https://zs-chaxun.example/Cert?id=1&Name=%E5%BC%A0%E4%B8%89";

/// The key the sample is sealed with.
pub(crate) fn key() -> SealKey {
    SealKey::generate(&[7; 48]).unwrap()
}

/// Milliseconds after the sample's beginning.
pub(crate) fn moment(milliseconds: i64) -> Timestamp {
    let begin: Timestamp = "2026-03-01T02:03:04.250Z".parse().unwrap();
    begin.plus_millis(milliseconds)
}

#[derive(Default)]
struct Blobs(BTreeMap<Digest, Vec<u8>>);

impl Blobs {
    fn keep(&mut self, bytes: &[u8], media_type: &str) -> BlobRef {
        let blob = Blob::new(bytes.to_vec(), media_type);
        self.0.insert(blob.reference.digest, blob.bytes);
        blob.reference
    }
}

/// The sample's material.
pub(crate) fn input() -> PacketInput {
    let mut blobs = Blobs::default();
    let visits = vec![visit(&mut blobs), unanswered()];
    let assessment = assessment();
    let case = Case {
        id: CaseId::of(HOST, Class::FakeGovernmentSite),
        host: HOST.to_owned(),
        url: PAGE.to_owned(),
        class: Class::FakeGovernmentSite,
        decision: Decision::High,
        score: 0.971_234_567_890_123_4,
        reference: assessment.reference.clone(),
        opened: moment(5_000),
        lead: None,
        visit: visits[0].id.clone(),
        assessment: Digest::of_json(&assessment),
    };
    let page = "<html><title>证书查询</title>official</html>";
    let html = blobs.keep(page.as_bytes(), "text/html").digest;
    let screenshot = blobs.keep(b"\x89PNG official", "image/png").digest;
    let origin = LeadOrigin::Search {
        source: "searx".to_owned(),
        query: "特种作业操作证 查询".to_owned(),
        rank: 3,
        title: "查询平台".to_owned(),
        snippet: "=1+1".to_owned(),
    };
    PacketInput {
        events: events(&case),
        lead: Lead::new(START, origin, moment(-60_000)),
        case,
        assessment,
        visits,
        blobs: blobs.0,
        reference: Some(ReferenceExhibit {
            reference: Reference {
                protected: ProtectedId::from_text("yjgl"),
                organisation: "示例应急管理部".to_owned(),
                url: "http://cx.yjgl.gov.test/".to_owned(),
                captured: moment(-86_400_000),
                html,
                rendered: false,
                screenshot: Some(screenshot),
            },
            source: Some("seeds/references".to_owned()),
        }),
        environment: environment(),
        unit: "示例取证单位".to_owned(),
        software: "jianwei 0.0.0".to_owned(),
        sealed: moment(60_000),
    }
}

fn environment() -> Environment {
    Environment {
        host: Some("cap01".to_owned()),
        os: Some("Debian 12".to_owned()),
        clock: Some(Clock {
            source: "ntp.example".to_owned(),
            offset_ms: 3,
            synced: moment(-1_000),
        }),
        resolvers: vec!["192.0.2.53".to_owned()],
        egress: Some("192.0.2.1".parse().unwrap()),
        ..Environment::default()
    }
}

fn assessment() -> Assessment {
    let finding = |signal: &str, contribution: f64| Finding {
        signal: signal.to_owned(),
        channel: "fake_government_site".to_owned(),
        value: 0.1 + 0.2,
        weight: contribution / 0.3,
        contribution,
        reason: "标题自称官方查询平台".to_owned(),
        excerpt: "证书查询".to_owned(),
        offset: Some(18),
    };
    Assessment {
        class: Class::FakeGovernmentSite,
        scores: Scores {
            fake_government_site: 0.971_234_567_890_123_4,
            certificate_sale: 1.0 / 3.0,
        },
        decision: Decision::High,
        reference: Some(ReferenceMatch {
            organisation: "示例应急管理部".to_owned(),
            url: "http://cx.yjgl.gov.test/".to_owned(),
            score: 0.8,
        }),
        findings: vec![finding("claim", 2.5), finding("old_domain", -0.4)],
        contacts: Vec::new(),
        marks: Vec::new(),
    }
}

fn resolution() -> Resolution {
    Resolution {
        name: HOST.to_owned(),
        server: "192.0.2.53:53".to_owned(),
        addresses: vec!["192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap()],
        aliases: vec!["cdn.example".to_owned()],
        ttl_seconds: 60,
        at: moment(100),
    }
}

fn visit(blobs: &mut Blobs) -> Visit {
    let redirect = Hop {
        url: START.to_owned(),
        cause: HopCause::Start,
        started: moment(10),
        elapsed_ms: 40,
        resolution: None,
        peer: Some("192.0.2.7:80".parse().unwrap()),
        tls: None,
        status: Some(302),
        request_head: Some(blobs.keep(
            b"GET / HTTP/1.1\r\nHost: www.zs-chaxun.example\r\n\r\n",
            "message/http",
        )),
        response_head: Some(
            blobs.keep(
                format!("HTTP/1.1 302 Found\r\nLocation: {PAGE}\r\nContent-Length: 0\r\n\r\n")
                    .as_bytes(),
                "message/http",
            ),
        ),
        body: None,
        truncated: None,
    };
    let text =
        "<html><head><title>\n 特种作业 证书查询</title></head><body>张三</body></html>".repeat(40);
    let page = Hop {
        url: PAGE.to_owned(),
        cause: HopCause::Http,
        started: moment(150),
        elapsed_ms: 80,
        resolution: Some(resolution()),
        peer: Some("192.0.2.7:443".parse().unwrap()),
        tls: Some(tls(blobs)),
        status: Some(200),
        request_head: Some(blobs.keep(
            b"GET /Cert?id=1&Name=%E5%BC%A0%E4%B8%89 HTTP/1.1\r\nHost: zs-chaxun.example\r\n\r\n",
            "message/http",
        )),
        response_head: Some(blobs.keep(
            b"HTTP/1.1 200 OK\r\nserver: nginx\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html; charset=utf-8\r\n\r\n",
            "message/http",
        )),
        body: Some(blobs.keep(text.as_bytes(), "text/html")),
        truncated: Some("length".to_owned()),
    };
    Visit {
        id: VisitId::of(START, Vantage::Desktop, 0),
        url: START.to_owned(),
        vantage: Vantage::Desktop,
        lead: None,
        started: moment(0),
        finished: moment(900),
        outcome: Outcome::Live,
        hops: vec![redirect, page],
        document: Some(Document {
            text: blobs.keep(text.as_bytes(), "text/html"),
            charset: "UTF-8".to_owned(),
            charset_from: "header".to_owned(),
        }),
        rendering: Rendering::Rendered {
            dom: blobs.keep(b"<html>rendered</html>", "text/html"),
            screenshot: blobs.keep(
                &[b"\x89PNG\r\n\x1a\n".as_slice(), &[0x5a; 900]].concat(),
                "image/png",
            ),
            browser: "Chromium 156.0".to_owned(),
        },
    }
}

fn tls(blobs: &mut Blobs) -> TlsFacts {
    let pem =
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUInvented\n-----END CERTIFICATE-----\n";
    TlsFacts {
        version: "tls/1.3".to_owned(),
        cipher: "TLS_AES_128_GCM_SHA256".to_owned(),
        chain: Some(blobs.keep(pem.as_bytes(), "application/pem-certificate-chain")),
        subject: "CN=zs-chaxun.example".to_owned(),
        issuer: "CN=Invented CA".to_owned(),
        names: vec![HOST.to_owned()],
        not_before: Some(moment(-1_000_000)),
        not_after: Some(moment(1_000_000)),
        fault: Some("UnknownIssuer".to_owned()),
    }
}

fn unanswered() -> Visit {
    Visit {
        id: VisitId::of(PAGE, Vantage::WechatMobile, 0),
        url: PAGE.to_owned(),
        vantage: Vantage::WechatMobile,
        lead: None,
        started: moment(2_000),
        finished: moment(3_000),
        outcome: Outcome::unknown("time-out"),
        hops: Vec::new(),
        document: None,
        rendering: Rendering::Unknown {
            reason: "no answer".to_owned(),
        },
    }
}

fn events(case: &Case) -> Vec<Event> {
    let draft = |at, action, key: &str| EventDraft {
        at,
        actor: Actor::step("open"),
        action,
        case: Some(case.id.clone()),
        reason: "研判结果达到立案标准".to_owned(),
        key: key.to_owned(),
    };
    let opened = Action::CaseOpened {
        class: case.class,
        host: case.host.clone(),
        visit: case.visit.clone(),
        assessment: case.assessment,
    };
    let first = draft(moment(5_000), opened, "open").into_event(0, GENESIS);
    let read = Action::EvidenceRead {
        what: "page".to_owned(),
        digest: GENESIS,
    };
    let second = draft(moment(6_000), read, "read").into_event(1, first.digest());
    let third = draft(moment(7_000), Action::CaseConfirmed, "confirm")
        .into_event(9, Digest::of(b"event 8"));
    vec![first, second, third]
}
