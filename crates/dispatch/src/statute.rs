//! Statutes: versioned provisions, chosen by the day of the conduct.

use std::collections::BTreeMap;
use std::path::Path;

use jianwei_model::Date;
use serde::Deserialize;

use crate::Error;
use crate::error::{line_of, parse_toml, read_text};

/// The provisions of `config/statutes.toml`.
#[derive(Debug, Clone)]
pub struct Statutes {
    provisions: Vec<Provision>,
}

/// One provision in one version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// What letters ask for; the versions of one rule share it.
    pub id: String,
    /// The law's full name, without 《》.
    pub law: String,
    /// Which version, such as `2025年修正`, or the document number.
    pub version: String,
    /// The article as it is cited, such as `第四十八条`; empty when its number is not known.
    pub article: String,
    /// Words of the article; quoted in letters. Empty when they were not read in full.
    #[serde(default)]
    pub text: String,
    /// What it says, as the object of 关于……的规定.
    pub effect: String,
    /// First day in force.
    pub from: Date,
    /// Last day in force; open when absent.
    pub until: Option<Date>,
    /// Where this was read.
    pub source: String,
    /// Whether the statute's full text was read; others are never cited.
    pub verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provision: Vec<toml::Spanned<Provision>>,
}

impl Statutes {
    /// Reads the table from a file.
    ///
    /// # Errors
    /// [`Error::Io`], and otherwise as [`Statutes::parse`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::parse(path, &read_text(path)?)
    }

    /// Reads the table from the text of `path`.
    ///
    /// # Errors
    /// [`Error::Config`] with the line of a malformed entry, of a verified entry without an article, or of an entry
    /// whose days overlap with another version of the same rule.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let file: File = parse_toml(path, text)?;
        let mut known: BTreeMap<String, Vec<Provision>> = BTreeMap::new();
        let mut provisions = Vec::new();
        for entry in file.provision {
            let line = line_of(text, entry.span().start);
            let provision = entry.into_inner();
            let versions = known.entry(provision.id.clone()).or_default();
            provision.check(versions).map_err(|reason| Error::Config {
                file: path.to_owned(),
                line,
                reason,
            })?;
            versions.push(provision.clone());
            provisions.push(provision);
        }
        Ok(Self { provisions })
    }

    /// The version of rule `id` that was in force on `day`, verified or not.
    #[must_use]
    pub fn in_force(&self, id: &str, day: Date) -> Option<&Provision> {
        self.provisions
            .iter()
            .find(|provision| provision.id == id && provision.is_in_force(day))
    }

    /// The version of rule `id` that a letter about conduct on `day` may cite.
    #[must_use]
    pub fn citable(&self, id: &str, day: Date) -> Option<&Provision> {
        self.in_force(id, day)
            .filter(|provision| provision.verified)
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.provisions.iter().any(|provision| provision.id == id)
    }
}

impl Provision {
    /// The provision as a letter cites it: with its words where they are known, else with what it is about.
    #[must_use]
    pub fn citation(&self) -> String {
        let rule = format!(
            "《{}》（{}）{}关于{}的规定",
            self.law, self.version, self.article, self.effect
        );
        if self.text.is_empty() {
            rule
        } else {
            format!("{rule}：“{}”", self.text)
        }
    }

    fn is_in_force(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    fn check(&self, others: &[Self]) -> Result<(), String> {
        let id = &self.id;
        if self.until.is_some_and(|until| until < self.from) {
            return Err(format!("provision `{id}` ends before it begins"));
        }
        if self.verified && self.article.is_empty() {
            return Err(format!("provision `{id}` is verified but has no article"));
        }
        let overlaps = |other: &&Self| {
            self.until.is_none_or(|until| other.from <= until)
                && other.until.is_none_or(|until| self.from <= until)
        };
        match others.iter().find(overlaps) {
            Some(other) => Err(format!(
                "provision `{id}` of `{}` is in force together with the version of `{}`",
                self.version, other.version
            )),
            None => Ok(()),
        }
    }
}
