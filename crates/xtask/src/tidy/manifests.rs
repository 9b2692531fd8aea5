//! Manifests: every crate takes version, lints and dependencies from the workspace, and the root stays clean.

use std::fs;

use anyhow::Context as _;
use toml::{Table, Value};

use crate::command::root;

/// What the workspace's root may hold besides dotted entries.
const ROOT_ENTRIES: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE",
    "README.md",
    "config",
    "crates",
    "seeds",
    "target",
    "tests",
    "jianwei-demo",
];

pub(crate) fn check(breaches: &mut Vec<String>) -> anyhow::Result<()> {
    for (name, manifest) in read()? {
        let place = format!("crates/{name}/Cargo.toml");
        if manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            != Some(&Value::Boolean(true))
        {
            breaches.push(format!(
                "{place}: does not take its lints from the workspace"
            ));
        }
        let expected = format!("jianwei-{name}");
        if manifest
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(Value::as_str)
            != Some(&expected)
        {
            breaches.push(format!("{place}: the package is not named `{expected}`"));
        }
        for table in ["dependencies", "dev-dependencies"] {
            let dependencies = manifest
                .get(table)
                .and_then(Value::as_table)
                .into_iter()
                .flatten();
            for (dependency, value) in dependencies {
                if value.get("workspace") != Some(&Value::Boolean(true)) {
                    breaches.push(format!(
                        "{place}: `{dependency}` does not take its version from the workspace"
                    ));
                }
            }
        }
    }
    for entry in fs::read_dir(root())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !ROOT_ENTRIES.contains(&name.as_str()) && !is_ignored(&name)? {
            breaches.push(format!("{name}: has no place in the root"));
        }
    }
    Ok(())
}

/// The manifests of all crates by folder name.
pub(crate) fn read() -> anyhow::Result<Vec<(String, Table)>> {
    let mut manifests = Vec::new();
    for entry in fs::read_dir(root().join("crates"))? {
        let folder = entry?.path();
        let manifest = folder.join("Cargo.toml");
        if !manifest.is_file() {
            continue;
        }
        let text = fs::read_to_string(&manifest)?;
        let table: Table = text
            .parse()
            .with_context(|| format!("cannot read `{}`", manifest.display()))?;
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        manifests.push((name, table));
    }
    manifests.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(manifests)
}

fn is_ignored(name: &str) -> anyhow::Result<bool> {
    let ignored = fs::read_to_string(root().join(".gitignore"))?;
    Ok(ignored.lines().any(|line| line.trim_matches('/') == name))
}
