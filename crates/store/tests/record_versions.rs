//! A record of every version ever written still opens: `records/` keeps one of each.
//!
//! A file is named `TABLE.vVERSION.row` and holds the bytes of a row; those of `jobs` are in hex, `log` is a line of the
//! log. The file of a new record or version is written by this test, which then fails once so that it is looked at and
//! committed.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is the failure of the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use jianwei_model::{
    Action, Actor, Assessment, Attachment, BackgroundPage, BlobRef, Case, CaseId, Channel, Class,
    Contact, ContactKind, Decision, Delivery, DeliveryOutcome, Digest, Document, EventDraft,
    Finding, FrontierEntry, Hop, HopCause, Lead, LeadId, LeadOrigin, Letter, LetterId, Mark,
    MarkKind, Outcome, PacketRecord, Priority, ProtectedId, Recipient, Reference, ReferenceMatch,
    Rendering, Resolution, Role, Route, Scores, Timestamp, TlsFacts, User, Vantage, Visit, VisitId,
};
use jianwei_store::{AssessmentRecord, Error, Known, QueueName, Record, Records, Session, Store};

#[tokio::test]
async fn records_of_every_version_still_open() {
    check(lead(), Store::leads).await;
    check(visit(), Store::visits).await;
    check(assessment(), Store::assessments).await;
    check(case(), Store::cases).await;
    check(packet(), Store::packets).await;
    check(letter(), Store::letters).await;
    check(delivery(), Store::deliveries).await;
    check(user(), Store::users).await;
    check(reference(), Store::references).await;
    check(background(), Store::background).await;
    check(known(), Store::known).await;
    check(session(), Store::sessions).await;
}

#[tokio::test]
async fn a_cursor_still_opens() {
    let (_folder, path) = closed_after(async |store| store.cursor_put("follower", 42).await).await;
    for row in kept("cursors", 1, || {
        raw(&path, "table.cursors", b"follower")[8..].to_vec()
    }) {
        let row = [&[0; 8], row.as_slice()].concat();
        put_raw(&path, "table.cursors", b"follower", &row);
        let store = open(&path).await.unwrap();
        assert_eq!(store.cursor_get("follower").await.unwrap(), 42);
    }
}

#[tokio::test]
async fn a_job_still_opens() {
    let at = Timestamp::from_millis;
    let (_folder, path) = closed_after(async |store| {
        let queue = store.queue(QueueName::Frontier);
        queue.push("key", &entry(), Priority(20), at(50)).await?;
        queue.lease(at(1_000), 500, 1).await
    })
    .await;
    let row = || hex::encode(raw(&path, "queue.frontier.jobs", b"key")).into_bytes();
    for row in kept("jobs", 1, row) {
        // Numbers differ from store to store; the order of leases names the job by its own.
        let row = hex::decode(row.trim_ascii()).unwrap();
        let order = [&row[11..19], &row[3..11]].concat();
        put_raw(&path, "queue.frontier.jobs", b"key", &row);
        let db = sled::open(path.join("sled")).unwrap();
        let leases = db.open_tree("queue.frontier.leased").unwrap();
        leases.clear().unwrap();
        leases.insert(order, "key").unwrap();
        drop((leases, db));
        let queue = open(&path)
            .await
            .unwrap()
            .queue::<FrontierEntry>(QueueName::Frontier);
        // Opening has ended the lease, which would have lasted until 1,500.
        let leased = queue.lease(at(1_499), 1, 9).await.unwrap();
        assert_eq!(
            (&leased[0].item, leased[0].priority),
            (&entry(), Priority(20))
        );
    }
}

#[tokio::test]
async fn the_log_still_opens() {
    let draft = EventDraft {
        at: Timestamp::from_millis(1),
        actor: Actor::user("li"),
        action: Action::CaseOpened {
            class: Class::CertificateSale,
            host: "a.test".into(),
            visit: VisitId::from_text("visit-1"),
            assessment: Digest::of(b"assessment"),
        },
        case: Some(CaseId::from_text("case-1")),
        reason: "理由".into(),
        key: "key".into(),
    };
    let (_folder, path) = closed_after(async |store| store.log().append(draft.clone()).await).await;
    for line in kept("log", 1, || raw(&path, "log", &0_u64.to_be_bytes())) {
        put_raw(&path, "log", &0_u64.to_be_bytes(), &line);
        let store = open(&path).await.unwrap();
        let event = draft.clone().into_event(0, Digest::ZERO);
        assert_eq!(store.log().find("key").await.unwrap(), Some(event));
        assert_eq!(store.log().verify().await.unwrap(), 1);
    }
}

