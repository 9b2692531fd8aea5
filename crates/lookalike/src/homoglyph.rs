//! Signal: characters that look like those of an official name; the host is read again as the eye reads it.

use unicode_security::skeleton;

/// The spellings that an eye may read in a host, other than its own.
///
/// `unicode` is the host in Unicode where some label is internationalised. Labels from `left` on, the public suffix, stay.
pub(crate) fn spellings(ascii: &str, unicode: Option<&str>, left: usize) -> Vec<String> {
    let mut spellings = Vec::new();
    let mut add = |spelling: String| {
        if spelling != ascii && unicode != Some(spelling.as_str()) && !spellings.contains(&spelling)
        {
            spellings.push(spelling);
        }
    };
    if let Some(unicode) = unicode {
        add(map_labels(unicode, left, skeleton_label));
    }
    if may_be_folded(ascii) {
        for one in ['l', 'i'] {
            add(map_labels(ascii, left, |label| fold(label, one)));
        }
    }
    spellings
}

/// Whether an ASCII host contains characters that pass for others.
pub(crate) fn may_be_folded(ascii: &str) -> bool {
    let bytes = ascii.as_bytes();
    bytes.iter().any(|byte| matches!(byte, b'0' | b'1'))
        || bytes.windows(2).any(|pair| matches!(pair, b"rn" | b"vv"))
}

fn map_labels(host: &str, left: usize, map: impl Fn(&str) -> String) -> String {
    let labels: Vec<String> = host
        .split('.')
        .enumerate()
        .map(|(index, label)| {
            if index < left {
                map(label)
            } else {
                label.to_owned()
            }
        })
        .collect();
    labels.join(".")
}

/// The UTS #39 skeleton, which writes `m` as `rn`, turned back to letters that words are written with.
fn skeleton_label(label: &str) -> String {
    if label.is_ascii() {
        return label.to_owned();
    }
    let skeleton: String = skeleton(label).collect();
    // A full stop would make two labels of one.
    fold(&skeleton.to_lowercase().replace('.', ""), 'l')
}

fn fold(label: &str, one: char) -> String {
    if label.starts_with("xn--") {
        return label.to_owned();
    }
    label
        .replace("rn", "m")
        .replace("vv", "w")
        .replace('0', "o")
        .replace('1', &one.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_as_the_eye_reads_it() {
        assert_eq!(spellings("rnem-g0v.test", None, 1), ["mem-gov.test"]);
        assert_eq!(spellings("chs1.test", None, 1), ["chsl.test", "chsi.test"]);
        assert_eq!(
            spellings("xn--st-wka0m.test", Some("оstа.test"), 1),
            ["osta.test"]
        );
        assert_eq!(spellings("plain.test", None, 1), Vec::<String>::new());
        assert_eq!(spellings("a.g0v1", None, 1), Vec::<String>::new());
    }
}
