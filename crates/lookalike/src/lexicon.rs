//! The lexicon: every word that may stand in a host name, found by walking a letter tree.

use std::collections::{BTreeMap, HashMap};

/// What a word can be; one word can be several things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Classes(u16);

impl Classes {
    /// The label of a closed suffix, `gov`.
    pub(crate) const GOV: Self = Self(1);
    /// What follows `gov` in a closed suffix, `cn`.
    pub(crate) const PARENT: Self = Self(1 << 1);
    pub(crate) const AGENCY: Self = Self(1 << 2);
    pub(crate) const CERTIFICATE: Self = Self(1 << 3);
    pub(crate) const FUNCTION: Self = Self(1 << 4);
    /// A word for government other than `gov`.
    pub(crate) const STATE: Self = Self(1 << 5);
    pub(crate) const REGION: Self = Self(1 << 6);
    pub(crate) const FILLER: Self = Self(1 << 7);
    /// A label by which an official host can be told.
    pub(crate) const OFFICIAL: Self = Self(1 << 8);
    /// A Chinese name of a protected site or its organisation.
    pub(crate) const NAME: Self = Self(1 << 9);
    /// Any label of an official host left of its suffix, telling or not.
    pub(crate) const PART: Self = Self(1 << 10);
    /// The label under which a protected site outside the closed suffixes is registered.
    pub(crate) const ANCHOR: Self = Self(1 << 11);

    /// Words that name whose site it pretends to be.
    pub(crate) const BODY: Self = Self(Self::AGENCY.0 | Self::OFFICIAL.0 | Self::NAME.0);
    /// Words one of which a host must contain before it is looked at closely.
    const TELLING: Self = Self(
        Self::GOV.0
            | Self::BODY.0
            | Self::CERTIFICATE.0
            | Self::FUNCTION.0
            | Self::STATE.0
            | Self::ANCHOR.0,
    );

    /// Whether the two have a class in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl std::ops::BitOr for Classes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// One word, what it can be and whose it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) word: String,
    pub(crate) classes: Classes,
    /// What an analyst reads, in Chinese; empty for labels that mean nothing.
    pub(crate) means: String,
    /// It is also an everyday word; it counts only beside something more telling.
    pub(crate) ordinary: bool,
    /// The protected site the vocabulary says it points to.
    pub(crate) of: Option<usize>,
    /// The protected sites in whose hosts or names it stands, ascending.
    pub(crate) sites: Vec<usize>,
}

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
        let mut ways = [Way {
            score: 0,
            from: 0,
            entry: NONE,
        }; ATOM_BYTES + 1];
        let mut reached: u64 = 1;
        for start in 0..length {
            if reached >> start & 1 == 0 {
                continue;
            }
            let score = ways[start].score;
            if atom.as_bytes()[start].is_ascii_digit() {
                relax(&mut ways, &mut reached, start, start + 1, score, NONE);
            }
            self.words_at(atom, start, |end, entry| {
                let worth = u32::try_from((end - start) * (end - start)).unwrap_or(0);
                relax(&mut ways, &mut reached, start, end, score + worth, entry);
            });
        }
        if reached >> length & 1 == 0 {
            return;
        }
        let mut end = length;
        while end > 0 {
            let mut start = usize::from(ways[end].from);
            let entry = ways[end].entry;
            // Digits are reached one by one; a run of them is one piece.
            while entry == NONE && start > 0 && ways[start].entry == NONE {
                start = usize::from(ways[start].from);
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

fn relax(
    ways: &mut [Way; ATOM_BYTES + 1],
    reached: &mut u64,
    start: usize,
    end: usize,
    score: u32,
    entry: u32,
) {
    let known = *reached >> end & 1 == 1;
    if !known || score > ways[end].score {
        *reached |= 1 << end;
        let from = u8::try_from(start).unwrap_or(0);
        ways[end] = Way { score, from, entry };
    }
}

fn letter(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'0'..=b'9' => Some(usize::from(byte - b'0') + 26),
        _ => None,
    }
}