async fn check<T>(sample: T, records: fn(&Store) -> Records<T>)
where
    T: Record + PartialEq + std::fmt::Debug,
{
    let table = format!("table.{}", T::TABLE);
    let key = sample.key();
    let (_folder, path) = closed_after(async |store| records(store).put(&sample).await).await;
    let written = || raw(&path, &table, key.as_bytes())[8..].to_vec();
    for row in kept(T::TABLE, T::VERSION, written) {
        let row = [&[0; 8], row.as_slice()].concat();
        put_raw(&path, &table, key.as_bytes(), &row);
        let store = open(&path).await.unwrap();
        let opened = records(&store).get(&key).await.unwrap();
        assert_eq!(opened.as_ref(), Some(&sample));
    }
}

/// The kept bytes of every version up to today's.
fn kept(name: &str, version: u8, today: impl Fn() -> Vec<u8>) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records");
    let rows = (1..=version).map(|version| {
        let path = folder.join(format!("{name}.v{version}.row"));
        if let Ok(row) = fs::read(&path) {
            return row.trim_ascii_end().to_vec();
        }
        fs::write(&path, [&today(), &b"\n"[..]].concat()).unwrap();
        panic!("wrote {}: look at it and commit it", path.display());
    });
    rows.collect()
}

/// A store in which something was written, closed.
async fn closed_after<R>(
    write: impl AsyncFnOnce(&Store) -> Result<R, Error>,
) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = open(&path).await.unwrap();
    write(&store).await.unwrap();
    (folder, path)
}

async fn open(path: &Path) -> Result<Store, Error> {
    Store::open(&format!("sled:{}", path.display())).await
}

fn raw(path: &Path, tree: &str, key: &[u8]) -> Vec<u8> {
    let db = sled::open(path.join("sled")).unwrap();
    let row = db.open_tree(tree).unwrap().get(key).unwrap();
    row.unwrap().to_vec()
}

fn put_raw(path: &Path, tree: &str, key: &[u8], row: &[u8]) {
    let db = sled::open(path.join("sled")).unwrap();
    db.open_tree(tree).unwrap().insert(key, row).unwrap();
    db.flush().unwrap();
}

fn at() -> Timestamp {
    "2026-03-01T02:03:04.005Z".parse().unwrap()
}

fn blob(media_type: &str) -> BlobRef {
    BlobRef {
        digest: Digest::of(media_type.as_bytes()),
        bytes: 7,
        media_type: media_type.into(),
    }
}

fn lead() -> Lead {
    let origin = LeadOrigin::Search {
        source: "lab".into(),
        query: "证书 查询".into(),
        rank: 3,
        title: "标题".into(),
        snippet: "摘要".into(),
    };
    Lead::new("https://a.test/x?y=1", origin, at()).unwrap()
}

fn entry() -> FrontierEntry {
    FrontierEntry {
        url: "https://a.test/".into(),
        lead: LeadId::from_text("lead-1"),
        priority: Priority(20),
        round: 1,
        attempts: 2,
    }
}

fn visit() -> Visit {
    Visit {
        id: VisitId::from_text("visit-1"),
        url: "https://a.test/".into(),
        vantage: Vantage::WechatMobile,
        lead: Some(LeadId::from_text("lead-1")),
        started: at(),
        finished: at().plus_millis(900),
        outcome: Outcome::unknown("time-out"),
        hops: vec![hop()],
        document: Some(Document {
            text: blob("text/html"),
            charset: "gb18030".into(),
            charset_from: "detected".into(),
        }),
        rendering: Rendering::Rendered {
            dom: blob("text/html;dom"),
            screenshot: blob("image/png"),
            browser: "Browser 1".into(),
        },
    }
}

fn hop() -> Hop {
    Hop {
        url: "https://a.test/".into(),
        cause: HopCause::MetaRefresh,
        started: at(),
        elapsed_ms: 12,
        resolution: Some(Resolution {
            name: "a.test".into(),
            server: "static".into(),
            addresses: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
            aliases: vec!["b.test".into()],
            ttl_seconds: 60,
            at: at(),
        }),
        peer: Some("[::1]:443".parse().unwrap()),
        tls: Some(TlsFacts {
            version: "tls/1.3".into(),
            cipher: "TLS_AES_128_GCM_SHA256".into(),
            chain: Some(blob("application/pem-certificate-chain")),
            subject: "CN=a.test".into(),
            issuer: "CN=issuer".into(),
            names: vec!["a.test".into()],
            not_before: Some(at()),
            not_after: None,
            fault: Some("unknown issuer".into()),
        }),
        status: Some(200),
        request_head: Some(blob("message/http;request")),
        response_head: Some(blob("message/http;response")),
        body: Some(blob("text/html;body")),
        truncated: Some("length".into()),
    }
}

