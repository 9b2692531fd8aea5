//! Letters and their deliveries.

use serde::{Deserialize, Serialize};

use crate::{BlobRef, CaseId, Digest, LetterId, Timestamp};

/// To what kind of body a letter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// 网信部门: a 商请函, by the regulator's queue.
    CyberspaceAdministration,
    /// 域名注册商: a complaint, by mail.
    Registrar,
    /// 接入服务商: a complaint, by mail.
    HostingProvider,
}

/// How a letter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Mail,
    /// Into the regulator's queue, together with the packet.
    Queue,
}

/// Who a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// What kind of body.
    pub route: Route,
    /// Its name as the letter addresses it.
    pub name: String,
    /// How it is reached.
    pub channel: Channel,
    /// E-mail address, or the queue's name.
    pub address: String,
}

/// A drafted request to one recipient. What leaves is exactly what [`Letter::digest`] covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Derived from case, route and address.
    pub id: LetterId,
    /// The case it is about.
    pub case: CaseId,
    /// The folder of `config/letters` it was made from.
    pub template: String,
    /// Who it goes to.
    pub recipient: Recipient,
    /// Subject line.
    pub subject: String,
    /// Body as plain text, lines ended by `\n`.
    pub body: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// When it was drafted.
    pub drafted: Timestamp,
}

/// A file that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// File name, ASCII.
    pub name: String,
    /// The bytes, in the store.
    pub file: BlobRef,
}

/// One sending of one letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The letter.
    pub letter: LetterId,
    /// The digest that was approved and sent.
    pub digest: Digest,
    /// When the sending began, written down before the first byte left.
    pub started: Timestamp,
    /// What came of it.
    pub outcome: DeliveryOutcome,
}

/// What came of a sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// Begun; if the process dies now, nobody knows whether it left, and a person decides.
    Started,
    /// The other side took it over.
    Delivered {
        /// When.
        at: Timestamp,
        /// The other side's own words or the file's place.
        proof: String,
    },
    /// It certainly did not leave; it will be tried again.
    Failed {
        /// Why.
        error: String,
    },
    /// It was refused for good.
    Refused {
        /// Why.
        error: String,
    },
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 3] = [
        Self::CyberspaceAdministration,
        Self::Registrar,
        Self::HostingProvider,
    ];

    /// The name in configuration and identifiers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CyberspaceAdministration => "cyberspace_administration",
            Self::Registrar => "registrar",
            Self::HostingProvider => "hosting_provider",
        }
    }

    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::CyberspaceAdministration => "网信部门",
            Self::Registrar => "域名注册商",
            Self::HostingProvider => "接入服务商",
        }
    }
}

impl Letter {
    /// Digest over everything that leaves: recipient, subject, body and attachments' digests.
    ///
    /// An approval names this digest; a letter with any other byte is another letter.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of_json(&(
            &self.id,
            &self.recipient,
            &self.subject,
            &self.body,
            &self.attachments,
        ))
    }
}
