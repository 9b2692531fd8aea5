//! HTTP heads as archives keep them: bodies are stored without transfer coding, so the head must not claim one.

use jianwei_model::Digest;

/// What stands before the name of a header that was true on the wire but is not true of the stored body.
const ORIGINAL: &[u8] = b"X-Archive-Orig-";

/// The head to store before a body of `body_bytes` bytes.
///
/// `Transfer-Encoding` and any wrong `Content-Length` get the prefix `X-Archive-Orig-`, then the right `Content-Length` is added; all
/// other lines stay byte by byte. Lines that readers would take for the end of the head, and lines that bear the prefix already, get
/// it too, so that [`originals`] can undo this exactly.
pub(crate) fn stored(head: &[u8], body_bytes: u64) -> Vec<u8> {
    let (lines, terminator) = lines_of(head);
    let length = body_bytes.to_string();
    let mut out = Vec::with_capacity(head.len() + 64);
    let mut framing_changed = false;
    let mut length_kept = false;
    for line in lines {
        let name = name_of(line);
        let wrong = match name.as_str() {
            "transfer-encoding" => true,
            "content-length" => {
                let right = value_of(line) == length;
                length_kept |= right;
                !right
            }
            _ => false,
        };
        framing_changed |= wrong;
        if wrong || is_blank(line) || line.starts_with(ORIGINAL) {
            out.extend(ORIGINAL);
        }
        out.extend(line);
        if !line.ends_with(b"\n") {
            out.extend(b"\r\n");
        }
    }
    if framing_changed && !length_kept {
        out.extend(length_line(&length));
    }
    out.extend(if terminator.is_empty() {
        b"\r\n".as_slice()
    } else {
        terminator
    });
    out
}

/// Digests of the heads that [`stored`] may have made `head` from.
pub(crate) fn originals(head: &[u8], body_bytes: u64) -> Vec<Digest> {
    let (mut lines, terminator) = lines_of(head);
    let restore = |lines: &[&[u8]]| -> Vec<u8> {
        lines
            .iter()
            .flat_map(|line| line.strip_prefix(ORIGINAL).unwrap_or(line).iter().copied())
            .collect()
    };
    let mut restored = vec![restore(&lines)];
    let added = length_line(&body_bytes.to_string());
    if lines.last().is_some_and(|line| *line == added) {
        lines.pop();
        restored.push(restore(&lines));
    }
    let mut digests = Vec::new();
    for base in restored {
        digests.push(Digest::of(&[base.as_slice(), terminator].concat()));
        digests.push(Digest::of(&base));
        if let Some(unended) = base.strip_suffix(b"\r\n") {
            digests.push(Digest::of(unended));
        }
    }
    digests
}

/// Where the payload of an HTTP message begins: after the first line that readers take for the end of the head.
pub(crate) fn payload_start(block: &[u8]) -> usize {
    let mut at = 0;
    for line in block.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if is_blank(line) {
            return at;
        }
    }
    block.len()
}

/// The value of the first header of that lower-case name.
pub(crate) fn header(head: &[u8], name: &str) -> Option<String> {
    lines_of(head)
        .0
        .into_iter()
        .find(|line| name_of(line) == name)
        .map(value_of)
}

/// The status code as text, from the status line.
pub(crate) fn status(head: &[u8]) -> String {
    let line = lines_of(head)
        .0
        .first()
        .map(|line| text_of(line))
        .unwrap_or_default();
    let after_version = line
        .trim()
        .split_once(' ')
        .map_or("", |(_, rest)| rest.trim());
    after_version
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn length_line(length: &str) -> Vec<u8> {
    format!("Content-Length: {length}\r\n").into_bytes()
}

/// The lines before the empty line at the end, each with its line end, and that empty line.
fn lines_of(head: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let mut lines: Vec<&[u8]> = head.split_inclusive(|byte| *byte == b'\n').collect();
    match lines.last() {
        Some(&last) if matches!(last, b"\r\n" | b"\n") => {
            lines.pop();
            (lines, last)
        }
        _ => (lines, b""),
    }
}

fn name_of(line: &[u8]) -> String {
    let end = line.iter().position(|byte| *byte == b':').unwrap_or(0);
    text_of(&line[..end]).trim_end().to_ascii_lowercase()
}

fn value_of(line: &[u8]) -> String {
    text_of(line)
        .split_once(':')
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// Readers strip all white space from a line before they ask whether it is empty.
fn is_blank(line: &[u8]) -> bool {
    text_of(line)
        .chars()
        .all(|c| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

fn text_of(line: &[u8]) -> String {
    match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => line.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(head: &str, body_bytes: u64, expected: &str) {
        let stored = stored(head.as_bytes(), body_bytes);
        assert_eq!(String::from_utf8_lossy(&stored), expected);
        assert_eq!(payload_start(&stored), stored.len(), "one end of head");
        assert!(
            originals(&stored, body_bytes).contains(&Digest::of(head.as_bytes())),
            "the head as received can be had back"
        );
    }

    #[test]
    fn a_true_head_stays_byte_by_byte() {
        let head = "HTTP/1.1 200 OK\r\nserver:  x\r\nContent-Length: 5\r\n\r\n";
        check(head, 5, head);
        let open_ended = "HTTP/1.0 200\nServer: x\n\n";
        check(open_ended, 5, open_ended);
    }

    #[test]
    fn transfer_coding_and_wrong_lengths_are_kept_aside() {
        check(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nA: b\r\n\r\n",
            5,
            "HTTP/1.1 200 OK\r\nX-Archive-Orig-transfer-encoding: chunked\r\nA: b\r\nContent-Length: 5\r\n\r\n",
        );
        check(
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
            5,
            "HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Length: 99\r\nContent-Length: 5\r\n\r\n",
        );
    }

    #[test]
    fn heads_that_would_end_early_or_not_at_all_are_mended() {
        check(
            "HTTP/1.1 200 OK\r\n \r\nX-Archive-Orig-A: b\r\n\r\n",
            0,
            "HTTP/1.1 200 OK\r\nX-Archive-Orig- \r\nX-Archive-Orig-X-Archive-Orig-A: b\r\n\r\n",
        );
        check(
            "HTTP/1.1 200 OK\r\nA: b",
            0,
            "HTTP/1.1 200 OK\r\nA: b\r\n\r\n",
        );
    }

    #[test]
    fn status_and_headers_are_read() {
        let head = b"HTTP/1.1 302 Found\r\nContent-Type : text/html; charset=gbk\r\n\r\n";
        assert_eq!(status(head), "302");
        assert_eq!(
            header(head, "content-type").as_deref(),
            Some("text/html; charset=gbk")
        );
        assert_eq!(header(head, "location"), None);
    }
}
