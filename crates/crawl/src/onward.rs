//! Where an answer sends its visitor: on, nowhere, or where nobody follows.

use jianwei_model::{HopCause, canonical_url};
use jianwei_net::Fetched;
use url::Url;

use crate::markup::Outline;
use crate::{Settings, script};

/// What follows from an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Onward {
    /// The visit ends here.
    Stay,
    /// It goes on.
    Go { url: String, cause: HopCause },
    /// It would go on to something that is not fetched.
    Refuse { reason: String },
}

/// Reads an HTTP redirect.
pub(crate) fn by_answer(fetched: &Fetched) -> Onward {
    let status = fetched.hop.status.unwrap_or(0);
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Onward::Stay;
    }
    let Some(location) = &fetched.location else {
        return Onward::Refuse {
            reason: format!("status {status} without a target"),
        };
    };
    match resolved(&fetched.hop.url, None, location) {
        Some(url) => Onward::Go {
            url,
            cause: HopCause::Http,
        },
        None => Onward::Refuse {
            reason: format!(
                "redirects to something that is not a web page: {}",
                scheme(location)
            ),
        },
    }
}

/// Reads what sends the visitor of a page on: a `Refresh` header, `<meta http-equiv=refresh>`, a simple script.
///
/// A target that is not a web page, or the page itself, leaves the visitor where he is.
pub(crate) fn by_page(fetched: &Fetched, outline: &Outline, settings: &Settings) -> Onward {
    let here = canonical_url(&fetched.hop.url);
    let base = outline.base.as_deref();
    let refreshed = |content: &Option<String>| {
        let (delay, target) = refresh(content.as_deref()?)?;
        (delay <= settings.refresh_seconds).then_some(target)
    };
    let scripted = || {
        let bare = outline.visible < settings.script_page_characters;
        let targets = outline.scripts.iter().filter(|_| bare);
        targets.filter_map(|text| script::target(text)).next_back()
    };
    let steps = [
        (refreshed(&fetched.refresh), HopCause::Http),
        (refreshed(&outline.refresh), HopCause::MetaRefresh),
        (scripted(), HopCause::Script),
    ];
    for (target, cause) in steps {
        let url = target.and_then(|target| resolved(&fetched.hop.url, base, &target));
        if let Some(url) = url.filter(|url| Some(url) != here.as_ref()) {
            return Onward::Go { url, cause };
        }
    }
    Onward::Stay
}

fn resolved(page: &str, base: Option<&str>, target: &str) -> Option<String> {
    let page = Url::parse(page).ok()?;
    let base = base.and_then(|base| page.join(base).ok()).unwrap_or(page);
    canonical_url(base.join(target.trim()).ok()?.as_str())
}

/// Seconds and target of a refresh; `None` without a target, as that only reloads the page.
fn refresh(content: &str) -> Option<(u32, String)> {
    let content = content.trim_start();
    let digits = content
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(content.len());
    let (delay, rest) = content.split_at(digits);
    let delay = match delay {
        "" if rest.starts_with('.') => 0,
        "" => return None,
        _ => delay.parse().unwrap_or(u32::MAX),
    };
    let rest = rest
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
        .trim_start();
    let rest = rest.strip_prefix([';', ',']).unwrap_or(rest).trim_start();
    let named = rest
        .get(..3)
        .filter(|name| name.eq_ignore_ascii_case("url"));
    let value = named.and_then(|_| rest[3..].trim_start().strip_prefix('='));
    let mut target = value.unwrap_or(rest).trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = target.strip_prefix(quote) {
            target = quoted.split(quote).next().unwrap_or_default();
            break;
        }
    }
    let target = target.trim();
    (!target.is_empty()).then(|| (delay, target.to_owned()))
}

/// The scheme alone, for the record: the rest may be long and hostile.
fn scheme(target: &str) -> String {
    let scheme: String = target.chars().take_while(|c| *c != ':').take(20).collect();
    let plain = scheme
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if plain && scheme.len() < target.len() {
        format!("`{scheme}:`")
    } else {
        "a broken URL".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refresh_is_read_as_browsers_do() {
        let cases = [
            ("0;url=http://a.test/", Some((0, "http://a.test/"))),
            (" 5 ; URL = '/b c' x", Some((5, "/b c"))),
            ("1.5,/c", Some((1, "/c"))),
            (".5;url=\"d\"", Some((0, "d"))),
            ("0;url", Some((0, "url"))),
            ("0 url=e", Some((0, "e"))),
            ("99999999999;url=f", Some((u32::MAX, "f"))),
            ("300", None),
            ("0;url=", None),
            (";url=g", None),
            ("url=h", None),
            ("", None),
        ];
        for (content, expected) in cases {
            let expected = expected.map(|(delay, target): (u32, &str)| (delay, target.to_owned()));
            assert_eq!(refresh(content), expected, "{content:?}");
        }
    }

    #[test]
    fn targets_resolve_against_page_and_base() {
        let page = "http://a.test/x/y";
        assert_eq!(
            resolved(page, None, " z ").as_deref(),
            Some("http://a.test/x/z")
        );
        assert_eq!(
            resolved(page, Some("/b/"), "z").as_deref(),
            Some("http://a.test/b/z")
        );
        assert_eq!(
            resolved(page, None, "//u:p@c.test#f").as_deref(),
            Some("http://c.test/")
        );
        assert_eq!(resolved(page, None, "javascript:alert(1)"), None);
        assert_eq!(scheme("weixin://dl/business"), "`weixin:`");
        assert_eq!(scheme("http://["), "`http:`");
    }
}
