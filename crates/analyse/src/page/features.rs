//! What a page consists of.

use super::align::Piece;
use super::parse::parse;
use super::source::Source;
use super::tokens::{Channel, Token};
use super::walk::Walk;
use crate::text::Folded;

/// Most bytes of a page that are looked at.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Most bytes of an excerpt.
const MOST_QUOTE_BYTES: usize = 360;

/// A page taken apart in one pass.
pub(crate) struct Features<'a> {
    /// Where everything stands.
    pub(crate) source: Source<'a>,
    /// All text, block after block.
    pub(crate) text: String,
    /// Where the text came from, in the order of `text`.
    pub(crate) pieces: Vec<Piece>,
    /// Blocks in the order of the page.
    pub(crate) blocks: Vec<Block>,
    /// Single texts in the order of the page.
    pub(crate) nodes: Vec<TextNode>,
    /// The same text in the form in which it is compared.
    pub(crate) folded: Folded,
    /// Distinct tokens by hash.
    pub(crate) tokens: Vec<Token>,
    /// Names of resource tokens.
    pub(crate) names: String,
    /// All addresses and paths in attributes, scripts and styles, one a line.
    pub(crate) addresses: String,
    /// What the page refers to.
    pub(crate) links: Vec<Link>,
    /// Fields to fill in.
    pub(crate) inputs: Vec<Input>,
    /// Hosts that the page says it is from.
    pub(crate) homes: Vec<Home>,
    /// Government site codes named in meta elements.
    pub(crate) site_codes: Vec<String>,
}

/// A run of text that reads as one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    /// Range in the page's text.
    pub(crate) text: (u32, u32),
    /// Range of folded characters.
    pub(crate) folded: (u32, u32),
    /// Where on the page it stands.
    pub(crate) position: Position,
}

/// A single text of the parsed page, such as a menu entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextNode {
    /// Range in the page's text.
    pub(crate) text: (u32, u32),
    /// The link it lies in, by index.
    pub(crate) link: Option<u32>,
}

/// Where on a page a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// The title.
    Title,
    /// A meta element that names the site.
    SiteName,
    /// A first-level heading.
    H1,
    /// A lower heading.
    Heading,
    /// The foot of the page.
    Footer,
    /// Text for a picture.
    Alt,
    /// A button.
    Button,
    /// Text inside or beside an empty field.
    Field,
    /// A description or keyword list that readers do not see.
    Meta,
    /// Anywhere else.
    Body,
}

/// A reference to something else.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// As written.
    pub(crate) url: String,
    /// The host, if it names one.
    pub(crate) host: Option<String>,
    /// What the page does with it.
    pub(crate) kind: LinkKind,
}

/// What a page does with what it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkKind {
    /// Lets the reader go there.
    Anchor,
    /// Loads it: picture, script, style, frame.
    Load,
    /// Sends a form there.
    Submit,
}

/// A field to fill in.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// Its `type`, in lower case.
    pub(crate) kind: String,
    /// Its `name`, `id` and `v-model`, in lower case, joined by blanks.
    pub(crate) names: String,
    /// Its placeholder and the text before it, folded.
    pub(crate) label: String,
    /// Which form it lies in.
    pub(crate) form: Form,
    /// Length of the page's text before it.
    pub(crate) text: u32,
}

/// Which form a field lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// None: scripts collect the fields.
    Loose,
    /// The form with this number.
    Number(u32),
}

/// A host that the page says it is from.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    /// The host.
    pub(crate) host: String,
    /// The words that say so, as written.
    pub(crate) raw: String,
}

/// An exact slice of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Quote {
    /// The slice.
    pub(crate) text: String,
    /// Where it begins; `None` where nothing of the page can be quoted.
    pub(crate) offset: Option<usize>,
}

