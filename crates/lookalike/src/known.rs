//! What a matcher knows: the words, the official names and who runs them.

use std::collections::{BTreeMap, HashMap};

use jianwei_model::{Date, OfficialHost, ProtectedSite};

use crate::level::Core;
use crate::lexicon::Lexicon;
use crate::typo::OpenLabel;
use crate::vocabulary::Section;
use crate::word::{Classes, Entry};
use crate::{Vocabulary, registrable};

/// Letters from which a label that only an official host explains is told by itself.
const DISTINCTIVE_LETTERS: usize = 5;
/// Labels shorter than this are parts of an official name but tell nothing.
const SHORTEST_LABEL: usize = 3;
/// Characters from which a Chinese name is a word.
const NAME_CHARACTERS: usize = 4;

/// Protected sites and vocabulary, indexed. Sites are named by their place in the list that was given.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) lexicon: Lexicon,
    pub(crate) cores: Vec<Core>,
    pub(crate) open: Vec<OpenLabel>,
    /// Registrable domains of current official hosts outside the closed suffixes.
    pub(crate) registered: HashMap<String, usize>,
    pub(crate) lapsed: Vec<Lapsed>,
    /// Current official hosts, and whose they are.
    hosts: HashMap<String, usize>,
    /// `gov` and its like: what a host must contain for the costlier look where no word is found.
    gov_words: Vec<String>,
}

/// A host that was official and has been given up.
#[derive(Debug, Clone)]
pub(crate) struct Lapsed {
    pub(crate) host: String,
    pub(crate) site: usize,
    pub(crate) until: Date,
}

/// Gathers words before they are indexed.
struct Learner<'a> {
    vocabulary: &'a Vocabulary,
    words: BTreeMap<String, Entry>,
    known: Known,
}

impl Known {
    pub(crate) fn new(sites: &[ProtectedSite], vocabulary: &Vocabulary) -> Self {
        let mut learner = Learner {
            vocabulary,
            words: vocabulary_words(vocabulary, sites),
            known: Self {
                lexicon: Lexicon::default(),
                cores: Vec::new(),
                open: Vec::new(),
                registered: HashMap::new(),
                lapsed: Vec::new(),
                hosts: HashMap::new(),
                gov_words: Vec::new(),
            },
        };
        for (index, site) in sites.iter().enumerate() {
            for official in &site.hosts {
                learner.host(index, official);
            }
            for name in site.names.iter().chain([&site.organisation]) {
                learner.name(index, name);
            }
        }
        let Learner {
            words, mut known, ..
        } = learner;
        known.lexicon = Lexicon::new(words);
        for suffix in &vocabulary.closed_suffixes {
            if let Some((gov, parent)) = suffix.split_once('.') {
                known.lexicon.add_glued_suffix(gov, parent);
                known.gov_words.push(gov.to_owned());
            }
        }
        known.gov_words.sort();
        known.gov_words.dedup();
        known
    }

    /// The site that runs a host, given in lower-case ASCII.
    pub(crate) fn owner(&self, ascii: &str) -> Option<usize> {
        let mut rest = Some(ascii);
        while let Some(host) = rest {
            if let Some(index) = self.hosts.get(host) {
                return Some(*index);
            }
            rest = host.split_once('.').map(|(_, parent)| parent);
        }
        None
    }

    /// Whether a host contains any word that makes the closer look worth its while.
    pub(crate) fn may_tell(&self, text: &str) -> bool {
        !text.is_ascii()
            || text
                .split(['.', '-', '_'])
                .any(|atom| self.lexicon.tells(atom))
            || self
                .gov_words
                .iter()
                .any(|word| text.contains(word.as_str()))
            || self
                .open
                .iter()
                .any(|official| official.may_be_meant_by(text))
    }
}

