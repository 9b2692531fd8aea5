//! The walk over a parsed page that gathers its features.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

use super::align::Piece;
use super::elements::attribute;
use super::features::{Block, Form, Home, Input, Link, LinkKind, Position, TextNode};
use super::source::{Cursor, Source};
use super::tokens::{Token, script_paths, style_urls};

/// Longest attribute text that is taken for words.
pub(super) const MOST_ATTRIBUTE_BYTES: usize = 2048;

/// What a walk has gathered.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) nodes: Vec<TextNode>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) names: String,
    pub(crate) addresses: String,
    pub(crate) links: Vec<Link>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) homes: Vec<Home>,
    pub(crate) site_codes: Vec<String>,
}

/// What has been gathered so far, and where the walk stands.
pub(crate) struct Walk<'s, 'a> {
    source: &'s Source<'a>,
    cursor: Cursor,
    pub(super) gathered: Gathered,
    block_start: u32,
    positions: Vec<(Position, u32)>,
    pub(super) link: Option<u32>,
    pub(super) form: Form,
    forms: u32,
    depth: u32,
}

impl<'s, 'a> Walk<'s, 'a> {
    /// A walk that has not begun.
    pub(crate) fn new(source: &'s Source<'a>) -> Self {
        Self {
            source,
            cursor: Cursor::default(),
            gathered: Gathered::default(),
            block_start: 0,
            positions: Vec::new(),
            link: None,
            form: Form::Loose,
            forms: 0,
            depth: 0,
        }
    }

