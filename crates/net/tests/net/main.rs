//! The door against real servers on loopback.

#![allow(
    clippy::unwrap_used,
    reason = "what a test's own server cannot do fails the test"
)]

mod api;
mod charset;
mod fetching;
mod guard;
mod names;
mod servers;
mod tls;
