//! Bounded parsing: hostile pages cost no more than honest ones.

use html5ever::driver::parse_document;
use html5ever::tendril::TendrilSink;
use scraper::{Html, HtmlTreeSink};

use super::source::Source;

/// Bytes given to the parser between two looks at the depth.
const PIECE_BYTES: usize = 4096;
/// Deepest nesting; the parser's cost per tag grows with it. Where it is reached a new tree is begun.
const MOST_DEPTH: usize = 512;

/// Parses a page into one tree, or into several where it nests too deeply.
pub(crate) fn parse(source: &Source) -> Vec<Html> {
    let mut trees = Vec::new();
    let mut pieces = pieces(source).peekable();
    while pieces.peek().is_some() {
        let sink = HtmlTreeSink::new(Html::new_document());
        let mut parser = parse_document(sink, html5ever::ParseOpts::default());
        for piece in pieces.by_ref() {
            parser.process(piece.into());
            let tree = parser.tokenizer.sink.sink.0.borrow();
            let depth = tree
                .tree
                .nodes()
                .next_back()
                .map_or(0, |node| node.ancestors().take(MOST_DEPTH + 1).count());
            if depth > MOST_DEPTH {
                break;
            }
        }
        trees.push(parser.finish());
    }
    trees
}

/// The source in small pieces on character borders, overlong parts of tags left out.
fn pieces<'a>(source: &'a Source) -> impl Iterator<Item = &'a str> {
    let html = source.html();
    let mut kept = Vec::with_capacity(source.cuts().len() + 1);
    let mut from = 0;
    for (start, end) in source.cuts() {
        kept.push((from, *start));
        from = *end;
    }
    kept.push((from, html.len()));
    kept.into_iter().flat_map(move |(mut from, to)| {
        std::iter::from_fn(move || {
            if from >= to {
                return None;
            }
            let mut end = (from + PIECE_BYTES).min(to);
            while !html.is_char_boundary(end) {
                end += 1;
            }
            // A new tree had better begin with a tag than inside one.
            if end < to
                && let Some(tag) = html.as_bytes()[from + 1..end]
                    .iter()
                    .rposition(|byte| *byte == b'<')
            {
                end = from + 1 + tag;
            }
            let piece = &html[from..end];
            from = end;
            Some(piece)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_one_tree() {
        let html = "<p>你好</p>".repeat(2000);
        let source = Source::scan(&html);
        let trees = parse(&source);
        assert_eq!(trees.len(), 1);
        assert_eq!(trees[0].root_element().text().count(), 2000);
    }

    #[test]
    fn deep_nesting_begins_new_trees_and_loses_no_text() {
        let html = format!("{}<p>底部</p>", "<div>".repeat(100_000));
        let source = Source::scan(&html);
        let trees = parse(&source);
        assert!(trees.len() > 10);
        let last = trees.last().unwrap();
        assert_eq!(last.root_element().text().collect::<String>(), "底部");
        assert!(trees.iter().all(|tree| {
            tree.tree
                .nodes()
                .all(|node| node.ancestors().take(4096).count() < 4096)
        }));
    }
}
