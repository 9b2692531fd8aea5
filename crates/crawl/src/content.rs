//! What a body is: a page to be read as text, or something else.

/// How much of a body is looked at.
const LOOK: usize = 4096;

/// Beginnings of files that are not pages.
const MAGIC: [&[u8]; 16] = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"\x00\x00\x01\x00",
    b"RIFF",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"\x7fELF",
    b"MZ",
    b"OTTO",
];

/// Says whether a body is a page that a browser would show as text.
///
/// A body that is declared as HTML and holds markup is one even when it begins like a picture or is full of NULs,
/// for a browser shows it as a page all the same.
pub(crate) fn is_page(body: &[u8], content_type: Option<&str>) -> bool {
    let start = &body[..body.len().min(LOOK)];
    if start.is_empty() {
        return false;
    }
    if matches!(
        start,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0xef, 0xbb, 0xbf, ..]
    ) {
        return true;
    }
    let essence = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    if ["image/", "audio/", "video/", "font/"]
        .iter()
        .any(|kind| essence.starts_with(kind))
        && essence != "image/svg+xml"
    {
        return false;
    }
    let declared = matches!(essence.as_str(), "text/html" | "application/xhtml+xml");
    let control = start.iter().filter(|byte| is_binary(**byte)).count();
    let is_wide = has_zero_halves(start);
    if declared && (is_wide || has_markup(start)) && !is_real_picture(start, control) {
        return true;
    }
    if MAGIC.iter().any(|magic| start.starts_with(magic)) {
        return declared && control * 50 < start.len();
    }
    is_wide || control * 50 < start.len()
}

// The bytes that the WHATWG sniffing standard calls binary data.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0x00..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)
}

// A picture's bytes hold other controls than NUL; a page that was stuffed with NULs holds nothing else.
fn is_real_picture(start: &[u8], control: usize) -> bool {
    let zeros = start.iter().filter(|byte| **byte == 0).count();
    MAGIC.iter().any(|magic| start.starts_with(magic)) && (control - zeros) * 50 > start.len()
}

fn has_markup(start: &[u8]) -> bool {
    let text: Vec<u8> = start
        .iter()
        .filter(|byte| **byte != 0)
        .map(u8::to_ascii_lowercase)
        .collect();
    let tags: [&[u8]; 7] = [
        b"<html",
        b"<!doctype",
        b"<head",
        b"<body",
        b"<script",
        b"<meta",
        b"<div",
    ];
    tags.iter()
        .any(|tag| text.windows(tag.len()).any(|window| window == *tag))
}

/// UTF-16 text has its zero bytes on one side only.
fn has_zero_halves(start: &[u8]) -> bool {
    let zeros = |offset| {
        start
            .iter()
            .skip(offset)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let other = start
        .iter()
        .filter(|byte| **byte != 0 && is_binary(**byte))
        .count();
    let most = even.max(odd);
    most * 20 > start.len() * 3 && even.min(odd) * 20 < most && other * 10 < start.len()
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn a_picture_is_no_page_and_a_page_in_disguise_is_one() {
        let html = Some("text/html; charset=gbk");
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0".to_vec();
        png.extend((0..2000u32).map(|n| (n * 7919 % 251) as u8));
        let wide: Vec<u8> = "<html><body>特种作业操作证查询</body></html>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let stuffed: Vec<u8> = b"<html><body>text"
            .iter()
            .flat_map(|b| [*b, 0, 0])
            .collect();
        let cases: [(&[u8], Option<&str>, bool); 16] = [
            (&png, Some("image/png"), false),
            (&png, html, false),
            (&png, None, false),
            (b"<html>", Some("image/png"), false),
            (b"<svg><text>x</text></svg>", Some("image/svg+xml"), true),
            (b"%PDF-1.7\n\x01\x02\x03\x04", None, false),
            (b"PK\x03\x04rest", None, false),
            (b"GIF89a<html><script>1</script>", html, true),
            (b"GIF89a<html>", None, false),
            (&wide, html, true),
            (&wide, None, true),
            (&stuffed, html, true),
            (&[0; 5000], html, false),
            (b"", html, false),
            ("中文纯文本".as_bytes(), Some("text/plain"), true),
            (b"{\"a\":1}", Some("application/json"), true),
        ];
        for (body, content_type, page) in cases {
            let shown = String::from_utf8_lossy(&body[..body.len().min(24)]).into_owned();
            assert_eq!(
                is_page(body, content_type),
                page,
                "{shown:?} as {content_type:?}"
            );
        }
    }
}
