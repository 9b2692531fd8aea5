//! People at work in the console: signing in, deciding, approving, and looking at what hostile pages hold.

mod world;

use axum::Router;
use axum::http::StatusCode;
use jianwei_console::{ConsoleState, Settings, hash_password, router, serve};
use jianwei_model::{Action, CaseId, CaseState, Class};
use world::desk::Desk;
use world::{PASSWORD, Site, Stage, World};

async fn open() -> (World, Router) {
    let world = World::open(&hash_password(PASSWORD).expect("a hash")).await;
    let state = ConsoleState::new(world.store.clone(), Settings::default());
    (world, router(state))
}

fn fake(host: &str, stage: Stage) -> Site {
    Site::new(host, Class::FakeGovernmentSite, 0.97, stage)
}

/// The value of the first input of that name on a page.
fn value_of<'a>(page: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let from = page.find(&mark).expect("an input of that name") + mark.len();
    page[from..].split('"').next().expect("a value")
}

#[tokio::test]
async fn two_people_take_a_case_from_suspicion_to_an_approved_letter() {
    let (world, router) = open().await;
    let case = world.add(&fake("cx-yjgl.test", Stage::Suspected), 0).await;
    let analyst = Desk::of(router.clone(), "li.yan").await;
    let path = format!("/cases/{case}");
    let acts = format!("{path}/acts");
    let list = analyst.get("/?state=mine").await.text;
    assert!(list.contains("cx-yjgl.test") && list.contains(&path));

    let answer = analyst
        .post(&acts, &[("act", "confirm"), ("reason", " ")])
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("请填写理由"));
    let fields = [
        ("act", "confirm"),
        ("reason", "域名不属该机关"),
        ("scope", "state=mine"),
    ];
    let answer = analyst.post(&acts, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.header("location"),
        format!("{path}?state=mine&done=confirm")
    );
    assert_eq!(world.view(&case).await.state, CaseState::Confirmed);
    assert!(!analyst.get("/?state=mine").await.text.contains(&path));

    let approver = Desk::of(router, "wang.shen").await;
    assert!(approver.get("/?state=mine").await.text.contains(&path));
    let page = approver.get(&path).await.text;
    assert!(page.contains("域名不属该机关") && page.contains("商请贵单位依法核实并处置"));
    let (letter, digest) = (value_of(&page, "letter"), value_of(&page, "digest"));
    let other = format!("sha256:{}", "0".repeat(64));
    let wrong = [
        ("act", "approve"),
        ("letter", letter),
        ("digest", other.as_str()),
    ];
    let answer = approver.post(&acts, &wrong).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("内容已变更"));
    let right = [("act", "approve"), ("letter", letter), ("digest", digest)];
    assert_eq!(
        approver.post(&acts, &right).await.status,
        StatusCode::SEE_OTHER
    );
    let approved = world.events(&case).await.into_iter().any(|event| {
        matches!(event.action, Action::LetterApproved { digest: named, .. } if named.to_string() == digest)
    });
    assert!(approved);
}

#[tokio::test]
async fn whoever_confirmed_a_case_does_not_approve_its_letters() {
    let (world, router) = open().await;
    let case = world.add(&fake("cx-yjgl.test", Stage::Suspected), 0).await;
    let both = Desk::of(router, "zhao").await;
    let path = format!("/cases/{case}");
    let acts = format!("{path}/acts");
    let fields = [("act", "confirm"), ("reason", "核实")];
    assert_eq!(
        both.post(&acts, &fields).await.status,
        StatusCode::SEE_OTHER
    );
    let page = both.get(&path).await.text;
    assert!(page.contains("函件须由另一人审批") && !page.contains("value=\"approve\""));
    let (letter, seen) = world.view(&case).await.letters.pop_first().unwrap();
    let digest = seen.digest.to_string();
    let fields = [
        ("act", "approve"),
        ("letter", letter.as_str()),
        ("digest", &digest),
    ];
    assert_eq!(both.post(&acts, &fields).await.status, StatusCode::CONFLICT);
    assert_eq!(world.view(&case).await.state, CaseState::Confirmed);
}

