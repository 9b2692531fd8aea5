//! The life of a case: states, review rules, routing, what is still to be done.
//!
//! A case is nothing but its events. [`CaseView::of`] derives where it stands, [`decide`] says whether a person may do
//! something to it and which action results, [`may_leave`] says whether a letter may leave now. Everything here is
//! plain values in and out: no IO, no clock, no randomness.
//!
//! Invariants:
//! - An approval counts only when another person confirmed the case before it, the packet was sealed, and it names the
//!   letter's current digest. An approval event that breaks this is shown in the timeline and counts for nothing.
//! - Nothing leaves after a dismissal, and no digest leaves twice.
//! - Reopening starts a new round: earlier confirmations and approvals no longer count, what has left stays left.

mod decide;
mod letter;
mod open_steps;
mod refusal;
mod routes;
mod rules;
mod timeline;
mod view;

pub use decide::{Act, decide, draft};
pub use letter::{LetterView, Receipt, Sending, SendingState};
pub use open_steps::{OpenStep, open_steps};
pub use refusal::Refusal;
pub use routes::routes;
pub use rules::may_leave;
pub use timeline::{Entry, describe};
pub use view::{CaseView, DispositionView, Judgement, Opening, PacketView};
