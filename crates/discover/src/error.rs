//! What can go wrong with a source.

use std::path::PathBuf;

/// Errors name the source, and the line where there is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file of the configuration or a list cannot be opened.
    #[error("cannot open `{path}`: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The query seeds are not valid.
    #[error("`{path}` line {line}: {reason}")]
    Seeds {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A line of a list names no host or URL; the lines after it are read all the same.
    #[error("`{path}` line {line}: {reason}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Line number, from 1.
        line: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A list ends before its end: a truncated archive or a disk error; nothing comes after it.
    #[error("`{path}` breaks off after line {line}: {reason}")]
    BrokenOff {
        /// The file.
        path: PathBuf,
        /// The last line that was read whole, 0 if none was.
        line: u64,
        /// What the system or the decoder said.
        reason: String,
    },
    /// A search source could not be asked, or its answer was no JSON.
    #[error("search source `{name}`: {cause}{hint}")]
    Search {
        /// The source's configured name.
        name: String,
        /// What went wrong, with the URL.
        #[source]
        cause: jianwei_net::Error,
        /// What may help, after a blank line; empty where nothing is known.
        hint: &'static str,
    },
    /// A search source answered with JSON of another shape.
    #[error("search source `{name}`: `{url}` answered {reason}")]
    Answer {
        /// The source's configured name.
        name: String,
        /// What was asked, without the query.
        url: String,
        /// What was found instead of results.
        reason: String,
    },
}
