//! Names are found, gone or not known, and the answer is kept.

use std::collections::BTreeMap;

use jianwei_net::{Door, Error, Failure, Settings};

use crate::servers::{Answer, dns, fetch, lab};

async fn asking(answer: Answer) -> (Settings, std::sync::Arc<std::sync::Mutex<Vec<String>>>) {
    let (server, asked) = dns(answer).await;
    let settings = Settings {
        dns_servers: vec![server],
        static_hosts: BTreeMap::new(),
        resolve_timeout_ms: 100,
        ..lab(9)
    };
    (settings, asked)
}

#[tokio::test]
async fn an_answer_is_kept_with_its_aliases_and_lifetime() {
    let found = Answer::Found(
        vec!["cdn.example", "edge.cdn.example"],
        vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
    );
    let (settings, asked) = asking(found).await;
    let door = Door::open(&settings).unwrap();
    let resolution = door.resolve("WWW.fake.example.").await.unwrap();
    assert_eq!(resolution.name, "www.fake.example");
    assert_eq!(resolution.server, settings.dns_servers[0].to_string());
    assert_eq!(resolution.addresses.len(), 2);
    assert_eq!(resolution.aliases, ["cdn.example", "edge.cdn.example"]);
    assert!(
        (1..=77).contains(&resolution.ttl_seconds),
        "{}",
        resolution.ttl_seconds
    );
    let asked = asked.lock().unwrap();
    let asked_only_this = asked
        .iter()
        .all(|name| name.eq_ignore_ascii_case("www.fake.example."));
    assert!(asked_only_this, "no search list: {asked:?}");
}

#[tokio::test]
async fn only_a_name_that_does_not_exist_is_gone() {
    for (answer, gone, reason) in [
        (Answer::Code(3), true, "does not exist"),
        (Answer::Code(2), false, "could not be resolved"),
        (Answer::Code(5), false, "could not be resolved"),
        (Answer::Found(vec![], vec![]), false, "no address"),
        (
            Answer::Found(vec!["b.example"], vec![]),
            false,
            "could not be resolved",
        ),
        (Answer::Silence, false, ""),
    ] {
        let (settings, _) = asking(answer).await;
        let failure = fetch(&settings, "http://a.example/").await.failure.unwrap();
        assert_eq!(failure.is_gone(), gone, "{failure}");
        assert_eq!(failure.is_passing(), !gone, "{failure}");
        assert!(failure.to_string().contains(reason), "{failure}");
    }
}

#[tokio::test]
async fn an_unreachable_server_is_unknown() {
    let settings = Settings {
        static_hosts: BTreeMap::new(),
        ..lab(9)
    };
    let failure = fetch(&settings, "http://a.example/").await.failure.unwrap();
    assert!(
        matches!(failure, Failure::Resolve { .. } | Failure::Timeout { .. }),
        "{failure}"
    );
}

#[tokio::test]
async fn configured_hosts_answer_exactly_by_suffix_or_not_at_all() {
    let (mut settings, asked) = asking(Answer::Code(3)).await;
    for (name, address) in [
        ("a.test", Some("127.0.0.1")),
        ("*.farm.test", Some("127.0.0.3")),
        ("*.deep.farm.test", Some("127.0.0.4")),
        ("gone.farm.test", None),
    ] {
        let addresses = address.map(|address| address.parse().unwrap());
        settings
            .static_hosts
            .insert(name.into(), addresses.into_iter().collect());
    }
    let door = Door::open(&settings).unwrap();
    let cases = [
        ("A.test.", Some("127.0.0.1")),
        ("x.farm.test", Some("127.0.0.3")),
        ("x.y.farm.test", Some("127.0.0.3")),
        ("x.deep.farm.test", Some("127.0.0.4")),
        ("gone.farm.test", None),
        ("farm.test", None),
        ("xfarm.test", None),
        ("b.a.test", None),
    ];
    for (name, expected) in cases {
        let resolved = door.resolve(name).await;
        match expected {
            Some(address) => assert_eq!(
                resolved.unwrap().addresses[0].to_string(),
                address,
                "{name}"
            ),
            None => assert_eq!(resolved, Err(Failure::NameNotFound), "{name}"),
        }
    }
    let asked = asked.lock().unwrap();
    assert!(
        asked.iter().all(|name| !name.contains("gone.")),
        "a configured host is not asked for"
    );
}

#[tokio::test]
async fn names_that_are_none_are_not_asked_for() {
    let (settings, asked) = asking(Answer::Code(3)).await;
    let door = Door::open(&settings).unwrap();
    let long = "a".repeat(64);
    for name in ["", "..", "a..b", &long, &"a.".repeat(200)] {
        assert!(
            matches!(door.resolve(name).await, Err(Failure::Resolve { .. })),
            "{name:?}"
        );
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn settings_that_cannot_be_are_named() {
    let mut settings = lab(9);
    settings.static_hosts.insert("*.".into(), vec![]);
    assert!(matches!(
        Door::open(&settings),
        Err(Error::Setting {
            key: "static_hosts",
            ..
        })
    ));
    let settings = Settings {
        idle_timeout_ms: 0,
        ..lab(9)
    };
    let error = Door::open(&settings).err().unwrap();
    assert_eq!(
        error.to_string(),
        "net setting `idle_timeout_ms`: must be more than 0"
    );
}
