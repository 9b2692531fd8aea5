//! Lists that must agree: signals with their weights, letters with their files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use toml::{Table, Value};

use crate::command::root;

/// The files every letter has.
const LETTER_FILES: [&str; 3] = ["letter.toml", "subject.txt", "body.txt"];

pub(crate) fn check(breaches: &mut Vec<String>) -> anyhow::Result<()> {
    check_signals(breaches)?;
    for folder in entries(&root().join("config/letters"))? {
        for file in LETTER_FILES {
            let path = root().join("config/letters").join(&folder).join(file);
            if !path.is_file() {
                breaches.push(format!("config/letters/{folder}: has no `{file}`"));
            }
        }
    }
    Ok(())
}

/// Every signal is one file and one table of `config/signals.toml`.
fn check_signals(breaches: &mut Vec<String>) -> anyhow::Result<()> {
    let path = root().join("config/signals.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let table: Table = text
        .parse()
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let weighted: BTreeSet<String> = table
        .get("signal")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let mut files = BTreeSet::new();
    let folder = root().join("crates/analyse/src/signals");
    for file in entries(&folder)? {
        // What looks is a signal; the folder also holds their list and what their tests share.
        let looks = fs::read_to_string(folder.join(&file))?.contains("pub(crate) fn look(");
        files.extend(
            file.strip_suffix(".rs")
                .filter(|_| looks)
                .map(str::to_owned),
        );
    }
    for name in files.difference(&weighted) {
        breaches.push(format!(
            "config/signals.toml: the signal `{name}` has no table `[signal.{name}]`"
        ));
    }
    for name in weighted.difference(&files) {
        breaches.push(format!(
            "config/signals.toml: `{name}` is not a file of crates/analyse/src/signals"
        ));
    }
    Ok(())
}

fn entries(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?
    {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    Ok(names)
}
