//! Records, queues, blobs and the event log over one engine.
//!
//! A [`Store`] is opened from a URL: `memory:` for tests, `sled:PATH` for one machine. The typed layer is written once
//! over four small engine traits (table, queue, blobs, log) that know no clock and no transaction across records, so
//! that a cluster can stand behind them.
//!
//! What holds:
//!
//! - a write whose future has resolved survives the death of the process; so does a `false` that rests on another's write;
//! - a stored value carries its version (`{"v":1,"r":{…}}`), and values over 4 KB lie in a blob by themselves;
//! - a job is waiting or leased, never both and never twice; a lease that was given to another answers `false`;
//! - the log is the truth: its indexes are caught up on opening, and a repeated key appends nothing;
//! - blobs are known by their SHA-256 digest and hashed again when read.
//!
//! [`now`] is the only clock, for the shell around the pure crates.

mod assessment_record;
mod blobs;
mod clock;
mod cursor;
mod engine;
mod envelope;
mod error;
mod keys;
mod known;
mod log;
mod log_index;
mod queue;
mod records;
mod session;
mod store;

pub use assessment_record::AssessmentRecord;
pub use blobs::Blobs;
pub use clock::now;
pub use error::Error;
pub use known::Known;
pub use log::Log;
pub use queue::{Leased, Queue, QueueCounts, QueueName};
pub use records::{Record, Records};
pub use session::Session;
pub use store::Store;
