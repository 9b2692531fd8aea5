//! What can stop a journey: each step says which part failed on what.

/// An error of a step.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed; nothing can go on without it.
    #[error(transparent)]
    Store(#[from] jianwei_store::Error),
    /// A source could not be read.
    #[error(transparent)]
    Discover(#[from] jianwei_discover::Error),
    /// A packet could not be sealed.
    #[error("cannot seal the packet of `{case}`: {source}")]
    Seal {
        /// The case.
        case: String,
        /// Why.
        source: jianwei_evidence::Error,
    },
    /// A letter could not be drafted.
    #[error("cannot draft a letter of `{case}`: {source}")]
    Letter {
        /// The case.
        case: String,
        /// Why.
        source: jianwei_dispatch::Error,
    },
    /// A letter did not leave; it will be tried again.
    #[error("`{letter}` did not leave: {reason}")]
    Undelivered {
        /// The letter.
        letter: String,
        /// Why.
        reason: String,
    },
    /// A record that must be there is not.
    #[error("`{what}` is missing from the store")]
    Missing {
        /// What.
        what: String,
    },
    /// Work on one item crashed; others go on.
    #[error("the step `{step}` crashed on it: {reason}")]
    Crashed {
        /// Which step.
        step: &'static str,
        /// Why.
        reason: String,
    },
    /// A task of this process died.
    #[error("a task of the step `{step}` died: {reason}")]
    Task {
        /// Which step.
        step: &'static str,
        /// Why.
        reason: String,
    },
}

impl Error {
    /// Whether going on is pointless: the store itself is in trouble. One damaged record or blob is the trouble of the
    /// item that needs it, and must not keep all others waiting.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Store(error) => !matches!(
                error,
                jianwei_store::Error::Record { .. } | jianwei_store::Error::Corrupt { .. }
            ),
            Self::Task { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }
}
