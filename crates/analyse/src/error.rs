//! What can be wrong with the files an analyst edits.

use thiserror::Error;

/// A lexicon or weights file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The file is not what its format asks for.
    #[error("{file}:{line}: {reason}")]
    File {
        /// The file's name as given.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there, with the value in backticks.
        reason: String,
    },
    /// The word list as a whole cannot be searched for.
    #[error("the lexicon cannot be compiled: {reason}")]
    Lexicon {
        /// Why.
        reason: String,
    },
}

impl Error {
    /// An error at a byte offset of a file's text.
    pub(crate) fn at(file: &str, text: &str, offset: usize, reason: impl Into<String>) -> Self {
        let before = text.get(..offset.min(text.len())).unwrap_or(text);
        Self::File {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            reason: reason.into(),
        }
    }

    /// A TOML error with the line it was found on.
    pub(crate) fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        Self::at(file, text, offset, error.message())
    }
}
