//! Under which key each of the model's records is kept.

use jianwei_model::{
    BackgroundPage, Case, Delivery, Digest, Lead, Letter, PacketRecord, Reference, User, Visit,
};

use crate::Record;

impl Record for Lead {
    const TABLE: &'static str = "leads";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.id.as_str().to_owned()
    }
}

impl Record for Visit {
    const TABLE: &'static str = "visits";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.id.as_str().to_owned()
    }
}

impl Record for Case {
    const TABLE: &'static str = "cases";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.id.as_str().to_owned()
    }
}

/// One packet a case: the key is the case's.
impl Record for PacketRecord {
    const TABLE: &'static str = "packets";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.case.as_str().to_owned()
    }
}

impl Record for Letter {
    const TABLE: &'static str = "letters";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.id.as_str().to_owned()
    }
}

/// One delivery a letter: the key is the letter's, so that a second sending meets the first.
impl Record for Delivery {
    const TABLE: &'static str = "deliveries";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.letter.as_str().to_owned()
    }
}

impl Record for User {
    const TABLE: &'static str = "users";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.name.clone()
    }
}

/// Protected site, URL and content: a page that has changed is another version beside the old one.
impl Record for Reference {
    const TABLE: &'static str = "references";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        let url = Digest::of(self.url.as_bytes()).hex();
        format!("{}/{}/{}", self.protected, &url[..16], self.html.hex())
    }
}

/// The hex digits of the URL's digest: a page captured again replaces the former one.
impl Record for BackgroundPage {
    const TABLE: &'static str = "background";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        // Every version of a page counts: as sent, as rendered, as it was before.
        format!(
            "{}/{}",
            Digest::of(self.url.as_bytes()).hex(),
            self.html.hex()
        )
    }
}
