//! Contacts: how a page wants its owner to be reached, through all disguises of digits and names.

use jianwei_model::{Contact, ContactKind};

use crate::lexicon::{Find, Kind, Searcher};
use crate::page::{Features, Quote};
use crate::text::{Gap, fold_char};

/// A contact and the folded character at which it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FoundContact {
    pub(crate) contact: Contact,
    /// Folded character, or `None` for contacts in links.
    pub(crate) at: Option<u32>,
    /// Whether its digits were disguised.
    pub(crate) is_disguised: bool,
}

/// Most contacts that are read from one page.
const MOST_CONTACTS: usize = 200;
/// Folded characters between a word such as 微信 and the account.
const REACH: u32 = 10;

impl FoundContact {
    /// Whether it reaches a person rather than an office.
    pub(crate) fn is_personal(&self) -> bool {
        matches!(
            self.contact.kind,
            ContactKind::Mobile | ContactKind::Qq | ContactKind::Wechat | ContactKind::Telegram
        )
    }
}

/// Every contact of a page, each value once.
pub(crate) fn find_contacts(
    page: &Features,
    searcher: &Searcher,
    finds: &[Find],
) -> Vec<FoundContact> {
    let mut found = Vec::new();
    numbers(page, &mut found);
    accounts(page, (searcher, finds), &mut found);
    addresses(page, &mut found);
    links(page, &mut found);
    found.retain(|contact| contact.contact.offset != usize::MAX);
    found.sort_by_key(|contact| {
        (
            contact.contact.kind,
            contact.contact.value.clone(),
            contact.contact.offset,
        )
    });
    found
}

/// A run of characters that can be read as digits.
struct Run {
    digits: Vec<u8>,
    /// Folded character of each digit.
    places: Vec<u32>,
    /// Indices of digits before which something was dropped.
    breaks: Vec<usize>,
    is_han: bool,
}

/// Mobile and fixed numbers in the text.
fn numbers(page: &Features, found: &mut Vec<FoundContact>) {
    let mut run = Run::new();
    for index in 0..=page.folded.len() {
        let c = page.folded.char(index).unwrap_or('\n');
        if let Some((digit, is_han)) = digit_of(c)
            && !(run.is_han
                && !is_han
                && page.folded.gap_before(index) == Gap::None
                && run.digits.len() > 11)
        {
            if page.folded.gap_before(index) != Gap::None || run.digits.is_empty() {
                run.breaks.push(run.digits.len());
            }
            run.digits.push(digit);
            run.places.push(index);
            run.is_han |= is_han;
        } else if !run.digits.is_empty() {
            let touches_letter =
                c.is_ascii_alphabetic() && page.folded.gap_before(index) == Gap::None;
            run.breaks.push(run.digits.len());
            if !touches_letter {
                read_run(page, &run, found);
            }
            run = Run::new();
        }
    }
}

impl Run {
    fn new() -> Self {
        Self {
            digits: Vec::new(),
            places: Vec::new(),
            breaks: Vec::new(),
            is_han: false,
        }
    }
}

fn read_run(page: &Features, run: &Run, found: &mut Vec<FoundContact>) {
    if run.digits.len() > 64 {
        return;
    }
    let mut done = 0;
    for &start in &run.breaks {
        if start < done {
            continue;
        }
        for &end in run.breaks.iter().filter(|end| **end > start) {
            let digits = &run.digits[start..end];
            let Some(kind) = number_kind(digits, run.is_han) else {
                continue;
            };
            let range = (run.places[start], run.places[end - 1] + 1);
            let value: String = digits
                .iter()
                .map(|digit| char::from(b'0' + digit))
                .collect();
            push(page, kind, value, range, found);
            done = end;
            break;
        }
    }
}

fn number_kind(digits: &[u8], is_han: bool) -> Option<ContactKind> {
    match digits {
        [1, 3..=9, ..] if digits.len() == 11 => Some(ContactKind::Mobile),
        _ if is_han => None,
        [4 | 8, 0, 0, ..] if digits.len() == 10 => Some(ContactKind::Telephone),
        [0, 1..=9, ..] if (10..=12).contains(&digits.len()) => Some(ContactKind::Telephone),
        _ => None,
    }
}

fn digit_of(c: char) -> Option<(u8, bool)> {
    if let Some(digit) = c.to_digit(10) {
        return Some((digit as u8, false));
    }
    let han = match c {
        '零' | '〇' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    };
    Some((han, true))
}

