//! The capture index: CDXJ 0.1.0 lines, keyed by SURT, as cdxj-indexer writes them with record digests.

use url::Url;

use crate::record::Record;
use crate::warc::RecordKind;

/// The whole index of the records of one WARC file: one line for each response and resource, sorted by bytes.
pub(crate) fn index(records: &[Record], file_name: &str) -> String {
    let mut lines: Vec<String> = records
        .iter()
        .filter(|record| matches!(record.kind, RecordKind::Response | RecordKind::Resource))
        .map(|record| line(record, file_name))
        .collect();
    lines.sort();
    lines.concat()
}

fn line(record: &Record, file_name: &str) -> String {
    let target = record.target();
    let content_type = match &record.http {
        Some(http) => http.content_type.as_deref(),
        None => record.field("Content-Type"),
    };
    let mut pairs = vec![("url", target.to_owned())];
    pairs.extend(content_type.map(|value| ("mime", media_type(value))));
    if let Some(http) = &record.http {
        pairs.push(("status", http.status.clone()));
    }
    pairs.extend([
        ("digest", record.payload.to_string()),
        ("length", record.length.to_string()),
        ("offset", record.offset.to_string()),
        ("filename", file_name.to_owned()),
        ("recordDigest", record.member.to_string()),
    ]);
    let members: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}: {}", json_text(name), json_text(value)))
        .collect();
    format!(
        "{} {} {{{}}}\n",
        surt(target),
        record.date.to_fourteen_digits(),
        members.join(", ")
    )
}

/// The media type without parameters. Where the server named none, the indexer leaves it out, and so do we.
fn media_type(content_type: &str) -> String {
    content_type
        .split(|c: char| c == ';' || c.is_whitespace())
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// A JSON string in ASCII, so that lines sort alike as text and as bytes.
fn json_text(value: &str) -> String {
    let mut out = String::new();
    for c in serde_json::Value::from(value).to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// The sort-friendly key of a URL: host reversed, `www` dropped, path and query in lower case, query sorted.
///
/// Of other schemes (`dns:`, `urn:`) path and query are treated alike and the rest stays.
pub(crate) fn surt(url: &str) -> String {
    let web = Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    match web {
        Some(url) => {
            let host = url.host_str().unwrap_or_default();
            let port = url
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            let path = path_key(&normal_path(&unescaped(url.path().as_bytes())));
            format!("{}{port}){path}{}", host_key(host), query_key(url.query()))
        }
        None => {
            let url = url.split('#').next().unwrap_or_default();
            let (start, query) = url
                .split_once('?')
                .map_or((url, None), |(start, query)| (start, Some(query)));
            let (scheme, path) = start.split_once(':').unwrap_or(("", start));
            let path = path_key(&unescaped(path.as_bytes()));
            format!("{scheme}:{path}{}", query_key(query))
        }
    }
}

fn host_key(host: &str) -> String {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .trim_matches('.');
    let host = host
        .strip_prefix("www")
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(host);
    let mut labels: Vec<&str> = host.split('.').collect();
    labels.reverse();
    labels.join(",")
}

/// Removes `.`, `..` and empty segments, keeping one slash at the end.
fn normal_path(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for segment in path.split(|byte| *byte == b'/').skip(1) {
        match segment {
            b"." => {}
            b".." if kept.is_empty() => kept.push(segment),
            b".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let last = kept.pop().unwrap_or_default();
    let mut out = vec![b'/'];
    for segment in kept.into_iter().filter(|segment| !segment.is_empty()) {
        out.extend(segment);
        out.push(b'/');
    }
    out.extend(last);
    out
}

fn path_key(path: &[u8]) -> String {
    let path = without_page_session(&escaped(path).to_ascii_lowercase());
    match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter.to_owned(),
        _ => path,
    }
}

fn query_key(query: Option<&str>) -> String {
    let Some(query) = query.filter(|query| !query.is_empty()) else {
        return String::new();
    };
    let query = without_query_session(&escaped(&unescaped(query.as_bytes()))).to_ascii_lowercase();
    if query.is_empty() {
        return String::new();
    }
    let mut pairs: Vec<(&str, Option<&str>)> = query
        .split('&')
        .map(|pair| {
            pair.split_once('=')
                .map_or((pair, None), |(name, value)| (name, Some(value)))
        })
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| {
            value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}"))
        })
        .collect();
    format!("?{}", pairs.join("&"))
}

/// Percent-decodes until nothing is left to decode.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut current = text.to_vec();
    loop {
        let next = unescaped_once(&current);
        if next == current {
            return current;
        }
        current = next;
    }
}

