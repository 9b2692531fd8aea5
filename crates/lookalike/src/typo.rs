//! Signal: a label one slip of the key away from an official one, where the rest of the host fits.

use crate::Kind;
use crate::reading::{Found, Reading};
use crate::word::{Classes, Entry};

/// Letters below which one slip reaches too many innocent names.
pub(crate) const SHORTEST: usize = 5;
/// The greatest weighted distance that still counts as one slip.
const ONE_SLIP: f64 = 1.0;
/// The greatest weighted distance in relation to the official label's length.
const SHARE: f64 = 0.25;
/// Plain edits between spellings whose weighted distance can be at most [`ONE_SLIP`]: `rn` for `m` is two of them.
const PLAIN_EDITS: usize = 4;

/// An official label outside the closed suffixes, with the suffix it is registered under.
#[derive(Debug, Clone)]
pub(crate) struct OpenLabel {
    pub(crate) label: String,
    pub(crate) suffix: String,
    pub(crate) site: usize,
    /// Which characters the label has: one slip changes at most two.
    letters: u64,
}

impl OpenLabel {
    /// The label of a registrable domain, if it is long enough.
    pub(crate) fn new(domain: &str, site: usize) -> Option<Self> {
        let (label, suffix) = domain.split_once('.')?;
        (label.len() >= SHORTEST).then(|| Self {
            label: label.to_owned(),
            suffix: suffix.to_owned(),
            site,
            letters: letters(label),
        })
    }

    /// Whether a host is registered under the same suffix with about as many letters.
    pub(crate) fn may_be_meant_by(&self, host: &str) -> bool {
        let label = host
            .strip_suffix(self.suffix.as_str())
            .and_then(|left| left.strip_suffix('.'))
            .and_then(|left| left.rsplit('.').next());
        label.is_some_and(|label| {
            label.len().abs_diff(self.label.len()) <= 1
                && (letters(label) ^ self.letters).count_ones() <= 2
        })
    }
}

/// The nearest official label within one slip.
pub(crate) fn find(reading: &Reading<'_>, open: &[OpenLabel]) -> Option<Found> {
    let fits = Classes::GOV | Classes::FUNCTION | Classes::STATE;
    let context = reading.own().any(|piece| reading.is(piece, fits));
    let mut best: Option<(f64, Found)> = None;
    for range in suspects(reading) {
        let word = reading.slice(range);
        let listed = context.then(|| {
            reading
                .lexicon
                .entries
                .iter()
                .filter(|entry| is_target(entry) && entry.word != word)
        });
        let listed = listed
            .into_iter()
            .flatten()
            .map(|entry| (entry.word.as_str(), entry.of.or(single(&entry.sites))));
        let near = same_suffix(reading, range, open)
            .filter(|official| official.label != word && !is_sibling(word, &official.label))
            .map(|label| (label.label.as_str(), Some(label.site)));
        for (official, site) in listed.chain(near) {
            let limit = ONE_SLIP.min(SHARE * official.len() as f64);
            if strsim::osa_distance(word, official) > PLAIN_EDITS {
                continue;
            }
            let distance = weighted_distance(word, official);
            if distance <= limit && best.as_ref().is_none_or(|(known, _)| distance < *known) {
                best = Some((distance, found(range, word, official, site, distance)));
            }
        }
    }
    best.map(|(_, found)| found)
}

fn is_target(entry: &Entry) -> bool {
    entry.word.is_ascii()
        && entry.word.len() >= SHORTEST
        && !entry.ordinary
        && entry.classes.meets(Classes::AGENCY | Classes::OFFICIAL)
}

/// The atoms that are no words, and the registered label whatever it is made of.
fn suspects(reading: &Reading<'_>) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = reading
        .own()
        .filter(|piece| !piece.known)
        .map(|piece| (piece.start, piece.end))
        .collect();
    ranges.extend(registered(reading));
    ranges.dedup();
    // One slip may have left a letter out.
    ranges.retain(|(start, end)| end - start + 1 >= SHORTEST);
    ranges
}

fn registered(reading: &Reading<'_>) -> Option<(usize, usize)> {
    reading.labels.get(reading.left.checked_sub(1)?).copied()
}

