//! Budgets: what a file says of itself, how long it is, how much a crate exports.

use std::collections::BTreeMap;

use super::sources::Source;

const FILE_LINES_NOTE: usize = 300;
const FILE_LINES: usize = 500;
const EXPORTS: usize = 25;

/// Crates that may export more, each with its reason.
const WIDE_CRATES: [(&str, &str); 1] = [("model", "it is the vocabulary of all others")];

/// Words that name no thing.
const EMPTY_NAMES: [&str; 7] = [
    "util",
    "utils",
    "common",
    "helper",
    "helpers",
    "manager",
    "processor",
];

pub(crate) fn check(sources: &[Source], breaches: &mut Vec<String>, warnings: &mut Vec<String>) {
    let mut exports: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources {
        let path = &source.path;
        if !source.text.starts_with("//!") {
            breaches.push(format!(
                "{path}: does not open with a `//!` sentence saying what it is"
            ));
        }
        let stem = path
            .rsplit('/')
            .next()
            .unwrap_or(path)
            .trim_end_matches(".rs");
        if EMPTY_NAMES.contains(&stem) {
            breaches.push(format!("{path}: `{stem}` names no thing"));
        }
        if !source.is_shipped() {
            continue;
        }
        let lines = source.lines_without_tests();
        if lines > FILE_LINES {
            breaches.push(format!(
                "{path}: {lines} lines without tests; the budget is {FILE_LINES}"
            ));
        } else if lines > FILE_LINES_NOTE {
            warnings.push(format!(
                "{path}: {lines} lines without tests; look for a second noun in it"
            ));
        }
        if path.ends_with("/src/lib.rs") {
            exports.insert(source.crate_name(), exported_names(&source.text));
        }
    }
    for (name, count) in exports {
        if count > EXPORTS && !WIDE_CRATES.iter().any(|(wide, _)| *wide == name) {
            breaches.push(format!(
                "crates/{name}: exports {count} names; the budget is {EXPORTS}"
            ));
        }
    }
}

/// Names after `pub use` in a crate's root.
fn exported_names(text: &str) -> usize {
    let uses = text.split("pub use ").skip(1);
    uses.filter_map(|rest| rest.split(';').next())
        .map(|list| match list.split_once('{') {
            Some((_, names)) => names
                .trim_end_matches('}')
                .split(',')
                .filter(|name| !name.trim().trim_end_matches('}').is_empty())
                .count(),
            None => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exported_names_are_counted() {
        let text = "//! x\nmod a;\npub use a::One;\npub use b::{\n    Two, three,\n};\n";
        assert_eq!(exported_names(text), 3);
    }

    #[test]
    fn a_file_without_its_sentence_is_a_breach() {
        let source = Source {
            path: "crates/net/src/util.rs".into(),
            text: "fn f() {}\n".into(),
        };
        let (mut breaches, mut warnings) = (Vec::new(), Vec::new());
        check(&[source], &mut breaches, &mut warnings);
        assert_eq!(breaches.len(), 2, "{breaches:?}");
    }
}
