//! The vocabulary: words by which a host name tells what it pretends to be.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use crate::Error;
use crate::error::line_at;

/// Words of agencies, certificates, lookups and regions, and the suffixes that only state organs get.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    pub(crate) closed_suffixes: Vec<String>,
    pub(crate) generic_labels: BTreeSet<String>,
    pub(crate) ordinary_before_gov: BTreeSet<String>,
    pub(crate) carriers: Vec<String>,
    pub(crate) words: BTreeMap<String, Word>,
}

/// One word of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) section: Section,
    /// What an analyst reads, in Chinese.
    pub(crate) means: String,
    /// It is also an everyday word or a common abbreviation.
    pub(crate) ordinary: bool,
    /// Id of the protected site that it points to.
    pub(crate) of: Option<String>,
}

/// The kinds of words, as the sections of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Agency,
    Certificate,
    Function,
    Government,
    Region,
    Filler,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    closed_suffixes: Vec<Spanned<String>>,
    #[serde(default)]
    generic_labels: Vec<Spanned<String>>,
    #[serde(default)]
    ordinary_before_gov: Vec<Spanned<String>>,
    #[serde(default)]
    carriers: Vec<Spanned<String>>,
    #[serde(default)]
    agency: BTreeMap<Spanned<String>, Telling>,
    #[serde(default)]
    certificate: BTreeMap<Spanned<String>, Telling>,
    #[serde(default)]
    function: BTreeMap<Spanned<String>, Telling>,
    #[serde(default)]
    government: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    region: BTreeMap<Spanned<String>, String>,
    #[serde(default)]
    filler: BTreeMap<Spanned<String>, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Telling {
    means: String,
    #[serde(default)]
    ordinary: bool,
    #[serde(default)]
    of: Option<String>,
}

impl Vocabulary {
    /// Reads a vocabulary from TOML, the form of `seeds/vocabulary.toml`.
    ///
    /// # Errors
    /// [`Error::Vocabulary`] with the line: TOML that does not parse, an unknown key, a suffix or word that cannot stand
    /// in a host name, a word that stands in two sections.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| Error::Vocabulary {
            line: error.span().map_or(1, |span| line_at(text, span.start)),
            reason: error.message().to_owned(),
        })?;
        let reader = Reader { text };
        let mut vocabulary = Self {
            closed_suffixes: reader.hosts(&file.closed_suffixes)?,
            generic_labels: reader.labels(&file.generic_labels)?,
            ordinary_before_gov: reader.labels(&file.ordinary_before_gov)?,
            carriers: reader.hosts(&file.carriers)?,
            words: BTreeMap::new(),
        };
        for (section, telling) in [
            (Section::Agency, file.agency),
            (Section::Certificate, file.certificate),
            (Section::Function, file.function),
        ] {
            for (
                key,
                Telling {
                    means,
                    ordinary,
                    of,
                },
            ) in telling
            {
                let word = Word {
                    section,
                    means,
                    ordinary,
                    of,
                };
                reader.add(&mut vocabulary.words, &key, word)?;
            }
        }
        for (section, plain) in [
            (Section::Government, file.government),
            (Section::Region, file.region),
            (Section::Filler, file.filler),
        ] {
            for (key, means) in plain {
                let word = Word {
                    section,
                    means,
                    ordinary: false,
                    of: None,
                };
                reader.add(&mut vocabulary.words, &key, word)?;
            }
        }
        vocabulary.add_chinese_regions();
        Ok(vocabulary)
    }

    /// The same words with one more closed suffix, such as `gov.test` in a laboratory.
    ///
    /// # Errors
    /// [`Error::Suffix`] when it is no host name.
    pub fn with_closed_suffix(mut self, suffix: &str) -> Result<Self, Error> {
        let ascii = host_name(suffix).ok_or_else(|| Error::Suffix {
            suffix: suffix.to_owned(),
        })?;
        if !self.closed_suffixes.contains(&ascii) {
            self.closed_suffixes.push(ascii);
        }
        Ok(self)
    }

    /// The ids of protected sites that words point to, each once.
    pub fn sites(&self) -> impl Iterator<Item = &str> {
        let ids: BTreeSet<&str> = self
            .words
            .values()
            .filter_map(|word| word.of.as_deref())
            .collect();
        ids.into_iter()
    }

    /// Whether `host`, in lower-case ASCII, is a closed suffix or lies under one.
    #[must_use]
    pub fn is_closed(&self, host: &str) -> bool {
        self.closed_suffixes
            .iter()
            .any(|suffix| is_under(host, suffix))
    }

    /// Whether `host` lies under a delivery network's domain, where a customer's own name is put in front.
    pub(crate) fn is_carried(&self, host: &str) -> bool {
        self.carriers.iter().any(|carrier| is_under(host, carrier))
    }

    /// How many labels of `host` are its public suffix, closed suffixes included.
    pub(crate) fn suffix_labels(&self, host: &str) -> usize {
        let closed = self
            .closed_suffixes
            .iter()
            .filter(|suffix| is_under(host, suffix))
            .map(|suffix| suffix.split('.').count())
            .max();
        closed
            .unwrap_or_else(|| psl::suffix_str(host).map_or(1, |suffix| suffix.split('.').count()))
    }

    /// The Chinese name of a region is a word for it too.
    fn add_chinese_regions(&mut self) {
        let regions: Vec<(String, Word)> = self
            .words
            .values()
            .filter(|word| word.section == Section::Region && !word.means.is_ascii())
            .map(|word| (word.means.clone(), word.clone()))
            .collect();
        for (name, word) in regions {
            self.words.entry(name).or_insert(word);
        }
    }
}

