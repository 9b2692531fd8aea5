//! The lexicon's terms as one automaton, and their hits in folded text.

use daachorse::CharwiseDoubleArrayAhoCorasick;

use super::alphabet::Change;
use super::fold::{Folded, Gap};

/// All patterns as one automaton over folded text.
#[derive(Clone)]
pub(crate) struct Terms {
    automaton: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
    /// The characters of each pattern, and whether it must stand alone as a Latin word.
    shapes: Vec<(u32, bool)>,
}

/// A pattern found in folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Which pattern.
    pub(crate) pattern: u32,
    /// First folded character.
    pub(crate) start: u32,
    /// One past the last folded character.
    pub(crate) end: u32,
    /// How what was written differs from the pattern.
    pub(crate) how: How,
}

/// How what was written differs from the term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// Not at all, or in case and blanks only.
    Literal,
    /// In full-width letters.
    Folded,
    /// In traditional characters.
    Trad,
    /// By another word that stands for it.
    Alias,
    /// By symbols between its characters, circled digits or look-alike letters.
    Gap,
}

impl How {
    /// Whether someone took pains that a filter should not see the term.
    pub(crate) fn is_disguise(self) -> bool {
        self == Self::Gap
    }

    /// What an analyst reads.
    pub(crate) fn chinese(self) -> &'static str {
        match self {
            Self::Literal => "原文",
            Self::Folded => "全角写法",
            Self::Trad => "繁体写法",
            Self::Alias => "代称",
            Self::Gap => "夹杂符号或变形字符",
        }
    }
}

impl Terms {
    /// Compiles folded patterns, which must be distinct and not empty.
    pub(crate) fn compile(patterns: &[String]) -> Result<Self, String> {
        let shapes = patterns
            .iter()
            .map(|pattern| (pattern.chars().count() as u32, needs_word_borders(pattern)))
            .collect();
        let automaton = if patterns.is_empty() {
            None
        } else {
            let numbered = patterns.iter().zip(0_u32..);
            Some(
                CharwiseDoubleArrayAhoCorasick::with_values(numbered)
                    .map_err(|error| error.to_string())?,
            )
        };
        Ok(Self { automaton, shapes })
    }

    /// Every hit, in the order of their ends.
    pub(crate) fn find(&self, folded: &Folded) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let mut hits = Vec::new();
        for found in automaton.find_overlapping_iter(folded.text()) {
            let pattern = found.value();
            let (length, alone) = self.shapes[pattern as usize];
            let end = folded.char_at_byte(found.end());
            let start = end.saturating_sub(length);
            if alone && !stands_alone(folded, start, end) {
                continue;
            }
            let Some(how) = how_written(folded, start, end) else {
                continue;
            };
            hits.push(Hit {
                pattern,
                start,
                end,
                how,
            });
        }
        hits
    }
}

fn needs_word_borders(pattern: &str) -> bool {
    pattern.chars().all(|c| c.is_ascii_alphanumeric())
}

fn stands_alone(folded: &Folded, start: u32, end: u32) -> bool {
    let is_latin = |index: u32| folded.char(index).is_some_and(|c| c.is_ascii_alphabetic());
    let touches_before = start > 0 && folded.gap_before(start) == Gap::None && is_latin(start - 1);
    let touches_after = folded.gap_before(end) == Gap::None && is_latin(end);
    !touches_before && !touches_after
}

/// How a hit was written; `None` when ordinary punctuation runs through it, which makes it two words.
fn how_written(folded: &Folded, start: u32, end: u32) -> Option<How> {
    let (gap, change) = folded.disguise((start, end));
    if gap == Gap::Punctuation {
        return None;
    }
    Some(match (gap, change) {
        (Gap::Symbol | Gap::Dash, _) | (_, Change::Exotic) => How::Gap,
        (_, Change::Traditional) => How::Trad,
        (_, Change::Width) => How::Folded,
        _ => How::Literal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hows(text: &str) -> Vec<How> {
        let terms = Terms::compile(&["办证".into(), "vx".into()]).unwrap();
        let mut folded = Folded::default();
        folded.push_block(text, 0);
        terms.find(&folded).iter().map(|hit| hit.how).collect()
    }

    #[test]
    fn each_hit_says_how_it_was_written() {
        assert_eq!(hows("专业办证"), [How::Literal]);
        assert_eq!(hows("办 证"), [How::Literal]);
        assert_eq!(hows("辦證"), [How::Trad]);
        assert_eq!(hows("办·证 办★证 办\u{200B}证 办-证"), [How::Gap; 4]);
        assert_eq!(hows("ＶＸ"), [How::Folded]);
    }

    #[test]
    fn ordinary_punctuation_parts_words() {
        assert_eq!(hows("请来我处办，证书另寄"), []);
        assert_eq!(hows("待办|证书"), []);
        assert_eq!(hows("待办 - 证书"), []);
    }

    #[test]
    fn latin_terms_stand_alone() {
        assert_eq!(hows("加VX13800000000"), [How::Literal]);
        assert_eq!(hows("ivxlc"), []);
    }
}
