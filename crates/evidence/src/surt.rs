//! SURT keys: URLs spelled so that those of one site sort together, as the indexers of web archives spell them.

use url::Url;

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
///
/// What a decoded byte completes is decoded as soon as it stands there: hostile URLs are encoded a thousand times over, and a pass
/// over the whole for each would take for ever.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text {
        out.push(*byte);
        while let Some((rest, [b'%', high, low])) = out.split_last_chunk::<3>() {
            let mut decoded = [0];
            if hex::decode_to_slice([*high, *low], &mut decoded).is_err() {
                break;
            }
            let length = rest.len();
            out.truncate(length);
            out.push(decoded[0]);
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
        if !is_session(segments[index]) {
            continue;
        }
        let rest = segments[index + 1..].join("/");
        let before_query = rest.split('?').next().unwrap_or_default();
        let is_page = before_query.find(".aspx").is_some_and(|found| found > 0);
        if is_page {
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
    fn a_url_encoded_over_and_over_takes_one_pass() {
        let url = format!("https://a.example/%{}41", "25".repeat(500_000));
        assert_eq!(surt(&url), "example,a)/a");
        assert_eq!(unescaped(b"%%3431%2"), b"C1%2");
    }
}
