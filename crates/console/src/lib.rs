//! The analysts' web console and its JSON API.
//!
//! People sign in, look at flagged sites, read why they were flagged, confirm or dismiss them with a reason, and, as a
//! second person, approve the letters that leave. Pages are rendered on the server in Chinese; the browser gets one
//! style sheet and one short script, both from here, under a policy that forbids everything else.
//!
//! What holds:
//! - Nobody sees anything before signing in, and no request from another site changes anything.
//! - Every act goes through `jianwei_casework::decide` and becomes an event; so does every look at evidence.
//! - Bytes of a suspect are shown as escaped text or as a picture, or are handed over as a file; they never run here.

mod act;
mod api;
mod asset;
mod dossier;
mod error;
mod filter;
mod names;
mod page_text;
mod pages;
mod password;
mod reply;
mod roll;
mod routes;
mod server;
mod session;
mod settings;
mod shown;
mod state;
mod throttle;
mod words;

pub use error::Error;
pub use password::{check_password, hash_password};
pub use routes::router;
pub use server::serve;
pub use settings::Settings;
pub use state::ConsoleState;
