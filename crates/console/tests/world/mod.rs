//! A store filled with invented people, sites and letters, for tests and for looking at the pages.

#![allow(
    dead_code,
    reason = "each user of this folder needs another part of it"
)]
#![allow(
    clippy::unwrap_used,
    reason = "what is invented here is sound, or the test fails"
)]

pub(crate) mod desk;
mod site;

use site::{OFFICIAL, SUSPECT, assessment};
pub(crate) use site::{Site, Stage};

use std::collections::BTreeSet;

use jianwei_casework::{Act, CaseView, draft};
use jianwei_model::{
    Action, Actor, Attachment, BlobRef, Case, CaseId, Channel, Date, Delivery, DeliveryOutcome,
    Digest, Disposition, Document, Event, EventDraft, Hop, HopCause, Lead, LeadOrigin, Letter,
    LetterId, Outcome, PacketRecord, ProtectedId, Recipient, Reference, Rendering, Resolution,
    Role, Route, Timestamp, TlsFacts, User, Vantage, Visit, VisitId,
};
use jianwei_store::{AssessmentRecord, Store};

/// Everyone's password here.
pub(crate) const PASSWORD: &str = "console-password";

/// A store and the moment everything in it begins.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) start: Timestamp,
}

impl World {
    /// A store with four people, whose password has this hash, and one official page.
    pub(crate) async fn open(hash: &str) -> Self {
        let store = Store::open("memory:").await.unwrap();
        let start = "2026-03-02T01:12:00Z".parse().unwrap();
        let world = Self { store, start };
        for (name, display, roles) in [
            ("li.yan", "李研", vec![Role::Analyst]),
            ("wang.shen", "王审", vec![Role::Approver]),
            ("zhao", "赵全", vec![Role::Analyst, Role::Approver]),
            ("admin", "管理员", vec![Role::Administrator]),
        ] {
            let user = User {
                name: name.into(),
                display: display.into(),
                roles: roles.into_iter().collect::<BTreeSet<_>>(),
                password: hash.to_owned(),
                disabled: false,
                created: start,
            };
            assert!(world.store.users().insert(&user).await.unwrap());
        }
        world.add_reference(None).await;
        world
    }

    /// The official page, once more with a picture.
    pub(crate) async fn add_reference(&self, screenshot: Option<&[u8]>) {
        let html = self.store.blobs().put(OFFICIAL.as_bytes()).await.unwrap();
        let screenshot = match screenshot {
            Some(bytes) => Some(self.store.blobs().put(bytes).await.unwrap()),
            None => None,
        };
        let reference = Reference {
            protected: ProtectedId::from_text("cx-mem"),
            organisation: "应急管理部".into(),
            url: "https://cx.yjgl.gov.test/".into(),
            captured: self.start,
            html,
            rendered: false,
            screenshot,
        };
        self.store.references().put(&reference).await.unwrap();
    }

    /// Puts a site in with everything up to its stage.
    pub(crate) async fn add(&self, site: &Site, minutes: i64) -> CaseId {
        let at = self.start.plus_millis(minutes * 60_000);
        let url = format!("http://{}/cx/index.html", site.host);
        let lead = self.lead(site, &url, at).await;
        let visit = self.visit(site, &url, &lead, at).await;
        let assessment = assessment(site);
        let json = jianwei_model::canonical_json(&assessment);
        let digest = self.store.blobs().put(json.as_bytes()).await.unwrap();
        let id = CaseId::of(&site.host, site.class);
        let record = AssessmentRecord {
            visit: visit.id.clone(),
            host: site.host.clone(),
            model: "2026.03-a41f".into(),
            at,
            assessment: assessment.clone(),
        };
        self.store.assessments().put(&record).await.unwrap();
        let case = Case {
            id: id.clone(),
            host: site.host.clone(),
            url,
            class: site.class,
            decision: assessment.decision,
            score: site.score,
            reference: assessment.reference,
            opened: at,
            lead: Some(lead.id),
            visit: visit.id.clone(),
            assessment: digest,
        };
        self.store.cases().put(&case).await.unwrap();
        let opened = Action::CaseOpened {
            class: site.class,
            host: site.host.clone(),
            visit: visit.id,
            assessment: digest,
        };
        self.step("open", &id, opened, at).await;
        if site.stage != Stage::Unsealed {
            self.seal(&id, at.plus_millis(4_000)).await;
            self.letters(&case, at.plus_millis(6_000)).await;
            self.decide(&id, site.stage, at.plus_millis(3_600_000))
                .await;
        }
        id
    }

