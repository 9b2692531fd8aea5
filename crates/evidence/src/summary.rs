//! What a packet says of itself, without checking it.

use jianwei_model::{Class, Decision, Digest, Timestamp};
use serde::Serialize;

use crate::Error;
use crate::check::Ledger;
use crate::inspect::inspect;
use crate::verify::wacz_inside;
use crate::{container, wacz};

/// A packet's contents at a glance. Nothing in it is verified; see [`verify`](crate::verify).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PacketSummary {
    /// The case's identifier.
    pub case: String,
    /// The site's host.
    pub host: String,
    /// The page that opened the case.
    pub url: String,
    /// What the site is suspected to be.
    pub class: Class,
    /// How strong the reasons were.
    pub decision: Decision,
    /// The score of the class, between 0 and 1.
    pub score: f64,
    /// When the case was opened.
    pub opened: Timestamp,
    /// When the packet was sealed, by the unit's clock.
    pub sealed: Timestamp,
    /// The unit that sealed it.
    pub unit: String,
    /// The program that sealed it.
    pub software: String,
    /// Id of the key named as the signer's.
    pub signer: Option<Digest>,
    /// Digest of the WACZ, which reviewers approve and letters quote.
    pub wacz: Digest,
    /// The official page it is set beside.
    pub reference: Option<String>,
    /// The visits, in order.
    pub visits: Vec<PacketVisit>,
    /// The exhibits, in order.
    pub files: Vec<PacketFile>,
}

/// One visit of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PacketVisit {
    /// Where it ended.
    pub url: String,
    /// When it began.
    pub started: Timestamp,
    /// How it looked from outside.
    pub vantage: String,
    /// `live`, `gone` or `unknown`.
    pub outcome: String,
    /// Status code of the last answer.
    pub status: Option<u16>,
    /// Steps of the redirect chain.
    pub hops: usize,
}

/// One exhibit of a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PacketFile {
    /// Where it is inside the WACZ.
    pub path: String,
    /// What it is, in Chinese.
    pub category: String,
    /// Format and version.
    pub format: String,
    /// How many bytes.
    pub bytes: u64,
    /// SHA-256 as hex digits.
    pub sha256: String,
}

/// The WACZ of a packet, or the file itself when it is a WACZ; the bytes that replay tools open. Nothing is verified.
///
/// # Errors
/// [`Error::Unreadable`] when it is neither a bag with one WACZ nor a WACZ.
pub fn wacz_of(packet: &[u8]) -> Result<&[u8], Error> {
    let outer =
        container::read(packet).map_err(|reason| Error::unreadable("the packet", reason))?;
    let bare = outer
        .entries
        .iter()
        .any(|entry| entry.name == wacz::DATAPACKAGE);
    if bare {
        return Ok(packet);
    }
    wacz_inside(&outer).ok_or_else(|| {
        Error::unreadable("the packet", "it is neither a bag with one WACZ nor a WACZ")
    })
}

/// Reads a packet or bare WACZ without verifying it.
///
/// # Errors
/// [`Error::Unreadable`] when it is neither, or says too little of itself.
pub fn summary(bytes: &[u8]) -> Result<PacketSummary, Error> {
    let wacz = wacz_of(bytes)?;
    let inside = inspect(container::read(wacz), &mut Ledger::default());
    let missing = |path: &str| Error::unreadable(path, "it is missing or not in the expected form");
    let file = inside.case.ok_or_else(|| missing(wacz::CASE))?;
    let visits = inside.visits.ok_or_else(|| missing(wacz::VISITS))?;
    let list = inside.list.ok_or_else(|| missing(wacz::FILE_LIST))?;
    let case = file.case;
    Ok(PacketSummary {
        case: case.id.to_string(),
        host: case.host,
        url: case.url,
        class: case.class,
        decision: case.decision,
        score: case.score,
        opened: case.opened,
        sealed: file.sealed,
        unit: file.unit,
        software: file.software,
        signer: inside.signer.map(|key| key.id()),
        wacz: Digest::of(wacz),
        reference: file.reference.map(|reference| reference.url),
        visits: visits
            .iter()
            .map(|visit| PacketVisit {
                url: visit.final_url().to_owned(),
                started: visit.started,
                vantage: visit.vantage.as_str().to_owned(),
                outcome: visit.outcome.as_str().to_owned(),
                status: visit.hops.last().and_then(|hop| hop.status),
                hops: visit.hops.len(),
            })
            .collect(),
        files: list
            .into_iter()
            .map(|line| PacketFile {
                path: line.name,
                category: line.category,
                format: line.format,
                bytes: line.bytes,
                sha256: line.sha256,
            })
            .collect(),
    })
}
