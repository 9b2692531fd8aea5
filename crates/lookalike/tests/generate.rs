//! Whatever is generated is recognised, for shipped sites and for made-up ones.

mod shipped;

use std::sync::LazyLock;

use jianwei_lookalike::{Matcher, Vocabulary, generate, registrable};
use jianwei_model::{OfficialHost, ProtectedId, ProtectedSite, Verified};
use proptest::prelude::*;

static LAB_VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(shipped::vocabulary_of_labs);

fn site(hosts: &[String]) -> ProtectedSite {
    ProtectedSite {
        id: ProtectedId::from_text("made-up"),
        organisation: "某市应急管理局".into(),
        names: vec!["某市证书查询平台".into()],
        hosts: hosts
            .iter()
            .map(|host| OfficialHost {
                host: host.clone(),
                from: None,
                until: None,
            })
            .collect(),
        certificates: Vec::new(),
        marks: Vec::new(),
        lookup_paths: Vec::new(),
        reference_pages: Vec::new(),
        region: String::new(),
        source: "invented".into(),
        verified: Verified::No,
    }
}

#[test]
fn everything_made_from_the_shipped_sites_is_recognised_as_someone_s() {
    let (sites, vocabulary) = (shipped::sites(), shipped::vocabulary());
    let matcher = Matcher::new(&sites, &vocabulary);
    let mut made = 0;
    for site in &sites {
        let names = generate(site, &vocabulary);
        assert!(names.len() > 100, "{}: {}", site.id, names.len());
        for name in &names {
            assert!(
                matcher.recognise(name).is_some(),
                "{name} made from {} is missed",
                site.id
            );
        }
        made += names.len();
    }
    assert!(made > 8_000, "{made}");
}

#[test]
fn the_forms_that_permutation_of_one_label_never_makes_are_made() {
    let sites = shipped::sites();
    let names: Vec<String> = sites
        .iter()
        .flat_map(|site| generate(site, &shipped::vocabulary()))
        .collect();
    for name in [
        "mem-gov.cn",
        "memgov.cn",
        "mem-gov-cn.com",
        "memgovcn.com",
        "cx-mem-gov.cn",
        "cxmemgov.cn",
        "mem.gov-cn.com",
        "mem.gov.cn.com",
        "cx.mem.gov.cn.chaxun.top",
        "zscx-osta-org-cn.top",
        "rnem-gov.cn",
        "mem-g0v.cn",
        "gcdic.net",
        "mohurd-chaxun.com",
    ] {
        assert!(names.iter().any(|made| made == name), "{name} is not made");
    }
}

#[test]
fn nothing_made_is_official_or_under_a_closed_suffix() {
    let vocabulary = shipped::vocabulary();
    for site in shipped::sites() {
        for name in generate(&site, &vocabulary) {
            assert!(
                !vocabulary.is_closed(&name) && !site.owns_host(&name, None),
                "{name}"
            );
            assert!(registrable(&name).is_some(), "{name}");
        }
    }
}

fn label() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,11}([a-z0-9]|-[a-z0-9]{1,4})?"
}

fn official_host() -> impl Strategy<Value = String> {
    let suffix = prop::sample::select(vec![
        "gov.cn", "gov.cn", "gov.test", "org.cn", "com.cn", "cn", "net", "example",
    ]);
    (prop::collection::vec(label(), 1..4), suffix)
        .prop_map(|(labels, suffix)| format!("{}.{suffix}", labels.join(".")))
        .prop_filter(
            "at most 120 bytes, so that what is made of it is a host name",
            |host| host.len() <= 120,
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn everything_made_from_a_made_up_site_is_recognised(
        hosts in prop::collection::vec(official_host(), 1..3)
    ) {
        let vocabulary = &*LAB_VOCABULARY;
        let site = site(&hosts);
        let matcher = Matcher::new(std::slice::from_ref(&site), vocabulary);
        for name in generate(&site, vocabulary) {
            prop_assert!(matcher.recognise(&name).is_some(), "{} made from {:?} is missed", name, hosts);
        }
        for host in &hosts {
            prop_assert_eq!(matcher.recognise(host), None);
            prop_assert!(matcher.owner(host).is_some());
        }
    }

    #[test]
    fn no_text_makes_the_matcher_panic_and_every_excerpt_is_quoted(text in "\\PC{0,40}|[a-z0-9.-]{0,80}|(mem|gov|cn|cx|[.-]|0|rn|xn--|应急){0,12}") {
        thread_local! {
            static MATCHER: Matcher = Matcher::new(&shipped::sites(), &shipped::vocabulary());
        }
        let found = MATCHER.with(|matcher| matcher.recognise(&text));
        if let Some(found) = found {
            prop_assert!(found.score > 0.0 && found.score <= 1.0);
            prop_assert!(!found.excerpt.is_empty());
            if text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-' | b'0'..=b'9')) {
                prop_assert!(text.contains(&found.excerpt), "{} does not quote {}", found.excerpt, text);
            }
        }
    }
}
