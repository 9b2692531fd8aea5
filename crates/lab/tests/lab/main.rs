//! The lab as its users meet it: over its sockets and through its face.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be unwrapped here is a failed test"
)]

mod client;
mod dns;
mod farm;
mod search;
mod smtp;
mod truth;
mod web;
