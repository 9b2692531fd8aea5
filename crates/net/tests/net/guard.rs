//! No spelling of a forbidden address gets through, and what is forbidden is never touched.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jianwei_net::{Door, Failure, Settings};

use crate::servers::{Answer, Canary, answering, dns, fetch, lab, ok, request};

fn hosts(addresses: &[&str]) -> BTreeMap<String, Vec<IpAddr>> {
    let addresses = addresses
        .iter()
        .map(|address| address.parse().unwrap())
        .collect();
    BTreeMap::from([("fake.test".into(), addresses)])
}

#[tokio::test]
async fn a_forbidden_address_is_never_touched_however_it_is_spelt() {
    let canary = Canary::new("127.0.0.2:0");
    let port = canary.port();
    let settings = Settings {
        static_hosts: hosts(&["127.0.0.2"]),
        ports: vec![80, 443, port],
        ..lab(port)
    };
    let spellings = [
        "http://fake.test/",
        "http://FAKE.test./",
        "https://fake.test/",
        "http://127.0.0.2/",
        "https://127.0.0.2/",
        "http://2130706434/",
        "http://0x7f.2/",
        "http://0x7f000002/",
        "http://017700000002/",
        "http://0177.0.0.02/",
        "http://127.2/",
        "http://127.0.0.2./",
        "http://１２７。０。０。２/",
        "http://user:password@127.0.0.2/",
        "http://[::ffff:127.0.0.2]/",
        "http://[::ffff:7f00:2]/",
        "http://[0:0:0:0:0:ffff:7f00:0002]/",
        "http://[::127.0.0.2]/",
        "http://[64:ff9b::7f00:2]/",
        "http://[2002:7f00:2::]/",
    ];
    let mapped = format!("http://127.0.0.2:{port}/");
    for url in spellings.into_iter().chain([mapped.as_str()]) {
        let fetched = fetch(&settings, url).await;
        let refused = matches!(fetched.failure, Some(Failure::Forbidden { .. }));
        assert!(refused, "{url}: {:?}", fetched.failure);
        assert!(
            fetched.hop.peer.is_none() && fetched.hop.status.is_none(),
            "{url}"
        );
        let door = Door::open(&settings).unwrap();
        let error = door.get_json(url, &[("q", "x")], 1000).await.unwrap_err();
        assert!(error.to_string().contains("forbidden"), "{url}: {error}");
    }
    assert!(!canary.is_touched());

    // The same door with that address allowed does reach it, so the canary would have sung.
    let allowed = Settings {
        allow: vec!["127.0.0.2".parse().unwrap()],
        answer_timeout_ms: 50,
        ..settings
    };
    fetch(&allowed, "http://0x7f.2/").await;
    assert!(canary.is_touched());
}

#[tokio::test]
async fn of_several_addresses_only_permitted_ones_are_dialled() {
    let server = answering(ok("", b"here")).await;
    let port = server.address.port();
    let canary = Canary::new(&format!("127.0.0.2:{port}"));
    let (server, _) = dns(Answer::Found(
        vec![],
        vec![
            "127.0.0.2".parse().unwrap(),
            "127.0.0.1".parse().unwrap(),
            "::1".parse().unwrap(),
        ],
    ))
    .await;
    let settings = Settings {
        dns_servers: vec![server],
        static_hosts: BTreeMap::new(),
        ..lab(port)
    };
    let fetched = fetch(&settings, "http://mixed.example/").await;
    assert_eq!(fetched.body, b"here");
    assert_eq!(fetched.hop.peer, Some(([127, 0, 0, 1], port).into()));
    let resolution = fetched.hop.resolution.unwrap();
    assert_eq!(
        resolution.addresses.len(),
        3,
        "the answer is on record as it came"
    );
    assert!(!canary.is_touched());
}

#[tokio::test]
async fn an_operators_own_ban_wins_over_what_is_allowed() {
    let canary = Canary::new("127.0.0.1:0");
    let settings = Settings {
        deny: vec!["127.0.0.0/8".parse().unwrap()],
        ..lab(canary.port())
    };
    let fetched = fetch(&settings, "http://a.test/").await;
    assert!(matches!(fetched.failure, Some(Failure::Forbidden { .. })));
    assert!(!canary.is_touched());
}

#[tokio::test]
async fn only_web_urls_on_permitted_ports_are_opened() {
    let canary = Canary::new("127.0.0.1:0");
    let door = Door::open(&lab(canary.port())).unwrap();
    for (url, reason) in [
        ("http://a.test:22/", "port 22"),
        ("http://a.test:0/", "port 0"),
        ("ftp://a.test/", "scheme `ftp`"),
        ("file:///etc/passwd", "scheme `file`"),
        ("javascript:alert(1)", "scheme `javascript`"),
        ("data:text/html,x", "scheme `data`"),
        ("a.test", "not a URL"),
        ("http://", "not a URL"),
        ("http://[::1/", "not a URL"),
        ("http://1.2.3.4.5/", "not a URL"),
    ] {
        let failure = door.fetch(&request(url)).await.failure.unwrap();
        assert!(
            matches!(failure, Failure::Target { .. }),
            "{url}: {failure}"
        );
        assert!(failure.to_string().contains(reason), "{url}: {failure}");
        assert!(!failure.is_passing() && !failure.is_gone());
    }
    assert!(!canary.is_touched());
}
