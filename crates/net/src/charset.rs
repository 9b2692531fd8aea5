//! Bytes to text as a victim's browser would, without believing a declaration that the bytes contradict.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, REPLACEMENT, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};

/// How far into a page its declaration is looked for.
const PRESCAN: usize = 4096;
/// With fewer bytes beyond ASCII than this, detection is told that Chinese is likely.
const FEW: usize = 100;

/// A page as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text; what could not be decoded is U+FFFD, and NUL stays NUL.
    pub text: String,
    /// The WHATWG name of the charset it was decoded from.
    pub charset: &'static str,
    /// What that was taken from: `bom`, `header`, `meta`, `detected` or `detected against declaration`.
    pub charset_from: &'static str,
}

/// Decodes a page.
///
/// A byte order mark decides; then the `Content-Type` header, then a declaration within the first 4 KB, each only when
/// the bytes bear it out; then detection. GB2312 and GBK are decoded as GB18030, which contains them.
#[must_use]
pub fn decode(body: &[u8], content_type: Option<&str>) -> Decoded {
    if let Some((encoding, length)) = Encoding::for_bom(body) {
        return finish(&body[length..], encoding, "bom");
    }
    if let Some(encoding) = bare_utf16(body) {
        return finish(body, encoding, "detected");
    }
    let declared = header_charset(content_type)
        .map(|encoding| (encoding, "header"))
        .or_else(|| meta_charset(body).map(|encoding| (encoding, "meta")));
    let utf8 = Utf8Evidence::of(body);
    let Some((declared, from)) = declared else {
        let encoding = if utf8.is_plausible() {
            UTF_8
        } else {
            detect(body)
        };
        return finish(body, encoding, "detected");
    };
    match contradiction(body, declared, &utf8) {
        Some(encoding) => finish(body, encoding, "detected against declaration"),
        None => finish(body, declared, from),
    }
}

fn finish(body: &[u8], encoding: &'static Encoding, charset_from: &'static str) -> Decoded {
    Decoded {
        text: encoding.decode_without_bom_handling(body).0.into_owned(),
        charset: encoding.name(),
        charset_from,
    }
}

/// What the bytes are, when they cannot be what was declared.
fn contradiction(
    body: &[u8],
    declared: &'static Encoding,
    utf8: &Utf8Evidence,
) -> Option<&'static Encoding> {
    if utf8.is_ascii() {
        return None;
    }
    if declared == UTF_8 {
        if utf8.is_plausible() {
            return None;
        }
        // Only a multi-byte charset that takes the bytes better than UTF-8 does is believed over the declaration.
        let detected = detect(body);
        return (is_east_asian(detected) && faults(body, detected) * 2 < utf8.faults)
            .then_some(detected);
    }
    if utf8.is_plausible() && (utf8.wide > 0 || !is_east_asian(declared)) {
        return Some(UTF_8);
    }
    let declared_faults = faults(body, declared);
    if declared_faults == 0 {
        return None;
    }
    let detected = detect(body);
    (detected != declared
        && is_east_asian(detected)
        && faults(body, detected) * 2 < declared_faults)
        .then_some(detected)
}

/// How well bytes fit UTF-8.
struct Utf8Evidence {
    /// Characters of two bytes; two or three of them happen by chance in GBK text.
    narrow: usize,
    /// Characters of three or four bytes, as Chinese has.
    wide: usize,
    /// Broken sequences; a last one that is merely cut off is none.
    faults: usize,
}

impl Utf8Evidence {
    fn of(bytes: &[u8]) -> Self {
        let mut evidence = Self {
            narrow: 0,
            wide: 0,
            faults: 0,
        };
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            for character in chunk.valid().chars() {
                match character.len_utf8() {
                    1 => {}
                    2 => evidence.narrow += 1,
                    _ => evidence.wide += 1,
                }
            }
            let cut_off = chunks.peek().is_none() && is_cut_off(chunk.invalid());
            evidence.faults += usize::from(!chunk.invalid().is_empty() && !cut_off);
        }
        evidence
    }

    fn is_ascii(&self) -> bool {
        self.narrow + self.wide + self.faults == 0
    }

    // Templates cut titles in mid-character, so a long page may hold a few faults.
    fn is_plausible(&self) -> bool {
        self.faults * 50 <= self.wide + self.narrow
    }
}

