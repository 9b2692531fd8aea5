//! The configuration: shipped defaults, then the file, then `JIANWEI_*` variables.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::arguments::Global;
use crate::assets::Assets;
use crate::exit::Failure;

/// Everything that can be set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) store: StoreSettings,
    pub(crate) paths: Paths,
    pub(crate) journey: jianwei_journey::Settings,
    pub(crate) discover: jianwei_discover::Settings,
    pub(crate) net: jianwei_net::Settings,
    pub(crate) crawl: jianwei_crawl::Settings,
    pub(crate) evidence: EvidenceSettings,
    pub(crate) dispatch: jianwei_dispatch::Settings,
    pub(crate) console: jianwei_console::Settings,
}

/// `[store]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StoreSettings {
    /// `sled:PATH`, or `memory:` for trying things out.
    pub(crate) url: String,
}

/// `[paths]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Paths {
    /// Folder laid out like the shipped `config/`; empty for the built-in one.
    pub(crate) config: PathBuf,
    /// Folder laid out like the shipped `seeds/`; empty for the built-in one.
    pub(crate) seeds: PathBuf,
}

/// `[evidence]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EvidenceSettings {
    /// File of the key that signs packets; made at first need, readable by its owner alone.
    pub(crate) key_file: PathBuf,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            url: "sled:jianwei-data/store".to_owned(),
        }
    }
}

impl Default for EvidenceSettings {
    fn default() -> Self {
        Self {
            key_file: PathBuf::from("jianwei-data/keys/seal.pem"),
        }
    }
}

const DEFAULT_FILE: &str = "config/jianwei.toml";

impl Config {
    /// Reads the configuration of this call.
    pub(crate) fn load(global: &Global) -> Result<Self, Failure> {
        let file = match &global.config {
            Some(file) => Some(file.clone()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.is_file()),
        };
        let text = match &file {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| Failure::input(file.display(), error))?,
            None => String::new(),
        };
        let place = file
            .as_deref()
            .unwrap_or(Path::new(DEFAULT_FILE))
            .display()
            .to_string();
        Self::parse(&text, &place, std::env::vars())
    }

    /// The folders that analysts edit.
    pub(crate) fn assets(&self) -> Assets {
        let folder =
            |path: &PathBuf| Some(path.clone()).filter(|path| !path.as_os_str().is_empty());
        Assets {
            config: folder(&self.paths.config),
            seeds: folder(&self.paths.seeds),
        }
    }

    fn parse(
        text: &str,
        place: &str,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Failure> {
        // Parsed as itself first: only then does an error know its line.
        let fault = |error: toml::de::Error| {
            Failure::usage(format!("`{place}`: {}", error.to_string().trim_end()))
        };
        let _well_formed: Self = toml::from_str(text).map_err(fault)?;
        let mut table: Table = text.parse().map_err(fault)?;
        let mut config: Self = table.clone().try_into().map_err(fault)?;
        for (variable, value) in variables {
            let Some(path) = setting_of(&variable) else {
                continue;
            };
            overlay(&mut table, &path, &value);
            config = table.clone().try_into().map_err(|error| {
                Failure::usage(format!(
                    "environment variable `{variable}`: {}",
                    error.message()
                ))
            })?;
        }
        Ok(config)
    }
}

/// `JIANWEI_NET__DNS_SERVERS` names `net.dns_servers`; variables without a section are for other uses.
fn setting_of(variable: &str) -> Option<Vec<String>> {
    let path: Vec<String> = variable
        .strip_prefix("JIANWEI_")?
        .split("__")
        .map(str::to_ascii_lowercase)
        .collect();
    (path.len() >= 2).then_some(path)
}

fn overlay(table: &mut Table, path: &[String], value: &str) {
    let Some((last, sections)) = path.split_last() else {
        return;
    };
    let mut table = table;
    for section in sections {
        let entry = table
            .entry(section.clone())
            .or_insert_with(|| Value::Table(Table::new()));
        if !entry.is_table() {
            *entry = Value::Table(Table::new());
        }
        let Value::Table(inner) = entry else {
            return;
        };
        table = inner;
    }
    // A value that reads as TOML is one (`3`, `true`, `["a"]`); anything else is text.
    let parsed = format!("value = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut table| table.remove("value"));
    table.insert(
        last.clone(),
        parsed.unwrap_or_else(|| Value::String(value.to_owned())),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::parse(text, "test.toml", variables).map_err(|failure| failure.to_parts().1)
    }

    #[test]
    fn variables_go_before_the_file() {
        let config = parse(
            "[store]\nurl = \"sled:a\"",
            &[("JIANWEI_STORE__URL", "sled:b"), ("JIANWEI_PASSWORD", "x")],
        )
        .unwrap();
        assert_eq!(config.store.url, "sled:b");
        let config = parse("", &[("JIANWEI_JOURNEY__VISITS_IN_FLIGHT", "7")]).unwrap();
        assert_eq!(config.journey.visits_in_flight, 7);
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let error = parse("[store]\nurl = \"sled:a\"\ncolour = 1", &[]).unwrap_err();
        assert!(
            error.contains("test.toml") && error.contains("line 3") && error.contains("colour"),
            "{error}"
        );
        let error = parse("", &[("JIANWEI_STORE__COLOUR", "1")]).unwrap_err();
        assert!(error.contains("JIANWEI_STORE__COLOUR"), "{error}");
    }

    #[test]
    fn the_shipped_file_says_the_defaults() {
        let shipped = include_str!("../../../config/jianwei.toml");
        let config: Config = toml::from_str(shipped).unwrap();
        assert_eq!(
            toml::to_string(&config).unwrap(),
            toml::to_string(&Config::default()).unwrap()
        );
    }

    #[test]
    fn a_bogus_key_in_any_section_is_refused() {
        let table: Table = toml::to_string(&Config::default())
            .unwrap()
            .parse()
            .unwrap();
        for (name, value) in &table {
            let Value::Table(section) = value else {
                continue;
            };
            let mut section = section.clone();
            section.insert("bogus".to_owned(), Value::Boolean(true));
            let text = toml::to_string(&Table::from_iter([(name.clone(), Value::Table(section))]))
                .unwrap();
            assert!(parse(&text, &[]).is_err(), "[{name}] takes a bogus key");
        }
    }
}
