//! Tone: whether a page reports, warns, teaches or trades in something honest.

use std::collections::HashSet;

use crate::lexicon::{Find, Kind};
use crate::page::Position;
use crate::reading::{Reading, saturate};

/// How a page speaks, each between 0 and 1.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tone {
    /// Warnings and prosecution.
    pub(crate) negative: Voice,
    /// Words of reports.
    pub(crate) reported: Voice,
    /// Real training.
    pub(crate) training: Voice,
    /// Another honest trade.
    pub(crate) trade: Voice,
    /// Whether title or main heading warns.
    pub(crate) warns_in_title: bool,
}

/// One side of a page's tone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Voice {
    /// Between 0 and 1.
    pub(crate) value: f64,
    /// The most telling term.
    pub(crate) strongest: Option<Find>,
    /// Distinct terms as written in the lexicon, strongest first.
    pub(crate) words: Vec<String>,
}

impl Tone {
    /// Listens to a page.
    pub(crate) fn of(reading: &Reading) -> Self {
        let is_title = |find: &Find| {
            reading
                .block_of(find)
                .is_some_and(|block| matches!(block.position, Position::Title | Position::H1))
        };
        Self {
            negative: voice(reading, &[Kind::Negative], 2.5),
            reported: voice(reading, &[Kind::Reported], 2.5),
            training: voice(reading, &[Kind::Training, Kind::Place], 3.0),
            trade: voice(reading, &[Kind::Trade], 2.5),
            warns_in_title: reading
                .finds_of(Kind::Negative)
                .any(|find| is_title(find) && reading.term(find).weight >= 0.5),
        }
    }

    /// How much the page reads like a report or warning about forgeries.
    pub(crate) fn report(&self) -> f64 {
        let both = self.negative.value * self.reported.value;
        let warning = if self.warns_in_title {
            self.negative.value
        } else {
            0.0
        };
        both.sqrt().max(warning)
    }
}

fn voice(reading: &Reading, kinds: &[Kind], scale: f64) -> Voice {
    let mut seen = HashSet::new();
    let mut terms: Vec<(f64, Find)> = Vec::new();
    for kind in kinds {
        for find in reading.finds_of(*kind) {
            if seen.insert(find.term) {
                terms.push((reading.term(find).weight, *find));
            }
        }
    }
    terms.sort_by(|left, right| right.0.total_cmp(&left.0));
    let sum: f64 = terms.iter().map(|(weight, _)| weight).sum();
    Voice {
        value: saturate(sum, scale),
        strongest: terms.first().map(|(_, find)| *find),
        words: terms
            .iter()
            .take(8)
            .map(|(_, find)| reading.term(find).text.clone())
            .collect(),
    }
}
