//! Offers: words of selling that stand beside a credential.

use std::collections::HashMap;

use crate::lexicon::{Find, Kind, Term};
use crate::reading::Reading;

/// Folded characters between the two words of a pair.
const REACH: u32 = 24;
/// Folded characters around a pair in which a warning takes its force.
const SHADOW: u32 = 20;
/// What is left of an offer that stands in quotation marks: it is spoken of, not made.
const MENTIONED: f64 = 0.2;
/// Longest run between quotation marks that counts as a mention, in bytes of UTF-8.
const LONGEST_MENTION: usize = 120;
/// Blocks between a pair and the contact that goes with it.
const NEAR_BLOCKS: usize = 2;
/// Value from which a seller's own word makes an offer a seller's.
const LEAST_SELLER: f64 = 0.25;
/// What words that schools use as well can come to without one that only sellers use.
const MOST_ORDINARY: f64 = 0.6;

/// All offers of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offers {
    /// Strongest first.
    pub(crate) pairs: Vec<Pair>,
    /// Sum of the pairs' values, repetitions discounted.
    pub(crate) sum: f64,
    /// The part of `sum` that are promises of passing.
    pub(crate) promises: f64,
    /// The part of `sum` that a real trainer can say, promises among it.
    pub(crate) ordinary: f64,
}

/// A word of selling with its credential.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    /// The word of selling.
    pub(crate) offer: Find,
    /// From the first word to the last.
    pub(crate) range: (u32, u32),
    /// The block, by index.
    pub(crate) block: usize,
    /// Weight of both words, lessened by warnings around it.
    pub(crate) value: f64,
    /// Who says such a thing.
    pub(crate) voice: Voice,
    /// The personal contact that goes with it, by index.
    pub(crate) contact: Option<usize>,
}

/// Who says such a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Only sellers, or someone who disguises it.
    Seller,
    /// Sellers and some trainers.
    Either,
    /// Trainers who promise what they may not.
    Promise,
}

impl Offers {
    /// Finds the offers of a page.
    pub(crate) fn of(reading: &Reading) -> Self {
        let mut pairs = Vec::new();
        for find in &reading.finds {
            if let Some(pair) = pair(reading, find) {
                pairs.push(pair);
            }
        }
        let answered = pairs.iter().filter(|pair| pair.contact.is_some());
        let mut blocks: Vec<usize> = answered.map(|pair| pair.block).collect();
        blocks.dedup();
        // Sellers paste warnings too; two offers with a contact each are an offer all the same.
        if reading.tone.warns_in_title && blocks.len() < 2 {
            for pair in &mut pairs {
                pair.value *= 0.3;
            }
        }
        pairs.sort_by(|left, right| right.value.total_cmp(&left.value));
        let mut offers = Self {
            pairs,
            ..Self::default()
        };
        offers.total();
        offers
    }

    /// Sums the pairs, those of the same word at 1, 1/2, 1/4 and then nothing.
    fn total(&mut self) {
        let mut times: HashMap<u32, i32> = HashMap::new();
        for pair in &self.pairs {
            let count = times.entry(pair.offer.term).or_default();
            if *count < 3 {
                let value = pair.value * 0.5_f64.powi(*count);
                self.sum += value;
                match pair.voice {
                    Voice::Seller => {}
                    Voice::Either => self.ordinary += value,
                    Voice::Promise => {
                        self.ordinary += value;
                        self.promises += value;
                    }
                }
            }
            *count += 1;
        }
        let is_seller = |pair: &Pair| pair.voice == Voice::Seller && pair.value >= LEAST_SELLER;
        if !self.pairs.iter().any(is_seller) {
            self.sum = self.sum.min(MOST_ORDINARY);
        }
    }
}

