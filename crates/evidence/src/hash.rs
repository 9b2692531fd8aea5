//! The three digests that an exhibit list carries.

use jianwei_model::Digest;
use md5::Md5;
use sha2::Digest as _;
use sm3::Sm3;

/// Digests of one file. SHA-256 is the authoritative one; MD5 is there because printed forms still ask for it, SM3 (GB/T 32905) because
/// it is the national algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hashes {
    pub(crate) md5: String,
    pub(crate) sha256: String,
    pub(crate) sm3: String,
}

impl Hashes {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            md5: hex::encode(Md5::digest(bytes)),
            sha256: Digest::of(bytes).hex(),
            sm3: sm3_hex(bytes),
        }
    }
}

pub(crate) fn sm3_hex(bytes: &[u8]) -> String {
    hex::encode(Sm3::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_digests_of_abc() {
        let hashes = Hashes::of(b"abc");
        assert_eq!(hashes.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            hashes.sm3,
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }
}
