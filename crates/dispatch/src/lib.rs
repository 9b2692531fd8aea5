//! Letters and their delivery.
//!
//! [`Templates`] drafts a [`Letter`](jianwei_model::Letter) from recorded facts: the same facts, recipient and day give the
//! same bytes and so the same digest. [`Recipients`] says who a letter goes to, or why nobody. [`Mailer`] sends an approved
//! letter by SMTP or into a folder and says what came of it.
//!
//! Invariants:
//! - A letter is a request in the sending unit's own name (函, 投诉), never an order.
//! - Only statutes whose words were read in full are cited, as they stood on the day of the conduct.
//! - What is not known is written as 未查询到 or 未知. Prose carries no live link; exact URLs travel in an attachment.
//! - What leaves has exactly the digest that was approved, and a mail whose fate is unknown is never reported as failed.

mod defang;
mod draft;
mod error;
mod facts;
mod folder;
mod mailer;
mod message;
mod recipient;
mod settings;
mod smtp;
mod statute;
mod templates;

pub use defang::defang;
pub use error::Error;
pub use facts::{Exhibit, Imitated, LetterFacts, Lookup};
pub use mailer::{Mailer, Parcel};
pub use recipient::{Addressing, Recipients, Unaddressed};
pub use settings::{Password, Security, Sender, Settings, Smtp, Transport};
pub use statute::{Provision, Statutes};
pub use templates::Templates;
