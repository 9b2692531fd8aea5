//! Why a fetch came to nothing, and the errors of the crate.

use std::net::IpAddr;

/// Why a hop gave no answer. What failed is unknown, but for a name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The name server said that the name does not exist.
    #[error("the name does not exist")]
    NameNotFound,
    /// The name could not be resolved, and whether it exists is not known.
    #[error("the name could not be resolved: {reason}")]
    Resolve {
        /// What the resolver said.
        reason: String,
    },
    /// Every address of the host is forbidden.
    #[error("the address `{address}` is forbidden")]
    Forbidden {
        /// The first of them.
        address: IpAddr,
    },
    /// The URL itself is not one this door opens: scheme, port, host.
    #[error("the target is refused: {reason}")]
    Target {
        /// What is wrong with it.
        reason: String,
    },
    /// It took too long.
    #[error("timed out while {stage}")]
    Timeout {
        /// What was being done: `resolving`, `connecting`, `shaking hands`, `waiting for an answer`.
        stage: &'static str,
    },
    /// No connection came about.
    #[error("could not connect: {reason}")]
    Connect {
        /// What the system said.
        reason: String,
    },
    /// The TLS handshake failed. A certificate that does not verify is not such a failure.
    #[error("the TLS handshake failed: {reason}")]
    Tls {
        /// What went wrong.
        reason: String,
    },
    /// What came was not an HTTP answer.
    #[error("the answer is broken: {reason}")]
    Protocol {
        /// What was wrong with it.
        reason: String,
    },
    /// The answer is larger than may be read.
    #[error("the answer passes the limit on {what}")]
    Cap {
        /// On what: `header lines`, `head bytes`, `decompression`.
        what: &'static str,
    },
}

impl Failure {
    /// Whether it is known that there is nothing there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::NameNotFound)
    }

    /// Whether it may pass, so that another try is worth its while.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Resolve { .. }
            | Self::Timeout { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Protocol { .. } => true,
            Self::NameNotFound
            | Self::Forbidden { .. }
            | Self::Target { .. }
            | Self::Cap { .. } => false,
        }
    }
}

/// Errors of setting up the door, and of asking an interface that the operator configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Pages cannot be rendered.
    #[error("no browser: {reason}")]
    NoBrowser {
        /// Why not.
        reason: String,
    },
    /// The settings are wrong.
    #[error("net setting `{key}`: {reason}")]
    Setting {
        /// The key.
        key: &'static str,
        /// What is wrong with its value.
        reason: String,
    },
    /// The system's name servers could not be read, and none are configured.
    #[error("no name server: {reason}; set `net.dns_servers`")]
    NameServers {
        /// What the system said.
        reason: String,
    },
    /// TLS could not be set up.
    #[error("TLS could not be set up: {reason}")]
    Tls {
        /// What went wrong.
        reason: String,
    },
    /// An interface could not be reached.
    #[error("`{url}`: {failure}")]
    Unreachable {
        /// What was asked, without its query.
        url: String,
        /// Why not.
        failure: Failure,
    },
    /// An interface answered with a status other than success.
    #[error("`{url}` answered with status {status}")]
    Status {
        /// What was asked, without its query.
        url: String,
        /// The status.
        status: u16,
    },
    /// An interface answered with more than may be read.
    #[error("`{url}` answered with more than {cap} bytes")]
    TooLong {
        /// What was asked, without its query.
        url: String,
        /// How much may be read.
        cap: usize,
    },
    /// An interface answered with something other than JSON.
    #[error("`{url}` did not answer with JSON: {reason}")]
    NotJson {
        /// What was asked, without its query.
        url: String,
        /// What the parser said.
        reason: String,
    },
}