fn assessment() -> AssessmentRecord {
    AssessmentRecord {
        visit: VisitId::from_text("visit-1"),
        host: "a.test".into(),
        model: "1".into(),
        at: at(),
        assessment: Assessment {
            class: Class::FakeGovernmentSite,
            scores: Scores {
                fake_government_site: 0.875,
                certificate_sale: 0.1,
            },
            decision: Decision::High,
            reference: Some(reference_match()),
            findings: vec![Finding {
                signal: "clone".into(),
                channel: "fake_government_site".into(),
                value: 0.5,
                weight: 4.2,
                contribution: 2.1,
                reason: "理由".into(),
                excerpt: "摘录".into(),
                offset: Some(9),
            }],
            contacts: vec![Contact {
                kind: ContactKind::Wechat,
                value: "abc".into(),
                excerpt: "ABC".into(),
                offset: 3,
            }],
            marks: vec![Mark {
                kind: MarkKind::Icp,
                value: "测ICP备00000000号".into(),
            }],
        },
    }
}

fn reference_match() -> ReferenceMatch {
    ReferenceMatch {
        organisation: "某厅".into(),
        url: "https://official.gov.test/".into(),
        score: 0.75,
    }
}

fn case() -> Case {
    Case {
        id: CaseId::of("a.test", Class::Both),
        host: "a.test".into(),
        url: "https://a.test/".into(),
        class: Class::Both,
        decision: Decision::Review,
        score: 0.5,
        reference: Some(reference_match()),
        opened: at(),
        lead: Some(LeadId::from_text("lead-1")),
        visit: VisitId::from_text("visit-1"),
        assessment: Digest::of(b"assessment"),
    }
}

fn packet() -> PacketRecord {
    PacketRecord {
        case: CaseId::from_text("case-1"),
        file: blob("application/zip"),
        wacz: Digest::of(b"wacz"),
        sealed: at(),
    }
}

fn letter() -> Letter {
    Letter {
        id: LetterId::from_text("letter-1"),
        case: CaseId::from_text("case-1"),
        template: "registrar".into(),
        recipient: Recipient {
            route: Route::Registrar,
            name: "某公司".into(),
            channel: Channel::Mail,
            address: "abuse@registrar.example".into(),
        },
        subject: "主题".into(),
        body: "正文\n".into(),
        attachments: vec![Attachment {
            name: "packet.zip".into(),
            file: blob("application/zip"),
        }],
        drafted: at(),
    }
}

fn delivery() -> Delivery {
    Delivery {
        letter: LetterId::from_text("letter-1"),
        digest: Digest::of(b"letter"),
        started: at(),
        outcome: DeliveryOutcome::Delivered {
            at: at(),
            proof: "250 OK".into(),
        },
    }
}

fn user() -> User {
    User {
        name: "li".into(),
        display: "李".into(),
        roles: [Role::Analyst, Role::Approver].into(),
        password: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".into(),
        disabled: false,
        created: at(),
    }
}

fn reference() -> Reference {
    Reference {
        protected: ProtectedId::from_text("site"),
        organisation: "某厅".into(),
        url: "https://official.gov.test/".into(),
        captured: at(),
        html: Digest::of(b"html"),
        rendered: true,
        screenshot: Some(Digest::of(b"png")),
    }
}

fn background() -> BackgroundPage {
    BackgroundPage {
        organisation: "某局".into(),
        url: "https://bureau.gov.test/".into(),
        html: Digest::of(b"html"),
    }
}

fn known() -> Known {
    Known {
        url: "https://a.test/".into(),
        lead: LeadId::from_text("lead-1"),
        admitted: at(),
        visited: Some(VisitId::from_text("visit-1")),
    }
}

fn session() -> Session {
    Session {
        token_digest: Digest::of(b"token"),
        user: "li".into(),
        created: at(),
        expires: at().plus_millis(1),
        csrf: "csrf".into(),
    }
}
