//! Text as a victim's browser would show it, whatever the declaration says.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use jianwei_net::decode;

const CHINESE: &str = "全国特种作业操作证及安全生产知识和管理能力考核合格信息查询平台";
const TRADITIONAL: &str = "營業登記及證照查詢系統，請輸入證號與姓名進行查詢";

fn page(meta: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head>{meta}<title>{text}</title></head><body>{text}</body></html>"
    )
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    if encoding == UTF_16LE {
        return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    }
    if encoding == UTF_16BE {
        return text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    }
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "{text}");
    bytes.into_owned()
}

/// Encodes a page with `head` and `text`, and wants it back, from this charset, taken from there.
fn check(head: &str, text: &str, encoding: &'static Encoding, from: &str) {
    let expected = page(head, text);
    let decoded = decode(&encoded(&expected, encoding), Some("text/html"));
    let name = format!("{text} in {} under `{}`", encoding.name(), head.trim());
    assert_eq!(
        (decoded.charset, decoded.charset_from),
        (encoding.name(), from),
        "{name}"
    );
    assert_eq!(decoded.text, expected, "{name}");
}

const OLD: &str = "<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=gb2312'>";

#[test]
fn a_true_declaration_is_believed() {
    let late = format!("<style>{}</style>{OLD}", " ".repeat(3000));
    let commented = format!("<!-- <meta charset=big5> -->{OLD}");
    check("<meta charset=\"utf-8\">", CHINESE, UTF_8, "meta");
    check(OLD, CHINESE, GB18030, "meta");
    check("<meta charset = 'GBK' >", "囧镕堃", GB18030, "meta");
    check("<meta charset=gbk/>", "㐀㐁𠀀证", GB18030, "meta");
    check("<meta charset=gb18030>", CHINESE, GB18030, "meta");
    check(&late, CHINESE, GB18030, "meta");
    check(&commented, CHINESE, GB18030, "meta");
    check("<meta charset=big5>", TRADITIONAL, BIG5, "meta");
    check(
        "<meta charset=Shift_JIS>",
        "これは日本語です",
        SHIFT_JIS,
        "meta",
    );
    check("<meta charset=euc-kr>", "한국어입니다", EUC_KR, "meta");
    check("<meta charset=gb2312>", "plain", GB18030, "meta");
    // Who can say this in ASCII does not write UTF-16.
    check("<meta charset=utf-16>", CHINESE, UTF_8, "meta");
}

#[test]
fn a_false_declaration_is_not_believed() {
    let against = "detected against declaration";
    check(OLD, CHINESE, UTF_8, against);
    check("<meta charset=gbk>", "证", UTF_8, against);
    check("<meta charset=gbk>", "Лицензия на работы", UTF_8, against);
    check("<meta charset=big5>", CHINESE, UTF_8, against);
    check("<meta charset=iso-8859-1>", CHINESE, UTF_8, against);
    check("<meta charset=windows-1252>", "é", UTF_8, against);
    check("<meta charset=utf-8>", CHINESE, GB18030, against);
    check("<meta charset=utf-8>", TRADITIONAL, BIG5, against);
}

#[test]
fn what_is_not_declared_is_detected() {
    for encoding in [UTF_8, GB18030, UTF_16LE, UTF_16BE] {
        check("", CHINESE, encoding, "detected");
    }
    check("", "办证", GB18030, "detected");
    check("", TRADITIONAL, BIG5, "detected");
    check("<meta charset=utf-9>", CHINESE, GB18030, "detected");
    check("<meta charset=hz-gb-2312>", CHINESE, UTF_8, "detected");
}

#[test]
fn a_mark_wins_over_the_header_and_the_header_over_the_page() {
    let text = page("<meta charset=big5>", CHINESE);
    let gbk = encoded(&text, GB18030);
    let decoded = decode(&gbk, Some("text/html; Charset=\"GB2312\""));
    assert_eq!(
        (decoded.text.as_str(), decoded.charset_from),
        (text.as_str(), "header")
    );
    for (mark, encoding) in [
        (&b"\xef\xbb\xbf"[..], UTF_8),
        (b"\xff\xfe", UTF_16LE),
        (b"\xfe\xff", UTF_16BE),
    ] {
        let bytes = [mark, &encoded(&text, encoding)].concat();
        let decoded = decode(&bytes, Some("text/html; charset=gb2312"));
        assert_eq!(
            (decoded.text.as_str(), decoded.charset_from),
            (text.as_str(), "bom")
        );
        assert_eq!(decoded.charset, encoding.name());
    }
    let xml = format!("<?xml version=\"1.0\" encoding=\"gb2312\"?><p>{CHINESE}</p>");
    let decoded = decode(&encoded(&xml, GB18030), None);
    assert_eq!(
        (decoded.text.as_str(), decoded.charset_from),
        (xml.as_str(), "meta")
    );
}

#[test]
fn a_page_that_is_cut_or_damaged_keeps_its_charset() {
    let text = page("", &CHINESE.repeat(40));
    let cut = &text.as_bytes()[..text.find("</title>").unwrap() - 1];
    let decoded = decode(cut, Some("text/html; charset=gb2312"));
    assert_eq!(
        (decoded.charset, decoded.charset_from),
        ("UTF-8", "detected against declaration")
    );
    assert!(decoded.text.ends_with('\u{fffd}'));

    let mut damaged = page("<meta charset=utf-8>", &CHINESE.repeat(40)).into_bytes();
    damaged.splice(60..60, *b"\xe8\xaf");
    assert_eq!(decode(&damaged, None).charset, "UTF-8");

    let mut gbk = encoded(&page("<meta charset=gbk>", &CHINESE.repeat(40)), GB18030);
    let length = gbk.len();
    gbk.truncate(length - 20);
    gbk.insert(60, 0xff);
    assert_eq!(decode(&gbk, None).charset, "gb18030");
}

#[test]
fn short_gbk_that_happens_to_be_utf8_is_left_as_declared() {
    // The bytes of these characters are also two-byte UTF-8.
    let text = "<meta charset=gbk>联通".replace("联通", "\u{fffd}");
    let mut bytes = text.replace('\u{fffd}', "").into_bytes();
    bytes.extend_from_slice(&[0xc4, 0xa3, 0xce, 0xa2]);
    let decoded = decode(&bytes, None);
    assert_eq!(decoded.charset, "gb18030");
    assert!(decoded.text.ends_with("模微"), "{}", decoded.text);
}

#[test]
fn nothing_and_noise_are_decoded_without_panic() {
    assert_eq!(decode(b"", None).text, "");
    assert_eq!(
        decode(b"a\0b", Some("text/html; charset=utf-8")).text,
        "a\0b"
    );
    for odd in [
        "text/html; charset",
        "; charset=",
        "charset=\u{e9}",
        "text/html; charset=\"utf-8",
    ] {
        assert_eq!(decode(b"<meta charset", Some(odd)).text, "<meta charset");
    }
    let noise: Vec<u8> = (0..20_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for start in 0..200 {
        let decoded = decode(&noise[start..start * 50 + 50], None);
        assert!(!decoded.charset.is_empty());
    }
}
