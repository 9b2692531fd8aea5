//! Sealing: from a case's material to one file.

use jianwei_model::Digest;

use crate::input::PacketInput;
use crate::key::SealKey;
use crate::protocol::CaseFile;
use crate::{Error, bag, wacz};

/// A sealed packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPacket {
    /// The packet: a zip of the bag.
    pub file: Vec<u8>,
    /// What to call it: the case's identifier and `.zip`.
    pub file_name: String,
    /// Digest of the WACZ inside, which reviewers approve and letters quote.
    pub wacz: Digest,
}

/// Seals a case. The same input and key give the same bytes.
///
/// # Errors
/// When bytes that visits or reference name are missing or are others than their digest says, the assessment is not the one that
/// opened the case, the visit that opened it is not among the visits, the case's identifier cannot name a file, or the packet would
/// be larger than 4 GiB.
pub fn seal(input: &PacketInput, key: &SealKey) -> Result<SealedPacket, Error> {
    let case = &input.case;
    let id = case.id.as_str();
    if !is_file_stem(id) {
        return Err(Error::CaseName {
            case: id.escape_debug().to_string(),
        });
    }
    if !input.visits.iter().any(|visit| visit.id == case.visit) {
        return Err(Error::VisitMissing {
            case: id.to_owned(),
            visit: case.visit.to_string(),
        });
    }
    let (wacz, list) = wacz::build(input, key)?;
    let file = bag::build(&CaseFile::of(input), &wacz, &list, key)?;
    Ok(SealedPacket {
        file,
        file_name: format!("{id}.zip"),
        wacz: Digest::of(&wacz),
    })
}

/// Whether a case's identifier can name files on every system.
pub(crate) fn is_file_stem(id: &str) -> bool {
    const LONGEST: usize = 64;
    !id.is_empty()
        && id.len() <= LONGEST
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