fn unescaped_once(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let pair = text.get(at + 1..at + 3).filter(|_| text[at] == b'%');
        let mut byte = [0];
        if pair.is_some_and(|pair| hex::decode_to_slice(pair, &mut byte).is_ok()) {
            out.push(byte[0]);
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

fn escaped(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        if byte.is_ascii_graphic() && !matches!(byte, b'#' | b'%') {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Drops the `(24 letters or digits)/` or `(a(24 letters or digits))/` segment before an ASP.NET page.
fn without_page_session(path: &str) -> String {
    let is_token =
        |text: &str| text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_session = |segment: &str| {
        let Some(inner) = segment.strip_prefix('(').and_then(|s| s.strip_suffix(')')) else {
            return false;
        };
        let marked = !inner.is_empty()
            && inner.len() % 27 == 0
            && (0..inner.len() / 27).all(|index| {
                let piece = &inner.as_bytes()[index * 27..(index + 1) * 27];
                piece[0].is_ascii_alphabetic()
                    && piece[1] == b'('
                    && piece[26] == b')'
                    && piece[2..26].iter().all(u8::is_ascii_alphanumeric)
            });
        marked || is_token(inner)
    };
    let segments: Vec<&str> = path.split('/').collect();
    for index in (1..segments.len().saturating_sub(1)).rev() {
        let rest = segments[index + 1..].join("/");
        let before_query = rest.split('?').next().unwrap_or_default();
        let is_page = before_query.find(".aspx").is_some_and(|found| found > 0);
        if is_session(segments[index]) && is_page {
            return format!("{}/{rest}", segments[..index].join("/"));
        }
    }
    path.to_owned()
}

/// Drops the session parameters that well-known servers put into queries.
fn without_query_session(query: &str) -> String {
    let mut query = query.to_owned();
    for name in ["jsessionid=", "phpsessid=", "sid="] {
        query = without_parameter(&query, |text| fixed_token(text, name, 32));
    }
    query = without_parameter(&query, asp_session);
    without_parameter(&query, coldfusion_session)
}

/// Cuts out the last match that ends the query or is followed by `&`. `matcher` gives the length of a match at the text's start.
fn without_parameter(query: &str, matcher: impl Fn(&str) -> Option<usize>) -> String {
    for start in (0..query.len()).rev() {
        let Some(length) = query.get(start..).and_then(&matcher) else {
            continue;
        };
        let rest = &query[start + length..];
        if rest.is_empty() {
            return query[..start].to_owned();
        }
        if let Some(rest) = rest.strip_prefix('&') {
            return format!("{}{rest}", &query[..start]);
        }
    }
    query.to_owned()
}

fn fixed_token(text: &str, name: &str, digits: usize) -> Option<usize> {
    let end = name.len() + digits;
    let start = text.get(..name.len())?;
    let token = text.get(name.len()..end)?;
    (start.eq_ignore_ascii_case(name) && token.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then_some(end)
}

fn asp_session(text: &str) -> Option<usize> {
    const NAME: &str = "aspsessionid";
    let suffix = text.get(NAME.len()..NAME.len() + 8)?;
    let token = text.get(NAME.len() + 9..NAME.len() + 33)?;
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    (text.get(..NAME.len())?.eq_ignore_ascii_case(NAME)
        && letters(suffix)
        && text.as_bytes()[NAME.len() + 8] == b'='
        && letters(token))
    .then_some(NAME.len() + 33)
}

fn coldfusion_session(text: &str) -> Option<usize> {
    let value_end = |from: usize| text[from..].find('&').map_or(text.len(), |at| from + at);
    let name_at = |from: usize, name: &str| {
        text.get(from..from + name.len())
            .filter(|part| part.eq_ignore_ascii_case(name))
            .map(|_| from + name.len())
    };
    let value = name_at(0, "cfid=")?;
    let first_end = value_end(value);
    let token = name_at(first_end, "&cftoken=")?;
    let end = value_end(token);
    (first_end > value && end > token).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_indexer() {
        for (url, key) in [
            (
                "https://www.example.org/index.html",
                "org,example)/index.html",
            ),
            (
                "http://Example.com:8080/A/B?b=2&a=1",
                "com,example:8080)/a/b?a=1&b=2",
            ),
            (
                "https://xn--1jq843d2lz3da.xn--fiqs8s/cert?id=1&Name=%E5%BC%A0%E4%B8%89",
                "xn--fiqs8s,xn--1jq843d2lz3da)/cert?id=1&name=%e5%bc%a0%e4%b8%89",
            ),
            ("https://192.0.2.7/x", "7,2,0,192)/x"),
            ("https://example.com/a/?", "com,example)/a"),
            ("https://example.com/", "com,example)/"),
            (
                "http://example.com:443/a//b/../c/%2541",
                "com,example:443)/a/c/a",
            ),
            (
                "https://www12.example.com/x%23y%20z",
                "com,example)/x%23y%20z",
            ),
            ("https://www.com/", "com)/"),
            (
                "https://a.example/?b&a=&a&&c=%26",
                "example,a)/?&&a&a=&b&c=",
            ),
            (
                "https://a.example/x.php?a=1&PHPSESSID=0123456789abcdef0123456789ABCDEF&b=2",
                "example,a)/x.php?a=1&b=2",
            ),
            (
                "https://a.example/(S(0123456789abcdefghijklmn))/Q.aspx?x=1",
                "example,a)/q.aspx?x=1",
            ),
            ("https://a.example/?cfid=1&CFTOKEN=2&z=3", "example,a)/?z=3"),
            ("dns:zs-chaxun.example", "dns:zs-chaxun.example"),
            (
                "urn:view:https://zs.example/Cert/?b=1&a=2",
                "urn:view:https://zs.example/cert?a=2&b=1",
            ),
        ] {
            assert_eq!(surt(url), key, "{url}");
        }
    }

    #[test]
    fn texts_are_ascii_json() {
        assert_eq!(
            json_text("a\"\u{1}中𠮷"),
            "\"a\\\"\\u0001\\u4e2d\\ud842\\udfb7\""
        );
    }
}
