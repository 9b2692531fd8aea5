//! The page's source: where its tags and texts stand, and the way from parsed text back to them.

use super::align::{Piece, align_segment, push_piece};

/// Tags with more attributes than this are cut there, for the parser compares each attribute with all before it.
const MOST_ATTRIBUTES: usize = 512;
/// How many texts ahead or behind of the expected one are tried.
const WINDOW: usize = 48;
/// How many tags ahead of the expected one are tried.
const TAG_WINDOW: usize = 8;

/// A page's source with its tags and texts marked.
pub(crate) struct Source<'a> {
    html: &'a str,
    /// Texts between tags, scripts and comments left out.
    segments: Vec<(u32, u32)>,
    /// Start tags.
    tags: Vec<(u32, u32)>,
    /// Parts of overlong tags that the parser is not given.
    cuts: Vec<(usize, usize)>,
}

/// A place in the source that moves on as the parsed page is walked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    segment: usize,
    offset: u32,
    tag: usize,
}

impl<'a> Source<'a> {
    /// Marks tags and texts in one linear pass.
    pub(crate) fn scan(html: &'a str) -> Self {
        let mut source = Self {
            html,
            segments: Vec::new(),
            tags: Vec::new(),
            cuts: Vec::new(),
        };
        let mut text_start = 0;
        let mut at = 0;
        while let Some(open) = html[at..].find('<').map(|found| at + found) {
            let Some(end) = source.markup_end(open) else {
                at = open + 1;
                continue;
            };
            source.push_segment(text_start, open);
            at = source.after_raw_text(open, end);
            text_start = at;
        }
        source.push_segment(text_start, html.len());
        source
    }

    /// The source itself.
    pub(crate) fn html(&self) -> &'a str {
        self.html
    }

    /// Parts that the parser must not be given, in order.
    pub(crate) fn cuts(&self) -> &[(usize, usize)] {
        &self.cuts
    }

    fn push_segment(&mut self, start: usize, end: usize) {
        if self.html[start..end]
            .bytes()
            .any(|b| !b.is_ascii_whitespace())
        {
            self.segments.push((start as u32, end as u32));
        }
    }

    /// Where the markup that begins at `open` ends; `None` if it is a lone `<`.
    fn markup_end(&mut self, open: usize) -> Option<usize> {
        let rest = &self.html[open..];
        match rest.as_bytes().get(1)? {
            b'!' if rest.starts_with("<!--") => Some(
                rest[4..]
                    .find("-->")
                    .map_or(self.html.len(), |found| open + 4 + found + 3),
            ),
            b'!' | b'?' => Some(
                rest.find('>')
                    .map_or(self.html.len(), |found| open + found + 1),
            ),
            b'/' | b'a'..=b'z' | b'A'..=b'Z' => Some(self.tag_end(open)),
            _ => None,
        }
    }

    fn tag_end(&mut self, open: usize) -> usize {
        let bytes = self.html.as_bytes();
        let (mut quote, mut previous, mut attributes) = (0_u8, b' ', 0_usize);
        let mut cut = None;
        let mut at = open + 1;
        while let Some(&byte) = bytes.get(at) {
            if quote != 0 {
                if byte == quote {
                    quote = 0;
                }
            } else if byte == b'>' {
                break;
            } else if matches!(byte, b'"' | b'\'') && previous == b'=' {
                quote = byte;
            } else if byte.is_ascii_whitespace() || byte == b'/' {
                attributes += usize::from(!previous.is_ascii_whitespace());
                if attributes == MOST_ATTRIBUTES {
                    cut = Some(at);
                }
            }
            // Blanks around `=` do not end an attribute.
            if !byte.is_ascii_whitespace() || previous != b'=' {
                previous = byte;
            }
            at += 1;
        }
        if let Some(cut) = cut {
            self.cuts.push((cut, at));
        }
        (at + 1).min(bytes.len())
    }

    /// Notes a start tag, and skips what follows it if that is not markup; gives where markup goes on.
    fn after_raw_text(&mut self, open: usize, end: usize) -> usize {
        let bytes = self.html.as_bytes();
        if !bytes[open + 1].is_ascii_alphabetic() {
            return end;
        }
        self.tags.push((open as u32, end as u32));
        let name = tag_name(&self.html[open..end]);
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let is_escapable = is("title") || is("textarea");
        let is_raw = [
            "script", "style", "xmp", "iframe", "noembed", "noframes", "noscript",
        ]
        .into_iter()
        .any(is);
        if !is_escapable && !is_raw {
            return end;
        }
        let close =
            find_close(&self.html[end..], name).map_or(self.html.len(), |found| end + found);
        if is_escapable {
            self.push_segment(end, close);
        }
        close
    }

    /// Appends the pieces of source that a parsed text came from; text that cannot be found gets none.
    pub(crate) fn place(
        &self,
        cursor: &mut Cursor,
        text: &str,
        base: u32,
        pieces: &mut Vec<Piece>,
    ) {
        let before = pieces.len();
        let ahead = cursor.segment..(cursor.segment + WINDOW).min(self.segments.len());
        let behind = cursor.segment.saturating_sub(WINDOW)..cursor.segment;
        for segment in ahead.chain(behind) {
            let from = if segment == cursor.segment {
                cursor.offset
            } else {
                0
            };
            if let Some(next) = self.align(segment, from, (text, base), pieces) {
                (cursor.segment, cursor.offset) = next;
                return;
            }
            pieces.truncate(before);
        }
    }

    /// Walks text and source side by side from a segment on; gives the place after the text's end.
    fn align(
        &self,
        segment: usize,
        from: u32,
        (text, base): (&str, u32),
        pieces: &mut Vec<Piece>,
    ) -> Option<(usize, u32)> {
        let (mut segment, mut from) = (segment, from);
        let mut done = 0;
        loop {
            let (start, end) = *self.segments.get(segment)?;
            let slice = &self.html[(start + from) as usize..end as usize];
            let (used, matched) = align_segment(
                slice,
                &text[done..],
                |text_at, length, source_at, source_length| {
                    push_piece(
                        pieces,
                        Piece {
                            text: base + (done + text_at) as u32,
                            text_length: length as u32,
                            source: start + from + source_at as u32,
                            source_length: source_length as u32,
                        },
                    );
                },
            )?;
            done += matched;
            if text[done..].trim_start().is_empty() {
                return Some((segment, from + used as u32));
            }
            if matched == 0 {
                return None;
            }
            (segment, from) = (segment + 1, 0);
        }
    }

    /// Moves the cursor to the start tag of an element, and gives where that stands.
    pub(crate) fn tag(&self, cursor: &mut Cursor, name: &str) -> Option<(u32, u32)> {
        let ahead = self.tags.get(cursor.tag..)?;
        // The parser supplies some elements by itself; those must not lead the cursor astray.
        let is_supplied = matches!(name, "html" | "head" | "body" | "tbody" | "tr" | "colgroup");
        let found = ahead
            .iter()
            .take(if is_supplied { 1 } else { TAG_WINDOW })
            .position(|(start, end)| {
                tag_name(&self.html[*start as usize..*end as usize]).eq_ignore_ascii_case(name)
            })?;
        cursor.tag += found + 1;
        Some(ahead[found])
    }
}

