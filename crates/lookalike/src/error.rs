//! What can be wrong with a vocabulary or a protected site's file.

/// A configuration that cannot be used; says on which line where there are lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The vocabulary is not valid TOML of the expected shape, or a word in it makes no sense.
    #[error("vocabulary line {line}: {reason}")]
    Vocabulary {
        /// Line number, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A closed suffix that is no host name.
    #[error("closed suffix `{suffix}` is not a host name")]
    Suffix {
        /// What was given.
        suffix: String,
    },
    /// A protected site's file is not valid TOML of the expected shape, or a fact in it makes no sense.
    #[error("protected site `{id}` line {line}: {reason}")]
    Protected {
        /// The site's id, which is its file's name without `.toml`.
        id: String,
        /// Line number, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

/// The number, from 1, of the line in which the byte at `offset` stands.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}
