//! The shipped query seeds, and damaged ones.

#![allow(
    clippy::unwrap_used,
    reason = "a fixture that cannot be written fails the test"
)]

use std::collections::HashSet;
use std::path::Path;

use jianwei_discover::{QuerySeeds, Settings};

fn load(text: &str) -> Result<QuerySeeds, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("queries.toml"), text).unwrap();
    QuerySeeds::load(folder.path()).map_err(|error| error.to_string())
}

#[test]
fn the_shipped_seeds_ask_for_imitations_before_sellers_and_regions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds");
    let queries = QuerySeeds::load(&folder).unwrap().queries();
    assert!((300..=1_000).contains(&queries.len()), "{}", queries.len());
    assert_eq!(queries.iter().collect::<HashSet<_>>().len(), queries.len());
    let place = |query: &str| queries.iter().position(|asked| asked == query).unwrap();
    assert!(place("特种作业操作证查询 官网") < place("特种作业操作证 代办"));
    assert!(place("特种作业操作证 代办") < place("北京 特种作业操作证 代办"));
}

#[test]
fn queries_are_asked_once_and_capped() {
    let text = "max_queries = 5\nnames = [\"甲\", \"甲\", \" \"]\nlookups = [\"官网\"]\ntemplates = [\"甲  官网\"]\n\
        certificates = [\"证\"]\nverbs = [\"办\"]\nregional_verbs = [\"办\"]\nregions = [\"京\", \"沪\", \"粤\"]\n";
    let queries = load(text).unwrap().queries();
    assert_eq!(queries, ["甲", "甲 官网", "官网", "证 办", "京 证 办"]);
}

#[test]
fn errors_name_file_and_line() {
    let message = load("max_queries = 5\n\nname = []\n").unwrap_err();
    assert!(
        message.contains("queries.toml` line 3: unknown field `name`"),
        "{message}"
    );
    let message = QuerySeeds::load(Path::new("/nowhere/at/all"))
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("cannot open `/nowhere/at/all/queries.toml`: "),
        "{message}"
    );
}

#[test]
fn settings_have_defaults_and_refuse_unknown_keys() {
    let settings: Settings = toml::from_str(
        "[[search]]\nname = \"a\"\nurl = \"http://search.test\"\n[[lists]]\nname = \"b\"\npath = \"b.csv\"\n",
    )
    .unwrap();
    assert_eq!(
        (
            settings.search[0].language.as_str(),
            settings.search[0].max_pages
        ),
        ("zh-CN", 3)
    );
    assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
    for bad in [
        "x = 1",
        "[[search]]\nname = \"a\"",
        "[[lists]]\nname = \"a\"\npath = \"b\"\nform = \"csv\"",
    ] {
        assert!(toml::from_str::<Settings>(bad).is_err(), "{bad}");
    }
}
