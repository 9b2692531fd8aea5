//! Politeness, robots and visits: one look at a URL, kept whole.
//!
//! A [`Visitor`] follows a redirect chain hop by hop through the guarded door and says what came of it: live, gone or
//! unknown, never a guess. [`Politeness`] says when a host may be asked again; it is a plain state machine that is told
//! the time. Nothing here is ever an error: what failed is an outcome, and whether another try is worth its while is
//! part of it.

mod content;
mod markup;
mod onward;
mod politeness;
mod robots;
mod script;
mod settings;
mod visitor;

pub use politeness::{Politeness, Turn};
pub use settings::{RobotsPolicy, Settings};
pub use visitor::{Capture, Visitor};
