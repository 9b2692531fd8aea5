//! Query seeds: what search engines are asked.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;

use crate::Error;

/// The lists from which queries are put together, as in `seeds/queries.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuerySeeds {
    /// At most so many queries.
    max_queries: usize,
    /// Official names of lookups.
    #[serde(default)]
    names: Vec<String>,
    /// What is added to an official name.
    #[serde(default)]
    lookups: Vec<String>,
    /// Queries asked as they are.
    #[serde(default)]
    templates: Vec<String>,
    /// Certificates in sellers' words.
    #[serde(default)]
    certificates: Vec<String>,
    /// What is offered with a certificate.
    #[serde(default)]
    verbs: Vec<String>,
    /// What is offered region by region.
    #[serde(default)]
    regional_verbs: Vec<String>,
    /// Regions put before a certificate.
    #[serde(default)]
    regions: Vec<String>,
}

impl QuerySeeds {
    /// Reads `queries.toml` in a folder.
    ///
    /// # Errors
    /// [`Error::Open`] when there is no such file, [`Error::Seeds`] with the line when it is not valid.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("queries.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| Error::Open {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        Self::parse(&path, &text)
    }

    /// Reads the text of `path`.
    ///
    /// # Errors
    /// [`Error::Seeds`] with the line when it is not valid.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::Seeds {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| line_at(text, span.start)),
            reason: error.message().to_owned(),
        })
    }

    /// The queries, each once: those that find imitations first, then those that find sellers, then those by region.
    #[must_use]
    pub fn queries(&self) -> Vec<String> {
        let mut queries = Queries {
            most: self.max_queries,
            asked: HashSet::new(),
            list: Vec::new(),
        };
        for name in &self.names {
            queries.add(&[name]);
        }
        // All names with the first addition before any with the second: a cut takes the less telling ones.
        for lookup in &self.lookups {
            for name in &self.names {
                queries.add(&[name, lookup]);
            }
        }
        for template in &self.templates {
            queries.add(&[template]);
        }
        for verb in &self.verbs {
            for certificate in &self.certificates {
                queries.add(&[certificate, verb]);
            }
        }
        for verb in &self.regional_verbs {
            for certificate in &self.certificates {
                for region in &self.regions {
                    queries.add(&[region, certificate, verb]);
                }
            }
        }
        queries.list
    }
}

struct Queries {
    most: usize,
    asked: HashSet<String>,
    list: Vec<String>,
}

impl Queries {
    fn add(&mut self, parts: &[&str]) {
        let query = parts
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if self.list.len() < self.most && !query.is_empty() && self.asked.insert(query.clone()) {
            self.list.push(query);
        }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}
