//! Packets: the sealed evidence of a case, as the store knows it.

use serde::{Deserialize, Serialize};

use crate::{BlobRef, CaseId, Digest, Timestamp};

/// A sealed packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacketRecord {
    /// The case it proves.
    pub case: CaseId,
    /// The packet file: a zip of the BagIt bag.
    pub file: BlobRef,
    /// Digest of the WACZ inside the bag, which is what reviewers approve and letters quote.
    pub wacz: Digest,
    /// When it was sealed.
    pub sealed: Timestamp,
}
