//! What can keep the lab from starting.

use std::net::SocketAddr;
use std::path::PathBuf;

/// What can keep the lab from starting.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A loopback port could not be had.
    #[error("cannot bind `{address}` for the lab's {server} server: {source}")]
    Bind {
        /// Which server.
        server: &'static str,
        /// The wanted address; port 0 leaves the choice to the system.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of a site or of a protected site does not say what it must.
    #[error("lab file `{file}`: {reason}")]
    File {
        /// The file below `crates/lab`.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate for `{host}`: {reason}")]
    Certificate {
        /// The name it should be for.
        host: String,
        /// What the maker said.
        reason: String,
    },
    /// The folder for mails cannot be made.
    #[error("cannot make the mail folder `{path}`: {source}")]
    MailFolder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