/// A tag's name, `<` and all attributes left out.
fn tag_name(tag: &str) -> &str {
    let body = &tag[1..];
    let end = body
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
        .unwrap_or(body.len());
    &body[..end]
}

fn find_close(html: &str, name: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    let mut at = 0;
    while let Some(found) = html[at..].find("</") {
        let open = at + found;
        let rest = &bytes[open + 2..];
        if rest.len() >= name.len()
            && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && rest
                .get(name.len())
                .is_none_or(|byte| !byte.is_ascii_alphanumeric())
        {
            return Some(open);
        }
        at = open + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(html: &str, texts: &[&str]) -> Vec<String> {
        let source = Source::scan(html);
        let mut cursor = Cursor::default();
        texts
            .iter()
            .map(|text| {
                let mut pieces = Vec::new();
                source.place(&mut cursor, text, 0, &mut pieces);
                pieces
                    .iter()
                    .map(|piece| {
                        let start = piece.source as usize;
                        &html[start..start + piece.source_length as usize]
                    })
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect()
    }

    #[test]
    fn texts_are_found_where_they_stand() {
        let html = "<p title='a>b'>办<b>证</b></p><script>if(a<b){'<p>办</p>'}</script><p>办</p>";
        let source = Source::scan(html);
        assert_eq!(source.segments.len(), 3);
        assert_eq!(placed(html, &["办", "证", "办"]), ["办", "证", "办"]);
    }

    #[test]
    fn character_references_lead_to_their_source() {
        assert_eq!(
            placed(
                "<p>a&nbsp;b &#21150;&#x8bc1;&amp;c</p>",
                &["a\u{a0}b 办证&c"]
            ),
            ["a|&nbsp;|b |&#21150;|&#x8bc1;|&amp;|c"]
        );
        assert_eq!(placed("<p>A & B&C</p>", &["A & B&C"]), ["A & B&C"]);
    }

    #[test]
    fn a_text_across_an_ignored_tag_is_whole() {
        assert_eq!(placed("<p>你</x>好</p>", &["你好"]), ["你|好"]);
    }

    #[test]
    fn overlong_tags_are_cut() {
        let html = format!("<p {}>x</p>", "a ".repeat(100_000));
        let source = Source::scan(&html);
        assert_eq!(source.cuts().len(), 1);
        let (from, to) = source.cuts()[0];
        assert!(from < 2_000 && &html[to..] == ">x</p>");
    }
}
