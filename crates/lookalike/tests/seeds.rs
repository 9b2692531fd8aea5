//! The shipped vocabulary and protected sites parse, agree with each other and own their own hosts.

mod shipped;

use std::collections::BTreeSet;

use jianwei_lookalike::Matcher;

#[test]
fn every_protected_site_parses_and_owns_its_hosts() {
    let (sites, vocabulary) = (shipped::sites(), shipped::vocabulary());
    let matcher = Matcher::new(&sites, &vocabulary);
    assert_eq!(
        sites
            .iter()
            .filter(|site| site.id.as_str().starts_with("emergency-"))
            .count(),
        32
    );
    let mut regions = BTreeSet::new();
    for site in &sites {
        for official in site
            .hosts
            .iter()
            .filter(|official| official.until.is_none())
        {
            let owner = matcher.owner(&official.host).unwrap();
            assert_eq!(owner.id, site.id, "{}", official.host);
            assert_eq!(matcher.recognise(&official.host), None);
        }
        if site.id.as_str().starts_with("emergency-") {
            assert!(
                regions.insert(site.region.clone()),
                "region {} twice",
                site.region
            );
        }
    }
}

#[test]
fn every_site_that_a_word_points_to_exists() {
    let sites = shipped::sites();
    for id in shipped::vocabulary().sites() {
        assert!(
            sites.iter().any(|site| site.id.as_str() == id),
            "no file for `{id}`"
        );
    }
}

#[test]
fn the_national_lookup_carries_what_a_copy_would_betray() {
    let sites = shipped::sites();
    let lookup = sites
        .iter()
        .find(|site| site.id.as_str() == "cx-mem")
        .unwrap();
    assert!(
        lookup
            .marks
            .iter()
            .any(|mark| mark.value == "7c3492d683dc7a90fd44bf8bfd57e50c")
    );
    assert!(
        lookup
            .lookup_paths
            .iter()
            .any(|path| path == "/prod-api/certsearch/")
    );
}
