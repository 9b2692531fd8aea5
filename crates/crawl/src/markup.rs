//! A page's outline: just as much of its markup as tells whether it sends its visitor elsewhere.
//!
//! One pass over the text without a tree, so hostile nesting costs nothing.

/// How much of a page is looked at; pages that only send on are small.
const LOOK: usize = 256 << 10;
/// Attributes of one tag that are read.
const MOST_ATTRIBUTES: usize = 64;

/// What a page's markup holds that may send its visitor elsewhere.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// `content` of the first `<meta http-equiv=refresh>`.
    pub(crate) refresh: Option<String>,
    /// `href` of the first `<base>`.
    pub(crate) base: Option<String>,
    /// Inline scripts in order.
    pub(crate) scripts: Vec<String>,
    /// Visible characters without white space.
    pub(crate) visible: usize,
}

/// Reads the outline of a page as a browser that runs scripts would: `<noscript>` does not count.
pub(crate) fn outline(page: &str) -> Outline {
    let mut end = page.len().min(LOOK);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let mut outline = Outline::default();
    let mut rest = &page[..end];
    while let Some(at) = rest.find('<') {
        outline.see_text(&rest[..at]);
        rest = after_markup(&rest[at..], &mut outline);
    }
    outline.see_text(rest);
    outline
}

impl Outline {
    fn see_text(&mut self, text: &str) {
        let shown = |c: &char| !c.is_whitespace() && !c.is_control();
        self.visible += text.chars().filter(shown).count();
    }

    fn see_tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "base" if self.base.is_none() => self.base = tag.attribute("href"),
            "meta" if self.refresh.is_none() => {
                let equivalent = tag.attribute("http-equiv").unwrap_or_default();
                if equivalent.trim().eq_ignore_ascii_case("refresh") {
                    self.refresh = tag.attribute("content");
                }
            }
            _ => {}
        }
    }

    fn see_script(&mut self, tag: &Tag, body: &str) {
        let kind = tag
            .attribute("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let runs = kind.is_empty() || kind.contains("javascript") || kind.contains("ecmascript");
        if runs && tag.attribute("src").is_none() {
            self.scripts.push(body.to_owned());
        }
    }
}

/// Takes what begins with `<` and returns what follows it.
fn after_markup<'a>(text: &'a str, outline: &mut Outline) -> &'a str {
    let inside = &text[1..];
    if let Some(comment) = inside.strip_prefix("!--") {
        // `<!-->` is a whole comment already.
        let at_once = comment.strip_prefix('>');
        return at_once
            .or_else(|| Some(comment.split_once("-->")?.1))
            .unwrap_or("");
    }
    if inside.starts_with(['!', '?', '/']) {
        return inside.find('>').map_or("", |at| &inside[at + 1..]);
    }
    if !inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
        outline.see_text("<");
        return inside;
    }
    let Some((tag, rest)) = Tag::read(inside) else {
        return "";
    };
    match tag.name.as_str() {
        "plaintext" => "",
        "script" => {
            let (body, rest) = until_closed(rest, "script");
            outline.see_script(&tag, body);
            rest
        }
        raw @ ("style" | "title" | "textarea" | "noscript" | "template" | "xmp" | "iframe"
        | "noembed" | "noframes") => until_closed(rest, raw).1,
        _ => {
            outline.see_tag(&tag);
            rest
        }
    }
}

/// Splits at the closing tag of a raw element; without one, all that is left belongs to it.
fn until_closed<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let at = from + at;
        let after = at + 2 + name.len();
        let named = bytes
            .get(at + 2..after)
            .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
        let ended = bytes
            .get(after)
            .is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if named && ended {
            let rest = text[after..]
                .find('>')
                .map_or("", |end| &text[after + end + 1..]);
            return (&text[..at], rest);
        }
        from = at + 2;
    }
    (text, "")
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// Reads a start tag behind its `<`; `None` when it is never closed.
    fn read(text: &str) -> Option<(Self, &str)> {
        let end = text.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')?;
        let mut tag = Self {
            name: text[..end].to_ascii_lowercase(),
            attributes: Vec::new(),
        };
        let mut rest = &text[end..];
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if let Some(rest) = rest.strip_prefix('>') {
                return Some((tag, rest));
            }
            // A leading `=` belongs to the name.
            let first = rest.chars().next()?.len_utf8();
            let stops = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
            let end = first + rest[first..].find(stops)?;
            let name = rest[..end].to_ascii_lowercase();
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                (value, rest) = attribute_value(after.trim_start())?;
            }
            if tag.attributes.len() < MOST_ATTRIBUTES {
                tag.attributes.push((name, unescape(value)));
            }
        }
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.clone())
    }
}

fn attribute_value(text: &str) -> Option<(&str, &str)> {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote);
        }
    }
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
    Some(text.split_at(end))
}

/// Undoes the character references that occur in URLs.
fn unescape(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .char_indices()
            .take(10)
            .find(|(_, c)| *c == ';')
            .map(|(at, _)| at);
        match end.and_then(|end| Some((reference(&rest[1..end])?, end))) {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_is_what_a_browser_with_scripts_would_see() {
        let page = "<!DOCTYPE html><html><head><!-- <meta http-equiv=refresh content='0;url=/no'> --><!-->\
             <title>跳转 <b></title><BASE HREF='/sub/'><base href=/other>\
             <noscript><meta http-equiv='refresh' content='0;url=/noscript'></noscript>\
             <template><meta http-equiv='refresh' content='0;url=/template'></template>\
             <style>a < b { content: '<meta http-equiv=refresh>' }</style>\
             <meta content=\"0; url=/a?x=1&amp;y=&#50;\" HTTP-EQUIV = Refresh />\
             <meta http-equiv=refresh content=9>\
             <script src=x.js>ignored()</script><script type='application/json'>{}</script>\
             <script>if (a </* </b> */ b) go()</SCRIPT ><body data-x='>'>正 文\n<p>1 < 2</p>";
        assert_eq!(
            outline(page),
            Outline {
                refresh: Some("0; url=/a?x=1&y=2".into()),
                base: Some("/sub/".into()),
                scripts: vec!["if (a </* </b> */ b) go()".into()],
                visible: 5,
            }
        );
    }

    #[test]
    fn broken_markup_ends_without_panic() {
        for page in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href='x",
            "<!--",
            "<!--x",
            "<!",
            "</",
            "<script>",
            "<script>x</scrip",
            "<meta =a>",
            "<a =>x",
            "<é>",
            "<a é=é>",
            "<a/",
            "&#x110000;",
            "<a b='&#",
        ] {
            outline(page);
        }
        assert_eq!(outline("<!--x--y-->z").visible, 1);
        assert_eq!(outline("a<!-->b").visible, 2);
    }
}
