//! Sources: search results and domain lists become leads.
//!
//! [`search`] asks a SearXNG instance one query and turns its results into leads, [`open_list`] streams the leads of a
//! list of hosts or URLs, and [`QuerySeeds`] holds what search engines are asked.
//!
//! Invariants: what a source sends is never trusted (wrong types and garbage lines are named, never fatal to the rest);
//! memory does not grow with the length of a list; the only way out is the [`jianwei_net::Door`] that is handed in.

mod error;
mod settings;

mod seeds;

mod search;

mod entry;
mod lines;
mod record;

mod list;

pub use error::Error;
pub use list::{ListLeads, open_list};
pub use search::search;
pub use seeds::QuerySeeds;
pub use settings::{ListSource, SearchSource, Settings};
