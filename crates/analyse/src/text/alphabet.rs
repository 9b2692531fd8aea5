//! The alphabet: what each character is folded to.

use std::sync::OnceLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// What a character is folded to, and what had to be done for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letter {
    /// Up to three characters; zero characters mean that it is dropped.
    chars: [char; 3],
    length: u8,
    /// How far the folded form is from what was written.
    pub(crate) change: Change,
}

/// How far a folded form is from what was written, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// Nothing, or only upper case.
    Same,
    /// Full width became half width.
    Width,
    /// A traditional character became a simplified one.
    Traditional,
    /// A circled digit, radical, mathematical or look-alike letter became a plain one.
    Exotic,
}

/// Look-alike letters of other alphabets beside the Latin letters they are taken for.
const LOOKALIKES: &[(&str, &str)] = &[
    ("абвеіјкмнорсѕтухԁԛԝ", "a6beijkmhopcstyxdqw"),
    ("АВЕІЈКМНОРСЅТУХ", "abeijkmhopcstyx"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορν", "abezhikmnoptyxaopv"),
];

/// First characters of runs of circled or squared digits and letters that Unicode does not decompose.
const RUNS: &[(u32, u32, &str)] = &[
    (0x2776, 9, "123456789"),
    (0x2780, 9, "123456789"),
    (0x278A, 9, "123456789"),
    (0x24F5, 9, "123456789"),
    (0x1F150, 26, "abcdefghijklmnopqrstuvwxyz"),
    (0x1F170, 26, "abcdefghijklmnopqrstuvwxyz"),
];

const NOTHING: Letter = Letter {
    chars: ['\0'; 3],
    length: 0,
    change: Change::Same,
};

impl Letter {
    /// The folded characters.
    pub(crate) fn chars(&self) -> &[char] {
        &self.chars[..usize::from(self.length)]
    }
}

/// What `c` is folded to.
pub(crate) fn fold_char(c: char) -> Letter {
    let code = c as usize;
    if code < 0x1_0000 {
        table()[code]
    } else {
        compute(c, None)
    }
}

fn table() -> &'static [Letter] {
    static TABLE: OnceLock<Vec<Letter>> = OnceLock::new();
    TABLE.get_or_init(build)
}

fn build() -> Vec<Letter> {
    let simplified = simplified_characters();
    (0..0x1_0000_u32)
        .map(|code| char::from_u32(code).map_or(NOTHING, |c| compute(c, Some(&simplified))))
        .collect()
}

const HAN: std::ops::RangeInclusive<u32> = 0x3400..=0x9FFF;

/// The simplified form of every Han character of the basic plane, in code order.
fn simplified_characters() -> Vec<char> {
    let all: Vec<char> = HAN.filter_map(char::from_u32).collect();
    // One character a line: phrases must not be recognised across characters.
    let lines: String = all.iter().flat_map(|c| [*c, '\n']).collect();
    let converted = OpenCC::from_config(BuiltinConfig::T2s)
        .map(|converter| converter.convert(&lines))
        .unwrap_or_default();
    let simplified: Vec<char> = converted
        .lines()
        .filter_map(|line| line.chars().next())
        .collect();
    if simplified.len() == all.len() {
        simplified
    } else {
        all
    }
}

fn compute(c: char, simplified: Option<&[char]>) -> Letter {
    if c.is_ascii() {
        return plain(c);
    }
    // Letters that show nothing.
    if matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}') {
        return NOTHING;
    }
    if let Some(latin) = lookalike(c) {
        return one(latin, Change::Exotic);
    }
    let mut letter = NOTHING;
    for decomposed in c.nfkc() {
        for lower in decomposed.to_lowercase() {
            if lower.is_alphanumeric() && usize::from(letter.length) < letter.chars.len() {
                letter.chars[usize::from(letter.length)] = lower;
                letter.length += 1;
            }
        }
    }
    if letter.length == 0 {
        return NOTHING;
    }
    letter.change = if ('\u{FF00}'..='\u{FFEF}').contains(&c) {
        Change::Width
    } else if letter.chars() == [c] || c.to_lowercase().eq(letter.chars().iter().copied()) {
        Change::Same
    } else {
        Change::Exotic
    };
    simplify(&mut letter, simplified);
    letter
}

fn simplify(letter: &mut Letter, simplified: Option<&[char]>) {
    let Some(simplified) = simplified else { return };
    for slot in &mut letter.chars[..usize::from(letter.length)] {
        let code = *slot as u32;
        if !HAN.contains(&code) {
            continue;
        }
        let plain = simplified[(code - HAN.start()) as usize];
        if plain != *slot {
            *slot = plain;
            letter.change = letter.change.max(Change::Traditional);
        }
    }
}

fn plain(c: char) -> Letter {
    if c.is_ascii_alphanumeric() {
        one(c.to_ascii_lowercase(), Change::Same)
    } else {
        NOTHING
    }
}

fn one(c: char, change: Change) -> Letter {
    Letter {
        chars: [c, '\0', '\0'],
        length: 1,
        change,
    }
}

fn lookalike(c: char) -> Option<char> {
    for (from, to) in LOOKALIKES {
        if let Some(index) = from.chars().position(|other| other == c) {
            return to.chars().nth(index);
        }
    }
    let code = c as u32;
    RUNS.iter()
        .find(|(first, count, _)| (*first..first + count).contains(&code))
        .and_then(|(first, _, to)| to.chars().nth((code - first) as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        text.chars()
            .flat_map(|c| fold_char(c).chars().to_vec())
            .collect()
    }

    #[test]
    fn every_disguise_of_a_character_folds_to_the_plain_one() {
        assert_eq!(folded("ＶＸ１３８"), "vx138");
        assert_eq!(folded("①③❽➑⑩㉑"), "13881021");
        assert_eq!(folded("1️⃣3️⃣"), "13");
        assert_eq!(folded("辦證 ⼈"), "办证人");
        assert_eq!(folded("办\u{200B}·【证】♥😀"), "办证");
        assert_eq!(folded("vх"), "vx", "the second letter is Cyrillic");
        assert_eq!(folded("🅥🅧"), "vx");
    }

    #[test]
    fn the_change_says_what_was_done() {
        assert_eq!(fold_char('A').change, Change::Same);
        assert_eq!(fold_char('Ａ').change, Change::Width);
        assert_eq!(fold_char('證').change, Change::Traditional);
        assert_eq!(fold_char('①').change, Change::Exotic);
        assert_eq!(fold_char('证').change, Change::Same);
    }
}