    /// The case as its events give it.
    pub(crate) async fn view(&self, id: &CaseId) -> CaseView {
        CaseView::of(&self.events(id).await)
    }

    /// The events of a case.
    pub(crate) async fn events(&self, id: &CaseId) -> Vec<Event> {
        self.store.log().of_case(id).await.unwrap()
    }

    async fn lead(&self, site: &Site, url: &str, at: Timestamp) -> Lead {
        let origin = if site.host.len().is_multiple_of(5) {
            LeadOrigin::List {
                source: "新注册域名日表".into(),
                line: 48_213,
            }
        } else {
            LeadOrigin::Search {
                source: "searxng".into(),
                query: site.query.clone(),
                rank: 3,
                title: site.title.clone(),
                snippet: site.snippet.clone(),
            }
        };
        let lead = Lead::new(url, origin, at.plus_millis(-900_000)).unwrap();
        self.store.leads().put(&lead).await.unwrap();
        lead
    }

    async fn visit(&self, site: &Site, url: &str, lead: &Lead, at: Timestamp) -> Visit {
        let html = SUSPECT
            .replace("{TITLE}", &site.title)
            .replace("{EXCERPT}", &site.excerpt);
        let text = self.blob(html.as_bytes(), "text/html").await;
        let rendering = match &site.screenshot {
            None => Rendering::Unknown {
                reason: "no browser configured".into(),
            },
            Some(bytes) => Rendering::Rendered {
                dom: text.clone(),
                screenshot: self.blob(bytes, "image/png").await,
                browser: "Chromium 141".into(),
            },
        };
        let hop = |url: &str, cause, status| Hop {
            url: url.into(),
            cause,
            started: at,
            elapsed_ms: 143,
            resolution: Some(Resolution {
                name: site.host.clone(),
                server: "127.0.0.1:5353".into(),
                addresses: vec!["127.0.0.1".parse().unwrap()],
                aliases: vec!["edge7.cdn.example".into()],
                ttl_seconds: 600,
                at,
            }),
            peer: Some("127.0.0.1:18080".parse().unwrap()),
            tls: url.starts_with("https").then(|| TlsFacts {
                version: "tls/1.3".into(),
                cipher: "TLS_AES_128_GCM_SHA256".into(),
                chain: None,
                subject: format!("CN={}", site.host),
                issuer: "CN=Lab Free CA R3".into(),
                names: vec![site.host.clone()],
                not_before: Some(at.plus_millis(-864_000_000)),
                not_after: Some(at.plus_millis(6_912_000_000)),
                fault: Some("unknown issuer".into()),
            }),
            status: Some(status),
            request_head: None,
            response_head: None,
            body: Some(text.clone()),
            truncated: None,
        };
        let secure = url.replace("http://", "https://");
        let visit = Visit {
            id: VisitId::of(url, Vantage::Desktop, 0),
            url: url.into(),
            vantage: Vantage::Desktop,
            lead: Some(lead.id.clone()),
            started: at.plus_millis(-60_000),
            finished: at.plus_millis(-58_000),
            outcome: Outcome::Live,
            hops: vec![
                hop(url, HopCause::Start, 302),
                hop(&secure, HopCause::Http, 200),
            ],
            document: Some(Document {
                text,
                charset: "GBK".into(),
                charset_from: "detected against declaration".into(),
            }),
            rendering,
        };
        self.store.visits().put(&visit).await.unwrap();
        visit
    }

