//! Page to findings to assessment, every reason with its excerpt.
//!
//! [`Analyser::assess`] takes a page apart once ([`Page`] to features), asks each signal of `signals/` for its reason,
//! weighs the reasons with the published [`Weights`] and decides by the rule of `decision`. Words are an analyst's
//! ([`Lexicon`], `config/lexicon/`); references and background are added as they become known.
//!
//! Invariants: no IO, no clock, no randomness; every excerpt of a page is an exact slice of it at the finding's offset;
//! contributions sum to a score's log-odds; no input makes the work more than linear; no single weak signal flags a page;
//! a host that only its owner can have is never called a fake, at most compromised.

mod analyser;
mod contacts;
mod decision;
mod error;
mod lexicon;
mod marks;
mod number;
mod offers;
mod page;
mod reading;
mod references;
mod region;
mod signals;
mod text;
mod tone;
mod weights;

pub use analyser::{Analyser, Page};
pub use error::Error;
pub use lexicon::Lexicon;
pub use weights::Weights;