fn host_name(text: &str) -> Option<String> {
    idna::domain_to_ascii(text)
        .ok()
        .filter(|ascii| ascii.split('.').all(is_label))
}

fn is_under(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix)
        .is_some_and(|left| left.is_empty() || left.ends_with('.'))
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn error(&self, at: &Spanned<String>, reason: String) -> Error {
        Error::Vocabulary {
            line: line_at(self.text, at.span().start),
            reason,
        }
    }

    fn hosts(&self, given: &[Spanned<String>]) -> Result<Vec<String>, Error> {
        given
            .iter()
            .map(|name| {
                host_name(name.as_ref()).ok_or_else(|| {
                    self.error(name, format!("`{}` is not a host name", name.as_ref()))
                })
            })
            .collect()
    }

    fn labels(&self, given: &[Spanned<String>]) -> Result<BTreeSet<String>, Error> {
        given
            .iter()
            .map(|label| {
                if is_label(label.as_ref()) {
                    Ok(label.as_ref().clone())
                } else {
                    Err(self.error(
                        label,
                        format!("`{}` is not a lower-case label", label.as_ref()),
                    ))
                }
            })
            .collect()
    }

    fn add(
        &self,
        words: &mut BTreeMap<String, Word>,
        key: &Spanned<String>,
        word: Word,
    ) -> Result<(), Error> {
        let text = key.as_ref();
        // One Chinese character is a word; one Latin letter would let any label be cut into words.
        let long_enough = text.len() >= 2;
        if !long_enough || !text.chars().all(is_word_char) {
            let reason =
                format!("`{text}` is not a word of two or more lower-case letters or digits");
            return Err(self.error(key, reason));
        }
        if word.means.trim().is_empty() {
            return Err(self.error(key, format!("`{text}` does not say what it means")));
        }
        if let Some(first) = words.get(text) {
            let reason = format!(
                "`{text}` stands under `{}` and under `{}`",
                first.section.key(),
                word.section.key()
            );
            return Err(self.error(key, reason));
        }
        words.insert(text.clone(), word);
        Ok(())
    }
}

impl Section {
    fn key(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Certificate => "certificate",
            Self::Function => "function",
            Self::Government => "government",
            Self::Region => "region",
            Self::Filler => "filler",
        }
    }
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_word_char(symbol: char) -> bool {
    symbol.is_ascii_lowercase()
        || symbol.is_ascii_digit()
        || (!symbol.is_ascii() && symbol.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(text: &str) -> String {
        Vocabulary::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_line_and_the_word() {
        assert_eq!(
            failure("closed_suffixes = []\n[agency]\nMEM = { means = \"部\" }\n"),
            "vocabulary line 3: `MEM` is not a word of two or more lower-case letters or digits"
        );
        assert_eq!(
            failure(
                "closed_suffixes = []\n[agency]\ncx = { means = \"部\" }\n\n[function]\ncx = { means = \"查询\" }\n"
            ),
            "vocabulary line 6: `cx` stands under `agency` and under `function`"
        );
        assert_eq!(
            failure("closed_suffixes = [\n  \"gov.cn\",\n  \"gov cn\",\n]\n"),
            "vocabulary line 3: `gov cn` is not a host name"
        );
        assert!(
            failure("closed_suffixes = []\nclosed = 1\n")
                .starts_with("vocabulary line 2: unknown field `closed`")
        );
        assert!(
            failure("closed_suffixes = []\n[agency]\nmem = { mean = \"部\" }\n")
                .starts_with("vocabulary line 3: ")
        );
        assert!(failure("closed_suffixes = [\n").starts_with("vocabulary line "));
    }

    #[test]
    fn suffixes_count_in_ascii_and_whole_labels() {
        let vocabulary =
            Vocabulary::parse("closed_suffixes = [\"gov.cn\", \"政务\", \"gov.test\"]").unwrap();
        assert!(vocabulary.is_closed("cx.mem.gov.cn") && vocabulary.is_closed("gov.cn"));
        assert!(vocabulary.is_closed("xn--yjr.xn--zfr164b"));
        assert!(!vocabulary.is_closed("mem-gov.cn") && !vocabulary.is_closed("memgov.cn"));
        assert_eq!(vocabulary.suffix_labels("cx.mem.gov.test"), 2);
        assert_eq!(vocabulary.suffix_labels("a.b.com.cn"), 2);
        assert_eq!(vocabulary.suffix_labels("a.b.example"), 1);
    }
}
