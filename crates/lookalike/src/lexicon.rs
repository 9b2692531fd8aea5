//! The lexicon: every word that may stand in a host name, found by walking a letter tree.

use std::collections::{BTreeMap, HashMap};

use crate::word::{Classes, Entry};

/// All words, indexed for cutting labels apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    pub(crate) entries: Vec<Entry>,
    /// Closed suffixes without their dots, `govcn`.
    pub(crate) glued_suffixes: Vec<GluedSuffix>,
    tree: Vec<Node>,
    by_word: HashMap<String, u32>,
    longest_chars: usize,
}

/// A closed suffix of two labels without its dot.
#[derive(Debug, Clone)]
pub(crate) struct GluedSuffix {
    pub(crate) text: String,
    pub(crate) letters: usize,
    pub(crate) gov: u32,
    pub(crate) gov_letters: usize,
    pub(crate) parent: u32,
}

/// One word's place in an atom, or a run of digits where `entry` is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) entry: Option<u32>,
}

const LETTERS: usize = 36;
const NONE: u32 = u32::MAX;
/// Bytes of the longest atom that is cut; a label has at most 63, and longer Unicode ones are no look-alikes.
const ATOM_BYTES: usize = 63;

#[derive(Debug, Clone)]
struct Node {
    next: [u32; LETTERS],
    entry: u32,
}

/// The best way found so far to reach a place in an atom.
#[derive(Clone, Copy)]
struct Way {
    score: u32,
    from: u8,
    entry: u32,
}

/// The best ways to all places in an atom, and a bit for each place that has one.
struct Ways {
    best: [Way; ATOM_BYTES + 1],
    reached: u64,
}

impl Lexicon {
    pub(crate) fn new(entries: BTreeMap<String, Entry>) -> Self {
        let mut lexicon = Self {
            tree: vec![Node::empty()],
            ..Self::default()
        };
        for (word, entry) in entries {
            let index = u32::try_from(lexicon.entries.len()).unwrap_or(NONE);
            lexicon.plant(&word, index);
            lexicon.longest_chars = lexicon.longest_chars.max(word.chars().count());
            lexicon.by_word.insert(word, index);
            lexicon.entries.push(entry);
        }
        lexicon
    }

    /// Remembers `gov` and `cn`, both words already, as what an atom may end in.
    pub(crate) fn add_glued_suffix(&mut self, gov: &str, parent: &str) {
        if let (Some(gov_index), Some(parent_index)) = (self.index_of(gov), self.index_of(parent)) {
            self.glued_suffixes.push(GluedSuffix {
                text: format!("{gov}{parent}"),
                letters: gov.len() + parent.len(),
                gov: gov_index,
                gov_letters: gov.len(),
                parent: parent_index,
            });
        }
    }

    pub(crate) fn entry(&self, index: u32) -> &Entry {
        &self.entries[index as usize]
    }

    pub(crate) fn index_of(&self, word: &str) -> Option<u32> {
        self.by_word.get(word).copied()
    }

    /// Whether an ASCII `atom` is made of words of which one is telling.
    pub(crate) fn tells(&self, atom: &str) -> bool {
        let mut telling = false;
        self.cut(atom, |cut| {
            telling |= cut
                .entry
                .is_some_and(|index| self.entry(index).classes.meets(Classes::TELLING));
        });
        telling
    }

    /// Cuts `atom` wholly into words and runs of digits, the longest words first in value, and hands them over from
    /// the last to the first; hands over nothing when that is impossible.
    pub(crate) fn cut(&self, atom: &str, mut hand_over: impl FnMut(Cut)) {
        let length = atom.len();
        if length == 0 || length > ATOM_BYTES {
            return;
        }
        let mut ways = Ways::new();
        for start in 0..length {
            if !ways.reaches(start) {
                continue;
            }
            if atom.as_bytes()[start].is_ascii_digit() {
                ways.note(start, start + 1, NONE);
            }
            self.words_at(atom, start, |end, entry| ways.note(start, end, entry));
        }
        if !ways.reaches(length) {
            return;
        }
        let mut end = length;
        while end > 0 {
            let mut start = usize::from(ways.best[end].from);
            let entry = ways.best[end].entry;
            // Digits are reached one by one; a run of them is one piece.
            while entry == NONE && start > 0 && ways.best[start].entry == NONE {
                start = usize::from(ways.best[start].from);
            }
            hand_over(Cut {
                start,
                end,
                entry: (entry != NONE).then_some(entry),
            });
            end = start;
        }
    }

    fn words_at(&self, atom: &str, start: usize, mut found: impl FnMut(usize, u32)) {
        if !atom.is_ascii() {
            return self.words_at_char(atom, start, found);
        }
        let mut node = 0;
        for (offset, byte) in atom.as_bytes()[start..].iter().enumerate() {
            let Some(letter) = letter(*byte) else { return };
            let next = self.tree[node].next[letter];
            if next == 0 {
                return;
            }
            node = next as usize;
            if self.tree[node].entry != NONE {
                found(start + offset + 1, self.tree[node].entry);
            }
        }
    }

    fn words_at_char(&self, atom: &str, start: usize, mut found: impl FnMut(usize, u32)) {
        let Some(rest) = atom.get(start..) else {
            return;
        };
        for (offset, symbol) in rest.char_indices().take(self.longest_chars) {
            let end = offset + symbol.len_utf8();
            if let Some(entry) = self.by_word.get(&rest[..end]) {
                found(start + end, *entry);
            }
        }
    }

    fn plant(&mut self, word: &str, entry: u32) {
        let mut node = 0;
        for byte in word.bytes() {
            let Some(letter) = letter(byte) else { return };
            if self.tree[node].next[letter] == 0 {
                self.tree[node].next[letter] = u32::try_from(self.tree.len()).unwrap_or(0);
                self.tree.push(Node::empty());
            }
            node = self.tree[node].next[letter] as usize;
        }
        self.tree[node].entry = entry;
    }
}

impl Node {
    fn empty() -> Self {
        Self {
            next: [0; LETTERS],
            entry: NONE,
        }
    }
}

impl Ways {
    fn new() -> Self {
        let nowhere = Way {
            score: 0,
            from: 0,
            entry: NONE,
        };
        Self {
            best: [nowhere; ATOM_BYTES + 1],
            reached: 1,
        }
    }

    fn reaches(&self, place: usize) -> bool {
        self.reached >> place & 1 == 1
    }

    /// Notes that `entry` leads from `from` to `to`, if no better way is known.
    fn note(&mut self, from: usize, to: usize, entry: u32) {
        let letters = if entry == NONE { 0 } else { to - from };
        let worth = u32::try_from(letters * letters).unwrap_or(0);
        let score = self.best[from].score + worth;
        if !self.reaches(to) || score > self.best[to].score {
            self.reached |= 1 << to;
            let from = u8::try_from(from).unwrap_or(0);
            self.best[to] = Way { score, from, entry };
        }
    }
}

fn letter(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'0'..=b'9' => Some(usize::from(byte - b'0') + 26),
        _ => None,
    }
}