    /// Gathers the features of a tree.
    pub(crate) fn tree(&mut self, tree: &Html) {
        // The tree's own lists, not calls, carry the depth.
        let mut skip_until = None;
        self.depth = 0;
        for edge in tree.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    self.depth += 1;
                    if skip_until.is_some() {
                        continue;
                    }
                    match node.value() {
                        Node::Element(element) if !self.open(element) => {
                            self.unread(element.name(), node.first_child().map(|c| c.value()));
                            skip_until = Some(node.id());
                        }
                        Node::Text(text) => self.words(text),
                        Node::Comment(comment) => self.comment(comment),
                        _ => {}
                    }
                }
                Edge::Close(node) => {
                    if skip_until == Some(node.id()) {
                        skip_until = None;
                    } else if skip_until.is_none()
                        && let Node::Element(element) = node.value()
                    {
                        self.close(element.name());
                    }
                    self.depth -= 1;
                }
            }
        }
        self.end_block();
        self.positions.clear();
        self.link = None;
    }

    /// Ends the walk.
    pub(crate) fn finish(mut self) -> Gathered {
        self.end_block();
        self.gathered
    }

    /// Takes an element in; `false` if what it holds is not text.
    fn open(&mut self, element: &Element) -> bool {
        let name = element.name();
        let tag = self.source.tag(&mut self.cursor, name);
        self.identifiers(element);
        if is_block(name) {
            self.end_block();
        }
        self.place(name, element);
        match name {
            "script" | "style" | "noscript" | "template" | "iframe" | "frame" => {
                self.load(element, &["src", "data-src"]);
                return false;
            }
            "meta" => self.meta(element, tag),
            "link" => self.link_element(element),
            "a" | "area" => self.anchor(element),
            "img" | "source" | "video" | "embed" | "audio" => {
                self.load(element, &["src", "data-src", "poster", "data-original"]);
                if let Some(alt) = attribute(element, "alt").or_else(|| attribute(element, "title"))
                {
                    self.attribute_block(alt, tag, Position::Alt);
                }
            }
            "form" => {
                self.forms += 1;
                self.form = Form::Number(self.forms);
                if let Some(action) = attribute(element, "action") {
                    self.add_link(action, LinkKind::Submit);
                    self.resource(action);
                }
            }
            "input" | "textarea" | "select" => self.input(element, tag),
            "br" => self.gathered.text.push('\n'),
            _ => {}
        }
        true
    }

    fn close(&mut self, name: &str) {
        if is_block(name) {
            self.end_block();
        }
        if self
            .positions
            .last()
            .is_some_and(|(_, depth)| *depth == self.depth)
        {
            self.positions.pop();
        }
        match name {
            "a" => {
                self.link = None;
                self.part();
            }
            "form" => self.form = Form::Loose,
            _ => {}
        }
    }

    /// Tokens from what is not shown: inline scripts and styles.
    fn unread(&mut self, name: &str, child: Option<&Node>) {
        let Some(Node::Text(text)) = child else {
            return;
        };
        match name {
            "script" => script_paths(text, |path| self.resource(path)),
            "style" => style_urls(text, |url| self.resource(url)),
            _ => {}
        }
    }

    fn place(&mut self, name: &str, element: &Element) {
        let position = match name {
            "title" => Position::Title,
            "h1" => Position::H1,
            "h2" | "h3" | "h4" => Position::Heading,
            "footer" => Position::Footer,
            "button" => Position::Button,
            "div" | "section" | "table" | "td" | "ul" | "p" if is_footer(element) => {
                Position::Footer
            }
            _ => return,
        };
        self.positions.push((position, self.depth));
    }

    fn position(&self) -> Position {
        self.positions
            .last()
            .map_or(Position::Body, |(position, _)| *position)
    }

    fn words(&mut self, text: &str) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            if !text.is_empty() && self.gathered.text.len() as u32 > self.block_start {
                self.gathered.text.push(' ');
            }
            return;
        }
        if text.starts_with(char::is_whitespace)
            && self.gathered.text.len() as u32 > self.block_start
        {
            self.gathered.text.push(' ');
        }
        let start = self.gathered.text.len() as u32;
        self.source
            .place(&mut self.cursor, trimmed, start, &mut self.gathered.pieces);
        self.gathered.text.push_str(trimmed);
        let end = self.gathered.text.len() as u32;
        self.node(start, end);
        if text.ends_with(char::is_whitespace) {
            self.gathered.text.push(' ');
        }
    }

    fn node(&mut self, start: u32, end: u32) {
        self.gathered.nodes.push(TextNode {
            text: (start, end),
            link: self.link,
        });
    }

    /// Marks the border of a link inside a line, lest two entries of a menu read as one word.
    pub(super) fn part(&mut self) {
        if self.gathered.text.len() as u32 > self.block_start {
            self.gathered.text.push('|');
        }
    }

    fn end_block(&mut self) {
        let end = self.gathered.text.len() as u32;
        let start = self.block_start;
        self.block_start = end;
        if self.gathered.text[start as usize..]
            .trim_matches(|c: char| c.is_whitespace() || c == '|')
            .is_empty()
        {
            return;
        }
        self.gathered.blocks.push(Block {
            text: (start, end),
            folded: (0, 0),
            position: self.position(),
        });
    }

    /// A block of its own for the words of an attribute.
    pub(super) fn attribute_block(
        &mut self,
        words: &str,
        tag: Option<(u32, u32)>,
        position: Position,
    ) {
        let words = words.trim();
        if words.is_empty() || words.len() > MOST_ATTRIBUTE_BYTES {
            return;
        }
        self.end_block();
        let start = self.gathered.text.len() as u32;
        if let Some((from, to)) = tag
            && let Some(found) = self.source.html()[from as usize..to as usize].find(words)
        {
            self.gathered.pieces.push(Piece {
                text: start,
                text_length: words.len() as u32,
                source: from + found as u32,
                source_length: words.len() as u32,
            });
        }
        self.gathered.text.push_str(words);
        let end = self.gathered.text.len() as u32;
        self.node(start, end);
        self.block_start = end;
        self.gathered.blocks.push(Block {
            text: (start, end),
            folded: (0, 0),
            position,
        });
    }
}

fn is_footer(element: &Element) -> bool {
    ["id", "class"].iter().any(|name| {
        attribute(element, name).is_some_and(|value| {
            value.len() < 200
                && [
                    "foot",
                    "copyright",
                    "bottom",
                    "Foot",
                    "Copyright",
                    "copy-right",
                ]
                .iter()
                .any(|sign| value.contains(sign))
        })
    })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hr"
            | "html"
            | "iframe"
            | "legend"
            | "li"
            | "main"
            | "marquee"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
            | "script"
            | "style"
            | "noscript"
            | "template"
    )
}