/// Accounts named after words such as 微信 and QQ.
fn accounts(
    page: &Features,
    (searcher, finds): (&Searcher, &[Find]),
    found: &mut Vec<FoundContact>,
) {
    for find in finds {
        let term = searcher.term(find);
        if term.kind != Kind::Contact || found.len() >= MOST_CONTACTS {
            continue;
        }
        let kind = match term.value.as_str() {
            "wechat" => ContactKind::Wechat,
            "qq" => ContactKind::Qq,
            "telegram" => ContactKind::Telegram,
            _ => continue,
        };
        if let Some((value, range)) = account_after(page, find.range.1, kind) {
            push(page, kind, value, range, found);
        }
    }
}

/// The first account within reach after a word.
fn account_after(page: &Features, from: u32, kind: ContactKind) -> Option<(String, (u32, u32))> {
    let block_end = page.blocks.get(page.block_of(from))?.folded.1;
    let is_part = |c: char| c.is_ascii_alphanumeric() || digit_of(c).is_some();
    let mut start = from;
    loop {
        if start >= block_end || start > from + REACH {
            return None;
        }
        if page.folded.char(start).is_some_and(is_part) {
            let end = account_end(page, start, block_end.min(start + 24));
            return account(page, (start, end), kind);
        }
        start += 1;
    }
}

/// One past the last character of an account; blanks part words but not the digits of a number.
fn account_end(page: &Features, start: u32, most: u32) -> u32 {
    let mut is_number = true;
    for index in start..most {
        let c = page.folded.char(index).unwrap_or('\n');
        let is_digit = digit_of(c).is_some();
        let gap = page.folded.gap_before(index);
        let is_parted = index > start
            && (gap == Gap::Punctuation || (gap == Gap::Blank && !(is_number && is_digit)));
        if is_parted || !(is_digit || c.is_ascii_alphanumeric()) {
            return index;
        }
        is_number &= is_digit;
    }
    most
}

fn account(page: &Features, range: (u32, u32), kind: ContactKind) -> Option<(String, (u32, u32))> {
    let (from, to) = page.folded.origin(range, &page.text);
    let mut value = String::new();
    let mut digits = 0;
    for c in page.text[from as usize..to as usize].chars() {
        if matches!(c, '_' | '-') {
            value.push(c);
        }
        for folded in fold_char(c).chars() {
            match digit_of(*folded) {
                Some((digit, _)) => {
                    value.push(char::from(b'0' + digit));
                    digits += 1;
                }
                None => value.push(*folded),
            }
        }
    }
    let is_number = digits == value.len();
    let is_valid = match kind {
        ContactKind::Qq => is_number && (5..=11).contains(&digits) && !value.starts_with('0'),
        _ if is_number => digits == 11 && value.starts_with('1'),
        _ => {
            (6..=20).contains(&value.len())
                && value.starts_with(|c: char| c.is_ascii_lowercase())
                && !matches!(value.as_str(), "wechat" | "weixin" | "online" | "service")
        }
    };
    is_valid.then_some((value, range))
}

/// Mail addresses in the text.
fn addresses(page: &Features, found: &mut Vec<FoundContact>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    for (at, _) in page.text.match_indices('@').take(MOST_CONTACTS) {
        let name = page.text[..at]
            .rsplit(|c| !is_part(c))
            .next()
            .unwrap_or_default();
        let rest = &page.text[at + 1..];
        let host = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let host = host.trim_end_matches('.');
        if name.is_empty() || name.len() > 64 || !host.contains('.') || host.len() > 128 {
            continue;
        }
        let quote = page.quote(((at - name.len()) as u32, (at + 1 + host.len()) as u32));
        found.push(FoundContact {
            contact: contact(
                ContactKind::Email,
                format!("{name}@{host}").to_lowercase(),
                quote,
            ),
            at: None,
            is_disguised: false,
        });
    }
}

/// Accounts in links that open a conversation.
fn links(page: &Features, found: &mut Vec<FoundContact>) {
    for link in &page.links {
        let url = &link.url;
        let lower = url.to_ascii_lowercase();
        let after = |sign: &str| {
            lower.find(sign).map(|at| {
                let rest = &lower[at + sign.len()..];
                &rest[..rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len())]
            })
        };
        let is_qq = lower.contains("wpa.qq.com")
            || lower.starts_with("tencent:")
            || lower.starts_with("mqqwpa");
        let (kind, value) = if let Some(value) = after("uin=").filter(|_| is_qq) {
            (ContactKind::Qq, value)
        } else if let Some(value) = after("//t.me/") {
            (ContactKind::Telegram, value)
        } else if let Some(value) = lower.starts_with("tel:").then(|| after("tel:")).flatten() {
            let kind = if value.len() == 11 && value.starts_with('1') {
                ContactKind::Mobile
            } else {
                ContactKind::Telephone
            };
            (kind, value)
        } else {
            continue;
        };
        if value.len() >= 5 && found.len() < MOST_CONTACTS {
            found.push(FoundContact {
                contact: contact(kind, value.to_owned(), page.find(url)),
                at: None,
                is_disguised: false,
            });
        }
    }
}

