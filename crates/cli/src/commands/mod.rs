//! One file per command, named as typed.

pub(crate) mod case;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod inspect;
pub(crate) mod letter;
pub(crate) mod packet;
pub(crate) mod queue;
pub(crate) mod run;
pub(crate) mod screen;
pub(crate) mod user;
