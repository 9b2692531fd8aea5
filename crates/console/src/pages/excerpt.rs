//! Excerpts: what a finding was read from, with the words that stand around it.

use jianwei_model::Finding;

use crate::shown::cut;

/// Characters of an excerpt that are shown.
const MOST_EXCERPT: usize = 240;

/// Characters shown on each side of it.
const AROUND: usize = 44;

/// Bytes of the page read on each side for them; markup takes most of it.
const WINDOW: usize = 800;

/// What a finding was read from.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) before: String,
    pub(crate) itself: String,
    pub(crate) after: String,
    /// Where it stands.
    pub(crate) place: String,
}

impl Excerpt {
    /// The excerpt of a finding in the text it is a slice of; alone where no text has it at its offset.
    pub(crate) fn of(finding: &Finding, host: &str, texts: &[String]) -> Self {
        let slice = finding.excerpt.as_str();
        if slice.trim().is_empty() {
            return Self::default();
        }
        let itself = match words(slice) {
            plain if plain.is_empty() => slice.trim().to_owned(),
            plain => plain,
        };
        let (before, after, place) = match finding.offset {
            Some(offset) => {
                let (before, after) = texts
                    .iter()
                    .find_map(|text| around(text, offset, slice))
                    .unwrap_or_default();
                (before, after, format!("源码第 {offset} 字节"))
            }
            None => {
                let (before, after) = host.split_once(slice).unwrap_or_default();
                (before.to_owned(), after.to_owned(), "域名".into())
            }
        };
        Self {
            before,
            itself: cut(&itself, MOST_EXCERPT),
            after,
            place,
        }
    }
}

/// The words before and after the slice of `text` at `offset`.
fn around(text: &str, offset: usize, slice: &str) -> Option<(String, String)> {
    let end = offset.checked_add(slice.len())?;
    (text.get(offset..end)? == slice).then_some(())?;
    let from = text.ceil_char_boundary(offset.saturating_sub(WINDOW));
    let until = text.floor_char_boundary(end.saturating_add(WINDOW));
    let before = words(&text[from..offset]);
    let after = words(&text[end..until]);
    let skipped = before.chars().count().saturating_sub(AROUND);
    let before: String = before.chars().skip(skipped).collect();
    let lead = if skipped > 0 { "…" } else { "" };
    let gap = |is: bool| if is { " " } else { "" };
    let gap_before = gap(!before.is_empty() && text[..offset].ends_with(['>', ' ', '\n']));
    let gap_after = gap(!after.is_empty() && text[end..].starts_with(['<', ' ', '\n']));
    Some((
        format!("{lead}{before}{gap_before}"),
        format!("{gap_after}{}", cut(&after, AROUND)),
    ))
}

/// What a reader sees of a piece of a page that may begin and end within a tag: a plain scan, not a parser.
fn words(piece: &str) -> String {
    let piece = behind_code(piece);
    let mut rest = match (piece.find('>'), piece.find('<')) {
        (Some(close), open) if open.is_none_or(|open| close < open) => &piece[close + 1..],
        _ => piece,
    };
    let mut seen = String::new();
    while let Some(open) = rest.find('<') {
        seen.push_str(&rest[..open]);
        seen.push(' ');
        let markup = &rest[open..];
        let name: String = markup[1..]
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let closing = match name.as_str() {
            "script" => "</script>",
            "style" => "</style>",
            _ => ">",
        };
        rest = match markup.find(closing) {
            Some(close) => &markup[close + closing.len()..],
            None => "",
        };
    }
    seen.push_str(rest);
    let seen = seen.replace("&nbsp;", " ").replace("&amp;", "&");
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The piece without the end of a script or style it begins in.
fn behind_code(piece: &str) -> &str {
    for (open, close) in [("<script", "</script>"), ("<style", "</style>")] {
        let Some(end) = piece.find(close) else {
            continue;
        };
        if piece.find(open).is_none_or(|start| end < start) {
            return &piece[end + close.len()..];
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head><style>p{}</style></head><p class=a>全国<b>联网</b>可查</p><p>焊工证<b>免考</b></p>\
                        <script>var x = '<p>';</script><i>包过</i>";

    fn finding(excerpt: &str, offset: Option<usize>) -> Finding {
        Finding {
            signal: "seller_intent".into(),
            channel: "certificate_sale".into(),
            value: 1.0,
            weight: 1.0,
            contribution: 1.0,
            reason: String::new(),
            excerpt: excerpt.into(),
            offset,
        }
    }

    #[test]
    fn an_excerpt_stands_among_the_words_around_it() {
        let offset = PAGE.find("证<b>免考").unwrap();
        let found = Excerpt::of(
            &finding("证<b>免考", Some(offset)),
            "a.test",
            &["another".into(), PAGE.into()],
        );
        assert_eq!(found.before, "全国 联网 可查 焊工");
        assert_eq!(found.itself, "证 免考");
        assert_eq!(found.after, " 包过");
    }

    #[test]
    fn an_excerpt_that_is_not_where_it_should_be_stands_alone() {
        for offset in [0, 7, PAGE.len(), usize::MAX] {
            let found = Excerpt::of(&finding("免考", Some(offset)), "a.test", &[PAGE.into()]);
            assert_eq!((found.before, found.after), (String::new(), String::new()));
            assert_eq!(found.itself, "免考");
        }
    }

    #[test]
    fn code_that_the_words_begin_in_is_no_words() {
        assert_eq!(words("a > 1) {}</script><p>免考"), "免考");
        assert_eq!(words("=1><style>p{}</style>免考<p"), "免考");
    }

    #[test]
    fn an_excerpt_of_the_host_is_marked_in_the_host() {
        let found = Excerpt::of(&finding("gov.test", None), "a.gov.test.b.example", &[]);
        assert_eq!(
            (found.before.as_str(), found.after.as_str()),
            ("a.", ".b.example")
        );
    }
}
