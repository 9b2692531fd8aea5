//! Where chains lead, and what comes of them.

use jianwei_crawl::{Capture, Settings, Visitor};
use jianwei_model::{HopCause, Outcome, Rendering, Vantage, VisitId};
use tokio::io::AsyncWriteExt;

use crate::site::{Page, Web, door, entry, html, ignoring_robots, redirect, status, visit};

fn text(capture: &Capture) -> String {
    let digest = capture
        .visit
        .document
        .as_ref()
        .expect("a document")
        .text
        .digest;
    let blob = capture
        .blobs
        .iter()
        .find(|blob| blob.reference.digest == digest);
    String::from_utf8(blob.expect("its blob").bytes.clone()).unwrap()
}

fn chain(capture: &Capture) -> Vec<(&str, HopCause)> {
    capture
        .visit
        .hops
        .iter()
        .map(|hop| (hop.url.as_str(), hop.cause))
        .collect()
}

fn reason(capture: &Capture) -> &str {
    match &capture.visit.outcome {
        Outcome::Live => "",
        Outcome::Gone { reason } | Outcome::Unknown { reason } => reason,
    }
}

#[tokio::test]
async fn a_chain_of_every_kind_is_followed_and_kept() {
    let web = Web::start(&[
        ("a.test/", redirect(302, "//b.test/x")),
        (
            "b.test/x",
            html("<base href='/y/'><meta http-equiv=refresh content='3;URL=\"z?p=1&amp;q=2\"'>"),
        ),
        (
            "b.test/y/z?p=1&q=2",
            html("<title>请稍候</title><script>window.location.href = 'http://c.test/#top';</script>"),
        ),
        ("c.test/", Page { headers: vec![("refresh", "0;url=/end".into())], ..html("") }),
        ("c.test/end", html("<h1>特种作业操作证查询</h1>")),
    ])
    .await;
    let capture = visit(&web, "http://a.test/").await;
    assert_eq!(
        chain(&capture),
        [
            ("http://a.test/", HopCause::Start),
            ("http://b.test/x", HopCause::Http),
            ("http://b.test/y/z?p=1&q=2", HopCause::MetaRefresh),
            ("http://c.test/", HopCause::Script),
            ("http://c.test/end", HopCause::Http),
        ]
    );
    let visit = &capture.visit;
    assert_eq!(visit.outcome, Outcome::Live);
    assert_eq!(visit.final_url(), "http://c.test/end");
    assert_eq!(visit.id, VisitId::of("http://a.test/", Vantage::Desktop, 0));
    assert_eq!(visit.lead.as_ref().unwrap().as_str(), "lead-1");
    assert!(matches!(&visit.rendering, Rendering::Unknown { reason } if reason == "not rendered"));
    assert!(visit.started <= visit.hops[0].started && visit.hops[4].started <= visit.finished);
    assert_eq!(text(&capture), "<h1>特种作业操作证查询</h1>");
    assert_eq!(visit.document.as_ref().unwrap().charset, "UTF-8");
    assert_eq!(capture.retry_after_ms, None);
    for hop in &visit.hops {
        for reference in [&hop.request_head, &hop.response_head, &hop.body] {
            let digest = reference.as_ref().unwrap().digest;
            let found = capture
                .blobs
                .iter()
                .filter(|blob| blob.reference.digest == digest);
            assert_eq!(found.count(), 1, "{}", hop.url);
        }
    }
    assert_eq!(
        web.last_header("referer").as_deref(),
        Some("http://b.test/y/z?p=1&q=2")
    );
}

#[tokio::test]
async fn a_page_with_something_to_say_is_not_left_for_its_scripts() {
    let long = "安全生产资格证书查询须知".repeat(20);
    let script = "<script>location.href='http://b.test/'</script>";
    let web = Web::start(&[
        ("a.test/", html(&format!("{script}<p>{long}</p>"))),
        (
            "c.test/",
            html("<script>if (mobile) { location.href='http://b.test/' }</script>ok"),
        ),
        (
            "d.test/",
            html("<meta http-equiv=refresh content='300;url=http://b.test/'>news"),
        ),
        (
            "e.test/",
            html("<meta http-equiv=refresh content='5'>ticker"),
        ),
        (
            "f.test/",
            html("<meta http-equiv=refresh content='0;url=/'>itself"),
        ),
        (
            "g.test/",
            html("<noscript><meta http-equiv=refresh content='0;url=/no'></noscript>x"),
        ),
        (
            "h.test/",
            html("<script>location.href='weixin://dl/business'</script>open"),
        ),
    ])
    .await;
    for host in ["a", "c", "d", "e", "f", "g", "h"] {
        let capture = visit(&web, &format!("http://{host}.test/")).await;
        assert_eq!(capture.visit.outcome, Outcome::Live, "{host}");
        assert_eq!(capture.visit.hops.len(), 1, "{host}: {:?}", chain(&capture));
    }
}