    async fn seal(&self, id: &CaseId, at: Timestamp) {
        let file = self.blob(&empty_wacz(), "application/zip").await;
        let wacz = file.digest;
        let record = PacketRecord {
            case: id.clone(),
            file: file.clone(),
            wacz,
            sealed: at,
        };
        self.store.packets().put(&record).await.unwrap();
        let sealed = Action::PacketSealed {
            packet: file.digest,
            wacz,
        };
        self.step("seal", id, sealed, at).await;
    }

    async fn letters(&self, case: &Case, at: Timestamp) {
        let routes = jianwei_casework::routes(case.class).iter().take(2);
        for route in routes {
            let recipient = recipient(*route);
            let letter = Letter {
                id: LetterId::of(&case.id, *route, &recipient.address),
                case: case.id.clone(),
                template: route.as_str().into(),
                subject: format!(
                    "关于商请处置疑似{}的函（{}）",
                    case.class.chinese(),
                    case.id
                ),
                body: body(case, &recipient.name),
                attachments: vec![Attachment {
                    name: format!("{}.zip", case.id),
                    file: self
                        .store
                        .packets()
                        .get(case.id.as_str())
                        .await
                        .unwrap()
                        .unwrap()
                        .file,
                }],
                recipient,
                drafted: at,
            };
            self.store.letters().put(&letter).await.unwrap();
            let drafted = Action::LetterDrafted {
                letter: letter.id.clone(),
                digest: letter.digest(),
            };
            self.step("draft", &case.id, drafted, at).await;
        }
    }

    async fn decide(&self, id: &CaseId, stage: Stage, at: Timestamp) {
        if matches!(stage, Stage::Suspected | Stage::Unsealed) {
            return;
        }
        if stage == Stage::Dismissed {
            self.act("li.yan", id, Act::Dismiss, at).await;
            return;
        }
        self.act("li.yan", id, Act::Confirm, at).await;
        if stage == Stage::Confirmed {
            return;
        }
        let letters = self.view(id).await.letters;
        for (letter, seen) in &letters {
            let approve = Act::Approve {
                letter: letter.clone(),
                digest: seen.digest,
            };
            self.act("wang.shen", id, approve, at.plus_millis(1_800_000))
                .await;
        }
        if stage == Stage::Approved {
            return;
        }
        for (letter, seen) in &letters {
            self.send(id, letter, seen.digest, at.plus_millis(1_860_000))
                .await;
        }
        if stage == Stage::Sent {
            return;
        }
        if let Some(letter) = letters.keys().next() {
            let acknowledged = Action::PacketAcknowledged {
                letter: letter.clone(),
                receipt: "收〔2026〕0317号".into(),
            };
            self.step("regulator", id, acknowledged, at.plus_millis(7_200_000))
                .await;
        }
        if stage == Stage::Disposed {
            let dispose = Act::Dispose {
                disposition: Disposition::Blocked,
            };
            self.act("li.yan", id, dispose, at.plus_millis(90_000_000))
                .await;
        }
    }

    async fn send(&self, id: &CaseId, letter: &LetterId, digest: Digest, at: Timestamp) {
        let letter = letter.clone();
        let started = Action::DeliveryStarted {
            letter: letter.clone(),
            digest,
        };
        self.step("dispatch", id, started, at).await;
        let proof = "250 2.0.0 Ok: queued as 4F2B1".to_owned();
        let delivered = Action::LetterDelivered {
            letter: letter.clone(),
            digest,
            proof: proof.clone(),
        };
        self.step("dispatch", id, delivered, at.plus_millis(900))
            .await;
        let delivery = Delivery {
            letter,
            digest,
            started: at,
            outcome: DeliveryOutcome::Delivered { at, proof },
        };
        self.store.deliveries().put(&delivery).await.unwrap();
    }