impl<'a> Features<'a> {
    /// Takes a page apart.
    pub(crate) fn read(html: &'a str) -> Self {
        let capped = cap(html);
        let source = Source::scan(capped);
        let trees = parse(&source);
        let walked = {
            let mut walk = Walk::new(&source);
            for tree in &trees {
                walk.tree(tree);
            }
            walk.finish()
        };
        let mut features = Self {
            source,
            text: walked.text,
            pieces: walked.pieces,
            blocks: walked.blocks,
            nodes: walked.nodes,
            folded: Folded::default(),
            tokens: walked.tokens,
            names: walked.names,
            addresses: walked.addresses,
            links: walked.links,
            inputs: walked.inputs,
            homes: walked.homes,
            site_codes: walked.site_codes,
        };
        features.fold();
        features.chrome();
        features
            .tokens
            .sort_unstable_by_key(|token| (token.channel, token.hash));
        features
            .tokens
            .dedup_by_key(|token| (token.channel, token.hash));
        features
    }

    fn fold(&mut self) {
        for block in &mut self.blocks {
            let (start, end) = block.text;
            block.folded = self
                .folded
                .push_block(&self.text[start as usize..end as usize], start);
        }
    }

    /// Adds the chrome tokens: texts of 4 to 30 characters that stand by themselves.
    fn chrome(&mut self) {
        for node in &self.nodes {
            let (start, end) = node.text;
            let range = self.folded.range_of_origin(start, end);
            if (4..=30).contains(&(range.1 - range.0)) {
                let word = self.folded.slice(range);
                if !word.chars().all(|c| c.is_ascii_digit()) {
                    self.tokens.push(Token {
                        channel: Channel::Chrome,
                        hash: super::tokens::hash(word),
                        place: range,
                    });
                }
            }
        }
    }

    /// The source's host-independent text.
    pub(crate) fn html(&self) -> &'a str {
        self.source.html()
    }

    /// What was written where a token stands.
    pub(crate) fn token_name(&self, token: &Token) -> &str {
        let (start, end) = token.place;
        match token.channel {
            Channel::Resource => &self.names[start as usize..end as usize],
            Channel::Chrome => {
                let (from, to) = self.folded.origin(token.place, &self.text);
                self.text[from as usize..to as usize].trim()
            }
        }
    }

    /// The source of a token.
    pub(crate) fn token_quote(&self, token: &Token) -> Quote {
        match token.channel {
            Channel::Resource => self.find(self.token_name(token)),
            Channel::Chrome => self.quote_folded(token.place),
        }
    }

    /// The source of a range of folded characters.
    pub(crate) fn quote_folded(&self, range: (u32, u32)) -> Quote {
        self.quote(self.folded.origin(range, &self.text))
    }

    /// The source of a range of the page's text.
    pub(crate) fn quote(&self, (start, end): (u32, u32)) -> Quote {
        let first = self
            .pieces
            .partition_point(|piece| piece.text + piece.text_length <= start);
        let covered = self.pieces[first.min(self.pieces.len())..]
            .iter()
            .take_while(|piece| piece.text < end);
        let mut span: Option<(usize, usize)> = None;
        for piece in covered {
            let (from, to) = clip(piece, start, end);
            span = Some(match span {
                // Only what follows on closely belongs to the same words.
                Some((first, last)) if from >= last && to - first <= MOST_QUOTE_BYTES => {
                    (first, to)
                }
                Some(whole) => whole,
                None => (from, to),
            });
        }
        span.map_or_else(
            || self.find(&self.text[start as usize..end as usize]),
            |(from, to)| self.slice(from, to),
        )
    }

    /// The first place where `wanted` stands in the source.
    pub(crate) fn find(&self, wanted: &str) -> Quote {
        let trimmed = wanted.trim();
        if trimmed.is_empty() {
            return Quote::default();
        }
        self.html()
            .find(trimmed)
            .map_or_else(Quote::default, |from| {
                self.slice(from, from + trimmed.len())
            })
    }

    /// A slice of the source, shortened to what can be read.
    pub(crate) fn slice(&self, from: usize, to: usize) -> Quote {
        let mut end = to.min(from + MOST_QUOTE_BYTES).min(self.html().len());
        while !self.html().is_char_boundary(end) {
            end -= 1;
        }
        Quote {
            text: self.html()[from..end].to_owned(),
            offset: Some(from),
        }
    }

    /// The single text that a folded character lies in.
    pub(crate) fn node_of(&self, folded: u32) -> Option<&TextNode> {
        let (at, _) = self.folded.origin((folded, folded + 1), &self.text);
        let next = self.nodes.partition_point(|node| node.text.0 <= at);
        self.nodes[..next].last().filter(|node| at < node.text.1)
    }

    /// The block that a folded character lies in, by index.
    pub(crate) fn block_of(&self, folded: u32) -> usize {
        self.blocks
            .partition_point(|block| block.folded.1 < folded)
            .min(self.blocks.len().saturating_sub(1))
    }
}