/// Official labels registered under the very suffix that the registered label `range` stands under.
fn same_suffix<'a>(
    reading: &'a Reading<'_>,
    range: (usize, usize),
    open: &'a [OpenLabel],
) -> impl Iterator<Item = &'a OpenLabel> {
    let whole = registered(reading) == Some(range);
    let suffix = reading.text.get(range.1 + 1..).unwrap_or_default();
    open.iter()
        .filter(move |official| whole && official.suffix == suffix)
}

fn found(
    range: (usize, usize),
    word: &str,
    official: &str,
    site: Option<usize>,
    distance: f64,
) -> Found {
    Found {
        kind: Kind::Typo,
        score: 0.6 - 0.1 * distance,
        range,
        site,
        reason: format!("“{word}”与官方主机名用语“{official}”只差一处，且主机名其余部分与之相配"),
    }
}

/// A bit for each character that stands in a label.
fn letters(label: &str) -> u64 {
    label.bytes().fold(0, |bits, byte| bits | 1 << (byte & 63))
}

/// Whether one letter stands for quite another: among abbreviations that is another body's name, not a slip.
fn is_sibling(word: &str, official: &str) -> bool {
    strsim::hamming(word, official) == Ok(1) && weighted_distance(word, official) >= ONE_SLIP
}

fn single(sites: &[usize]) -> Option<usize> {
    match sites {
        [site] => Some(*site),
        _ => None,
    }
}

/// Edits from `a` to `b`, where edits that the eye passes over cost little: `rn` for `m`, `vv` for `w`, `0` for `o`,
/// `1`, `l` and `i` for each other 0.2, a hyphen 0.1, neighbours swapped and anything else 1.
fn weighted_distance(a: &str, b: &str) -> f64 {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let width = b.len() + 1;
    let mut cost = vec![0.0; (a.len() + 1) * width];
    let at = |row: usize, column: usize| row * width + column;
    for row in 0..=a.len() {
        for column in 0..=b.len() {
            if row == 0 && column == 0 {
                continue;
            }
            let mut best = f64::INFINITY;
            if row > 0 {
                best = best.min(cost[at(row - 1, column)] + gap(a[row - 1]));
            }
            if column > 0 {
                best = best.min(cost[at(row, column - 1)] + gap(b[column - 1]));
            }
            if row > 0 && column > 0 {
                best = best.min(cost[at(row - 1, column - 1)] + swap(a[row - 1], b[column - 1]));
            }
            if row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1] {
                best = best.min(cost[at(row - 2, column - 2)] + 1.0);
            }
            if row > 1 && column > 0 && pairs_as_one(&a[row - 2..row], b[column - 1]) {
                best = best.min(cost[at(row - 2, column - 1)] + 0.2);
            }
            if row > 0 && column > 1 && pairs_as_one(&b[column - 2..column], a[row - 1]) {
                best = best.min(cost[at(row - 1, column - 2)] + 0.2);
            }
            cost[at(row, column)] = best;
        }
    }
    cost[at(a.len(), b.len())]
}

fn gap(byte: u8) -> f64 {
    if byte == b'-' { 0.1 } else { 1.0 }
}

fn swap(a: u8, b: u8) -> f64 {
    let class = |byte| match byte {
        b'0' | b'o' => 1,
        b'1' | b'l' | b'i' => 2,
        _ => 0,
    };
    if a == b {
        0.0
    } else if class(a) != 0 && class(a) == class(b) {
        0.2
    } else {
        1.0
    }
}

fn pairs_as_one(pair: &[u8], one: u8) -> bool {
    matches!((pair, one), (b"rn", b'm') | (b"vv", b'w'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_eye_passes_over_costs_little() {
        for (a, b, cost) in [
            ("mohurd", "mohurd", 0.0),
            ("rnohurd", "mohurd", 0.2),
            ("m0hurd", "mohurd", 0.2),
            ("mo-hurd", "mohurd", 0.1),
            ("mohrud", "mohurd", 1.0),
            ("mohurdd", "mohurd", 1.0),
            ("mxhxrd", "mohurd", 2.0),
            ("gdc1c", "gdcic", 0.2),
        ] {
            assert!((weighted_distance(a, b) - cost).abs() < 1e-9, "{a} {b}");
            assert!((weighted_distance(b, a) - cost).abs() < 1e-9, "{b} {a}");
        }
    }
}
