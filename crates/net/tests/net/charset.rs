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

#[test]
fn declarations_are_believed_only_when_the_bytes_bear_them_out() {
    let meta = |charset: &str| format!("<meta charset=\"{charset}\">");
    let old = "<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=gb2312'>";
    let comment = "<!-- <meta charset=big5> -->";
    let against = "detected against declaration";
    let cases: [(&str, String, &str, &'static Encoding, &str, &str); 26] = [
        (
            "plain utf-8",
            meta("utf-8"),
            CHINESE,
            UTF_8,
            "UTF-8",
            "meta",
        ),
        ("gb2312", old.into(), CHINESE, GB18030, "gb18030", "meta"),
        ("gbk", meta("GBK"), "囧镕堃", GB18030, "gb18030", "meta"),
        (
            "gbk with four-byte characters",
            meta("gbk"),
            "㐀㐁𠀀证",
            GB18030,
            "gb18030",
            "meta",
        ),
        (
            "gb2312 said, utf-8 sent",
            old.into(),
            CHINESE,
            UTF_8,
            "UTF-8",
            against,
        ),
        (
            "gbk said, utf-8 sent",
            meta("gbk"),
            "证",
            UTF_8,
            "UTF-8",
            against,
        ),
        (
            "big5 said, utf-8 sent",
            meta("big5"),
            CHINESE,
            UTF_8,
            "UTF-8",
            against,
        ),
        (
            "latin said, utf-8 sent",
            meta("iso-8859-1"),
            CHINESE,
            UTF_8,
            "UTF-8",
            against,
        ),
        (
            "utf-8 said, gbk sent",
            meta("utf-8"),
            CHINESE,
            GB18030,
            "gb18030",
            against,
        ),
        (
            "utf-8 said, big5 sent",
            meta("utf-8"),
            TRADITIONAL,
            BIG5,
            "Big5",
            against,
        ),
        ("big5", meta("big5"), TRADITIONAL, BIG5, "Big5", "meta"),
        (
            "shift_jis",
            meta("Shift_JIS"),
            "これは日本語です",
            SHIFT_JIS,
            "Shift_JIS",
            "meta",
        ),
        (
            "euc-kr",
            meta("euc-kr"),
            "한국어입니다",
            EUC_KR,
            "EUC-KR",
            "meta",
        ),
        (
            "undeclared utf-8",
            String::new(),
            CHINESE,
            UTF_8,
            "UTF-8",
            "detected",
        ),
        (
            "undeclared gbk",
            String::new(),
            CHINESE,
            GB18030,
            "gb18030",
            "detected",
        ),
        (
            "undeclared short gbk",
            String::new(),
            "办证",
            GB18030,
            "gb18030",
            "detected",
        ),
        (
            "undeclared big5",
            String::new(),
            TRADITIONAL,
            BIG5,
            "Big5",
            "detected",
        ),
        (
            "undeclared utf-16le",
            String::new(),
            CHINESE,
            UTF_16LE,
            "UTF-16LE",
            "detected",
        ),
        (
            "undeclared utf-16be",
            String::new(),
            CHINESE,
            UTF_16BE,
            "UTF-16BE",
            "detected",
        ),
        (
            "a commented declaration",
            format!("{comment}{old}"),
            CHINESE,
            GB18030,
            "gb18030",
            "meta",
        ),
        (
            "utf-16 said in ascii",
            meta("utf-16"),
            CHINESE,
            UTF_8,
            "UTF-8",
            "meta",
        ),
        (
            "no such charset",
            meta("utf-9"),
            CHINESE,
            GB18030,
            "gb18030",
            "detected",
        ),
        (
            "dead charset",
            meta("hz-gb-2312"),
            CHINESE,
            UTF_8,
            "UTF-8",
            "detected",
        ),
        ("ascii", meta("gb2312"), "plain", GB18030, "gb18030", "meta"),
        (
            "unquoted",
            "<meta charset=gbk/>".into(),
            CHINESE,
            GB18030,
            "gb18030",
            "meta",
        ),
        (
            "late",
            format!("<style>{}</style>{old}", " ".repeat(3000)),
            CHINESE,
            GB18030,
            "gb18030",
            "meta",
        ),
    ];
    for (name, head, text, encoding, charset, from) in cases {
        let expected = page(&head, text);
        let decoded = decode(&encoded(&expected, encoding), Some("text/html"));
        assert_eq!(
            (decoded.charset, decoded.charset_from),
            (charset, from),
            "{name}"
        );
        assert_eq!(decoded.text, expected, "{name}");
    }
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
