//! The lexicon: what an analyst knows of the words of offers, certificates, warnings and state organs.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use toml::Spanned;

use crate::error::Error;
use crate::text::{Folded, How, Terms, fold_word};

/// All terms of the files under `config/lexicon/`.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    terms: Vec<Term>,
    /// Names and labels that say nothing about whose page it is.
    generic: HashSet<String>,
}

/// What a term is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Verbs of offering: 代办, 补办.
    Offer,
    /// Offer and credential in one: 办证.
    Deal,
    /// Credentials: 特种作业操作证.
    Credential,
    /// Assurances that only a forger can give: 免考, 先出证后付款.
    Assurance,
    /// Promises that a real trainer may not, but does give: 包过.
    Promise,
    /// Warnings and prosecution: 打击, 涉嫌.
    Negative,
    /// Words of reports: 记者, 据介绍.
    Reported,
    /// Words of real training: 学时, 考试大纲.
    Training,
    /// Words of other honest trades: 招聘, 购物车.
    Trade,
    /// Words before a contact; the value says of which kind.
    Contact,
    /// Words of prices.
    Price,
    /// Another way to say a term; the value is the term.
    Alias,
    /// Longer words in which a term means something else.
    Harmless,
    /// Kinds of state organs: 应急管理局.
    Organ,
    /// What an organ's site calls itself: 查询平台, 官网.
    System,
    /// Words by which a title speaks about something instead of being it: 怎么, 培训.
    Mention,
    /// Verbs and nouns of looking something up.
    Query,
    /// Labels on a certificate; the value groups synonyms.
    Field,
    /// What can be looked up; the value is the ministry.
    Ministry,
    /// Words that say who runs a page.
    Owner,
    /// Places of courses and examinations: 地址, 校区.
    Place,
    /// Names of resources and labels that say nothing about whose page it is.
    Generic,
}

/// A term with its weight or value.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    /// As written in the file.
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// Between 0 and 2; 1 where the kind has values instead.
    pub(crate) weight: f64,
    /// The value, for kinds that have one.
    pub(crate) value: String,
    folded: String,
}

/// A term found on a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Find {
    /// The term, by index.
    pub(crate) term: u32,
    /// Range of folded characters.
    pub(crate) range: (u32, u32),
    /// How it was written.
    pub(crate) how: How,
}

/// The lexicon compiled for searching.
#[derive(Clone)]
pub(crate) struct Searcher {
    terms: Vec<Term>,
    /// For each pattern, the terms it stands for and whether as an alias.
    meanings: Vec<Vec<(u32, bool)>>,
    automaton: Terms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Kind,
    terms: BTreeMap<String, Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Weight(f64),
    Value(String),
}