fn is_cut_off(tail: &[u8]) -> bool {
    std::str::from_utf8(tail).is_err_and(|error| error.error_len().is_none())
}

fn faults(body: &[u8], encoding: &'static Encoding) -> usize {
    let (text, any) = encoding.decode_without_bom_handling(body);
    if !any {
        return 0;
    }
    // A last character that is cut off is no fault of the charset.
    let text = text.strip_suffix('\u{fffd}').unwrap_or(&text);
    text.chars()
        .filter(|character| *character == '\u{fffd}')
        .count()
}

fn is_east_asian(encoding: &'static Encoding) -> bool {
    [GB18030, BIG5, EUC_JP, EUC_KR, SHIFT_JIS].contains(&encoding)
}

fn detect(body: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(body, true);
    let beyond_ascii = body
        .iter()
        .filter(|byte| !byte.is_ascii())
        .take(FEW)
        .count();
    let hint = (0 < beyond_ascii && beyond_ascii < FEW).then_some(b"cn".as_slice());
    widened(detector.guess(hint, Utf8Detection::Allow))
}

/// Charsets by the superset that browsers, or the bytes found in the wild, mean by them.
fn widened(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// UTF-16 without its mark gives itself away by the zero half of every ASCII character of its markup.
fn bare_utf16(body: &[u8]) -> Option<&'static Encoding> {
    let start = &body[..body.len().min(1024) & !1];
    let zeros = |offset: usize| {
        start
            .iter()
            .skip(offset)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd, half) = (zeros(0), zeros(1), start.len() / 2);
    if half < 8 {
        return None;
    }
    // Chinese text has few zero halves, but tags and spaces have them, and on one side only.
    match (even * 10 > half * 3, odd * 10 > half * 3) {
        (false, true) if even * 20 < odd => Some(UTF_16LE),
        (true, false) if odd * 20 < even => Some(UTF_16BE),
        _ => None,
    }
}

fn header_charset(content_type: Option<&str>) -> Option<&'static Encoding> {
    let lower = content_type?.to_ascii_lowercase();
    let value = lower
        .split(';')
        .find_map(|part| part.trim().strip_prefix("charset"))?;
    let label = value.trim_start().strip_prefix('=')?;
    // UTF-16 without a mark and without its zero bytes is not UTF-16, whatever the header says.
    by_label(label.trim_matches(['"', '\'', ' '])).filter(|encoding| !is_utf16(encoding))
}

fn by_label(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.as_bytes())?;
    // Browsers show nothing for the dead ISO-2022 variants; detection shows more.
    (encoding != REPLACEMENT).then(|| widened(encoding))
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The declaration within the page: `<meta charset>`, `<meta http-equiv content>` or an XML declaration.
fn meta_charset(body: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&body[..body.len().min(PRESCAN)]).to_ascii_lowercase();
    let mut rest = start.as_str();
    if let Some(xml) = rest.trim_start().strip_prefix("<?xml") {
        let declaration = xml.split("?>").next().unwrap_or_default();
        if let Some(found) = labelled(declaration, "encoding") {
            return Some(found);
        }
    }
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if rest.starts_with("meta") {
            let tag = rest.split('>').next().unwrap_or_default();
            if let Some(found) = labelled(&tag[4..], "charset") {
                return Some(found);
            }
        }
    }
    None
}

/// The charset after `key` and an equals sign; what a page says in ASCII cannot be UTF-16.
fn labelled(text: &str, key: &str) -> Option<&'static Encoding> {
    let mut rest = text;
    while let Some(at) = rest.find(key) {
        rest = &rest[at + key.len()..];
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            continue;
        };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(['"', '\'', ';', '>', ' ', '\t', '\n', '\r', '/']);
        let found = match by_label(&value[..end.unwrap_or(value.len())]) {
            Some(encoding) if is_utf16(encoding) => Some(UTF_8),
            Some(encoding) if encoding == X_USER_DEFINED => Some(WINDOWS_1252),
            found => found,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
