//! The seeds as shipped, with the suffix that laboratories add.

#![allow(
    clippy::unwrap_used,
    reason = "a seed that does not load fails the test"
)]
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};

use jianwei_lookalike::{Vocabulary, parse_protected};
use jianwei_model::ProtectedSite;

/// The folder of seeds.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds")
}

/// The shipped vocabulary.
pub(crate) fn vocabulary() -> Vocabulary {
    Vocabulary::parse(&std::fs::read_to_string(folder().join("vocabulary.toml")).unwrap()).unwrap()
}

/// The shipped protected sites, by id.
pub(crate) fn sites() -> Vec<ProtectedSite> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder().join("protected"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let id = path.file_stem().unwrap().to_str().unwrap();
            parse_protected(id, &std::fs::read_to_string(path).unwrap()).unwrap()
        })
        .collect()
}

/// The shipped vocabulary with the closed suffix under which laboratories keep their official sites.
pub(crate) fn vocabulary_of_labs() -> Vocabulary {
    let vocabulary = vocabulary().with_closed_suffix("gov.test").unwrap();
    assert!(vocabulary.is_closed("cx.mem.gov.test"));
    vocabulary
}
