//! Marks: identifiers printed on a page or buried in its links and scripts.

use jianwei_model::{Mark, MarkKind};

use crate::page::{Features, Quote};
use crate::region;

/// A mark and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FoundMark {
    pub(crate) mark: Mark,
    pub(crate) quote: Quote,
    /// The region's letter before a police or ICP record.
    pub(crate) letter: Option<char>,
}

/// Most marks of a kind that are read from one page.
const MOST_MARKS: usize = 32;

/// Every mark of a page, each value once.
pub(crate) fn find_marks(page: &Features) -> Vec<FoundMark> {
    let mut found = Vec::new();
    police_records(page, &mut found);
    icp_records(page, &mut found);
    site_codes(page, &mut found);
    in_links(page, &mut found);
    analytics(page, &mut found);
    let mut distinct: Vec<FoundMark> = Vec::new();
    for mark in found {
        match distinct.iter_mut().find(|other| other.mark == mark.mark) {
            Some(other) => other.letter = other.letter.or(mark.letter),
            None => distinct.push(mark),
        }
    }
    distinct
}

/// The value under which a mark is compared: numbers of one holder's several sites are one.
pub(crate) fn normal_value(mark: &Mark) -> String {
    match mark.kind {
        MarkKind::Icp => {
            let plain: String = mark.value.chars().filter(|c| !c.is_whitespace()).collect();
            plain
                .find('号')
                .map_or(plain.clone(), |end| plain[..end].to_owned())
        }
        MarkKind::PoliceRecord => mark.value.chars().filter(char::is_ascii_digit).collect(),
        MarkKind::OfficialAccount => mark.value.trim().to_owned(),
        MarkKind::SiteCode | MarkKind::Conac | MarkKind::Analytics => {
            mark.value.trim().to_lowercase()
        }
    }
}

fn police_records(page: &Features, found: &mut Vec<FoundMark>) {
    for (at, word) in page.text.match_indices("公网安备").take(MOST_MARKS) {
        let rest = &page.text[at + word.len()..];
        let blank = rest.len() - rest.trim_start().len();
        let digits = leading(&rest[blank..], |c| c.is_ascii_digit());
        if (12..=14).contains(&digits.len()) {
            let start = at + word.len() + blank;
            let letter = page.text[..at].trim_end().chars().next_back();
            found.push(FoundMark {
                mark: mark(MarkKind::PoliceRecord, digits),
                quote: page.quote((start as u32, (start + digits.len()) as u32)),
                letter: letter.filter(|c| region::is_letter(*c)),
            });
        }
    }
}

fn icp_records(page: &Features, found: &mut Vec<FoundMark>) {
    for (at, word) in page.text.match_indices("ICP").take(MOST_MARKS) {
        let Some(letter) = page.text[..at].trim_end().chars().next_back() else {
            continue;
        };
        let rest = &page.text[at + word.len()..];
        let Some(rest) = rest.trim_start().strip_prefix('备') else {
            continue;
        };
        let after = rest.trim_start_matches(|c: char| c == '案' || c == '第' || c.is_whitespace());
        let digits = leading(after, |c| c.is_ascii_digit());
        if !region::is_letter(letter) || !(6..=10).contains(&digits.len()) {
            continue;
        }
        let end = page.text.len() - after.len() + digits.len();
        let start = page.text[..at].trim_end().len() - letter.len_utf8();
        found.push(FoundMark {
            mark: mark(MarkKind::Icp, &format!("{letter}ICP备{digits}号")),
            quote: page.quote((start as u32, end as u32)),
            letter: Some(letter),
        });
    }
}

fn site_codes(page: &Features, found: &mut Vec<FoundMark>) {
    for (at, word) in page.text.match_indices("标识码").take(MOST_MARKS) {
        let rest = &page.text[at + word.len()..];
        let after =
            rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '|'));
        let code = leading(after, |c| c.is_ascii_alphanumeric());
        if is_site_code(code) {
            let start = page.text.len() - after.len();
            found.push(FoundMark {
                mark: mark(MarkKind::SiteCode, code),
                quote: page.quote((start as u32, (start + code.len()) as u32)),
                letter: None,
            });
        }
    }
    for code in page.site_codes.iter().filter(|code| is_site_code(code)) {
        found.push(FoundMark {
            mark: mark(MarkKind::SiteCode, code),
            quote: page.find(code),
            letter: None,
        });
    }
}

