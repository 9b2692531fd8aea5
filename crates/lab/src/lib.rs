//! A small counterfeit internet on loopback for the demo and the tests.
//!
//! Everything in it is invented: the province of Linjiang (临江省), its organs, companies, people and numbers. Region
//! codes begin with `3699` and record numbers end in `9999`, which no authority has assigned; mobiles carry four zeros
//! after the prefix. [`Lab::start`] binds DNS, web, search engine, mail sink and canary to addresses in 127.0.0.0/8 on
//! ports the system chooses and nothing else; [`Truth`] says what each site is. [`Farm`] adds many plain hosts for kill
//! tests and benches.
//!
//! A site is a folder in `sites/` named like its host; its `site.toml` says what it is and how it is served.

mod canary;
mod dns;
mod error;
mod farm;
mod hostile;
mod lab;
mod search;
mod site;
mod smtp;
mod tls;
mod truth;
mod web;
mod world;

pub use error::Error;
pub use farm::{Farm, FarmSettings};
pub use lab::{Addresses, Lab, LabSettings};
pub use smtp::{SMTP_PASSWORD, SMTP_USER};
pub use truth::{SiteTruth, Truth};
