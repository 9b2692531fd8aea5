//! The small world of the tests: an invented province with its official sites, and what must hold of every assessment.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};

use jianwei_analyse::{Analyser, Lexicon, Weights};
use jianwei_lookalike::{Matcher, Vocabulary, parse_protected};
use jianwei_model::{Assessment, Date, Digest, ProtectedId, ProtectedSite, Reference, Timestamp};

const SITES: &[(&str, &str)] = &[
    (
        "cx-yunze",
        r#"
organisation = "云泽省应急管理厅"
names = ["云泽省特种作业操作证及考核合格信息查询平台"]
certificates = ["特种作业操作证"]
lookup_paths = ["/yzcx/cert/certQuery.do", "/yz-api/certsearch/"]
region = "43"
source = "invented"
verified = "yes"
hosts = [{ host = "cx.yunze.gov.test" }]
marks = [
    { kind = "site_code", value = "4399990001" },
    { kind = "icp", value = "湘ICP备00043999号-1" },
    { kind = "police_record", value = "43990202000001" },
    { kind = "analytics", value = "00000000000000000000000000043999" },
]
"#,
    ),
    (
        "bureau-yunze",
        r#"
organisation = "云泽市应急管理局"
names = ["云泽市应急管理局"]
source = "invented"
verified = "yes"
hosts = [{ host = "yjj.yunzeshi.gov.test" }]
"#,
    ),
    (
        "bureau-chengjiang",
        r#"
organisation = "澄江市应急管理局"
names = ["澄江市应急管理局"]
source = "invented"
verified = "yes"
hosts = [{ host = "yjj.chengjiang.gov.test" }]
"#,
    ),
];

/// The day of all visits.
pub(crate) fn day() -> Date {
    "2026-11-23".parse().unwrap()
}

/// An analyser with the shipped words and weights, which knows the invented official sites and their pages.
pub(crate) fn analyser() -> Analyser {
    let protected: Vec<ProtectedSite> = SITES
        .iter()
        .map(|(id, text)| parse_protected(id, text).unwrap())
        .collect();
    let vocabulary = Vocabulary::parse(&read(&root().join("seeds/vocabulary.toml"))).unwrap();
    let matcher = Matcher::new(
        &protected,
        &vocabulary.with_closed_suffix("gov.test").unwrap(),
    );
    let mut analyser = Analyser::new(protected, matcher, lexicon(), weights()).unwrap();
    for (file, id, organisation, url) in [
        (
            "lookup",
            "cx-yunze",
            "云泽省应急管理厅",
            "https://cx.yunze.gov.test/yzcx/",
        ),
        (
            "bureau-yunze",
            "bureau-yunze",
            "云泽市应急管理局",
            "https://yjj.yunzeshi.gov.test/",
        ),
        (
            "bureau-chengjiang",
            "bureau-chengjiang",
            "澄江市应急管理局",
            "https://yjj.chengjiang.gov.test/",
        ),
    ] {
        let html = official(file);
        analyser.add_reference(&reference(id, organisation, url, &html), &html);
    }
    analyser
}

/// An official page of the invented province.
pub(crate) fn official(file: &str) -> String {
    read(&tests().join("official").join(format!("{file}.html")))
}

pub(crate) fn reference(id: &str, organisation: &str, url: &str, html: &str) -> Reference {
    Reference {
        protected: ProtectedId::from_text(id),
        organisation: organisation.to_owned(),
        url: url.to_owned(),
        captured: Timestamp::from_millis(0),
        html: Digest::of(html.as_bytes()),
        rendered: false,
        screenshot: None,
    }
}

/// The shipped words.
pub(crate) fn lexicon() -> Lexicon {
    let mut files: Vec<(String, String)> = std::fs::read_dir(root().join("config/lexicon"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                read(&path),
            )
        })
        .collect();
    files.sort();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    Lexicon::parse(&files).unwrap()
}

/// The shipped weights.
pub(crate) fn weights() -> Weights {
    Weights::parse(&read(&root().join("config/signals.toml"))).unwrap()
}

/// The names of all signals, from the shipped weights.
pub(crate) fn signals() -> Vec<String> {
    read(&root().join("config/signals.toml"))
        .lines()
        .filter_map(|line| {
            line.strip_prefix("[signal.")?
                .strip_suffix(']')
                .map(str::to_owned)
        })
        .collect()
}

/// The folders of the cases, in order.
pub(crate) fn folders(kind: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(tests().join(kind))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    folders
}

/// What holds of every assessment: excerpts stand at their offsets, contributions sum to the scores' log-odds.
pub(crate) fn hold_true(assessment: &Assessment, html: &str) {
    for finding in &assessment.findings {
        assert!((0.0..=1.0).contains(&finding.value), "{finding:?}");
        assert!((finding.value * finding.weight - finding.contribution).abs() < 1e-12);
        if let Some(offset) = finding.offset {
            let slice = html.get(offset..offset + finding.excerpt.len());
            assert_eq!(slice, Some(finding.excerpt.as_str()), "{finding:?}");
            assert!(!finding.excerpt.is_empty(), "{finding:?}");
        }
    }
    for contact in &assessment.contacts {
        let slice = html.get(contact.offset..contact.offset + contact.excerpt.len());
        assert_eq!(slice, Some(contact.excerpt.as_str()), "{contact:?}");
    }
    for (channel, score) in [
        (
            "fake_government_site",
            assessment.scores.fake_government_site,
        ),
        ("certificate_sale", assessment.scores.certificate_sale),
    ] {
        let of_channel = assessment
            .findings
            .iter()
            .filter(|finding| finding.channel == channel);
        let sum: f64 = of_channel.map(|finding| finding.contribution).sum();
        let expected = 1.0 / (1.0 + (-sum).exp());
        assert!((expected - score).abs() < 1e-12, "{channel}: {sum} {score}");
    }
    let sizes: Vec<f64> = assessment
        .findings
        .iter()
        .filter(|finding| finding.signal != "prior")
        .map(|finding| finding.contribution.abs())
        .collect();
    assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]), "{sizes:?}");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
