//! The words of Jianwei as plain values.
//!
//! Every other crate speaks in these types. There is no IO, no clock and no async here: a value says what was seen,
//! decided or sent, and the shell around it says when and by whom.

mod assessment;
mod case;
mod digest;
mod event;
mod id;
mod lead;
mod letter;
mod packet;
mod protected;
mod time;
mod user;
mod visit;

pub use assessment::{
    Assessment, Class, Contact, ContactKind, Decision, Finding, ReferenceMatch, Scores,
};
pub use case::{Case, CaseState, Disposition};
pub use digest::{Blob, BlobRef, Digest, canonical_json};
pub use event::{Action, Actor, Event, EventDraft, GENESIS};
pub use id::{CaseId, LeadId, LetterId, ProtectedId, VisitId};
pub use lead::{FrontierEntry, Lead, LeadOrigin, Priority, canonical_url, host_of};
pub use letter::{Attachment, Channel, Delivery, DeliveryOutcome, Letter, Recipient, Route};
pub use packet::PacketRecord;
pub use protected::{
    BackgroundPage, Mark, MarkKind, OfficialHost, ProtectedSite, Reference, Verified,
};
pub use time::{Date, ParseTimeError, Timestamp};
pub use user::{Role, User};
pub use visit::{
    Document, Hop, HopCause, Outcome, Rendering, Resolution, TlsFacts, Vantage, Visit,
};
