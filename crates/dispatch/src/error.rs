//! What can be wrong with settings, templates and drafts.

use std::path::PathBuf;

use jianwei_model::{Channel, Class, Date, Route};
use thiserror::Error;

/// Why letters cannot be drafted or sent at all. What came of one sending is a `DeliveryOutcome`, not an error.
#[derive(Debug, Error)]
pub enum Error {
    /// A file could not be read or a folder not be made.
    #[error("cannot use `{path}`: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A configuration file says something impossible.
    #[error("`{file}` line {line}: {reason}")]
    Config {
        /// Which file.
        file: PathBuf,
        /// Where, from 1.
        line: usize,
        /// Why.
        reason: String,
    },
    /// A letter template does not compile or names something that letters do not have.
    #[error("`{file}` line {line}: {reason}")]
    Template {
        /// Which file.
        file: PathBuf,
        /// Where, from 1.
        line: usize,
        /// Why.
        reason: String,
    },
    /// A value of `[dispatch]` does not do.
    #[error("dispatch.{key}: {reason}")]
    Setting {
        /// Which key.
        key: String,
        /// Why.
        reason: String,
    },
    /// No letter is made for this class on this route.
    #[error("no letter template for `{}` on route `{}`", class.as_str(), route.as_str())]
    NoTemplate {
        /// The class.
        class: Class,
        /// The route.
        route: Route,
    },
    /// The letter travels another way than the recipient is reached.
    #[error("letters on route `{}` go by {expected:?}, but the recipient is reached by {found:?}", route.as_str())]
    Channel {
        /// The route.
        route: Route,
        /// How the letter travels.
        expected: Channel,
        /// How the recipient is reached.
        found: Channel,
    },
    /// No verified provision for this letter was in force on the day of the conduct.
    #[error("no verified provision for letter `{letter}` was in force on {day}")]
    NoBasis {
        /// The letter's template.
        letter: String,
        /// The day of the conduct.
        day: Date,
    },
    /// The template puts the exact URL of the site into the letter's text.
    #[error("letter `{letter}` would carry the live link `{url}` in its text")]
    LiveLink {
        /// The letter's template.
        letter: String,
        /// The URL.
        url: String,
    },
}

/// The line, from 1, on which byte `offset` of `text` lies.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// Reads the text of a TOML file into `T`, with errors that name file and line.
pub(crate) fn parse_toml<T: serde::de::DeserializeOwned>(
    file: &std::path::Path,
    text: &str,
) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| Error::Config {
        file: file.to_owned(),
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        reason: error.message().to_owned(),
    })
}

/// Reads a UTF-8 text file.
pub(crate) fn read_text(path: &std::path::Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })
}
