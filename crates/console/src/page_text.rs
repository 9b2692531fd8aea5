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
        let page = head(html, MOST_BYTES);
        let mut scan = Scan {
            page,
            // ASCII lower-casing keeps every byte in its place.
            lower: &page.to_ascii_lowercase(),
            at: 0,
            most,
            line: String::new(),
            text: Self::default(),
        };
        scan.run();
        scan.text
    }
}

struct Scan<'a> {
    page: &'a str,
    lower: &'a str,
    at: usize,
    most: usize,
    line: String,
    text: PageText,
}

impl<'a> Scan<'a> {
    fn run(&mut self) {
        while self.text.lines.len() < self.most {
            let words = self.up_to("<");
            self.line.push_str(&decoded(words));
            if self.at == self.page.len() {
                break;
            }
            self.skip_markup();
        }
        self.end_line();
        self.text.lines.truncate(self.most);
    }

    /// Steps over one piece of markup, which begins here.
    fn skip_markup(&mut self) {
        let markup = &self.lower[self.at..];
        if markup.starts_with("<!--") {
            self.step_past("-->");
            return;
        }
        let closes = markup.starts_with("</");
        let from = self.at + if closes { 2 } else { 1 };
        let name = alphanumeric(&self.lower[from..]);
        if name.is_empty() && !markup.starts_with("<!") && !markup.starts_with("<?") {
            self.line.push('<');
            self.at += 1;
            return;
        }
        if !INLINE.contains(&name) {
            self.end_line();
        }
        self.step_past(">");
        if !closes && (name == "title" || UNREAD.contains(&name)) {
            let content = self.up_to(&format!("</{name}"));
            self.step_past(">");
            if name == "title" && self.text.title.is_empty() {
                self.text.title = joined(&decoded(content));
            }
        }
    }

    /// The page from here up to `mark`, or to its end; the scan then stands there.
    fn up_to(&mut self, mark: &str) -> &'a str {
        let found = self.lower[self.at..].find(mark);
        let end = found.map_or(self.page.len(), |length| self.at + length);
        let words = &self.page[self.at..end];
        self.at = end;
        words
    }

    fn step_past(&mut self, mark: &str) {
        self.up_to(mark);
        self.at = (self.at + mark.len()).min(self.page.len());
    }

    fn end_line(&mut self) {
        let line = joined(&self.line);
        self.line.clear();
        if !line.is_empty() {
            self.text.lines.push(line);
        }
    }
}

fn alphanumeric(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    &text[..end.unwrap_or(text.len())]
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
        assert_eq!(PageText::of("<é>x</é>", 5).lines, ["<é>x</é>"]);
        assert!(PageText::of("<title>a", 5).lines.is_empty());
    }
}