#[tokio::test]
async fn loops_long_chains_and_strange_targets_end_as_unknown() {
    let mut pages = vec![
        ("loop.test/".to_owned(), redirect(301, "/b")),
        (
            "loop.test/b".to_owned(),
            html("<meta http-equiv=refresh content='0;url=/c'>"),
        ),
        (
            "loop.test/c".to_owned(),
            html("<script>location='/'</script>"),
        ),
        (
            "self.test/".to_owned(),
            redirect(302, "http://SELF.test:80/#x"),
        ),
        (
            "none.test/".to_owned(),
            Page {
                headers: vec![],
                ..redirect(302, "")
            },
        ),
        (
            "odd.test/".to_owned(),
            redirect(302, "weixin://dl/business?secret"),
        ),
        ("file.test/".to_owned(), redirect(302, "file:///etc/passwd")),
        ("port.test/".to_owned(), redirect(302, "http://a.test:22/")),
        ("dead.test/".to_owned(), redirect(302, "http://gone.test/")),
    ];
    for n in 0..300 {
        pages.push((
            format!("long.test/{n}"),
            redirect(307, &format!("/{}", n + 1)),
        ));
    }
    let pages: Vec<_> = pages
        .iter()
        .map(|(at, page)| (at.as_str(), page.clone()))
        .collect();
    let web = Web::start(&pages).await;
    for (url, hops, expected) in [
        ("http://loop.test/", 3, "redirect loop"),
        ("http://self.test/", 1, "redirect loop"),
        ("http://long.test/0", 11, "too many redirects"),
        ("http://none.test/", 1, "status 302 without a target"),
        (
            "http://odd.test/",
            1,
            "redirects to something that is not a web page: `weixin:`",
        ),
        (
            "http://file.test/",
            1,
            "redirects to something that is not a web page: `file:`",
        ),
        ("http://port.test/", 2, "the target is refused: port 22"),
        (
            "http://dead.test/",
            2,
            "redirects to a name that does not exist",
        ),
    ] {
        let capture = visit(&web, url).await;
        assert!(
            matches!(capture.visit.outcome, Outcome::Unknown { .. }),
            "{url}"
        );
        assert_eq!(
            (capture.visit.hops.len(), reason(&capture)),
            (hops, expected),
            "{url}"
        );
        assert_eq!(capture.retry_after_ms, None, "{url}");
    }
}

#[tokio::test]
async fn no_redirect_leads_to_a_forbidden_address() {
    let to = |target: &str| {
        html(&format!(
            "<meta http-equiv=refresh content='0;url={target}'>"
        ))
    };
    let script = |target: &str| html(&format!("<script>location.replace('{target}')</script>"));
    let web = Web::start(&[
        ("name.test/", redirect(302, "http://forbidden.test/")),
        ("literal.test/", redirect(302, "http://127.0.0.2/")),
        ("decimal.test/", redirect(302, "http://2130706434/")),
        ("hex.test/", to("http://0x7f.2/")),
        ("octal.test/", script("http://0177.0.0.2/")),
        ("mapped.test/", script("http://[::ffff:127.0.0.2]/")),
        (
            "cloud.test/",
            to("http://169.254.169.254/latest/meta-data/"),
        ),
    ])
    .await;
    let canary = std::net::TcpListener::bind(("127.0.0.2", web.port)).unwrap();
    canary.set_nonblocking(true).unwrap();
    for host in [
        "name", "literal", "decimal", "hex", "octal", "mapped", "cloud",
    ] {
        let capture = visit(&web, &format!("http://{host}.test/")).await;
        assert_eq!(capture.visit.hops.len(), 2, "{host}");
        assert!(
            reason(&capture).contains("is forbidden"),
            "{host}: {}",
            reason(&capture)
        );
        assert!(capture.visit.hops[1].peer.is_none() && capture.retry_after_ms.is_none());
    }
    assert!(canary.accept().is_err(), "the canary was touched");
}

