//! Folded text: the characters that are compared, each with its place in the page's text.

use super::alphabet::{Change, fold_char};

/// Text in folded form, blocks apart.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The folded characters; a line feed ends each block and matches no term.
    text: String,
    /// Byte of `text` at which each character begins.
    starts: Vec<u32>,
    /// Byte of the unfolded text at which each character's source begins.
    origins: Vec<u32>,
    /// What precedes each character, and how it was changed.
    notes: Vec<(Gap, Change)>,
    /// Characters before which a sentence ended.
    stops: Vec<u32>,
}

/// What was dropped before a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing.
    None,
    /// Only blanks.
    Blank,
    /// Only dashes and brackets, which part words when blanks stand beside them and hide words when not.
    Dash,
    /// Marks that separate words in ordinary writing.
    Punctuation,
    /// Marks that have no business inside a word.
    Symbol,
}

impl Gap {
    /// The gap widened by one more dropped character.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Blank, Self::Dash) | (Self::Dash, Self::Blank) => Self::Punctuation,
            _ => self.max(other),
        }
    }
}

impl Folded {
    /// Folds a block of text that begins at byte `base` of the unfolded text, and gives the range of its characters.
    pub(crate) fn push_block(&mut self, block: &str, base: u32) -> (u32, u32) {
        let first = self.len();
        let mut gap = Gap::None;
        let mut stop = false;
        for (index, c) in block.char_indices() {
            let letter = fold_char(c);
            if letter.chars().is_empty() {
                gap = gap.with(gap_of(c));
                stop |= is_stop(c);
                continue;
            }
            if stop {
                self.stops.push(self.len());
                stop = false;
            }
            for folded in letter.chars() {
                self.push(*folded, base + index as u32, (gap, letter.change));
                gap = Gap::None;
            }
        }
        let last = self.len();
        self.push('\n', base + block.len() as u32, (Gap::Blank, Change::Same));
        self.stops.push(self.len());
        (first, last)
    }

    fn push(&mut self, c: char, origin: u32, note: (Gap, Change)) {
        self.starts.push(self.text.len() as u32);
        self.origins.push(origin);
        self.notes.push(note);
        self.text.push(c);
    }

    /// How many characters there are.
    pub(crate) fn len(&self) -> u32 {
        self.starts.len() as u32
    }

    /// All folded characters.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The folded characters of a range.
    pub(crate) fn slice(&self, (start, end): (u32, u32)) -> &str {
        let byte = |index: u32| {
            self.starts
                .get(index as usize)
                .map_or(self.text.len(), |byte| *byte as usize)
        };
        &self.text[byte(start)..byte(end.max(start))]
    }

    /// The character that begins at byte `byte` of the folded text.
    pub(crate) fn char_at_byte(&self, byte: usize) -> u32 {
        self.starts
            .partition_point(|start| (*start as usize) < byte) as u32
    }

    /// The range of the unfolded text that characters `start..end` came from.
    pub(crate) fn origin(&self, (start, end): (u32, u32), text: &str) -> (u32, u32) {
        let from = self.origin_of(start);
        let last = self.origin_of(end.saturating_sub(1).max(start)) as usize;
        let width = text
            .get(last..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        (from, (last + width) as u32)
    }

    /// The characters that came from bytes `start..end` of the unfolded text.
    pub(crate) fn range_of_origin(&self, start: u32, end: u32) -> (u32, u32) {
        let find = |byte: u32| self.origins.partition_point(|origin| *origin < byte) as u32;
        (find(start), find(end))
    }

    /// The widest gap inside `start..end`, and the farthest change of any of its characters.
    pub(crate) fn disguise(&self, (start, end): (u32, u32)) -> (Gap, Change) {
        let mut worst = (Gap::None, Change::Same);
        for index in start..end {
            let (gap, change) = self.notes[index as usize];
            if index > start {
                worst.0 = worst.0.max(gap);
            }
            worst.1 = worst.1.max(change);
        }
        worst
    }

    /// What was dropped directly before a character; a block's border counts as a blank.
    pub(crate) fn gap_before(&self, index: u32) -> Gap {
        self.notes
            .get(index as usize)
            .map_or(Gap::Blank, |note| note.0)
    }

    /// Whether no sentence ends between two characters.
    pub(crate) fn same_sentence(&self, first: u32, second: u32) -> bool {
        let (low, high) = (first.min(second), first.max(second));
        let next = self.stops.partition_point(|stop| *stop <= low);
        self.stops.get(next).is_none_or(|stop| *stop > high)
    }

    /// The character at an index.
    pub(crate) fn char(&self, index: u32) -> Option<char> {
        let byte = *self.starts.get(index as usize)? as usize;
        self.text[byte..].chars().next()
    }

    fn origin_of(&self, index: u32) -> u32 {
        self.origins.get(index as usize).copied().unwrap_or(0)
    }
}

/// A word in folded form.
pub(crate) fn fold_word(word: &str) -> String {
    word.chars()
        .flat_map(|c| {
            let letter = fold_char(c);
            letter.chars().to_vec()
        })
        .collect()
}

fn is_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '；' | '!' | '?' | ';' | '\n')
}

fn gap_of(c: char) -> Gap {
    match c {
        c if c.is_whitespace() => Gap::Blank,
        '-' | '_' | '[' | ']' | '【' | '】' | '—' | '–' => Gap::Dash,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '“' | '”' | '‘' | '’' | '《' | '》'
        | '（' | '）' | '〈' | '〉' | '「' | '」' | '『' | '』' | '…' | ',' | ';' | ':' | '!'
        | '?' | '"' | '\'' | '(' | ')' | '/' | '|' | '｜' | '／' | '>' | '<' | '&' | '＞'
        | '\\' => Gap::Punctuation,
        _ => Gap::Symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn characters_lead_back_to_what_was_written() {
        let text = "加Ｖ：辦·證。ok";
        let mut folded = Folded::default();
        let range = folded.push_block(text, 0);
        assert_eq!(folded.slice(range), "加v办证ok");
        let (start, end) = folded.origin((2, 4), text);
        assert_eq!(&text[start as usize..end as usize], "辦·證");
        assert_eq!(folded.disguise((2, 4)), (Gap::Symbol, Change::Traditional));
        assert!(folded.same_sentence(0, 3) && !folded.same_sentence(3, 4));
    }

    #[test]
    fn blocks_stay_apart() {
        let mut folded = Folded::default();
        folded.push_block("办", 0);
        folded.push_block("证", 3);
        assert_eq!(folded.text(), "办\n证\n");
        assert!(!folded.same_sentence(0, 2));
    }

    proptest! {
        #[test]
        fn every_origin_is_a_slice(text in "\\PC{0,40}") {
            let mut folded = Folded::default();
            let (start, end) = folded.push_block(&text, 0);
            for index in start..end {
                let (from, to) = folded.origin((index, index + 1), &text);
                prop_assert!(text.get(from as usize..to as usize).is_some_and(|slice| !slice.is_empty()));
            }
        }
    }
}
