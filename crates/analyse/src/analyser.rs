//! The analyser: what is known of official sites, brought to bear on a page.

use std::collections::{BTreeMap, HashMap};

use jianwei_lookalike::{Kind as Trick, Matcher, Resemblance};
use jianwei_model::{
    Assessment, BackgroundPage, Contact, Date, Digest, Finding, Mark, MarkKind, ProtectedSite,
    Reference, ReferenceMatch, Scores,
};

use crate::decision::{Seen, decide};
use crate::error::Error;
use crate::lexicon::{Lexicon, Searcher};
use crate::marks::normal_value;
use crate::page::Features;
use crate::reading::{Reading, Sighting};
use crate::references::References;
use crate::signals;
use crate::text::fold_word;
use crate::weights::Weights;

/// The name of the finding that holds a channel's log-odds before anything is seen.
const PRIOR: &str = "prior";
/// The score of imitating a state organ.
const FAKE: &str = "fake_government_site";
/// The score of selling forged certificates.
const SALE: &str = "certificate_sale";

/// A page to assess.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Where the visit ended.
    pub url: &'a str,
    /// The page as UTF-8 text; offsets of findings count its bytes.
    pub html: &'a str,
    /// The day of the visit, on which hosts are or are not official.
    pub day: Date,
}

/// Assesses pages against what is known of official sites.
#[derive(Clone)]
pub struct Analyser {
    knowledge: Knowledge,
    version: String,
}

/// What is known before a page is read.
#[derive(Clone)]
pub(crate) struct Knowledge {
    pub(crate) protected: Vec<ProtectedSite>,
    pub(crate) lexicon: Lexicon,
    pub(crate) searcher: Searcher,
    pub(crate) weights: Weights,
    pub(crate) references: References,
    /// Folded names of sites, the longest first, with the site's index.
    pub(crate) names: Vec<(String, usize)>,
    /// Folded names of organisations, the longest first, with the site's index.
    pub(crate) organisations: Vec<(String, usize)>,
    /// Folded names of certificates.
    pub(crate) certificates: Vec<String>,
    /// Lookup paths with the site's index.
    pub(crate) lookup_paths: Vec<(String, usize)>,
    /// Owners of marks by normal value.
    pub(crate) mark_owners: HashMap<(MarkKind, String), usize>,
    matcher: Matcher,
}

/// Shortest folded name that can be recognised on a page.
const LEAST_NAME_CHARS: usize = 3;
/// Shortest lookup path that is nobody else's by chance.
const LEAST_PATH_BYTES: usize = 8;

impl Analyser {
    /// An analyser without references.
    ///
    /// # Errors
    /// [`Error::Lexicon`] when the terms cannot be compiled.
    pub fn new(
        protected: Vec<ProtectedSite>,
        matcher: Matcher,
        lexicon: Lexicon,
        weights: Weights,
    ) -> Result<Self, Error> {
        let version = version(&lexicon, &weights);
        let knowledge = Knowledge::new(protected, matcher, lexicon, weights)?;
        Ok(Self { knowledge, version })
    }

    /// Adds a version of an official page. Every version counts, for fakes copy old ones.
    pub fn add_reference(&mut self, reference: &Reference, html: &str) {
        let page = Features::read(html);
        let Knowledge {
            references,
            lexicon,
            ..
        } = &mut self.knowledge;
        references.add_reference(&reference.organisation, &reference.url, &page, lexicon);
    }

    /// Adds a vetted legitimate page, against which rarity is counted.
    pub fn add_background(&mut self, background: &BackgroundPage, html: &str) {
        let page = Features::read(html);
        let Knowledge {
            references,
            lexicon,
            ..
        } = &mut self.knowledge;
        references.add_background(&background.organisation, &page, lexicon);
    }

    /// Assesses a page.
    ///
    /// The contributions of all findings of a channel, its prior among them, sum to the log-odds of its score.
    /// Findings stand in the order of the size of their contributions, the priors last.
    #[must_use]
    pub fn assess(&self, page: &Page) -> Assessment {
        let reading = Reading::new(&self.knowledge, page.url, page.html, page.day);
        let mut values = Vec::new();
        let mut findings = Vec::new();
        for signal in signals::ALL {
            if let Some(sighting) = (signal.look)(&reading) {
                values.push((signal.name, sighting.value));
                self.weigh(signal.name, &sighting, &mut findings);
            }
        }
        findings
            .sort_by(|left, right| right.contribution.abs().total_cmp(&left.contribution.abs()));
        findings.extend(self.priors());
        let scores = Scores {
            fake_government_site: score(&findings, FAKE),
            certificate_sale: score(&findings, SALE),
        };
        let seen = Seen {
            values: &values,
            sale_score: scores.certificate_sale,
            has_telling_host: self.knowledge.has_telling_host(&reading.host),
        };
        let (class, decision) = decide(&reading, &seen);
        Assessment {
            class,
            scores,
            decision,
            reference: matched(&reading, &values),
            findings,
            contacts: contacts(&reading),
            marks: marks(&reading),
        }
    }

    /// The version of weights and words, which is kept with every assessment.
    #[must_use]
    pub fn model_version(&self) -> String {
        self.version.clone()
    }

