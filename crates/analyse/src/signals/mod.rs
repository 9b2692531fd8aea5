//! The signals: one reason for or against each, one file each.

mod certificate_result;
mod claim;
mod clone;
mod footer_contradiction;
mod foreign_home;
mod foreign_mark;
mod link_directory;
mod lookalike_host;
mod lookup_form;
mod lookup_paths;
mod negative_context;
mod obfuscation;
mod official_host;
mod official_resources;
mod ordinary_trade;
mod reported_speech;
mod second_domain;
mod seller_contact;
mod seller_intent;
mod seller_price;
mod several_ministries;
mod training_school;

#[cfg(test)]
mod check;

use crate::reading::{Reading, Sighting};

/// A signal: its name, which is its file's name, and the function that looks.
pub(crate) struct Signal {
    pub(crate) name: &'static str,
    pub(crate) look: fn(&Reading) -> Option<Sighting>,
}

macro_rules! signals {
    ($($name:ident),* $(,)?) => {
        /// Every signal, in the order in which findings of equal weight are shown.
        pub(crate) const ALL: &[Signal] = &[$(Signal { name: stringify!($name), look: $name::look }),*];
    };
}

signals![
    clone,
    foreign_mark,
    lookalike_host,
    claim,
    lookup_form,
    certificate_result,
    several_ministries,
    lookup_paths,
    foreign_home,
    official_resources,
    footer_contradiction,
    seller_intent,
    seller_contact,
    seller_price,
    obfuscation,
    official_host,
    second_domain,
    negative_context,
    reported_speech,
    training_school,
    ordinary_trade,
    link_directory,
];