fn in_links(page: &Features, found: &mut Vec<FoundMark>) {
    for link in &page.links {
        let candidates = [
            ("recordcode=", MarkKind::PoliceRecord),
            ("site_code=", MarkKind::SiteCode),
            ("id=", MarkKind::Conac),
        ];
        for (key, kind) in candidates {
            let Some(at) = link.url.find(key) else {
                continue;
            };
            let value = leading(&link.url[at + key.len()..], |c| c.is_ascii_alphanumeric());
            let is_valid = match kind {
                MarkKind::PoliceRecord => {
                    value.len() == 14 && value.bytes().all(|b| b.is_ascii_digit())
                }
                MarkKind::SiteCode => is_site_code(value),
                _ => link.url.contains("conac.cn") && value.len() == 32,
            };
            if is_valid && found.len() < 4 * MOST_MARKS {
                found.push(FoundMark {
                    mark: mark(kind, value),
                    quote: page.find(value),
                    letter: None,
                });
            }
        }
    }
}

/// Ids of Baidu and Google analytics, wherever a script is loaded with one.
fn analytics(page: &Features, found: &mut Vec<FoundMark>) {
    let addresses = &page.addresses;
    for (sign, least, most) in [("hm.js?", 32, 32), ("gtag/js?id=", 8, 16)] {
        for (at, _) in addresses.match_indices(sign).take(8) {
            let value = leading(&addresses[at + sign.len()..], |c| {
                c.is_ascii_alphanumeric() || c == '-'
            });
            if (least..=most).contains(&value.len()) {
                found.push(FoundMark {
                    mark: mark(MarkKind::Analytics, value),
                    quote: page.find(value),
                    letter: None,
                });
            }
        }
    }
}

fn is_site_code(code: &str) -> bool {
    let digits = code.strip_prefix("bm").unwrap_or(code);
    code.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn leading(text: &str, accept: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !accept(c)).unwrap_or(text.len());
    &text[..end]
}

fn mark(kind: MarkKind, value: &str) -> Mark {
    Mark {
        kind,
        value: value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(html: &str) -> Vec<String> {
        let mut values: Vec<String> = find_marks(&Features::read(html))
            .into_iter()
            .map(|found| {
                let offset = found.quote.offset.expect("every mark has a place");
                assert_eq!(
                    &html[offset..offset + found.quote.text.len()],
                    found.quote.text
                );
                found.mark.value
            })
            .collect();
        values.sort();
        values
    }

    #[test]
    fn every_kind_of_mark_is_read_with_its_place() {
        let html = "<meta name='SiteIDCode' content='bm00000001'>\
            <script src='https://hm.baidu.com/hm.js?0123456789abcdef0123456789abcdef'></script>\
            <p>主办：某局 京ICP备00000001号-2 网站标识码：1300000001 <a href='http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=11000002000001'>京公网安备 11000002000001号</a>\
            <a href='https://bszs.conac.cn/sitename?method=show&id=00000000000000000000000000000A01'>标识</a>";
        assert_eq!(
            values(html),
            [
                "00000000000000000000000000000A01",
                "0123456789abcdef0123456789abcdef",
                "11000002000001",
                "1300000001",
                "bm00000001",
                "京ICP备00000001号",
            ]
        );
    }

    #[test]
    fn numbers_that_are_no_marks_are_left() {
        assert!(values("<p>电话：010-12345678 身份证 110101199001011237 ICP许可</p>").is_empty());
    }

    #[test]
    fn sites_of_one_holder_share_the_number() {
        let icp = |value: &str| normal_value(&mark(MarkKind::Icp, value));
        assert_eq!(icp("京ICP备00000001号-2"), icp("京ICP备00000001号"));
    }
}
