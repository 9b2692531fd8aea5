//! The door against real servers on loopback.

mod api;
mod charset;
mod fetching;
mod guard;
mod names;
mod servers;
mod tls;