fn pair(reading: &Reading, find: &Find) -> Option<Pair> {
    let term = reading.term(find);
    let block_number = reading.page.block_of(find.range.0);
    let block = reading.page.blocks.get(block_number)?;
    let (weight, range) = match term.kind {
        Kind::Deal => (term.weight, find.range),
        Kind::Offer | Kind::Assurance | Kind::Promise => {
            let (credential, factor) = credential_near(reading, find, block_number)?;
            let range = if factor < 1.0 {
                find.range
            } else {
                (
                    find.range.0.min(credential.range.0),
                    find.range.1.max(credential.range.1),
                )
            };
            let weight = reading.term(&credential).weight;
            let disguise = if credential.how.is_disguise() {
                1.5
            } else {
                1.0
            };
            (term.weight * weight * factor * disguise, range)
        }
        _ => return None,
    };
    let disguise = if find.how.is_disguise() { 1.5 } else { 1.0 };
    let mention = if is_quoted(reading, find.range, block.text) {
        MENTIONED
    } else {
        1.0
    };
    let shadow = mention * shadow(reading, range, block.folded);
    Some(Pair {
        offer: *find,
        range,
        block: block_number,
        value: weight * disguise * shadow,
        voice: voice(term, find),
        contact: contact_near(reading, block_number),
    })
}

fn voice(term: &Term, find: &Find) -> Voice {
    if find.how.is_disguise() {
        return Voice::Seller;
    }
    match term.kind {
        Kind::Promise => Voice::Promise,
        _ if term.weight >= 0.9 => Voice::Seller,
        _ => Voice::Either,
    }
}

/// The nearest credential in the block, or with half the force one in the next block of a few words.
fn credential_near(reading: &Reading, find: &Find, block_number: usize) -> Option<(Find, f64)> {
    let blocks = &reading.page.blocks;
    let own = blocks[block_number].folded;
    let window = (
        find.range.0.saturating_sub(REACH + 12).max(own.0),
        (find.range.1 + REACH + 12).min(own.1),
    );
    let distance = |other: &Find| {
        find.range
            .0
            .saturating_sub(other.range.1)
            .max(other.range.0.saturating_sub(find.range.1))
    };
    let nearest = reading
        .finds_in(Kind::Credential, window)
        .filter(|other| distance(other) <= REACH)
        .min_by_key(|other| distance(other));
    if let Some(nearest) = nearest {
        return Some((*nearest, 1.0));
    }
    if reading.term(find).kind != Kind::Assurance {
        return None;
    }
    let is_short = |range: (u32, u32)| range.1 - range.0 <= 60;
    let before = block_number.checked_sub(1);
    [before, Some(block_number + 1)]
        .into_iter()
        .flatten()
        .filter_map(|number| blocks.get(number))
        .filter(|block| is_short(block.folded) && is_short(own))
        .find_map(|block| reading.finds_in(Kind::Credential, block.folded).next())
        .map(|credential| (*credential, 0.5))
}

/// How much of an offer's force is left by warnings and reports around it in the same sentence.
fn shadow(reading: &Reading, range: (u32, u32), block: (u32, u32)) -> f64 {
    let window = (
        range.0.saturating_sub(SHADOW).max(block.0),
        (range.1 + SHADOW).min(block.1),
    );
    let falls = |kind: Kind| {
        reading
            .finds_in(kind, window)
            .any(|other| reading.page.folded.same_sentence(other.range.0, range.0))
    };
    if falls(Kind::Negative) {
        0.1
    } else if falls(Kind::Reported) {
        0.3
    } else {
        1.0
    }
}

/// Whether folded characters stand between an opening and a closing quotation mark not far apart in the block.
fn is_quoted(reading: &Reading, range: (u32, u32), block: (u32, u32)) -> bool {
    const MARKS: [(char, char); 3] = [('“', '”'), ('「', '」'), ('『', '』')];
    let text = &reading.page.text;
    let (start, end) = reading.page.folded.origin(range, text);
    let before = text
        .get(block.0 as usize..start as usize)
        .unwrap_or_default();
    let after = text.get(end as usize..block.1 as usize).unwrap_or_default();
    MARKS.iter().any(|(open, close)| {
        let (Some(opened), Some(closed)) = (before.rfind(*open), after.find(*close)) else {
            return false;
        };
        let is_shut_before = before.rfind(*close).is_some_and(|shut| shut > opened);
        !is_shut_before && before.len() - opened + closed <= LONGEST_MENTION
    })
}

fn contact_near(reading: &Reading, block_number: usize) -> Option<usize> {
    reading.contacts.iter().position(|contact| {
        contact.is_personal()
            && contact
                .at
                .is_some_and(|at| reading.page.block_of(at).abs_diff(block_number) <= NEAR_BLOCKS)
    })
}
