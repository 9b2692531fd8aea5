//! The graph of crates: who imports whom is exactly what the table in `crates/README.md` says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Context as _;
use toml::Value;

use super::manifests;
use crate::command::root;

/// Libraries that one crate alone may use, see the table in `crates/README.md`.
const RESERVED: [(&str, &str); 13] = [
    ("argon2", "console"),
    ("chromiumoxide", "net"),
    ("daachorse", "analyse"),
    ("hickory-resolver", "net"),
    ("hyper", "net"),
    ("lettre", "dispatch"),
    ("minijinja", "dispatch"),
    ("p384", "evidence"),
    ("psl", "lookalike"),
    ("reqwest", "net"),
    ("sled", "store"),
    ("strsim", "lookalike"),
    ("zip", "evidence"),
];

pub(crate) fn check(breaches: &mut Vec<String>) -> anyhow::Result<()> {
    let path = root().join("crates/README.md");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let table = imports_table(&text);
    for (name, manifest) in manifests::read()? {
        let imports: BTreeSet<String> = dependencies(&manifest, "dependencies")
            .filter_map(|dependency| dependency.strip_prefix("jianwei-").map(str::to_owned))
            .collect();
        match table.get(&name) {
            None => breaches.push(format!(
                "crates/README.md: the crate `{name}` is not in the table"
            )),
            Some(allowed) if *allowed != imports => {
                breaches.push(format!("crates/{name}: imports {imports:?}, the table in crates/README.md says {allowed:?}"));
            }
            Some(_) => {}
        }
        for dependency in dependencies(&manifest, "dependencies") {
            let owner = RESERVED.iter().find(|(library, _)| *library == dependency);
            if let Some((library, owner)) = owner
                && *owner != name
            {
                breaches.push(format!("crates/{name}: `{library}` is for `{owner}` alone"));
            }
        }
    }
    Ok(())
}

fn dependencies<'a>(manifest: &'a toml::Table, table: &str) -> impl Iterator<Item = &'a str> {
    manifest
        .get(table)
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
}

/// Rows `| `name` | … | imports |` of the first table whose header's last cell is `imports`.
fn imports_table(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rows = text.lines().skip_while(|line| {
        !(line.starts_with("| crate |") && line.trim_end().ends_with("| imports |"))
    });
    rows.skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| {
            let cells: Vec<&str> = line
                .trim()
                .trim_matches('|')
                .split('|')
                .map(str::trim)
                .collect();
            let name = cells.first()?.trim_matches('`').to_owned();
            let imports = cells
                .last()?
                .split([' ', ','])
                .filter(|word| !word.is_empty() && *word != "-");
            Some((name, imports.map(str::to_owned).collect()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let text = "x\n| crate | what | imports |\n|---|---|---|\n| `net` | door | model |\n| `model` | words | - |\n\ny";
        let table = imports_table(text);
        assert_eq!(table["net"], BTreeSet::from(["model".to_owned()]));
        assert!(table["model"].is_empty());
    }
}
