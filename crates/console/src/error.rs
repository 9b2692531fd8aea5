//! What can go wrong while the console runs.

/// What can go wrong while the console runs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The listener or a connection failed.
    #[error("console: {0}")]
    Io(#[from] std::io::Error),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] jianwei_store::Error),
    /// A sealed packet could not be opened.
    #[error(transparent)]
    Packet(#[from] jianwei_evidence::Error),
    /// A password could not be hashed, or a stored hash could not be read.
    #[error("password hash: {reason}")]
    Password {
        /// What the hashing library said.
        reason: String,
    },
}
