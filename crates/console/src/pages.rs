//! The pages: one file each, a view model and the handlers that fill it.

pub(crate) mod acts;
pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod evidence;
mod excerpt;
mod facts;
mod frame;
mod letters;
pub(crate) mod log;
mod panel;
mod panes;
mod reasons;
pub(crate) mod sign_in;
pub(crate) mod sites;
mod timeline;
pub(crate) mod users;
mod verdict;