impl Lexicon {
    /// Reads the files of a lexicon, given as names and texts.
    ///
    /// # Errors
    /// [`Error::File`] with the line of an unknown key, an unknown kind, a weight out of range, a term without letters,
    /// a term given twice or an alias for a term that is nowhere listed.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, Error> {
        let mut lexicon = Self::default();
        let mut seen = HashMap::new();
        let mut aliases = Vec::new();
        for (name, text) in files {
            let file: File =
                toml::from_str(text).map_err(|error| Error::toml(name, text, &error))?;
            for (word, entry) in file.terms {
                let offset = entry.span().start;
                let fault = |reason: String| Error::at(name, text, offset, reason);
                let term = term(file.kind, word, entry.into_inner()).map_err(fault)?;
                if file.kind == Kind::Generic {
                    lexicon.generic.insert(term.text.to_lowercase());
                    lexicon.generic.insert(term.folded);
                    continue;
                }
                if let Some(other) =
                    seen.insert((file.kind, term.folded.clone()), term.text.clone())
                {
                    return Err(fault(format!(
                        "`{}` is listed twice, as `{other}` before",
                        term.text
                    )));
                }
                if file.kind == Kind::Alias {
                    aliases.push((
                        term.value.clone(),
                        Error::at(
                            name,
                            text,
                            offset,
                            format!(
                                "`{}` stands for `{}`, which no file lists",
                                term.text, term.value
                            ),
                        ),
                    ));
                }
                lexicon.terms.push(term);
            }
        }
        for (target, fault) in aliases {
            let folded = fold_word(&target);
            let is_listed = |term: &Term| term.kind != Kind::Alias && term.folded == folded;
            if !lexicon.terms.iter().any(is_listed) {
                return Err(fault);
            }
        }
        Ok(lexicon)
    }

    /// Whether a resource name, id or label says nothing about whose page it is.
    pub(crate) fn is_generic(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        if self.generic.contains(&lower) {
            return true;
        }
        let stem = lower.trim_start_matches(['#', '@']);
        let Some((directory, file)) = stem.rsplit_once('/') else {
            return self.generic.contains(bare(stem));
        };
        self.generic.contains(bare(file))
            && (self.generic.contains(directory) || directory.starts_with('.'))
    }

    /// All terms and values, one a line, from which the model's version is drawn.
    pub(crate) fn fingerprint(&self) -> String {
        let mut lines: Vec<String> = self
            .terms
            .iter()
            .map(|term| {
                format!(
                    "{:?}\t{}\t{}\t{}\n",
                    term.kind, term.text, term.weight, term.value
                )
            })
            .chain(self.generic.iter().map(|name| format!("{name}\n")))
            .collect();
        lines.sort();
        lines.concat()
    }

    /// Compiles the terms for searching.
    pub(crate) fn searcher(&self) -> Result<Searcher, Error> {
        let mut patterns: BTreeMap<&str, Vec<(u32, bool)>> = BTreeMap::new();
        for (index, term) in self.terms.iter().enumerate() {
            if term.kind != Kind::Alias {
                patterns
                    .entry(&term.folded)
                    .or_default()
                    .push((index as u32, false));
                continue;
            }
            let target = fold_word(&term.value);
            for (meant, other) in self.terms.iter().enumerate() {
                if other.kind != Kind::Alias && other.folded == target {
                    patterns
                        .entry(&term.folded)
                        .or_default()
                        .push((meant as u32, true));
                }
            }
        }
        let words: Vec<String> = patterns.keys().map(|word| (*word).to_owned()).collect();
        let automaton = Terms::compile(&words).map_err(|reason| Error::Lexicon { reason })?;
        Ok(Searcher {
            terms: self.terms.clone(),
            meanings: patterns.into_values().collect(),
            automaton,
        })
    }
}

impl Searcher {
    /// A term by its index.
    pub(crate) fn term(&self, find: &Find) -> &Term {
        &self.terms[find.term as usize]
    }

    /// Every term on a page in the order of their beginnings; of terms of one kind that overlap only the longest,
    /// and none that lies in a harmless word.
    pub(crate) fn search(&self, folded: &Folded) -> Vec<Find> {
        let mut finds = Vec::new();
        for hit in self.automaton.find(folded) {
            for (term, is_alias) in &self.meanings[hit.pattern as usize] {
                let how = if *is_alias {
                    hit.how.max(How::Alias)
                } else {
                    hit.how
                };
                finds.push(Find {
                    term: *term,
                    range: (hit.start, hit.end),
                    how,
                });
            }
        }
        finds.sort_by_key(|find| (find.range.0, std::cmp::Reverse(find.range.1)));
        self.keep_longest(&finds)
    }

    fn keep_longest(&self, finds: &[Find]) -> Vec<Find> {
        let mut reach: HashMap<Kind, u32> = HashMap::new();
        let mut kept = Vec::with_capacity(finds.len());
        for find in finds {
            let kind = self.term(find).kind;
            let end = reach.entry(kind).or_default();
            if find.range.1 <= *end {
                continue;
            }
            *end = find.range.1;
            if kind == Kind::Harmless {
                continue;
            }
            kept.push(*find);
        }
        let harmless: Vec<(u32, u32)> = finds
            .iter()
            .filter(|find| self.term(find).kind == Kind::Harmless)
            .map(|find| find.range)
            .collect();
        kept.retain(|find| !self.is_inside(find, &harmless));
        kept
    }

    fn is_inside(&self, find: &Find, harmless: &[(u32, u32)]) -> bool {
        if !matches!(
            self.term(find).kind,
            Kind::Offer
                | Kind::Deal
                | Kind::Credential
                | Kind::Assurance
                | Kind::Promise
                | Kind::Contact
        ) {
            return false;
        }
        let next = harmless.partition_point(|(start, _)| *start <= find.range.0);
        harmless[next.saturating_sub(4)..next]
            .iter()
            .any(|(start, end)| *start <= find.range.0 && find.range.1 <= *end)
    }
}

