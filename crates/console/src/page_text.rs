//! The title and the readable lines of a page, for showing it as text; a plain scan, not a parser.

/// Elements whose content nobody reads.
const UNREAD: [&str; 5] = ["script", "style", "noscript", "template", "svg"];

/// Elements that stand in the middle of a line.
const INLINE: [&str; 14] = [
    "a", "b", "big", "em", "font", "i", "label", "small", "span", "strong", "sub", "sup", "u", "q",
];

/// Bytes of a page that are scanned; what an analyst compares stands at its beginning.
const MOST_BYTES: usize = 400_000;

/// What a reader sees of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PageText {
    /// The title, empty where there is none.
    pub(crate) title: String,
    /// The lines in order, without empty ones.
    pub(crate) lines: Vec<String>,
}

impl PageText {
    /// The first `most` lines of a page given as HTML.
    pub(crate) fn of(html: &str, most: usize) -> Self {
        let mut scan = Scan {
            rest: head(html, MOST_BYTES),
            most,
            line: String::new(),
            text: Self::default(),
        };
        scan.run();
        scan.text
    }
}

struct Scan<'a> {
    rest: &'a str,
    most: usize,
    line: String,
    text: PageText,
}

impl Scan<'_> {
    fn run(&mut self) {
        while self.text.lines.len() < self.most {
            let Some(at) = self.rest.find('<') else {
                let rest = self.rest;
                self.line.push_str(&decoded(rest));
                break;
            };
            self.line.push_str(&decoded(&self.rest[..at]));
            self.rest = &self.rest[at..];
            self.skip_markup();
        }
        self.end_line();
        self.text.lines.truncate(self.most);
    }

    /// Steps over one piece of markup at the beginning of the rest.
    fn skip_markup(&mut self) {
        if self.rest.starts_with("<!--") {
            self.rest = after(self.rest, "-->");
            return;
        }
        let name: String = self.rest[1..]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .collect::<String>()
            .to_ascii_lowercase();
        if name.is_empty() && !self.rest.starts_with("<!") && !self.rest.starts_with("<?") {
            self.line.push('<');
            self.rest = &self.rest[1..];
            return;
        }
        let element = name.trim_matches('/');
        if !INLINE.contains(&element) {
            self.end_line();
        }
        self.rest = after(self.rest, ">");
        if UNREAD.contains(&name.as_str()) || name == "title" {
            let content = self.content_of(&name);
            if name == "title" && self.text.title.is_empty() {
                self.text.title = joined(&decoded(content));
            }
        }
    }

    /// The content up to the element's end, which is stepped over.
    fn content_of(&mut self, name: &str) -> &str {
        let closing = format!("</{name}");
        // ASCII lower-casing keeps every byte in its place.
        let end = self.rest.to_ascii_lowercase().find(&closing);
        let (content, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = after(rest, ">");
        content
    }

    fn end_line(&mut self) {
        let line = joined(&self.line);
        self.line.clear();
        if !line.is_empty() {
            self.text.lines.push(line);
        }
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.find(mark).map_or("", |at| &text[at + mark.len()..])
}

fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // `&amp;` comes last, or `&amp;lt;` would be decoded twice.
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&copy;", "©")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_a_reader_sees() {
        let html = "<!doctype html><html><head><TITLE> 证书 &amp; 查询</TITLE><style>p{}</style>\
                    <script>if (a<b) document.write('<p>x</p>')</SCRIPT></head><body><!-- <p>no</p> -->\
                    <h1>全国<b>特种</b>作业</h1><p>姓名：<input></p> 3 < 4 <p>末";
        let text = PageText::of(html, 50);
        assert_eq!(text.title, "证书 & 查询");
        assert_eq!(text.lines, ["全国特种作业", "姓名：", "3 < 4", "末"]);
    }

    #[test]
    fn broken_and_endless_pages_end() {
        assert_eq!(PageText::of("<script>never closed", 5), PageText::default());
        assert_eq!(PageText::of("<", 5).lines, ["<"]);
        assert_eq!(PageText::of(&"<p>x".repeat(1000), 3).lines.len(), 3);
        assert_eq!(PageText::of("<é>x</é>", 5).lines, ["<é>x"]);
        assert!(PageText::of("<title>a", 5).lines.is_empty());
    }
}
