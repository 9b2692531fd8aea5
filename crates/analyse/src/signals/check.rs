//! What the tests of the signals share: one page, one signal, what it sees.

use std::path::Path;

use jianwei_lookalike::{Matcher, Vocabulary, parse_protected};

use crate::analyser::Knowledge;
use crate::lexicon::Lexicon;
use crate::reading::{Reading, Sighting};
use crate::weights::Weights;

const SITE: &str = r#"
organisation = "云泽省应急管理厅"
names = ["云泽省特种作业操作证及考核合格信息查询平台"]
certificates = ["特种作业操作证"]
lookup_paths = ["/yz-api/certsearch/"]
source = "invented"
verified = "yes"
hosts = [{ host = "cx.yunze.gov.test" }]
marks = [{ kind = "police_record", value = "43990202000001" }, { kind = "icp", value = "湘ICP备00043999号" }]
"#;

/// What a signal sees on a page of a stranger's host: value and excerpt.
pub(super) fn check(look: fn(&Reading) -> Option<Sighting>, html: &str) -> Option<(f64, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let mut files: Vec<(String, String)> = std::fs::read_dir(root.join("config/lexicon"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), read(&path)))
        .collect();
    files.sort();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let lexicon = Lexicon::parse(&files).unwrap();
    let weights = Weights::parse(&read(&root.join("config/signals.toml"))).unwrap();
    let sites = vec![parse_protected("cx-yunze", SITE).unwrap()];
    let matcher = Matcher::new(&sites, &Vocabulary::default());
    let knowledge = Knowledge::new(sites, matcher, lexicon, weights).unwrap();
    let day = "2026-11-23".parse().unwrap();
    let reading = Reading::new(&knowledge, "http://stranger.test/", html, day);
    look(&reading).map(|sighting| {
        if let Some(offset) = sighting.quote.offset {
            let end = offset + sighting.quote.text.len();
            assert_eq!(html.get(offset..end), Some(sighting.quote.text.as_str()));
        }
        (sighting.value, sighting.quote.text)
    })
}
