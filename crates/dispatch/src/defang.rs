//! Defanging: web addresses written so that no mail program makes a link of them.

/// The text with `http` as `hxxp` and the dots of host names and IPv4 addresses as `[.]`.
///
/// Paths and queries keep their dots, so that the address can still be compared with the attached exact one.
/// Defanging twice changes nothing.
#[must_use]
pub fn defang(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((at, scheme)) = find_scheme(rest) {
        out.push_str(&defang_names(&rest[..at]));
        out.push_str(scheme);
        rest = &rest[at + scheme.len()..];
        let nested = find_scheme(rest).map_or(rest.len(), |(at, _)| at);
        let host = length_while(&rest[..nested], |c| !ends_host(c));
        out.push_str(&rest[..host].replace('.', "[.]"));
        rest = &rest[host..];
        let path = length_while(rest, is_address_char);
        let path = find_scheme(&rest[..path]).map_or(path, |(nested, _)| nested);
        out.push_str(&rest[..path]);
        rest = &rest[path..];
    }
    out + &defang_names(rest)
}

/// A text on one line: control and direction characters gone, white space single, at most `characters` long.
pub(crate) fn one_line(text: &str, characters: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_direction_mark(*c))
        .collect();
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= characters {
        return line;
    }
    let cut: String = line.chars().take(characters).collect();
    cut + "……"
}

/// Where the first `http://` or `https://` begins, and how it is written harmlessly (in as many bytes).
fn find_scheme(text: &str) -> Option<(usize, &'static str)> {
    let lower = text.to_ascii_lowercase();
    let plain = lower.find("http://").map(|at| (at, "hxxp://"));
    let secure = lower.find("https://").map(|at| (at, "hxxps://"));
    [plain, secure].into_iter().flatten().min()
}

/// The text with host names and addresses defanged that stand without `http`.
fn defang_names(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let run = length_while(rest, is_address_char);
        let name = length_while(&rest[..run], |c| !matches!(c, '/' | '?' | '#'));
        for part in rest[..name].split_inclusive(['@', ':', '=']) {
            let bare = part.trim_end_matches(['@', ':', '=', '.']);
            let (head, tail) = part.split_at(bare.len());
            if is_host(bare) {
                out.push_str(&head.replace('.', "[.]"));
            } else {
                out.push_str(head);
            }
            out.push_str(tail);
        }
        out.push_str(&rest[name..run]);
        rest = &rest[run..];
        let between = length_while(rest, |c| !is_address_char(c));
        out.push_str(&rest[..between]);
        rest = &rest[between..];
    }
    out
}

fn is_host(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let Some(last) = labels.last() else {
        return false;
    };
    let well_formed = labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        });
    let is_name = last.len() >= 2 && last.chars().any(|c| c.is_ascii_alphabetic());
    let is_ipv4 = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    well_formed && (is_name || is_ipv4)
}

fn is_address_char(c: char) -> bool {
    c.is_ascii_graphic()
        && !matches!(
            c,
            '"' | '\''
                | '<'
                | '>'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | ','
                | ';'
                | '|'
                | '\\'
                | '`'
        )
}

/// What ends the host of an address, in any script.
fn ends_host(c: char) -> bool {
    matches!(c, '/' | '?' | '#' | '，' | '。' | '、' | '；' | '”' | '）')
        || c.is_whitespace()
        || (c.is_ascii_graphic() && !is_address_char(c))
}

fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn length_while(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_keeps_a_live_scheme_and_twice_is_once(
            text in "([a-zA-Z0-9:/.@=?#\\[\\] 证书。，-]|https?://|HTTP://){0,60}"
        ) {
            let once = defang(&text);
            let lower = once.to_ascii_lowercase();
            prop_assert!(!lower.contains("http://") && !lower.contains("https://"), "{once}");
            prop_assert_eq!(defang(&once), once.clone());
            prop_assert_eq!(once.replace("[.]", ".").len(), text.replace("[.]", ".").len());
        }
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(defang(text), expected);
        assert_eq!(defang(expected), expected, "defanging twice");
    }

    #[test]
    fn addresses_become_dead_and_stay_readable() {
        check(
            "https://zs-chaxun.example/cms/certQuery.do?x=1.5",
            "hxxps://zs-chaxun[.]example/cms/certQuery.do?x=1.5",
        );
        check(
            "HTTP://a.example:8080/?u=http://b.example/c.html",
            "hxxp://a[.]example:8080/?u=hxxp://b[.]example/c.html",
        );
        check("https://证书.example/", "hxxps://证书[.]example/");
        check(
            "域名zs.example的网站解析到192.0.2.7。",
            "域名zs[.]example的网站解析到192[.]0[.]2[.]7。",
        );
        check("xn--fiq.xn--fiqs8s/a.html", "xn--fiq[.]xn--fiqs8s/a.html");
        check("联系kefu@maizheng.example", "联系kefu@maizheng[.]example");
    }

    #[test]
    fn what_is_no_address_stays() {
        for text in ["价格3.5元", "1.第一条", "完。", "a..b", "T+18位", ""] {
            check(text, text);
        }
    }

    #[test]
    fn hostile_text_becomes_one_short_line() {
        assert_eq!(
            one_line("  甲\r\n四、\u{202e}请求\t事项 ", 20),
            "甲 四、请求 事项"
        );
        assert_eq!(one_line("一二三四", 2), "一二……");
    }
}
