//! Tokens: the names and labels by which one site's page is told from another's.

/// One token of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// Which identity channel it belongs to.
    pub(crate) channel: Channel,
    /// Hash of its normal form.
    pub(crate) hash: u64,
    /// Range in the page's resource names, or of folded characters.
    pub(crate) place: (u32, u32),
}

/// Which identity channel a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Channel {
    /// Paths of resources, links and forms, ids and field names.
    Resource,
    /// Labels, menu entries, buttons, headings.
    Chrome,
}

/// Longest inline script that is searched for paths.
const MOST_SCRIPT_BYTES: usize = 256 * 1024;

/// A stable 64-bit hash (FNV-1a with a final mix).
pub(crate) fn hash(text: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state ^= state >> 32;
    state.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The last two components of a path, query and fragment left out; `None` where there is nothing to name.
pub(crate) fn path_name(url: &str) -> Option<&str> {
    let url = url.trim();
    if url.len() > 2048 || has_scheme_without_path(url) {
        return None;
    }
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let mut path = &url[..end];
    if let Some(start) = path.find("//") {
        let rest = &path[start + 2..];
        path = &rest[rest.find('/')?..];
    }
    let path = path
        .trim_matches('/')
        .trim_start_matches("./")
        .trim_start_matches("../");
    let mut slashes = path.rmatch_indices('/');
    let start = slashes.nth(1).map_or(0, |(index, _)| index + 1);
    let name = path[start..]
        .trim_start_matches("../")
        .trim_start_matches("./");
    (name.len() >= 2).then_some(name)
}

fn has_scheme_without_path(url: &str) -> bool {
    let scheme = url.as_bytes().iter().position(|byte| *byte == b':');
    scheme.is_some_and(|colon| {
        let name = &url[..colon];
        [
            "data",
            "javascript",
            "mailto",
            "tel",
            "about",
            "blob",
            "tencent",
        ]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    })
}

/// An id or class name with its digits levelled, as numbered copies of one part share their name.
pub(crate) fn level_digits(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for c in id.chars() {
        if c.is_ascii_digit() {
            if !out.ends_with('#') {
                out.push('#');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Calls `take` with every string literal of a script that looks like a path.
pub(crate) fn script_paths<'s>(script: &'s str, mut take: impl FnMut(&'s str)) {
    let mut end = script.len().min(MOST_SCRIPT_BYTES);
    while !script.is_char_boundary(end) {
        end -= 1;
    }
    let script = &script[..end];
    let bytes = script.as_bytes();
    let mut at = 0;
    while let Some(found) = script[at..].find(['"', '\'', '`']) {
        let open = at + found;
        let quote = bytes[open];
        let body = &bytes[open + 1..];
        let window = &body[..body.len().min(200)];
        match window
            .iter()
            .position(|byte| *byte == quote || *byte == b'\n')
        {
            Some(length) if window[length] == quote => {
                let literal = &script[open + 1..open + 1 + length];
                if is_path(literal) {
                    take(literal);
                }
                at = open + length + 2;
            }
            _ => at = open + 1,
        }
    }
}

/// Calls `take` with every `url(...)` of a style sheet.
pub(crate) fn style_urls<'s>(style: &'s str, mut take: impl FnMut(&'s str)) {
    for (start, _) in style.match_indices("url(") {
        let rest = &style[start + 4..];
        let window = &rest.as_bytes()[..rest.len().min(400)];
        if let Some(end) = window.iter().position(|byte| *byte == b')') {
            take(rest[..end].trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace()));
        }
    }
}

fn is_path(literal: &str) -> bool {
    literal.len() >= 4
        && literal.contains('/')
        && !literal.starts_with("//www.w3.org")
        && !literal.contains("http://www.w3.org")
        && literal
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-?=&:%#+~,@${}".contains(&byte))
        && literal.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_by_its_last_two_components() {
        assert_eq!(path_name("/a/b/c.js?v=1"), Some("b/c.js"));
        assert_eq!(path_name("../css/main.css#x"), Some("css/main.css"));
        assert_eq!(
            path_name("https://cx.test/cms/html/q.do?m=1"),
            Some("html/q.do")
        );
        assert_eq!(path_name("//cdn.test/x.js"), Some("x.js"));
        assert_eq!(path_name("https://cx.test"), None);
        assert_eq!(path_name("data:image/png;base64,AAAA"), None);
        assert_eq!(path_name("javascript:void(0)"), None);
    }

    #[test]
    fn scripts_give_their_paths() {
        let mut paths = Vec::new();
        script_paths(
            "var a='/prod-api/certsearch/code', b=\"it's\"; get(`/x/y`, 'no path', '<a/b>')",
            |path| paths.push(path),
        );
        assert_eq!(paths, ["/prod-api/certsearch/code", "/x/y"]);
    }

    #[test]
    fn styles_give_their_pictures() {
        let mut urls = Vec::new();
        style_urls(
            "a{background:url('img/bg.png')} b{src:url(f.woff)}",
            |url| urls.push(url),
        );
        assert_eq!(urls, ["img/bg.png", "f.woff"]);
    }
}
