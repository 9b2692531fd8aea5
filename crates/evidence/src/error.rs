//! What can go wrong while sealing or reading a packet.

use jianwei_model::Digest;

/// Why a packet could not be sealed or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The case's identifier is not lower-case ASCII letters, digits and hyphens.
    #[error("case id `{case}` cannot name a file: only `a`-`z`, `0`-`9` and `-` may stand in it")]
    CaseName {
        /// The identifier.
        case: String,
    },
    /// The input names bytes that it does not bring.
    #[error("the bytes of {what} with digest `{digest}` are missing")]
    BlobMissing {
        /// What they are for.
        what: String,
        /// Their digest.
        digest: Digest,
    },
    /// The input brings bytes that are not what their digest says.
    #[error("the bytes of {what} do not have the digest `{digest}`")]
    BlobAltered {
        /// What they are for.
        what: String,
        /// The digest they should have.
        digest: Digest,
    },
    /// The case was opened by another assessment than the one given.
    #[error("case `{case}` was opened by assessment `{expected}`, not by the one given")]
    AssessmentAltered {
        /// The case.
        case: String,
        /// The digest the case names.
        expected: Digest,
    },
    /// None of the visits is the one that opened the case.
    #[error("case `{case}` rests on visit `{visit}`, which is not among the visits given")]
    VisitMissing {
        /// The case.
        case: String,
        /// The visit it names.
        visit: String,
    },
    /// More than the format can hold.
    #[error("{what} is too large for a packet: {size} exceeds {limit}")]
    TooLarge {
        /// What.
        what: String,
        /// How large it is.
        size: u64,
        /// How large it may be.
        limit: u64,
    },
    /// A key that cannot be used.
    #[error("the key cannot be used: {reason}")]
    Key {
        /// Why.
        reason: String,
    },
    /// A file that is not a packet.
    #[error("cannot read {place}: {reason}")]
    Unreadable {
        /// Where.
        place: String,
        /// Why.
        reason: String,
    },
    /// Bytes could not be written to where they were to go.
    #[error("cannot write {what}")]
    Write {
        /// What was being written.
        what: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn unreadable(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Unreadable {
            place: place.into(),
            reason: reason.into(),
        }
    }

    pub(crate) fn write(what: &str) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_owned();
        move |source| Self::Write { what, source }
    }
}
