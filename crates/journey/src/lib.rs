//! The steps of a site's journey, one file each, and the loop that runs them.
//!
//! Every step has the same shape: lease from a queue of the store, call a stage crate, put what came of it into the
//! store, append the event, hand on to the next queue, give back the lease. Identifiers are derived from what they name
//! and every write is idempotent by them, so a step may be killed at any instant and repeated.

mod error;
mod notice;
mod parts;
mod run;
mod settings;
mod steps;

pub use error::Error;
pub use notice::{Notice, Tally};
pub use parts::Parts;
pub use run::{RunMode, run};
pub use settings::Settings;
pub use steps::dispatch::send_approved;
pub use steps::references::refresh_references;
