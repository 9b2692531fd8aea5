//! The alignment of parsed text with the source it was parsed from.

/// A stretch of the page's text and the stretch of source it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// First byte in the page's text.
    pub(crate) text: u32,
    /// How many bytes of text.
    pub(crate) text_length: u32,
    /// First byte in the source.
    pub(crate) source: u32,
    /// How many bytes of source; unlike `text_length` only for character references.
    pub(crate) source_length: u32,
}

/// Appends a piece, or lengthens the last one where the two are one stretch.
pub(crate) fn push_piece(pieces: &mut Vec<Piece>, piece: Piece) {
    let is_verbatim = |piece: &Piece| piece.text_length == piece.source_length;
    if let Some(last) = pieces.last_mut()
        && is_verbatim(last)
        && is_verbatim(&piece)
        && last.text + last.text_length == piece.text
        && last.source + last.source_length == piece.source
    {
        last.text_length += piece.text_length;
        last.source_length += piece.source_length;
    } else {
        pieces.push(piece);
    }
}

/// Matches text against one stretch of source until either ends, and gives how many bytes of each were used.
///
/// `None` when they differ.
pub(crate) fn align_segment(
    source: &str,
    text: &str,
    mut push: impl FnMut(usize, usize, usize, usize),
) -> Option<(usize, usize)> {
    let (mut source_at, mut text_at) = (0, 0);
    // Blanks at the front may have been parsed into a text of their own.
    if text_at == 0 {
        source_at += source.len() - source.trim_start().len();
        text_at += text.len() - text.trim_start().len();
    }
    while text_at < text.len() && source_at < source.len() {
        let same = common_run(&source.as_bytes()[source_at..], &text.as_bytes()[text_at..]);
        let same = floor_boundary(&text[text_at..], same);
        if same > 0 {
            push(text_at, same, source_at, same);
            source_at += same;
            text_at += same;
            continue;
        }
        let rest = &source[source_at..];
        if rest.starts_with("\r\n") && text[text_at..].starts_with('\n') {
            source_at += 1;
            continue;
        }
        if rest.starts_with('\r') && text[text_at..].starts_with('\n') {
            push(text_at, 1, source_at, 1);
            source_at += 1;
            text_at += 1;
            continue;
        }
        if rest.starts_with('\0') {
            source_at += 1;
            continue;
        }
        let reference = reference_length(rest)?;
        let width = text[text_at..].chars().next()?.len_utf8();
        push(text_at, width, source_at, reference);
        source_at += reference;
        text_at += width;
    }
    // A text that ends inside a word of the source is another text, unless a tag was ignored there.
    Some((source_at, text_at))
}

/// How many bytes agree, stopping before a character reference.
fn common_run(source: &[u8], text: &[u8]) -> usize {
    let mut same = 0;
    for (index, (left, right)) in source.iter().zip(text).enumerate() {
        if left != right || (*left == b'&' && is_reference(&source[index..])) {
            break;
        }
        same += 1;
    }
    same
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn is_reference(bytes: &[u8]) -> bool {
    let window = &bytes[..bytes.len().min(40)];
    reference_bytes(window).is_some()
}

fn reference_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    reference_bytes(&bytes[..bytes.len().min(40)])
}

/// Length of the character reference at the front, such as `&nbsp;` or `&#21150;`.
fn reference_bytes(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'&') {
        return None;
    }
    let body = &bytes[1..];
    let is_numeric = body.first() == Some(&b'#');
    let length = body
        .iter()
        .skip(usize::from(is_numeric))
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    if length == 0 {
        return None;
    }
    let end = 1 + usize::from(is_numeric) + length;
    if bytes.get(end) == Some(&b';') {
        return Some(end + 1);
    }
    if is_numeric {
        let digits = body[1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        return (digits > 0).then_some(2 + digits);
    }
    ["nbsp", "copy", "amp", "lt", "gt", "quot", "reg"]
        .into_iter()
        .find(|name| body.starts_with(name.as_bytes()))
        .map(|name| 1 + name.len())
}