fn term(kind: Kind, text: String, entry: Entry) -> Result<Term, String> {
    let has_value = matches!(
        kind,
        Kind::Alias | Kind::Contact | Kind::Field | Kind::Ministry
    );
    let (weight, value) = match entry {
        Entry::Weight(_) if has_value => {
            return Err(format!("`{text}` needs a word in quotes, not a number"));
        }
        Entry::Value(_) if !has_value => {
            return Err(format!("`{text}` needs a number, not a word"));
        }
        Entry::Weight(weight) if !(0.0..=2.0).contains(&weight) => {
            return Err(format!(
                "`{text}` has weight `{weight}`, which is not between 0 and 2"
            ));
        }
        Entry::Weight(weight) => (weight, String::new()),
        Entry::Value(value) => (1.0, value),
    };
    let folded = fold_word(&text);
    if folded.is_empty() && kind != Kind::Generic {
        return Err(format!("`{text}` holds no letter or digit"));
    }
    if kind == Kind::Contact
        && !["wechat", "qq", "telegram", "telephone", "any"].contains(&value.as_str())
    {
        return Err(format!(
            "`{text}` leads to `{value}`, which is no kind of contact (wechat, qq, telegram, telephone, any)"
        ));
    }
    Ok(Term {
        text,
        kind,
        weight,
        value,
        folded,
    })
}

/// A file's name without version, `min` and ending.
fn bare(file: &str) -> &str {
    let end = file
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(file.len());
    file[..end].trim_end_matches(['-', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        match Lexicon::parse(&[("offer.toml", text)]) {
            Ok(_) => String::from("no fault"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn faults_name_file_and_line() {
        let check = |text: &str, expected: &str| assert_eq!(fault(text), expected);
        check(
            "kind = \"offer\"\n[terms]\n\"代办\" = 3",
            "offer.toml:3: `代办` has weight `3`, which is not between 0 and 2",
        );
        check(
            "kind = \"offer\"\n[terms]\n\"代办\" = 1\n\"代 辦\" = 1",
            "offer.toml:3: `代办` is listed twice, as `代 辦` before",
        );
        check(
            "kind = \"alias\"\n[terms]\n\"薇信\" = \"微信\"",
            "offer.toml:3: `薇信` stands for `微信`, which no file lists",
        );
        check(
            "kind = \"contact\"\n[terms]\n\"微信\" = 1",
            "offer.toml:3: `微信` needs a word in quotes, not a number",
        );
        assert!(
            fault("kind = \"offers\"\n[terms]")
                .starts_with("offer.toml:1: unknown variant `offers`")
        );
        assert!(
            fault("kind = \"offer\"\nterm = 1\n[terms]")
                .starts_with("offer.toml:2: unknown field `term`")
        );
        assert!(fault("kind = \"offer\"\n[terms]\n\"代办\" = ").starts_with("offer.toml:3: "));
    }

    #[test]
    fn the_longest_term_counts_and_harmless_words_hide_it() {
        let lexicon = Lexicon::parse(&[
            (
                "c",
                "kind = \"credential\"\n[terms]\n\"操作证\" = 0.5\n\"特种作业操作证\" = 1",
            ),
            ("d", "kind = \"deal\"\n[terms]\n\"办证\" = 1"),
            ("h", "kind = \"harmless\"\n[terms]\n\"办证大厅\" = 1"),
        ])
        .unwrap();
        let searcher = lexicon.searcher().unwrap();
        let mut folded = Folded::default();
        folded.push_block("特种作业操作证到办证大厅办理，不要找人办证", 0);
        let words: Vec<&str> = searcher
            .search(&folded)
            .iter()
            .map(|find| searcher.term(find).text.as_str())
            .collect();
        assert_eq!(words, ["特种作业操作证", "办证"]);
    }

    #[test]
    fn generic_names_are_known_with_version_and_folder() {
        let lexicon = Lexicon::parse(&[(
            "generic.toml",
            "kind = \"generic\"\n[terms]\n\"jquery\" = 1\n\"js\" = 1\n\"header\" = 1",
        )])
        .unwrap();
        for name in ["js/jquery-3.6.0.min.js", "jquery.js", "#header", "header"] {
            assert!(lexicon.is_generic(name), "{name}");
        }
        assert!(!lexicon.is_generic("cx/jquery.js") && !lexicon.is_generic("js/certquery.js"));
    }
}