/// The part of a piece's source that a range of text came from.
fn clip(piece: &Piece, start: u32, end: u32) -> (usize, usize) {
    let (from, to) = if piece.text_length == piece.source_length {
        let skipped = start.saturating_sub(piece.text);
        let kept = end.min(piece.text + piece.text_length) - piece.text;
        (piece.source + skipped, piece.source + kept)
    } else {
        (piece.source, piece.source + piece.source_length)
    };
    (from as usize, to as usize)
}

fn cap(html: &str) -> &str {
    let mut end = html.len().min(MOST_BYTES);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quote_of(html: &str, word: &str) -> Quote {
        let features = Features::read(html);
        let start = features.text.find(word).expect("the word is on the page") as u32;
        features.quote((start, start + word.len() as u32))
    }

    #[test]
    fn quotes_are_exact_slices() {
        for (html, word, expected) in [
            ("<p>专业<b>办</b>证</p>", "办", "办"),
            ("<p>专业&#21150;证</p>", "办证", "&#21150;证"),
            ("<p>专业办<i>·</i>证", "办·证", "办<i>·</i>证"),
            (
                "<input placeholder='请输入姓名'>",
                "请输入姓名",
                "请输入姓名",
            ),
            ("<img alt=\"国徽\" src=x>", "国徽", "国徽"),
            ("<table>外面<tr><td>里面</table>后", "里面", "里面"),
        ] {
            let quote = quote_of(html, word);
            let offset = quote.offset.expect(html);
            assert_eq!(quote.text, expected);
            assert_eq!(&html[offset..offset + quote.text.len()], expected);
        }
    }

    #[test]
    fn a_page_longer_than_the_cap_is_read_to_the_cap() {
        let html = "好".repeat(1024 * 1024);
        let features = Features::read(&html);
        assert_eq!(features.html().len(), MOST_BYTES / 3 * 3);
        assert_eq!(features.text.len(), MOST_BYTES / 3 * 3);
    }

    #[test]
    fn hostile_pages_are_read_whole() {
        let deep = format!("{}<p>底部</p>", "<div>".repeat(100_000));
        assert!(Features::read(&deep).text.contains("底部"));
        let wide = format!("<p {}>正文</p>", "a=1 ".repeat(100_000));
        assert!(Features::read(&wide).text.contains("正文"));
        let png = String::from_utf8_lossy(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<\xff<a").into_owned();
        assert!(Features::read(&png).links.is_empty());
        assert!(Features::read("").blocks.is_empty());
    }

    proptest! {
        #[test]
        fn any_quote_stands_at_its_offset(
            parts in proptest::collection::vec("(<p>|</p>|<b>|</b>|<table>|<td>|<a href='x/y'>|</a>|&nbsp;|&#21150;|办证|·|微信 abc|<br>|<title>|</title>|<script>|</script>|<|&|\r\n|<input name='姓名' value=查询>)", 0..24)
        ) {
            let html = parts.concat();
            let features = Features::read(&html);
            for start in 0..features.folded.len() {
                for end in start + 1..(start + 6).min(features.folded.len()) {
                    let quote = features.quote_folded((start, end));
                    if let Some(offset) = quote.offset {
                        prop_assert_eq!(&html[offset..offset + quote.text.len()], quote.text.as_str());
                    }
                }
            }
            for token in &features.tokens {
                let quote = features.token_quote(token);
                if let Some(offset) = quote.offset {
                    prop_assert_eq!(&html[offset..offset + quote.text.len()], quote.text.as_str());
                }
            }
        }
    }
}
