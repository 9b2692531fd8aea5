//! The matcher: what is protected and how it is imitated, against any host name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jianwei_model::ProtectedSite;

use crate::host::HostName;
use crate::level::Core;
use crate::lexicon::{Classes, Entry, Lexicon};
use crate::reading::{Found, Reading};
use crate::typo::OpenLabel;
use crate::vocabulary::Section;
use crate::{
    Kind, Resemblance, Vocabulary, combination, government, homoglyph, level, registrable, typo,
};

/// Letters from which a label that only an official host explains is told by itself.
const DISTINCTIVE_LETTERS: usize = 5;
/// Labels shorter than this are parts of an official name but tell nothing.
const SHORTEST_LABEL: usize = 3;
/// What reading a host otherwise than it is written takes off a score.
const REREAD: f64 = 0.95;
/// How telling it is that a host was once official.
const LAPSED_SCORE: f64 = 0.6;
/// Public suffixes that only a state or its schools give out, in any country.
const RESTRICTED: [&str; 3] = ["gov", "edu", "mil"];

/// Recognises hosts that imitate protected sites.
#[derive(Debug, Clone)]
pub struct Matcher {
    sites: Vec<ProtectedSite>,
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    cores: Vec<Core>,
    open: Vec<OpenLabel>,
    /// Current official hosts, and whose they are.
    hosts: HashMap<String, usize>,
    /// Registrable domains of current official hosts outside the closed suffixes.
    registered: HashSet<String>,
    /// Hosts that were official and have been given up, whose, and until when.
    lapsed: Vec<(String, usize, String)>,
    /// `gov` and its like: what a host must contain for the costlier look where no word is found.
    gov_words: Vec<String>,
}

impl Matcher {
    /// A matcher for these sites with these words.
    ///
    /// A host with a last day (`until`) counts as given up: without a clock, the safe reading is that it may be anyone's.
    #[must_use]
    pub fn new(sites: &[ProtectedSite], vocabulary: &Vocabulary) -> Self {
        let mut matcher = Self {
            sites: sites.to_vec(),
            vocabulary: vocabulary.clone(),
            lexicon: Lexicon::default(),
            cores: Vec::new(),
            open: Vec::new(),
            hosts: HashMap::new(),
            registered: HashSet::new(),
            lapsed: Vec::new(),
            gov_words: Vec::new(),
        };
        let mut words = vocabulary_words(vocabulary, sites);
        for (index, site) in sites.iter().enumerate() {
            for official in &site.hosts {
                let until = official.until.map(|day| day.to_string());
                matcher.learn_host(index, &official.host, until, &mut words);
            }
            for name in site.names.iter().chain([&site.organisation]) {
                learn_name(index, name, &mut words);
            }
        }
        matcher.lexicon = Lexicon::new(words);
        for suffix in &vocabulary.closed_suffixes {
            if let Some((gov, parent)) = suffix.split_once('.') {
                matcher.lexicon.add_glued_suffix(gov, parent);
                matcher.gov_words.push(gov.to_owned());
            }
        }
        matcher.gov_words.sort();
        matcher.gov_words.dedup();
        matcher
    }

    /// The protected site that runs `host`, today as far as is known.
    #[must_use]
    pub fn owner(&self, host: &str) -> Option<&ProtectedSite> {
        let name = HostName::parse(host)?;
        self.owner_index(&name.ascii)
            .map(|index| &self.sites[index])
    }

    /// What protected site a host name imitates and how, or `None` for an ordinary or official host.
    #[must_use]
    pub fn recognise(&self, host: &str) -> Option<Resemblance> {
        let name = HostName::parse(host)?;
        let ascii = name.ascii.as_ref();
        let unicode = name.unicode.as_deref();
        let telling = self.may_tell(ascii);
        if !telling && unicode.is_none() && !homoglyph::may_be_folded(ascii) {
            return None;
        }
        if self.vocabulary.is_closed(ascii) {
            return None;
        }
        let suffix_labels = self.vocabulary.suffix_labels(ascii);
        let left = ascii.split('.').count().saturating_sub(suffix_labels);
        let mut best = None;
        for spelling in [Some(ascii).filter(|_| telling), unicode]
            .into_iter()
            .flatten()
        {
            better(&mut best, self.look(spelling, suffix_labels, ascii));
        }
        for spelling in homoglyph::spellings(ascii, unicode, left) {
            if self.may_tell(&spelling) {
                better(&mut best, self.reread(&spelling, suffix_labels, ascii));
            }
        }
        better(&mut best, self.lapsed(ascii));
        best.filter(|_| !self.is_innocent(ascii))
    }

    fn owner_index(&self, ascii: &str) -> Option<usize> {
        let mut rest = Some(ascii);
        while let Some(host) = rest {
            if let Some(index) = self.hosts.get(host) {
                return Some(*index);
            }
            rest = host.split_once('.').map(|(_, parent)| parent);
        }
        None
    }

