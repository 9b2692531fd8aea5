//! The Rust files of the workspace, as text.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::command::root;

/// One Rust file.
pub(crate) struct Source {
    /// Its path from the workspace's root.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl Source {
    /// The file's lines before its test module.
    pub(crate) fn lines_without_tests(&self) -> usize {
        self.text
            .lines()
            .take_while(|line| line.trim_end() != "#[cfg(test)]")
            .count()
    }

    /// The crate's folder under `crates/`.
    pub(crate) fn crate_name(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// Whether it is code that ships, rather than a test, bench or example.
    pub(crate) fn is_shipped(&self) -> bool {
        self.path.split('/').nth(2) == Some("src")
    }
}

/// Reads every Rust file under `crates/`.
pub(crate) fn read() -> anyhow::Result<Vec<Source>> {
    let mut sources = Vec::new();
    walk(&root().join("crates"), &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(folder: &Path, sources: &mut Vec<Source>) -> anyhow::Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?
    {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            walk(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read `{}`", path.display()))?;
            let path = path
                .strip_prefix(root())
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            sources.push(Source { path, text });
        }
    }
    Ok(())
}
