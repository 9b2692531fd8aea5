//! The capture index: CDXJ 0.1.0 lines, keyed by SURT, as cdxj-indexer writes them with record digests.

use crate::record::Record;
use crate::surt::surt;
use crate::warc::RecordKind;

/// The whole index of the records of one WARC file: one line for each response and resource, sorted by bytes.
pub(crate) fn index(records: &[Record], file_name: &str) -> String {
    let mut lines: Vec<String> = records
        .iter()
        .filter(|record| matches!(record.kind, RecordKind::Response | RecordKind::Resource))
        .map(|record| line(record, file_name))
        .collect();
    lines.sort();
    lines.concat()
}

fn line(record: &Record, file_name: &str) -> String {
    let target = record.target();
    let content_type = match &record.http {
        Some(http) => http.content_type.as_deref(),
        None => record.field("Content-Type"),
    };
    let mut pairs = vec![("url", target.to_owned())];
    pairs.extend(content_type.map(|value| ("mime", media_type(value))));
    if let Some(http) = &record.http {
        pairs.push(("status", http.status.clone()));
    }
    pairs.extend([
        ("digest", record.payload.to_string()),
        ("length", record.length.to_string()),
        ("offset", record.offset.to_string()),
        ("filename", file_name.to_owned()),
        ("recordDigest", record.member.to_string()),
    ]);
    let members: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}: {}", json_text(name), json_text(value)))
        .collect();
    format!(
        "{} {} {{{}}}\n",
        surt(target),
        record.date.to_fourteen_digits(),
        members.join(", ")
    )
}

/// The media type without parameters. Where the server named none, the indexer leaves it out, and so do we.
fn media_type(content_type: &str) -> String {
    content_type
        .split(|c: char| c == ';' || c.is_whitespace())
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// A JSON string in ASCII, so that lines sort alike as text and as bytes.
fn json_text(value: &str) -> String {
    let mut out = String::new();
    for c in serde_json::Value::from(value).to_string().chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ascii_json() {
        assert_eq!(
            json_text("a\"\u{1}中𠮷"),
            "\"a\\\"\\u0001\\u4e2d\\ud842\\udfb7\""
        );
    }
}
