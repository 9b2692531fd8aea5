//! Visits to real servers on loopback.

#![allow(
    clippy::unwrap_used,
    reason = "what a test's own server cannot do fails the test"
)]

mod robots;
mod site;
mod visits;
