//! The shipped configuration and seeds: from a folder where one is given, otherwise as built into the program.

use std::fs;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use crate::exit::Failure;

#[derive(RustEmbed)]
#[folder = "../../config"]
struct BuiltInConfig;

#[derive(RustEmbed)]
#[folder = "../../seeds"]
struct BuiltInSeeds;

/// Where the files that analysts edit come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Assets {
    /// Folder laid out like `config/`, or the built-in one.
    pub(crate) config: Option<PathBuf>,
    /// Folder laid out like `seeds/`, or the built-in one.
    pub(crate) seeds: Option<PathBuf>,
}

impl Assets {
    /// One file of the configuration.
    pub(crate) fn config_text(&self, name: &str) -> Result<String, Failure> {
        match &self.config {
            Some(folder) => read(&folder.join(name)),
            None => built_in(BuiltInConfig::get(name), name),
        }
    }

    /// Every file below a folder of the configuration, as its path from there and its text, in order of paths.
    pub(crate) fn config_texts(&self, below: &str) -> Result<Vec<(String, String)>, Failure> {
        match &self.config {
            Some(folder) => read_below(&folder.join(below)),
            None => built_in_below(BuiltInConfig::iter().collect(), below, BuiltInConfig::get),
        }
    }

    /// Every file below a folder of the seeds, as its path from there and its text, in order of paths.
    pub(crate) fn seeds_texts(&self, below: &str) -> Result<Vec<(String, String)>, Failure> {
        match &self.seeds {
            Some(folder) => read_below(&folder.join(below)),
            None => built_in_below(BuiltInSeeds::iter().collect(), below, BuiltInSeeds::get),
        }
    }

    /// One file of the seeds.
    pub(crate) fn seeds_text(&self, name: &str) -> Result<String, Failure> {
        match &self.seeds {
            Some(folder) => read(&folder.join(name)),
            None => built_in(BuiltInSeeds::get(name), name),
        }
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::input(path.display(), error))
}

fn read_below(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::input(folder.display(), error))?;
    for entry in entries {
        let path = entry
            .map_err(|error| Failure::input(folder.display(), error))?
            .path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml" || extension == "txt")
        {
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            files.push((name, read(&path)?));
        }
    }
    Ok(())
}

fn built_in(file: Option<rust_embed::EmbeddedFile>, name: &str) -> Result<String, Failure> {
    let file = file.ok_or_else(|| Failure::input(name, "is not built into this program"))?;
    Ok(String::from_utf8_lossy(&file.data).into_owned())
}

fn built_in_below(
    names: Vec<std::borrow::Cow<'static, str>>,
    below: &str,
    get: fn(&str) -> Option<rust_embed::EmbeddedFile>,
) -> Result<Vec<(String, String)>, Failure> {
    let prefix = format!("{below}/");
    let mut files = Vec::new();
    for name in names {
        if let Some(rest) = name.strip_prefix(&prefix)
            && (name.ends_with(".toml") || name.ends_with(".txt"))
        {
            files.push((rest.to_owned(), built_in(get(&name), &name)?));
        }
    }
    files.sort();
    Ok(files)
}