    async fn act(&self, user: &str, id: &CaseId, act: Act, at: Timestamp) {
        let reason = match act {
            Act::Confirm => "域名不属该单位，页面照搬其查询页",
            Act::Dismiss => "属新闻报道，文中引用了假冒网站的页面",
            Act::Dispose { .. } => "通管局反馈已封堵",
            _ => "同意发出",
        };
        let user = self.store.users().get(user).await.unwrap().unwrap();
        let draft = draft(&self.view(id).await, &user, &act, reason, at).unwrap();
        self.store.log().append(draft).await.unwrap();
    }

    async fn step(&self, name: &str, id: &CaseId, action: Action, at: Timestamp) {
        let key = format!("{id} {action:?}");
        let draft = EventDraft {
            at,
            actor: Actor::step(name),
            action,
            case: Some(id.clone()),
            reason: String::new(),
            key,
        };
        self.store.log().append(draft).await.unwrap();
    }

    async fn blob(&self, bytes: &[u8], media_type: &str) -> BlobRef {
        BlobRef {
            digest: self.store.blobs().put(bytes).await.unwrap(),
            bytes: bytes.len() as u64,
            media_type: media_type.into(),
        }
    }
}

fn recipient(route: Route) -> Recipient {
    let (name, channel, address) = match route {
        Route::CyberspaceAdministration => ("某市互联网信息办公室", Channel::Queue, "regulator"),
        Route::Registrar => (
            "北辰域名服务有限公司",
            Channel::Mail,
            "abuse@registrar.example",
        ),
        Route::HostingProvider => ("云岭数据中心", Channel::Mail, "abuse@hosting.example"),
    };
    Recipient {
        route,
        name: name.into(),
        channel,
        address: address.into(),
    }
}

fn body(case: &Case, recipient: &str) -> String {
    format!(
        "{recipient}：\n\n    我单位在打击假冒特种作业操作证专项治理中发现，网站 {} 疑似{}。该站页面与应急管理部官方查询平台高度相似，\
         域名不属于该机关，向公众提供虚假的证书查询结果，用于配合假证销售。\n\n    一、线索网址：{}\n    二、首次发现时间：{}\n    \
         三、主要事实：照搬官方页面文字与版式；冒用机关名称；查询结果页可由链接直接生成。\n\n    商请贵单位依法核实并处置，\
         同时保存该域名的注册信息、解析与访问日志不少于六个月，以备后续调查。处置情况请函复。\n\n    附件：证据包（含网页存档与签名）。\n\n\
         \u{3000}\u{3000}某市专项治理工作组\n\u{3000}\u{3000}{}\n",
        case.host.replace('.', "[.]"),
        case.class.chinese(),
        case.url.replace("http", "hxxp").replace('.', "[.]"),
        case.opened.to_beijing(),
        Date::of(case.opened),
    )
}

/// A zip that holds an empty `datapackage.json` and nothing else: the least that is read as a WACZ.
fn empty_wacz() -> Vec<u8> {
    const NAME: &[u8] = b"datapackage.json";
    const LOCAL_BYTES: u32 = 30 + 16;
    const CENTRAL_BYTES: u32 = 46 + 16;
    // Version 1.0, no flags, stored, 1980-01-01, no content and so no checksum, the name's length, no extra field.
    let mut shared = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    shared.extend([0; 12]);
    shared.extend([16, 0, 0, 0]);
    let local = [b"PK\x03\x04", &shared[..], NAME].concat();
    let central = [b"PK\x01\x02", &[10, 0][..], &shared, &[0; 14], NAME].concat();
    let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
    end.extend(CENTRAL_BYTES.to_le_bytes());
    end.extend(LOCAL_BYTES.to_le_bytes());
    end.extend([0, 0]);
    [local, central, end].concat()
}