    fn weigh(&self, name: &str, sighting: &Sighting, findings: &mut Vec<Finding>) {
        let Some(weight) = self.knowledge.weights.signal.get(name) else {
            return;
        };
        for (channel, weight) in [
            (FAKE, weight.fake_government_site),
            (SALE, weight.certificate_sale),
        ] {
            if weight != 0.0 {
                findings.push(Finding {
                    signal: name.to_owned(),
                    channel: channel.to_owned(),
                    value: sighting.value,
                    weight,
                    contribution: sighting.value * weight,
                    reason: sighting.reason.clone(),
                    excerpt: sighting.quote.text.clone(),
                    offset: sighting.quote.offset,
                });
            }
        }
    }

    fn priors(&self) -> [Finding; 2] {
        let prior = &self.knowledge.weights.prior;
        [
            (FAKE, prior.fake_government_site),
            (SALE, prior.certificate_sale),
        ]
        .map(|(channel, weight)| Finding {
            signal: PRIOR.to_owned(),
            channel: channel.to_owned(),
            value: 1.0,
            weight,
            contribution: weight,
            reason: String::from("先验：绝大多数网页与此无关"),
            excerpt: String::new(),
            offset: None,
        })
    }
}

impl Knowledge {
    pub(crate) fn new(
        protected: Vec<ProtectedSite>,
        matcher: Matcher,
        lexicon: Lexicon,
        weights: Weights,
    ) -> Result<Self, Error> {
        let mut knowledge = Self {
            searcher: lexicon.searcher()?,
            lexicon,
            weights,
            references: References::default(),
            names: Vec::new(),
            organisations: Vec::new(),
            certificates: Vec::new(),
            lookup_paths: Vec::new(),
            mark_owners: HashMap::new(),
            matcher,
            protected: Vec::new(),
        };
        for (number, site) in protected.iter().enumerate() {
            knowledge.learn(number, site);
        }
        knowledge.protected = protected;
        let longest_first = |name: &(String, usize)| std::cmp::Reverse(name.0.chars().count());
        knowledge.names.sort_by_key(longest_first);
        knowledge.organisations.sort_by_key(longest_first);
        knowledge
            .certificates
            .sort_by_key(|name| std::cmp::Reverse(name.len()));
        knowledge.certificates.dedup();
        Ok(knowledge)
    }

    fn learn(&mut self, number: usize, site: &ProtectedSite) {
        let is_long_enough = |name: &String| name.chars().count() >= LEAST_NAME_CHARS;
        let organisation = fold_word(&site.organisation);
        // An organisation's plain name is in every report about it; only the names of its sites are claims.
        let names = site
            .names
            .iter()
            .map(|name| fold_word(name))
            .filter(|name| is_long_enough(name) && *name != organisation);
        self.names.extend(names.map(|name| (name, number)));
        if is_long_enough(&organisation) {
            self.organisations.push((organisation, number));
        }
        let certificates = site.certificates.iter().map(|name| fold_word(name));
        self.certificates
            .extend(certificates.filter(is_long_enough));
        let paths = site
            .lookup_paths
            .iter()
            .filter(|path| path.len() >= LEAST_PATH_BYTES);
        self.lookup_paths
            .extend(paths.map(|path| (path.clone(), number)));
        for mark in &site.marks {
            self.mark_owners
                .insert((mark.kind, normal_value(mark)), number);
        }
    }

    /// What a host name was recognised as.
    pub(crate) fn resemblance(&self, host: &str) -> Option<Resemblance> {
        self.matcher.recognise(host)
    }

    /// Whether a host name is of a kind that honest sites do not have.
    fn has_telling_host(&self, host: &str) -> bool {
        self.resemblance(host).is_some_and(|resemblance| {
            resemblance.score >= self.weights.decision.host
                && matches!(
                    resemblance.kind,
                    Trick::Level
                        | Trick::Joined
                        | Trick::GovernmentLabel
                        | Trick::Lapsed
                        | Trick::Homoglyph
                )
        })
    }
}

/// The version in the weights and a digest of weights and words.
fn version(lexicon: &Lexicon, weights: &Weights) -> String {
    let words = format!("{}{weights:?}", lexicon.fingerprint());
    let digest = Digest::of(words.as_bytes()).hex();
    format!("{}-{}", weights.version, &digest[..8])
}

fn score(findings: &[Finding], channel: &str) -> f64 {
    let log_odds: f64 = findings
        .iter()
        .filter(|finding| finding.channel == channel)
        .map(|finding| finding.contribution)
        .sum();
    1.0 / (1.0 + (-log_odds).exp())
}

/// The nearest reference, where the likeness was worth a finding.
fn matched(reading: &Reading, values: &[(&'static str, f64)]) -> Option<ReferenceMatch> {
    let likeness = reading.likeness.as_ref()?;
    let is_found = values
        .iter()
        .any(|(name, value)| *name == "clone" && *value > 0.05);
    is_found.then(|| ReferenceMatch {
        organisation: likeness.organisation.clone(),
        url: likeness.url.clone(),
        score: likeness.score,
    })
}

fn contacts(reading: &Reading) -> Vec<Contact> {
    let mut distinct: BTreeMap<_, Contact> = BTreeMap::new();
    for found in &reading.contacts {
        let contact = &found.contact;
        distinct
            .entry((contact.kind, contact.value.clone()))
            .or_insert_with(|| contact.clone());
    }
    distinct.into_values().collect()
}

fn marks(reading: &Reading) -> Vec<Mark> {
    reading
        .marks
        .iter()
        .map(|found| found.mark.clone())
        .collect()
}
