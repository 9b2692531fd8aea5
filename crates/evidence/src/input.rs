//! What a packet is made from.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jianwei_model::{Assessment, BlobRef, Case, Digest, Event, Lead, Reference, Timestamp, Visit};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Everything that goes into the packet of one case.
#[derive(Debug, Clone)]
pub struct PacketInput {
    /// The case.
    pub case: Case,
    /// The assessment that opened it; its canonical JSON must have the digest the case names.
    pub assessment: Assessment,
    /// The visits that are its evidence, in order; the one that opened the case is among them.
    pub visits: Vec<Visit>,
    /// The bytes that visits and reference name by digest.
    pub blobs: BTreeMap<Digest, Vec<u8>>,
    /// How the site was found, where known.
    pub lead: Option<Lead>,
    /// The official page it imitates, where it imitates one.
    pub reference: Option<ReferenceExhibit>,
    /// The case's events so far, in the order of the log.
    pub events: Vec<Event>,
    /// The machine and the network the visits were made from.
    pub environment: Environment,
    /// The unit that seals, as it calls itself.
    pub unit: String,
    /// Name and version of the sealing program.
    pub software: String,
    /// When it is sealed.
    pub sealed: Timestamp,
}

/// The official page that a site imitates, kept beside the capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceExhibit {
    /// The stored version; the bytes of its page and picture are among the packet's blobs.
    pub reference: Reference,
    /// Where the stored version comes from, such as a seed file or a visit of our own.
    pub source: Option<String>,
}

/// The machine and the network that visits were made from. `None` is said as unknown in the packet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// The machine's name or inventory number.
    pub host: Option<String>,
    /// Operating system and version.
    pub os: Option<String>,
    /// Digest of the running program's file.
    pub software_digest: Option<Digest>,
    /// Digest of the configuration in force.
    pub config_digest: Option<Digest>,
    /// Version of the rules that made the assessment.
    pub model: Option<String>,
    /// How the machine's clock is kept.
    pub clock: Option<Clock>,
    /// Name servers configured.
    pub resolvers: Vec<String>,
    /// The proxy in use, `none` where connections are known to be direct.
    pub proxy: Option<String>,
    /// Digest of the machine's hosts file.
    pub hosts_file: Option<Digest>,
    /// Whether the hosts file names the suspected host.
    pub hosts_file_names_target: Option<bool>,
    /// The address under which the machine is seen outside.
    pub egress: Option<IpAddr>,
}

/// How a machine's clock is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Name of the time source.
    pub source: String,
    /// Milliseconds by which the clock was ahead when last compared.
    pub offset_ms: i64,
    /// When it was last compared.
    pub synced: Timestamp,
}

impl PacketInput {
    /// The bytes a reference names, checked against its digest.
    pub(crate) fn blob(&self, reference: &BlobRef, what: &str) -> Result<&[u8], Error> {
        self.bytes(&reference.digest, what)
    }

    /// The bytes of a digest, checked.
    pub(crate) fn bytes(&self, digest: &Digest, what: &str) -> Result<&[u8], Error> {
        let bytes = self.blobs.get(digest).ok_or_else(|| Error::BlobMissing {
            what: what.to_owned(),
            digest: *digest,
        })?;
        if Digest::of(bytes) != *digest {
            return Err(Error::BlobAltered {
                what: what.to_owned(),
                digest: *digest,
            });
        }
        Ok(bytes)
    }
}