#[tokio::test]
async fn an_analyst_dismisses_and_takes_up_again_but_approves_nothing() {
    let (world, router) = open().await;
    let case = world.add(&fake("cx-yjgl.test", Stage::Suspected), 0).await;
    let analyst = Desk::of(router, "li.yan").await;
    let acts = format!("/cases/{case}/acts");
    for (act, state) in [
        ("dismiss", CaseState::Dismissed),
        ("reopen", CaseState::Suspected),
    ] {
        let answer = analyst
            .post(&acts, &[("act", act), ("reason", "核实")])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}");
        assert_eq!(world.view(&case).await.state, state);
    }
    let (letter, seen) = world.view(&case).await.letters.pop_first().unwrap();
    let digest = seen.digest.to_string();
    let fields = [
        ("act", "approve"),
        ("letter", letter.as_str()),
        ("digest", &digest),
    ];
    let answer = analyst.post(&acts, &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text.contains("没有审批员权限"));
    for (act, disposition) in [("dance", ""), ("dispose", "exploded"), ("", "")] {
        let fields = [("act", act), ("disposition", disposition), ("reason", "x")];
        let answer = analyst.post(&acts, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{act}");
    }
    let answer = analyst
        .post(
            "/cases/case-none/acts",
            &[("act", "confirm"), ("reason", "x")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_is_told_so() {
    let (world, router) = open().await;
    let case = world.add(&fake("cx-yjgl.test", Stage::Suspected), 0).await;
    let acts = format!("/cases/{case}/acts");
    let (one, two) = (
        Desk::of(router.clone(), "li.yan").await,
        Desk::of(router, "zhao").await,
    );
    let (confirm, dismiss) = (
        [("act", "confirm"), ("reason", "是")],
        [("act", "dismiss"), ("reason", "否")],
    );
    let (first, second) = tokio::join!(one.post(&acts, &confirm), two.post(&acts, &dismiss));
    let mut statuses = [first.status, second.status];
    statuses.sort_by_key(StatusCode::as_u16);
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    let decided = world.events(&case).await;
    let decided = decided
        .iter()
        .filter(|event| matches!(event.action, Action::CaseConfirmed | Action::CaseDismissed));
    assert_eq!(decided.count(), 1);
}

#[tokio::test]
async fn signing_in_says_nothing_about_who_exists_and_slows_down() {
    let (world, router) = open().await;
    let mut desk = Desk::new(router.clone());
    let unknown = desk.sign_in("nobody", "wrong-password").await;
    let known = desk.sign_in("li.yan", "wrong-password").await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.text, unknown.text.replace("nobody", "li.yan"));
    for _ in 0..4 {
        desk.sign_in("li.yan", "wrong-password").await;
    }
    let answer = desk.sign_in("li.yan", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let failed = world.store.log().read(0, 100).await.unwrap();
    let failed = failed
        .iter()
        .filter(|event| matches!(&event.action, Action::SignInFailed { user } if user == "li.yan"));
    assert_eq!(failed.count(), 5);

    let answer = Desk::new(router).sign_in("admin", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    assert_eq!(token.len(), 43);
    let stored = world.store.sessions().list(None, 10).await.unwrap();
    assert!(!serde_json::to_string(&stored).unwrap().contains(token));
}

#[tokio::test]
async fn sessions_end_when_they_expire_or_are_ended_or_their_user_is_shut_out() {
    let (world, router) = open().await;
    let desk = Desk::of(router.clone(), "li.yan").await;
    assert_eq!(desk.post("/logout", &[]).await.header("location"), "/login");
    assert_eq!(desk.get("/").await.status, StatusCode::SEE_OTHER);

    let desk = Desk::of(router.clone(), "li.yan").await;
    for session in world.store.sessions().list(None, 10).await.unwrap() {
        let mut expired = session;
        expired.expires = world.start;
        world.store.sessions().put(&expired).await.unwrap();
    }
    assert_eq!(desk.get("/").await.status, StatusCode::SEE_OTHER);

    let admin = Desk::of(router.clone(), "admin").await;
    let desk = Desk::of(router.clone(), "li.yan").await;
    assert_eq!(desk.get("/").await.status, StatusCode::OK);
    assert_eq!(
        admin.post("/users/li.yan/disable", &[]).await.status,
        StatusCode::OK
    );
    assert_eq!(desk.get("/").await.status, StatusCode::SEE_OTHER);
    let answer = Desk::new(router.clone()).sign_in("li.yan", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);

    let desk = Desk::of(router.clone(), "zhao").await;
    let fields = [("password", "a-new-password")];
    assert_eq!(
        admin.post("/users/zhao/password", &fields).await.status,
        StatusCode::OK
    );
    assert_eq!(desk.get("/").await.status, StatusCode::SEE_OTHER);
    let answer = Desk::new(router).sign_in("zhao", "a-new-password").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_administrator_adds_people_with_sound_names_and_passwords() {
    let (world, router) = open().await;
    let admin = Desk::of(router.clone(), "admin").await;
    let good = [
        ("name", "sun"),
        ("display", "孙新"),
        ("password", "long-enough-1"),
        ("approver", "yes"),
    ];
    let with = |name: &'static str, value: &'static str| {
        good.map(|field| {
            if field.0 == name {
                (name, value)
            } else {
                field
            }
        })
    };
    for bad in [
        with("name", "Sun <b>"),
        with("name", ""),
        with("name", "admin"),
        with("display", " "),
        with("password", "short"),
        with("approver", ""),
    ] {
        let answer = admin.post("/users", &bad).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{bad:?}");
        assert!(!answer.text.contains("<b>"));
    }
    assert_eq!(world.store.users().count().await.unwrap(), 4);
    assert_eq!(
        admin.post("/users", &good).await.status,
        StatusCode::SEE_OTHER
    );
    let mut desk = Desk::new(router);
    assert_eq!(
        desk.sign_in("sun", "long-enough-1").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(desk.get("/users").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        admin.post("/users/admin/disable", &[]).await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn lists_filter_count_and_page() {
    let (world, _) = open().await;
    let settings = Settings {
        page_rows: 3,
        ..Settings::default()
    };
    let router = router(ConsoleState::new(world.store.clone(), settings));
    for number in 0..5 {
        world
            .add(
                &fake(&format!("fake{number}.test"), Stage::Suspected),
                number,
            )
            .await;
    }
    let seller = Site::new("seller.test", Class::CertificateSale, 0.5, Stage::Dismissed);
    world.add(&seller, 9).await;
    let desk = Desk::of(router, "li.yan").await;
    let shown = |page: &str| page.matches("data-row").count();
    let all = desk.get("/").await.text;
    assert_eq!(shown(&all), 3);
    assert!(all.contains("共 6 件，第 1 / 2 页") && all.contains("待研判<b>5</b>"));
    assert_eq!(shown(&desk.get("/?page=2").await.text), 3);
    assert_eq!(shown(&desk.get("/?page=99").await.text), 3);
    assert_eq!(
        shown(&desk.get("/?page=x&class=certificate_sale").await.text),
        1
    );
    assert_eq!(shown(&desk.get("/?state=dismissed").await.text), 1);
    assert_eq!(shown(&desk.get("/?q=FAKE3").await.text), 1);
    assert!(
        desk.get("/?q=nothing")
            .await
            .text
            .contains("没有符合条件的案件")
    );
    let json = desk.get("/api/v1/cases?class=certificate_sale").await.text;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["total"], 1);
    assert_eq!(json["cases"][0]["case"]["host"], "seller.test");
    assert_eq!(json["cases"][0]["state"], "dismissed");
}

#[tokio::test]
async fn evidence_is_handed_over_only_as_what_it_is() {
    let (world, router) = open().await;
    let mut site = fake("cx-yjgl.test", Stage::Suspected);
    site.screenshot = Some(b"<html><script>alert(1)</script>".to_vec());
    let case = world.add(&site, 0).await;
    let desk = Desk::of(router, "li.yan").await;
    let source = desk.get(&format!("/cases/{case}/source")).await;
    assert_eq!(source.header("content-type"), "text/plain; charset=utf-8");
    let packet = desk.get(&format!("/cases/{case}/packet")).await;
    assert_eq!(packet.header("content-type"), "application/zip");
    let name = format!("attachment; filename=\"jianwei-{case}.zip\"");
    assert_eq!(packet.header("content-disposition"), name);
    let archive = desk.get(&format!("/cases/{case}/wacz")).await;
    assert_eq!(archive.header("content-type"), "application/wacz");
    for answer in [&source, &packet, &archive] {
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    for nothing in [
        "screenshots/suspect",
        "screenshots/official",
        "screenshots/..%2f",
        "blobs",
    ] {
        let answer = desk.get(&format!("/cases/{case}/{nothing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    let reads: Vec<_> = world
        .events(&case)
        .await
        .into_iter()
        .filter_map(|event| match event.action {
            Action::EvidenceRead { what, .. } => Some(what),
            _ => None,
        })
        .collect();
    assert_eq!(reads, ["页面源码", "证据包", "网页存档"]);
    let unsealed = world.add(&fake("new.test", Stage::Unsealed), 1).await;
    let answer = desk.get(&format!("/cases/{unsealed}/packet")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_server_answers_and_stops_when_told() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (world, _) = open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let state = ConsoleState::new(world.store.clone(), Settings::default());
    let server = tokio::spawn(serve(listener, state, async {
        stopped.await.unwrap();
    }));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"GET /login HTTP/1.1\r\nHost: console.test\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("登录"));
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

/// What pages, hosts and people have put where text was expected.
const PAYLOADS: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "</textarea></pre></details><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include \"/etc/passwd\" %}",
    "<!--<base href=//evil.test>-->",
    "\u{202e}tset.vog\u{202c}",
    "\u{2066}\u{200b}\u{feff}\u{00ad}",
    "\u{0}\u{1}\u{1b}[31m\u{7f}",
    "&lt;script&gt;&#60;b&#62;",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0;url=//evil.test>",
    "<form action=//evil.test><button>",
    "=cmd|' /C calc'!A0",
];

#[tokio::test]
async fn hostile_text_is_shown_and_never_markup() {
    let (world, router) = open().await;
    let desk = Desk::of(router, "li.yan").await;
    let plain = world.add(&fake("plain.test", Stage::Confirmed), 0).await;
    let shape = shape(&desk.get(&format!("/cases/{plain}")).await.text);
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        let mut site = fake(&format!("host{number}.test"), Stage::Confirmed);
        site.title = payload.into();
        site.query = payload.into();
        site.snippet = payload.repeat(20);
        site.excerpt = payload.into();
        site.contact = payload.into();
        let case: CaseId = world.add(&site, 1).await;
        let page = desk.get(&format!("/cases/{case}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_calm(&page.text, payload);
        assert_eq!(
            self::shape(&page.text).0,
            shape.0,
            "{payload} changes the page's elements"
        );
        assert_calm(&desk.get(&format!("/?q=host{number}")).await.text, payload);
    }
    let query = url::form_urlencoded::byte_serialize(PAYLOADS[1].as_bytes()).collect::<String>();
    for path in [
        "/?q=",
        "/?state=",
        "/?class=",
        "/login?next=",
        "/log?before=",
    ] {
        assert_calm(&desk.get(&format!("{path}{query}")).await.text, path);
    }
}

/// Nothing of the payloads is live, and nothing unseen is left.
fn assert_calm(page: &str, payload: &str) {
    let lower = page.to_lowercase();
    for live in [
        "<img src=x",
        "<svg/onload",
        "<iframe",
        "<base",
        "<script>",
        "<style",
        "<meta http",
        "<form action=//",
        "href=\"javascript",
        "style=",
        "onclick=",
    ] {
        assert!(!lower.contains(live), "{live} from {payload}");
    }
    let unseen = page.chars().find(|c| {
        (c.is_control() && *c != '\n' && *c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
    });
    assert_eq!(unseen, None, "left by {payload}");
}

/// How many elements of each kind that a payload could forge a page has.
fn shape(page: &str) -> ([usize; 6], usize) {
    let kinds = ["<script", "<form", "<img", "<button", "<section", "<meta"];
    (kinds.map(|kind| page.matches(kind).count()), page.len())
}
