//! How text from outside is shown: escaped, with nothing invisible and nothing that can be clicked by mistake.

use std::fmt::{self, Write};

use askama::filters::Escaper;
use jianwei_model::Timestamp;

/// The escaper of every template: HTML's special characters become references, and characters that are invisible or
/// change the direction of writing become their code points in `⟦⟧`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Escape;

impl Escaper for Escape {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        for c in string.chars() {
            match c {
                '<' => dest.write_str("&#60;")?,
                '>' => dest.write_str("&#62;")?,
                '&' => dest.write_str("&#38;")?,
                '"' => dest.write_str("&#34;")?,
                '\'' => dest.write_str("&#39;")?,
                '\n' | '\t' => dest.write_char(c)?,
                '\r' => {}
                c if is_unseen(c) => write!(dest, "⟦U+{:04X}⟧", u32::from(c))?,
                c => dest.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Whether a reader cannot see the character, or sees others in a wrong order because of it.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A URL or host that no mail program or browser takes for a link: `hxxps://a[.]test/x`.
pub(crate) fn defanged(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let cut = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(cut);
    let host = host.replace('.', "[.]");
    match scheme {
        "" => format!("{host}{path}"),
        scheme => format!("{}://{host}{path}", scheme.replacen("tt", "xx", 1)),
    }
}

/// Day and time in Beijing, short: `2026-03-02 04:03`.
pub(crate) fn beijing(moment: Timestamp) -> String {
    let local = in_beijing(moment);
    format!("{} {}", &local[..10], &local[11..16])
}

/// Day and time in Beijing to the second: `2026-03-02 04:03:04`.
pub(crate) fn beijing_exact(moment: Timestamp) -> String {
    let local = in_beijing(moment);
    format!("{} {}", &local[..10], &local[11..19])
}

fn in_beijing(moment: Timestamp) -> String {
    const EIGHT_HOURS_MS: i64 = 8 * 3_600_000;
    moment.plus_millis(EIGHT_HOURS_MS).to_seconds_string()
}

/// A score between 0 and 1 as whole points out of a hundred; 100 only when it is exactly 1.
pub(crate) fn points(score: f64) -> u8 {
    if score.is_nan() {
        return 0;
    }
    // The value is between 0 and 100 here.
    let points = (score.clamp(0.0, 1.0) * 100.0).round() as u8;
    if points == 100 && score < 1.0 {
        99
    } else {
        points
    }
}

/// A size as people read it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{:.1} KB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// At most `limit` characters, with an ellipsis where something was cut.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Escape.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn nothing_of_a_text_is_markup_and_nothing_stays_unseen() {
        assert_eq!(
            escaped("<script a='b' c=\"d\">&amp;\r\n"),
            "&#60;script a=&#39;b&#39; c=&#34;d&#34;&#62;&#38;amp;\n"
        );
        assert_eq!(escaped("gov\u{202e}nc\u{200b}."), "gov⟦U+202E⟧nc⟦U+200B⟧.");
        assert_eq!(escaped("应急管理部 café"), "应急管理部 café");
    }

    #[test]
    fn a_defanged_url_is_no_link_but_keeps_its_path() {
        assert_eq!(
            defanged("https://cx.mem.test:8080/a.b?c=d.e"),
            "hxxps://cx[.]mem[.]test:8080/a.b?c=d.e"
        );
        assert_eq!(defanged("a.test"), "a[.]test");
    }

    #[test]
    fn times_are_beijing_and_points_never_flatter() {
        let moment: Timestamp = "2026-03-01T20:03:04.250Z".parse().unwrap();
        assert_eq!(beijing(moment), "2026-03-02 04:03");
        assert_eq!(beijing_exact(moment), "2026-03-02 04:03:04");
        assert_eq!(points(0.999), 99);
        assert_eq!(points(1.0), 100);
        assert_eq!(points(f64::NAN), 0);
        assert_eq!(cut("应急管理部", 2), "应急…");
    }
}