fn push(
    page: &Features,
    kind: ContactKind,
    value: String,
    range: (u32, u32),
    found: &mut Vec<FoundContact>,
) {
    let same =
        |other: &&mut FoundContact| other.contact.kind == kind && other.contact.value == value;
    if found.len() >= MOST_CONTACTS
        || found
            .iter_mut()
            .find(same)
            .is_some_and(|other| other.at == Some(range.0))
    {
        return;
    }
    let quote = page.quote_folded(range);
    let is_plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '+' | '(' | ')' | '\u{a0}')
    };
    let is_disguised =
        !quote.text.contains('<') && !quote.text.contains('&') && !quote.text.chars().all(is_plain);
    found.push(FoundContact {
        contact: contact(kind, value, quote),
        at: Some(range.0),
        is_disguised,
    });
}

/// A contact; one that cannot be quoted gets an offset past every page and is left out later.
fn contact(kind: ContactKind, value: String, quote: Quote) -> Contact {
    Contact {
        kind,
        value,
        excerpt: quote.text,
        offset: quote.offset.unwrap_or(usize::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;

    fn contacts(html: &str) -> Vec<(ContactKind, String)> {
        let lexicon = Lexicon::parse(&[
            ("contact", "kind = \"contact\"\n[terms]\n\"微信\" = \"wechat\"\n\"qq\" = \"qq\""),
            ("alias", "kind = \"alias\"\n[terms]\n\"加薇\" = \"微信\"\n\"vx\" = \"微信\"\n\"扣扣\" = \"qq\""),
        ])
        .unwrap();
        let searcher = lexicon.searcher().unwrap();
        let page = Features::read(html);
        let finds = searcher.search(&page.folded);
        find_contacts(&page, &searcher, &finds)
            .into_iter()
            .map(|found| {
                let offset = found.contact.offset;
                assert_eq!(
                    &html[offset..offset + found.contact.excerpt.len()],
                    found.contact.excerpt
                );
                (found.contact.kind, found.contact.value)
            })
            .collect()
    }

    #[test]
    fn disguised_numbers_are_read() {
        use ContactKind::{Mobile, Qq, Telephone, Wechat};
        let check = |html: &str, expected: &[(ContactKind, &str)]| {
            let expected: Vec<_> = expected
                .iter()
                .map(|(kind, value)| (*kind, (*value).to_owned()))
                .collect();
            assert_eq!(contacts(html), expected, "{html}");
        };
        check("<p>电话：130-0000-0001</p>", &[(Mobile, "13000000001")]);
        check("<p>①③⓪００００-0002</p>", &[(Mobile, "13000000002")]);
        check("<p>一三〇零零零零零零零三</p>", &[(Mobile, "13000000003")]);
        check("<p>加薇♥ jw_fake-01 详谈</p>", &[(Wechat, "jw_fake-01")]);
        check("<p>VX：ＪＷfake02</p>", &[(Wechat, "jwfake02")]);
        check(
            "<p>微信 fakejw_03　QQ：1234567</p>",
            &[(Qq, "1234567"), (Wechat, "fakejw_03")],
        );
        check("<p>扣扣①②③④⑤⑥</p>", &[(Qq, "123456")]);
        check(
            "<p>客服 400-000-0001，总机 010-00000001</p>",
            &[(Telephone, "01000000001"), (Telephone, "4000000001")],
        );
        check(
            "<a href='http://wpa.qq.com/msgrd?v=3&uin=1234567'>咨询</a>",
            &[(Qq, "1234567")],
        );
        check(
            "<p>mail: A.b@jw.test。</p>",
            &[(ContactKind::Email, "a.b@jw.test")],
        );
    }

    #[test]
    fn other_numbers_are_no_contacts() {
        for html in [
            "<p>京ICP备13000001号-1 京公网安备 13000002000001号</p>",
            "<p>身份证 130000199001011234，2023-10-11 12:30 发布</p>",
            "<p>订单 1300000000112345</p>",
            "<p>关注微信公众号获取更多信息</p>",
        ] {
            assert_eq!(contacts(html), [], "{html}");
        }
    }
}