    /// A host that whoever registered an official one also registered, or that only a state or a network gives out.
    fn is_innocent(&self, ascii: &str) -> bool {
        let restricted = psl::suffix_str(ascii)
            .and_then(|suffix| suffix.split('.').next())
            .is_some_and(|first| RESTRICTED.contains(&first));
        restricted
            || self.vocabulary.is_carried(ascii)
            || self.owner_index(ascii).is_some()
            || registrable(ascii).is_some_and(|domain| self.registered.contains(domain))
    }

    /// Whether a host contains any word that makes the closer look worth its while.
    fn may_tell(&self, text: &str) -> bool {
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

    fn look(&self, text: &str, suffix_labels: usize, ascii: &str) -> Option<Resemblance> {
        let reading = Reading::new(text, &self.lexicon, suffix_labels);
        let found = self.strongest(&reading)?;
        Some(self.resemblance(&reading, found, ascii))
    }

    /// Looks at a host as the eye may read it, where that is not how it is written.
    fn reread(&self, spelling: &str, suffix_labels: usize, ascii: &str) -> Option<Resemblance> {
        let reading = Reading::new(spelling, &self.lexicon, suffix_labels);
        let official = self.owner_index(spelling).or_else(|| {
            let domain = registrable(spelling)?;
            self.sites.iter().position(|site| {
                site.hosts.iter().any(|official| {
                    official.until.is_none() && registrable(&official.host) == Some(domain)
                })
            })
        });
        let found = if official.is_some() || self.vocabulary.is_closed(spelling) {
            let range = (0, spelling.len());
            Found {
                kind: Kind::Homoglyph,
                score: 1.0,
                range,
                site: official,
                reason: String::new(),
            }
        } else {
            self.strongest(&reading)?
        };
        let mut resemblance = self.resemblance(&reading, found, ascii);
        let inner = std::mem::take(&mut resemblance.reason);
        resemblance.reason = format!("“{}”中有形近字符，看去如同{spelling}", resemblance.excerpt);
        if !inner.is_empty() {
            resemblance.reason.push_str("：");
            resemblance.reason.push_str(&inner);
        }
        resemblance.kind = Kind::Homoglyph;
        resemblance.score *= REREAD;
        Some(resemblance)
    }

    fn strongest(&self, reading: &Reading<'_>) -> Option<Found> {
        let organisation = |site: usize| self.sites[site].organisation.clone();
        let found = [
            level::find(reading, &self.cores, &organisation),
            government::find(reading, &self.vocabulary.ordinary_before_gov),
            combination::find(reading),
            typo::find(reading, &self.open),
        ];
        found
            .into_iter()
            .flatten()
            .reduce(|best, next| if next.score > best.score { next } else { best })
    }

    fn lapsed(&self, ascii: &str) -> Option<Resemblance> {
        let (host, site, until) = self.lapsed.iter().find(|(host, ..)| {
            ascii
                .strip_suffix(host.as_str())
                .is_some_and(|left| left.is_empty() || left.ends_with('.'))
        })?;
        let site = &self.sites[*site];
        Some(Resemblance {
            protected: Some(site.id.clone()),
            organisation: site.organisation.clone(),
            kind: Kind::Lapsed,
            score: LAPSED_SCORE,
            excerpt: host.clone(),
            reason: format!(
                "{host}曾是{}的官方域名，登记的停用日期为{until}，现在可能已由他人注册",
                site.organisation
            ),
        })
    }

    fn resemblance(&self, reading: &Reading<'_>, found: Found, ascii: &str) -> Resemblance {
        let site = found
            .site
            .or_else(|| self.site_meant(reading))
            .map(|index| &self.sites[index]);
        let organisation =
            site.map_or_else(|| body_meant(reading), |site| site.organisation.clone());
        Resemblance {
            protected: site.map(|site| site.id.clone()),
            organisation,
            kind: found.kind,
            score: found.score,
            excerpt: excerpt(reading, found.range, ascii),
            reason: found.reason,
        }
    }

    /// The one site that most of the host's words point to; a national body goes before its branches.
    fn site_meant(&self, reading: &Reading<'_>) -> Option<usize> {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        let telling = Classes::BODY | Classes::CERTIFICATE;
        let (bodies, others): (Vec<&Entry>, Vec<&Entry>) = reading
            .own()
            .filter_map(|piece| reading.entry(piece))
            .partition(|entry| entry.classes.meets(telling));
        for entry in bodies {
            let weight = 2 * entry.word.chars().count();
            for site in &entry.sites {
                *votes.entry(*site).or_default() += weight;
            }
            if let Some(site) = entry.of {
                *votes.entry(site).or_default() += weight + 1;
            }
        }
        // A region tells apart the branches of a body that is named; by itself it names none.
        for entry in others {
            for site in &entry.sites {
                votes
                    .entry(*site)
                    .and_modify(|votes| *votes += entry.word.len());
            }
        }
        let most = *votes.values().max()?;
        let first: Vec<usize> = votes
            .iter()
            .filter(|(_, votes)| **votes == most)
            .map(|(site, _)| *site)
            .collect();
        let national: Vec<usize> = first
            .iter()
            .copied()
            .filter(|site| self.sites[*site].region.is_empty())
            .collect();
        match (first.as_slice(), national.as_slice()) {
            ([site], _) | (_, [site]) => Some(*site),
            _ => None,
        }
    }

    fn learn_host(
        &mut self,
        site: usize,
        host: &str,
        until: Option<String>,
        words: &mut BTreeMap<String, Entry>,
    ) {
        let bare = host.strip_prefix("www.").unwrap_or(host);
        let closed = self.vocabulary.is_closed(host);
        let domain = registrable(host).filter(|_| !closed);
        for core in [Some(bare), domain].into_iter().flatten() {
            if !self.vocabulary.is_closed(core) || core.split('.').count() > 1 {
                self.learn_core(core, site);
            }
        }
        let suffix_labels = self.vocabulary.suffix_labels(host);
        let labels: Vec<&str> = host.split('.').collect();
        let left = labels.len().saturating_sub(suffix_labels);
        for (index, label) in labels.iter().enumerate() {
            let mut classes = Classes::default();
            if index < left {
                classes = self.classes_of(label, index + 1 == left && !closed);
            }
            learn_label(site, label, classes, index < left, words);
        }
        if let (Some(domain), Some(label)) = (domain, labels.get(left.wrapping_sub(1)))
            && label.len() >= typo::SHORTEST
            && until.is_none()
        {
            let suffix = domain[label.len() + 1..].to_owned();
            let label = (*label).to_owned();
            self.open.push(OpenLabel {
                label,
                suffix,
                site,
            });
        }
        match until {
            Some(until) => self.lapsed.push((bare.to_owned(), site, until)),
            None => {
                self.hosts.entry(host.to_owned()).or_insert(site);
                self.registered.extend(domain.map(str::to_owned));
            }
        }
    }

    fn learn_core(&mut self, host: &str, site: usize) {
        if self.cores.iter().all(|core| core.host != host) {
            self.cores.extend(Core::new(host, site));
        }
    }

    fn classes_of(&self, label: &str, registered: bool) -> Classes {
        let mut classes = Classes::PART;
        let generic = self.vocabulary.generic_labels.contains(label)
            || self.vocabulary.words.get(label).is_some_and(|word| {
                !matches!(word.section, Section::Agency | Section::Certificate)
            });
        if !generic && label.len() >= SHORTEST_LABEL {
            classes.add(Classes::OFFICIAL);
        }
        if registered {
            classes.add(Classes::ANCHOR);
        }
        classes
    }
}

fn better(best: &mut Option<Resemblance>, next: Option<Resemblance>) {
    if let Some(next) = next
        && best.as_ref().is_none_or(|best| next.score > best.score)
    {
        *best = Some(next);
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

fn learn_label(
    site: usize,
    label: &str,
    classes: Classes,
    own: bool,
    words: &mut BTreeMap<String, Entry>,
) {
    if label.len() < 2 {
        return;
    }
    let known = words.contains_key(label);
    let entry = words.entry(label.to_owned()).or_default();
    if !known {
        label.clone_into(&mut entry.word);
        entry.ordinary =
            label.len() < DISTINCTIVE_LETTERS || label.bytes().all(|byte| byte.is_ascii_digit());
    }
    entry.classes.add(classes);
    if own && entry.sites.last() != Some(&site) {
        entry.sites.push(site);
    }
}

fn learn_name(site: usize, name: &str, words: &mut BTreeMap<String, Entry>) {
    let name: String = name
        .chars()
        .filter(|symbol| symbol.is_alphanumeric())
        .collect();
    if name.is_ascii() || name.chars().count() < 4 {
        return;
    }
    let entry = words.entry(name.clone()).or_default();
    entry.word = name;
    entry.classes.add(Classes::NAME);
    if entry.sites.last() != Some(&site) {
        entry.sites.push(site);
    }
}

/// What kind of body the host's words name where they fit several sites or none.
fn body_meant(reading: &Reading<'_>) -> String {
    let classes = Classes::BODY | Classes::CERTIFICATE | Classes::STATE;
    let meant: BTreeSet<&str> = reading
        .own()
        .filter(|piece| reading.is(piece, classes))
        .filter_map(|piece| reading.entry(piece))
        .map(|entry| entry.means.as_str())
        .filter(|means| !means.is_empty())
        .collect();
    if meant.is_empty() {
        "政府网站（未指明机关）".to_owned()
    } else {
        let meant: Vec<&str> = meant.into_iter().collect();
        format!("{}（未指明机关）", meant.join("、"))
    }
}

/// The telling part as it is written: the same bytes, or the same labels where the reading is another spelling.
fn excerpt(reading: &Reading<'_>, range: (usize, usize), ascii: &str) -> String {
    if reading.text == ascii {
        return reading.slice(range).to_owned();
    }
    let label_at = |place: usize| {
        reading
            .labels
            .iter()
            .position(|label| place <= label.1)
            .unwrap_or(0)
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let (first, last) = (label_at(range.0), label_at(range.1));
    labels[first.min(labels.len() - 1)..=last.min(labels.len() - 1)].join(".")
}
