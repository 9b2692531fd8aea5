//! One entry of a list: a bare host or a URL, made into an absolute URL.

use std::net::Ipv4Addr;

use url::{Host, Url};

/// The URL that an entry names, or `None` when it names none.
///
/// A bare host, with or without port and path, becomes `http://host/`. A host has at least one dot or is an address.
pub(crate) fn url_of(entry: &str) -> Option<String> {
    let entry = entry.trim();
    if entry.is_empty()
        || entry.contains(|symbol: char| symbol.is_whitespace() || symbol.is_control())
    {
        return None;
    }
    let absolute = if entry.contains("://") {
        entry.to_owned()
    } else if entry.contains('@') {
        // A mail address, not a host with a user.
        return None;
    } else {
        let bare = entry
            .strip_prefix("*.")
            .or_else(|| entry.strip_prefix("//"))
            .unwrap_or(entry);
        format!("http://{bare}")
    };
    let url = Url::parse(&absolute).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let written = written_host(&absolute);
    let named = match url.host()? {
        Host::Domain(name) => is_name(name),
        // `1.5` and `2026.03` parse as addresses; only one in full is meant as one.
        Host::Ipv4(_) => written.parse::<Ipv4Addr>().is_ok(),
        Host::Ipv6(_) => true,
    };
    named.then_some(absolute)
}

fn is_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
}

/// The host as it is written in an absolute URL.
fn written_host(absolute: &str) -> &str {
    let rest = absolute
        .split_once("://")
        .map_or(absolute, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_urls_become_urls() {
        for (entry, url) in [
            ("a.example", "http://a.example"),
            (" a.example. ", "http://a.example."),
            ("a.example:8080/b", "http://a.example:8080/b"),
            ("*.a.example", "http://a.example"),
            ("//a.example/b", "http://a.example/b"),
            ("https://a.example/b?c", "https://a.example/b?c"),
            ("证书.example", "http://证书.example"),
            ("192.0.2.1", "http://192.0.2.1"),
            ("a_b.example", "http://a_b.example"),
        ] {
            assert_eq!(url_of(entry).as_deref(), Some(url), "{entry}");
        }
    }

    #[test]
    fn what_names_no_host_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        for entry in [
            "",
            "garbage",
            "two words.example",
            "1.5",
            "2026.03.04",
            "ftp://a.example/",
            "mailto:a@b.example",
            "a..example",
            ".",
            "-",
            "\u{1}a.example",
            "a@b",
            "<td>a.example</td>",
            long.as_str(),
        ] {
            assert_eq!(url_of(entry), None, "{entry}");
        }
    }
}
