//! robots.txt is asked first, once, and its absence is not a ban.

use jianwei_crawl::{Capture, RobotsPolicy, Settings, Visitor};
use jianwei_model::{Outcome, Vantage};

use crate::site::{Web, door, entry, html, redirect, status};

async fn look(visitor: &Visitor, url: &str) -> Capture {
    visitor.visit(&entry(url), Vantage::Desktop).await
}

fn plain(text: &str) -> crate::site::Page {
    html(text)
}

#[tokio::test]
async fn rules_are_followed_and_asked_for_once() {
    let rules = "User-agent: *\nDisallow: /all\n\nUser-agent: Jianwei\nDisallow: /private\nAllow: /private/open\n";
    let web = Web::start(&[
        ("a.test/robots.txt", plain(rules)),
        ("a.test/", html("home")),
        ("a.test/all", html("all")),
        ("a.test/private/x", html("x")),
        ("a.test/private/open", html("open")),
    ])
    .await;
    let visitor = Visitor::new(door(web.port), Settings::default());
    for (path, allowed) in [
        ("", true),
        ("all", true),
        ("private/x", false),
        ("private/open", true),
    ] {
        let capture = look(&visitor, &format!("http://a.test/{path}")).await;
        assert_eq!(capture.visit.outcome == Outcome::Live, allowed, "{path}");
        if !allowed {
            assert_eq!(
                capture.visit.outcome,
                Outcome::unknown("robots.txt forbids it")
            );
            assert!(capture.visit.hops.is_empty() && capture.retry_after_ms.is_none());
        }
    }
    let asked = web.asked();
    assert_eq!(
        asked.iter().filter(|at| at.ends_with("robots.txt")).count(),
        1,
        "{asked:?}"
    );
    assert!(!asked.contains(&"a.test/private/x".to_owned()));

    let ignoring = Settings {
        robots: RobotsPolicy::Ignore,
        ..Settings::default()
    };
    let visitor = Visitor::new(door(web.port), ignoring);
    assert_eq!(
        look(&visitor, "http://a.test/private/x")
            .await
            .visit
            .outcome,
        Outcome::Live
    );
    assert_eq!(web.asked(), ["a.test/private/x"]);
}

#[tokio::test]
async fn every_host_of_a_chain_is_asked() {
    let web = Web::start(&[
        ("a.test/", redirect(302, "http://b.test/")),
        ("b.test/robots.txt", plain("User-agent: *\nDisallow: /")),
        ("b.test/", html("b")),
    ])
    .await;
    let visitor = Visitor::new(door(web.port), Settings::default());
    let capture = look(&visitor, "http://a.test/").await;
    assert_eq!(
        capture.visit.outcome,
        Outcome::unknown("robots.txt forbids it")
    );
    assert_eq!(capture.visit.hops.len(), 1);
    assert_eq!(
        web.asked(),
        ["a.test/robots.txt", "a.test/", "b.test/robots.txt"]
    );
}

#[tokio::test]
async fn an_absent_file_allows_and_an_unreachable_one_forbids_for_now() {
    let closed = html("page");
    let web = Web::start(&[
        ("missing.test/", closed.clone()),
        ("refused.test/", closed.clone()),
        ("refused.test/robots.txt", status(403)),
        ("broken.test/", closed.clone()),
        ("broken.test/robots.txt", status(503)),
        ("moved.test/", closed.clone()),
        (
            "moved.test/robots.txt",
            redirect(301, "http://rules.test/x"),
        ),
        ("rules.test/x", plain("User-agent: *\nDisallow: /")),
        ("round.test/", closed),
        ("round.test/robots.txt", redirect(301, "/robots.txt")),
    ])
    .await;
    let visitor = Visitor::new(door(web.port), Settings::default());
    for (host, outcome, retried) in [
        ("missing", "live", false),
        ("refused", "live", false),
        ("broken", "unknown", true),
        ("moved", "unknown", false),
        ("round", "live", false),
        ("gone", "gone", false),
        ("forbidden", "unknown", false),
    ] {
        let capture = look(&visitor, &format!("http://{host}.test/")).await;
        assert_eq!(capture.visit.outcome.as_str(), outcome, "{host}");
        assert_eq!(capture.retry_after_ms.is_some(), retried, "{host}");
    }
    assert!(!web.asked().contains(&"broken.test/".to_owned()));
}

#[tokio::test]
async fn what_is_remembered_is_bounded() {
    let web = Web::start(&[]).await;
    let settings = Settings {
        robots_hosts: 4,
        ..Settings::default()
    };
    let visitor = Visitor::new(door(web.port), settings);
    for n in 0..20 {
        look(&visitor, &format!("http://h{n}.test/")).await;
    }
    web.asked();
    look(&visitor, "http://h19.test/").await;
    assert_eq!(web.asked(), ["h19.test/"], "the last one is remembered");
    look(&visitor, "http://h0.test/").await;
    assert_eq!(
        web.asked(),
        ["h0.test/robots.txt", "h0.test/"],
        "the first one is forgotten"
    );
}