impl Learner<'_> {
    fn host(&mut self, site: usize, official: &OfficialHost) {
        let host = official.host.as_str();
        let bare = host.strip_prefix("www.").unwrap_or(host);
        let closed = self.vocabulary.is_closed(host);
        let domain = registrable(host).filter(|_| !closed);
        for name in [Some(bare), domain].into_iter().flatten() {
            self.core(name, site, closed);
        }
        let suffix_labels = self.vocabulary.suffix_labels(host);
        let labels: Vec<&str> = host.split('.').collect();
        let left = labels.len().saturating_sub(suffix_labels);
        for (index, label) in labels.iter().enumerate() {
            let mut classes = Classes::default();
            if index < left {
                classes = self.classes_of(label);
            }
            if index + 1 == left && !closed {
                classes.add(Classes::ANCHOR);
                for part in label.split('-').filter(|part| part != label) {
                    self.label(part, Classes::ANCHOR, Some(site));
                }
            }
            self.label(label, classes, (index < left).then_some(site));
        }
        if let Some(until) = official.until {
            let host = bare.to_owned();
            self.known.lapsed.push(Lapsed { host, site, until });
            return;
        }
        self.known.hosts.entry(host.to_owned()).or_insert(site);
        if let Some(domain) = domain {
            self.known
                .registered
                .entry(domain.to_owned())
                .or_insert(site);
            self.known.open.extend(OpenLabel::new(domain, site));
        }
    }

    fn core(&mut self, host: &str, site: usize, closed: bool) {
        if self.known.cores.iter().any(|core| core.host == host) {
            return;
        }
        if let Some(core) = Core::new(host, site, closed) {
            // A name under `gov.cn` is told by its `gov`; another one only by its own letters.
            if !closed {
                self.label(&core.squeezed, Classes::ANCHOR, Some(site));
            }
            self.known.cores.push(core);
        }
    }

    fn classes_of(&self, label: &str) -> Classes {
        let mut classes = Classes::PART;
        let generic = self.vocabulary.generic_labels.contains(label)
            || self.vocabulary.words.get(label).is_some_and(|word| {
                !matches!(word.section, Section::Agency | Section::Certificate)
            });
        if !generic && label.len() >= SHORTEST_LABEL {
            classes.add(Classes::OFFICIAL);
        }
        classes
    }

    /// A label of an official host; of `site` when it stands left of the suffix.
    fn label(&mut self, label: &str, classes: Classes, site: Option<usize>) {
        if label.len() < 2 {
            return;
        }
        let known = self.words.contains_key(label);
        let entry = self.words.entry(label.to_owned()).or_default();
        if !known {
            label.clone_into(&mut entry.word);
            entry.ordinary = label.len() < DISTINCTIVE_LETTERS
                || label.bytes().all(|byte| byte.is_ascii_digit());
        }
        entry.classes.add(classes);
        entry.point_to(site);
    }

    /// A Chinese name of a site or its organisation.
    fn name(&mut self, site: usize, name: &str) {
        let name: String = name
            .chars()
            .filter(|symbol| symbol.is_alphanumeric())
            .collect();
        if name.is_ascii() || name.chars().count() < NAME_CHARACTERS {
            return;
        }
        let entry = self.words.entry(name.clone()).or_default();
        entry.word = name;
        entry.classes.add(Classes::NAME);
        entry.point_to(Some(site));
    }
}

fn vocabulary_words(vocabulary: &Vocabulary, sites: &[ProtectedSite]) -> BTreeMap<String, Entry> {
    let mut words: BTreeMap<String, Entry> = BTreeMap::new();
    for (text, word) in &vocabulary.words {
        let classes = match word.section {
            Section::Agency => Classes::AGENCY,
            Section::Certificate => Classes::CERTIFICATE,
            Section::Function => Classes::FUNCTION,
            Section::Government => Classes::STATE,
            Section::Region => Classes::REGION,
            Section::Filler => Classes::FILLER,
        };
        let of = word
            .of
            .as_deref()
            .and_then(|id| sites.iter().position(|site| site.id.as_str() == id));
        let entry = Entry {
            word: text.clone(),
            classes,
            means: word.means.clone(),
            ordinary: word.ordinary,
            of,
            sites: Vec::new(),
        };
        words.insert(text.clone(), entry);
    }
    for suffix in &vocabulary.closed_suffixes {
        if let Some((gov, parent)) = suffix.split_once('.') {
            for (text, class) in [(gov, Classes::GOV), (parent, Classes::PARENT)] {
                let entry = words.entry(text.to_owned()).or_default();
                text.clone_into(&mut entry.word);
                entry.classes.add(class);
            }
        }
    }
    words
}
