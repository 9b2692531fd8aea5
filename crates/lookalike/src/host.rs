//! A host name in one spelling: lower-case ASCII, and Unicode where it has any.

use std::borrow::Cow;

/// Longest host name in DNS, in bytes without the root dot (RFC 1035, section 2.3.4).
const HOST_BYTES: usize = 253;
/// Longest label in DNS, in bytes (RFC 1035, section 2.3.4).
pub(crate) const LABEL_BYTES: usize = 63;

/// A syntactically possible host name that is not an address.
pub(crate) struct HostName<'a> {
    /// Lower-case ASCII without the root dot.
    pub(crate) ascii: Cow<'a, str>,
    /// The Unicode spelling, where some label is internationalised.
    pub(crate) unicode: Option<String>,
}

/// The domain under which `host` was registered, by the public suffix list: `gov.cn`, `com.cn` and their like are suffixes.
///
/// `host` is in lower case; a root dot is tolerated. `None` for a suffix itself, an address or what is no host name.
#[must_use]
pub fn registrable(host: &str) -> Option<&str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if is_address(host) || host.split('.').any(str::is_empty) {
        return None;
    }
    psl::domain_str(host)
}

impl<'a> HostName<'a> {
    /// `None` for an address or what cannot be a host name.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix('.').unwrap_or(text);
        let plain = !text.is_empty()
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'));
        let ascii = if plain {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(idna::domain_to_ascii(text).ok()?)
        };
        if !is_host(&ascii) || is_address(&ascii) {
            return None;
        }
        let unicode = ascii
            .split('.')
            .any(|label| label.starts_with("xn--"))
            .then(|| idna::domain_to_unicode(&ascii).0)
            .filter(|unicode| unicode.split('.').count() == ascii.split('.').count());
        Some(Self { ascii, unicode })
    }
}

fn is_host(ascii: &str) -> bool {
    ascii.len() <= HOST_BYTES
        && ascii.split('.').all(|label| {
            (1..=LABEL_BYTES).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        })
}

/// A name whose last label is a number is an IPv4 address in some spelling (WHATWG URL, "ends in a number").
fn is_address(host: &str) -> bool {
    host.contains(':')
        || host
            .rsplit('.')
            .next()
            .is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn government_suffixes_are_public_suffixes() {
        assert_eq!(registrable("cx.mem.gov.cn"), Some("mem.gov.cn"));
        assert_eq!(registrable("www.gov.cn.com"), Some("gov.cn.com"));
        assert_eq!(registrable("a.b.example."), Some("b.example"));
        assert_eq!(registrable("gov.cn"), None);
        assert_eq!(registrable("10.0.0.1"), None);
        assert_eq!(registrable("a..example"), None);
        assert_eq!(
            registrable("www.xn--yjr.xn--zfr164b"),
            Some("xn--yjr.xn--zfr164b")
        );
    }

    #[test]
    fn a_host_has_one_spelling() {
        let host = HostName::parse(" CX.Example. ").unwrap();
        assert_eq!((host.ascii.as_ref(), host.unicode), ("cx.example", None));
        let host = HostName::parse("证书.example").unwrap();
        assert_eq!(host.ascii, "xn--1jqs90m.example");
        assert_eq!(host.unicode.as_deref(), Some("证书.example"));
        for bad in [
            "",
            ".",
            "a..b",
            "127.0.0.1",
            "[::1]",
            "a b",
            "http://a/",
            &"a".repeat(64),
        ] {
            assert!(HostName::parse(bad).is_none(), "{bad}");
        }
    }
}
