//! A page as the signals see it: its features, the terms found in it, and what is known of its host.

use jianwei_model::{Date, ProtectedSite};

use crate::analyser::Knowledge;
use crate::contacts::{FoundContact, find_contacts};
use crate::lexicon::{Find, Kind, Term};
use crate::marks::{FoundMark, find_marks};
use crate::number::{FoundNumber, find_numbers};
use crate::offers::Offers;
use crate::page::{Block, Features, Position, Quote};
use crate::references::Likeness;
use crate::tone::Tone;

/// A page as the signals see it.
pub(crate) struct Reading<'a> {
    pub(crate) knowledge: &'a Knowledge,
    pub(crate) host: String,
    pub(crate) standing: Standing<'a>,
    pub(crate) page: Features<'a>,
    /// In the order of their beginnings.
    pub(crate) finds: Vec<Find>,
    pub(crate) contacts: Vec<FoundContact>,
    pub(crate) marks: Vec<FoundMark>,
    pub(crate) numbers: Vec<FoundNumber>,
    pub(crate) tone: Tone,
    pub(crate) offers: Offers,
    pub(crate) likeness: Option<Likeness>,
}

/// What is known of a page's host before it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<'a> {
    /// It is a protected site's own.
    Protected(&'a ProtectedSite),
    /// Only a state organ can have it.
    State,
    /// Only a school can have it.
    Education,
    /// Anybody can have it.
    Anybody,
}

/// A signal's reason, before it is weighed.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    /// Between 0 and 1.
    pub(crate) value: f64,
    /// What an analyst reads, in Chinese.
    pub(crate) reason: String,
    pub(crate) quote: Quote,
}

impl<'a> Reading<'a> {
    /// Reads a page.
    pub(crate) fn new(knowledge: &'a Knowledge, url: &str, html: &'a str, day: Date) -> Self {
        let host = jianwei_model::host_of(url).unwrap_or_default();
        let standing = standing(knowledge, &host, day);
        let page = Features::read(html);
        let finds = knowledge.searcher.search(&page.folded);
        let contacts = find_contacts(&page, &knowledge.searcher, &finds);
        let mut reading = Self {
            marks: find_marks(&page),
            numbers: find_numbers(&page),
            tone: Tone::default(),
            offers: Offers::default(),
            likeness: None,
            knowledge,
            host,
            standing,
            page,
            finds,
            contacts,
        };
        reading.tone = Tone::of(&reading);
        reading.offers = Offers::of(&reading);
        reading.likeness = reading.nearest();
        reading
    }

    fn nearest(&self) -> Option<Likeness> {
        let own = match self.standing {
            Standing::Protected(site) => Some(site.organisation.as_str()),
            _ => None,
        };
        self.knowledge
            .references
            .nearest(&self.page, &self.knowledge.lexicon, |organisation| {
                own == Some(organisation)
            })
    }

    /// Whether the host cannot be an imitator's.
    pub(crate) fn is_official(&self) -> bool {
        matches!(self.standing, Standing::Protected(_) | Standing::State)
    }

    /// The term of a find.
    pub(crate) fn term(&self, find: &Find) -> &'a Term {
        self.knowledge.searcher.term(find)
    }

    /// The finds of a kind.
    pub(crate) fn finds_of(&self, kind: Kind) -> impl Iterator<Item = &Find> {
        self.finds
            .iter()
            .filter(move |find| self.term(find).kind == kind)
    }

    /// The finds of a kind within a range of folded characters.
    pub(crate) fn finds_in(&self, kind: Kind, range: (u32, u32)) -> impl Iterator<Item = &Find> {
        let first = self.finds.partition_point(|find| find.range.0 < range.0);
        self.finds[first..]
            .iter()
            .take_while(move |find| find.range.0 < range.1)
            .filter(move |find| find.range.1 <= range.1 && self.term(find).kind == kind)
    }

    /// The source of a find.
    pub(crate) fn quote(&self, find: &Find) -> Quote {
        self.page.quote_folded(find.range)
    }

    /// The block that a find lies in.
    pub(crate) fn block_of(&self, find: &Find) -> Option<&Block> {
        self.page.blocks.get(self.page.block_of(find.range.0))
    }

    /// Blocks in a position.
    pub(crate) fn blocks_at(&self, position: Position) -> impl Iterator<Item = &Block> {
        self.page
            .blocks
            .iter()
            .filter(move |block| block.position == position)
    }

    /// The protected site that runs a host on any day, if one does.
    pub(crate) fn site_of(&self, host: &str) -> Option<&'a ProtectedSite> {
        self.knowledge
            .protected
            .iter()
            .find(|site| site.owns_host(host, None))
    }
}

impl Sighting {
    /// A sighting with its value brought between 0 and 1; `None` when there is nothing to see.
    pub(crate) fn new(value: f64, reason: impl Into<String>, quote: Quote) -> Option<Self> {
        (value > 0.0).then(|| Self {
            value: value.min(1.0),
            reason: reason.into(),
            quote,
        })
    }
}

impl Quote {
    /// A quotation of the host name rather than of the page.
    pub(crate) fn of_host(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            offset: None,
        }
    }
}

/// Grows with `sum` towards 1; reaches 0.63 at `scale`.
pub(crate) fn saturate(sum: f64, scale: f64) -> f64 {
    1.0 - (-sum / scale).exp()
}

fn standing<'a>(knowledge: &'a Knowledge, host: &str, day: Date) -> Standing<'a> {
    let owner = knowledge
        .protected
        .iter()
        .find(|site| site.owns_host(host, Some(day)));
    if let Some(site) = owner {
        Standing::Protected(site)
    } else if knowledge.weights.hosts.is_state(host) {
        Standing::State
    } else if knowledge.weights.hosts.is_education(host) {
        Standing::Education
    } else {
        Standing::Anybody
    }
}
