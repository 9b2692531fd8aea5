//! Seals evidence packets and verifies them.
//!
//! [`seal`] turns a case with its visits, bytes and events into one file: a zip of a `BagIt` 1.0 bag that holds a WACZ 1.1.1,
//! a detached signature, the public key and the exhibit list. [`verify`] takes such a file, or a bare WACZ, from anyone and says
//! what holds and what does not, in Chinese and English; it is strict where the common tools for these formats are lax.
//!
//! Invariants: pure over bytes (no IO, clock or randomness); the same input and key give the same bytes; no input of [`verify`] or
//! [`summary`] panics; every zip entry is stored, not compressed, so that a packet can be rebuilt from its parts byte by byte and
//! whatever is not one of its parts is found.

mod agreement;
mod bag;
mod capture;
mod capture_log;
mod case_file;
mod cdxj;
mod check;
mod chronology;
mod container;
mod custody;
mod datapackage;
mod dns;
mod error;
mod exhibit;
mod hash;
mod head;
mod input;
mod inspect;
mod key;
mod pages;
mod protocol;
mod record;
mod seal;
mod summary;
mod surt;
mod verify;
mod wacz;
mod warc;

pub use check::{Check, CheckState, Verification};
pub use error::Error;
pub use input::{Clock, Environment, PacketInput, ReferenceExhibit};
pub use key::{SealKey, key_id};
pub use seal::{SealedPacket, seal};
pub use summary::{PacketFile, PacketSummary, PacketVisit, summary, wacz_of};
pub use verify::{VerifyOptions, verify};
