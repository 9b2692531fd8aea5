//! How a command ends: one place turns errors into words and exit codes.

use std::fmt;
use std::process::ExitCode;

/// Whether a command found what it looks for, which decides between exit codes 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Done; exit code 0.
    Nothing,
    /// `inspect`, `screen`, `packet verify`, `demo --exit` found what must not be overlooked; exit code 1.
    Something,
}

/// Why a command failed, with the exit code that tells scripts what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Usage = 2,
    Component = 3,
    Input = 4,
}

impl Failure {
    /// Wrong usage or configuration; exit code 2.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// A needed component or the network is not available; exit code 3.
    pub(crate) fn component(what: &str, reason: impl fmt::Display) -> Self {
        Self::new(Kind::Component, format!("{what}: {reason}"))
    }

    /// An input that cannot be read; exit code 4.
    pub(crate) fn input(what: impl fmt::Display, reason: impl fmt::Display) -> Self {
        Self::new(Kind::Input, format!("`{what}`: {reason}"))
    }

    /// Adds what the person can do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The failure as it crosses from the process that holds the store: its exit code and words.
    pub(crate) fn to_parts(&self) -> (u8, String) {
        (self.kind as u8, self.message.clone())
    }

    /// The failure read back from its exit code and words.
    pub(crate) fn from_parts(code: u8, message: String) -> Self {
        let kind = match code {
            2 => Kind::Usage,
            4 => Kind::Input,
            _ => Kind::Component,
        };
        Self {
            kind,
            message,
            hint: None,
        }
    }

    fn new(kind: Kind, message: impl fmt::Display) -> Self {
        Self {
            kind,
            message: message.to_string(),
            hint: None,
        }
    }
}

impl From<jianwei_store::Error> for Failure {
    fn from(error: jianwei_store::Error) -> Self {
        let locked = matches!(error, jianwei_store::Error::Locked { .. });
        let failure = Self::component("store", error);
        if locked {
            failure.hint(
                "another process holds it; stop that one, or give this one a store of its own",
            )
        } else {
            failure
        }
    }
}

/// Prints a failure and gives the exit code.
pub(crate) fn report(result: Result<Found, Failure>) -> ExitCode {
    match result {
        Ok(Found::Nothing) => ExitCode::SUCCESS,
        Ok(Found::Something) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {}", failure.message);
            if let Some(hint) = failure.hint {
                eprintln!("\nhint: {hint}");
            }
            ExitCode::from(failure.kind as u8)
        }
    }
}
