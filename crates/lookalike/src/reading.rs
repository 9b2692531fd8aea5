//! A host name read: its labels, and each label cut into words as far as the lexicon knows them.

use crate::lexicon::Lexicon;
use crate::word::{Classes, Entry};

/// A host name in one spelling, cut into pieces.
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) pieces: Vec<Piece>,
    /// Byte ranges of the labels.
    pub(crate) labels: Vec<(usize, usize)>,
    /// How many labels stand left of the public suffix.
    pub(crate) left: usize,
}

/// A word, a run of digits, or an atom that is no known word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) label: usize,
    /// What stands before it.
    pub(crate) join: Join,
    pub(crate) entry: Option<u32>,
    /// Whether it is a word or a run of digits.
    pub(crate) known: bool,
}

/// What stands before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// Nothing or a dot: it begins a label.
    Label,
    /// A hyphen or underscore.
    Hyphen,
    /// The piece before it, without a gap.
    Glued,
}

/// A host's likeness found by one signal, before it is put into words for the outside.
pub(crate) struct Found {
    pub(crate) kind: crate::Kind,
    pub(crate) score: f64,
    /// Byte range of the telling part in the reading's text.
    pub(crate) range: (usize, usize),
    pub(crate) site: Option<usize>,
    /// What an analyst reads.
    pub(crate) reason: String,
}

impl<'a> Reading<'a> {
    /// Reads `text`, whose public suffix is its last `suffix_labels` labels.
    pub(crate) fn new(text: &'a str, lexicon: &'a Lexicon, suffix_labels: usize) -> Self {
        let mut reading = Self {
            text,
            lexicon,
            pieces: Vec::new(),
            labels: Vec::new(),
            left: 0,
        };
        let mut start = 0;
        for label in text.split('.') {
            reading.read_label(start, label);
            reading.labels.push((start, start + label.len()));
            start += label.len() + 1;
        }
        reading.left = reading.labels.len().saturating_sub(suffix_labels);
        reading
    }

    pub(crate) fn slice(&self, range: (usize, usize)) -> &'a str {
        &self.text[range.0..range.1]
    }

    pub(crate) fn entry(&self, piece: &Piece) -> Option<&'a Entry> {
        piece.entry.map(|index| self.lexicon.entry(index))
    }

    pub(crate) fn is(&self, piece: &Piece, classes: Classes) -> bool {
        self.entry(piece)
            .is_some_and(|entry| entry.classes.meets(classes))
    }

    /// The pieces left of the public suffix.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().filter(|piece| piece.label < self.left)
    }

    /// The pieces of one label.
    pub(crate) fn of_label(&self, label: usize) -> impl Iterator<Item = &Piece> {
        self.pieces.iter().filter(move |piece| piece.label == label)
    }

    /// Whether nothing is glued to a piece, neither before nor behind.
    pub(crate) fn stands_alone(&self, index: usize) -> bool {
        self.pieces[index].join != Join::Glued
            && self
                .pieces
                .get(index + 1)
                .is_none_or(|next| next.join != Join::Glued)
    }

    /// The registrable domain.
    pub(crate) fn registrable(&self) -> &'a str {
        let start = self
            .labels
            .get(self.left.saturating_sub(1))
            .map_or(0, |label| label.0);
        &self.text[start..]
    }

    /// A piece's word with its meaning as an analyst reads it: `“tzzy”（特种作业）`.
    pub(crate) fn word_in_chinese(&self, piece: &Piece) -> Option<String> {
        let entry = self.entry(piece)?;
        Some(if entry.means.is_empty() || entry.means == entry.word {
            format!("“{}”", entry.word)
        } else {
            format!("“{}”（{}）", entry.word, entry.means)
        })
    }

    fn read_label(&mut self, offset: usize, label: &str) {
        let mut start = 0;
        for atom in label.split(['-', '_']) {
            if !atom.is_empty() {
                let join = if start == 0 {
                    Join::Label
                } else {
                    Join::Hyphen
                };
                self.read_atom(offset + start, atom, join);
            }
            start += atom.len() + 1;
        }
    }

    fn read_atom(&mut self, offset: usize, atom: &str, join: Join) {
        let first = self.pieces.len();
        let label = self.labels.len();
        let pieces = &mut self.pieces;
        self.lexicon.cut(atom, |cut| {
            pieces.push(Piece {
                start: offset + cut.start,
                end: offset + cut.end,
                label,
                join: Join::Glued,
                entry: cut.entry,
                known: true,
            });
        });
        if self.pieces.len() == first {
            self.read_unknown(offset, atom, join);
            return;
        }
        // The lexicon hands the pieces over from the last to the first.
        self.pieces[first..].reverse();
        self.pieces[first].join = join;
    }

    /// An atom that is not made of words; one that ends in `govcn` is still told apart there.
    fn read_unknown(&mut self, offset: usize, atom: &str, join: Join) {
        let label = self.labels.len();
        let mut add = |start: usize, end: usize, join, entry: Option<u32>| {
            let (start, end, known) = (offset + start, offset + end, entry.is_some());
            self.pieces.push(Piece {
                start,
                end,
                label,
                join,
                entry,
                known,
            });
        };
        let suffix = self
            .lexicon
            .glued_suffixes
            .iter()
            .find(|glued| atom.len() > glued.letters && atom.ends_with(glued.text.as_str()));
        let Some(suffix) = suffix else {
            return add(0, atom.len(), join, None);
        };
        let gov = atom.len() - suffix.letters;
        add(0, gov, join, None);
        add(gov, gov + suffix.gov_letters, Join::Glued, Some(suffix.gov));
        add(
            gov + suffix.gov_letters,
            atom.len(),
            Join::Glued,
            Some(suffix.parent),
        );
    }
}
