//! The guarded door outward: every connection Jianwei makes to a stranger goes through here.
//!
//! A [`Door`] resolves a name once, checks every address, port and scheme against what is forbidden, connects to the
//! very address it checked, and reads no more than its caps allow, before and after decompression. What a fetch saw is
//! kept exactly: heads as sent and received, the body with its content coding, the certificate chain, the DNS answer.
//! A failed fetch is a [`Failure`] with a short reason, never a guess about the page.
//!
//! Invariants:
//! - no second resolution lies between check and connection, and redirects are never followed here;
//! - no body is read without a cap, and no content coding is undone without one;
//! - a certificate that does not verify is a fact of the visit, not a reason to look away; only
//!   [`Door::get_json`], which trusts what it reads, refuses it.

mod address;
mod api;
mod body;
mod browser;
mod charset;
mod clock;
mod coding;
mod dial;
mod door;
mod exchange;
mod failure;
mod fetch;
mod resolve;
mod settings;
mod tee;
mod tls;
mod vantage;

pub use address::{AddressRange, is_forbidden};
pub use browser::Browser;
pub use charset::{Decoded, decode};
pub use clock::now;
pub use door::Door;
pub use failure::{Error, Failure};
pub use fetch::{Fetched, Request};
pub use settings::{BrowserSettings, Settings, UserAgents};