#[tokio::test]
async fn outcomes_are_live_gone_or_unknown() {
    let page = |status| Page {
        status,
        ..html("something")
    };
    let busy = Page {
        headers: vec![("retry-after", "3600".into())],
        ..status(429)
    };
    let web = Web::start(&[
        ("a.test/200", page(200)),
        ("a.test/404", page(404)),
        ("a.test/410", page(410)),
        ("a.test/403", page(403)),
        ("a.test/418", page(418)),
        ("a.test/500", page(500)),
        ("a.test/503", page(503)),
        ("a.test/429", busy),
        ("a.test/304", status(304)),
    ])
    .await;
    for (path, outcome, retried) in [
        ("200", "live", false),
        ("404", "gone", false),
        ("410", "gone", false),
        ("403", "unknown", false),
        ("418", "unknown", false),
        ("304", "unknown", false),
        ("500", "unknown", true),
        ("503", "unknown", true),
        ("429", "unknown", true),
    ] {
        let capture = visit(&web, &format!("http://a.test/{path}")).await;
        assert_eq!(capture.visit.outcome.as_str(), outcome, "{path}");
        assert_eq!(capture.retry_after_ms.is_some(), retried, "{path}");
        assert_eq!(capture.visit.hops[0].status, Some(path.parse().unwrap()));
    }
    let busy = visit(&web, "http://a.test/429").await;
    assert_eq!(busy.retry_after_ms, Some(3_600_000), "as the server asked");
    let gone = visit(&web, "http://gone.test/").await;
    assert_eq!(
        gone.visit.outcome,
        Outcome::Gone {
            reason: "the name does not exist".into()
        }
    );
    assert_eq!(gone.visit.hops.len(), 1);
    let unreachable = visit(&web, "http://a.example/").await;
    assert_eq!(unreachable.visit.outcome.as_str(), "unknown");
    assert!(unreachable.retry_after_ms.is_some());
}

#[tokio::test]
async fn passing_failures_are_tried_again_ever_later_and_not_for_ever() {
    let web = Web::start(&[("a.test/", status(503))]).await;
    let settings = Settings {
        max_attempts: 4,
        retry_base_ms: 1_000,
        retry_longest_ms: 3_500,
        ..ignoring_robots()
    };
    let visitor = Visitor::new(door(web.port), settings);
    let mut waits = Vec::new();
    for attempts in [0, 1, 2, 3, u32::MAX] {
        let entry = jianwei_model::FrontierEntry {
            attempts,
            ..entry("http://a.test/")
        };
        waits.push(visitor.visit(&entry, Vantage::Desktop).await.retry_after_ms);
    }
    assert!((1_000..1_250).contains(&waits[0].unwrap()), "{waits:?}");
    assert!((2_000..2_500).contains(&waits[1].unwrap()), "{waits:?}");
    assert_eq!(waits[2..], [Some(3_500), None, None]);
}

#[tokio::test]
async fn a_picture_is_live_without_a_document() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend((0..3000u32).map(|n| (n * 31 % 256) as u8));
    let as_html = Page {
        body: png.clone(),
        ..html("")
    };
    let gbk = b"<meta charset=gb2312>\xb2\xe9\xd1\xaf".to_vec();
    let web = Web::start(&[
        ("a.test/png", as_html),
        (
            "a.test/gbk",
            Page {
                headers: vec![],
                body: gbk,
                ..html("")
            },
        ),
    ])
    .await;
    let capture = visit(&web, "http://a.test/png").await;
    assert_eq!(
        (capture.visit.outcome.as_str(), &capture.visit.document),
        ("live", &None)
    );
    assert!(capture.blobs.iter().any(|blob| blob.bytes == png));
    let capture = visit(&web, "http://a.test/gbk").await;
    assert_eq!(text(&capture), "<meta charset=gb2312>查询");
}

#[tokio::test]
async fn a_tar_pit_is_unknown_and_a_page_that_stalls_late_is_live() {
    for (first, outcome) in [
        ("", "unknown"),
        (
            "<html><p>特种作业操作证查询平台，请输入证件号码与姓名进行查询</p>",
            "live",
        ),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
                drop(stream.write_all(format!("{head}{first}").as_bytes()).await);
                let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
                while stream.write_all(b"<").await.is_ok() {
                    tick.tick().await;
                }
            }
        });
        let visitor = Visitor::new(door(port), ignoring_robots());
        let capture = visitor
            .visit(&entry("http://pit.test/"), Vantage::Desktop)
            .await;
        assert_eq!(capture.visit.outcome.as_str(), outcome);
        assert_eq!(capture.visit.hops[0].truncated.as_deref(), Some("time"));
        assert_eq!(capture.retry_after_ms.is_some(), outcome == "unknown");
    }
}
