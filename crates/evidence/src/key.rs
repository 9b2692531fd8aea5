//! The key a packet is sealed with (ECDSA on P-384), and the public keys packets are checked with.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jianwei_model::Digest;
use p384::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p384::ecdsa::signature::{Signer as _, Verifier as _};
use p384::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use p384::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
    LineEnding,
};
use sha2::{Digest as _, Sha256, Sha384};

use crate::Error;

/// Fewest random bytes a key is made from.
const MINIMUM_SEED_BYTES: usize = 32;

/// The private key a unit seals packets with.
#[derive(Clone)]
pub struct SealKey {
    signing: SigningKey,
}

/// A public key as found in a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    verifying: VerifyingKey,
}

/// Digest of a public key's SPKI DER, by which a key is known.
///
/// # Errors
/// [`Error::Key`] when `pem` is not the public key (`BEGIN PUBLIC KEY`) of a P-384 key pair.
pub fn key_id(pem: &str) -> Result<Digest, Error> {
    Ok(PublicKey::from_pem(pem)?.id())
}

impl SealKey {
    /// The key that follows from `seed`, at least 32 bytes from the system's random source.
    ///
    /// # Errors
    /// [`Error::Key`] when the seed is too short.
    pub fn generate(seed: &[u8]) -> Result<Self, Error> {
        if seed.len() < MINIMUM_SEED_BYTES {
            return Err(unusable(format!(
                "a seed of {} bytes is shorter than {MINIMUM_SEED_BYTES}",
                seed.len()
            )));
        }
        for counter in 0_u8..=u8::MAX {
            let candidate = Sha384::new()
                .chain_update(b"jianwei seal key")
                .chain_update([counter])
                .chain_update(seed)
                .finalize();
            // A digest is no scalar of the curve only once in about 2^190 tries.
            if let Ok(signing) = SigningKey::from_slice(&candidate) {
                return Ok(Self { signing });
            }
        }
        Err(unusable("the seed yields no scalar of the curve"))
    }

    /// The key in a PKCS#8 PEM file (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// [`Error::Key`] when it is not a P-384 key in that form.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        let signing = SigningKey::from_pkcs8_pem(pem)
            .map_err(|error| unusable(format!("not a P-384 key in PKCS#8 PEM form: {error}")))?;
        Ok(Self { signing })
    }

    /// The key as PKCS#8 PEM, which must be kept secret.
    ///
    /// # Errors
    /// [`Error::Key`] when it cannot be encoded.
    pub fn to_pem(&self) -> Result<String, Error> {
        let pem = self
            .signing
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| unusable(error.to_string()))?;
        Ok(pem.as_str().to_owned())
    }

    /// The public key as PEM, which goes into every packet.
    ///
    /// # Errors
    /// [`Error::Key`] when it cannot be encoded.
    pub fn public_pem(&self) -> Result<String, Error> {
        self.public().to_pem()
    }

    /// Digest of the public key's SPKI DER, as [`key_id`] gives it for the PEM.
    #[must_use]
    pub fn id(&self) -> Digest {
        self.public().id()
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey {
            verifying: *self.signing.verifying_key(),
        }
    }

    /// ECDSA with SHA-384 as DER, which `openssl dgst -sha384 -verify` checks.
    pub(crate) fn sign_file(&self, bytes: &[u8]) -> Vec<u8> {
        let signature: DerSignature = self.signing.sign(bytes);
        signature.as_bytes().to_vec()
    }

    /// ECDSA with SHA-256 as base64 of raw r and s, which wacz-auth wants.
    pub(crate) fn sign_hash_text(&self, text: &str) -> Result<String, Error> {
        let signature: Signature = self
            .signing
            .sign_prehash(&Sha256::digest(text.as_bytes()))
            .map_err(|error| unusable(error.to_string()))?;
        Ok(BASE64.encode(signature.to_bytes()))
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").field("id", &self.id()).finish()
    }
}

impl PublicKey {
    pub(crate) fn from_pem(pem: &str) -> Result<Self, Error> {
        let verifying = VerifyingKey::from_public_key_pem(pem)
            .map_err(|error| unusable(format!("not a P-384 public key in PEM form: {error}")))?;
        Ok(Self { verifying })
    }

    pub(crate) fn from_base64(text: &str) -> Result<Self, Error> {
        let der = BASE64
            .decode(text)
            .map_err(|error| unusable(error.to_string()))?;
        let verifying = VerifyingKey::from_public_key_der(&der)
            .map_err(|error| unusable(format!("not a P-384 public key: {error}")))?;
        Ok(Self { verifying })
    }

    pub(crate) fn to_pem(&self) -> Result<String, Error> {
        self.verifying
            .to_public_key_pem(LineEnding::LF)
            .map_err(|error| unusable(error.to_string()))
    }

    pub(crate) fn to_base64(&self) -> String {
        BASE64.encode(self.der())
    }

    pub(crate) fn id(&self) -> Digest {
        Digest::of(&self.der())
    }

    fn der(&self) -> Vec<u8> {
        // Encoding a point of the curve cannot fail; an empty key would match nothing.
        self.verifying
            .to_public_key_der()
            .map(|document| document.as_bytes().to_vec())
            .unwrap_or_default()
    }

    pub(crate) fn holds_for_file(&self, bytes: &[u8], signature: &[u8]) -> bool {
        Signature::from_der(signature)
            .is_ok_and(|signature| self.verifying.verify(bytes, &signature).is_ok())
    }

    pub(crate) fn holds_for_hash_text(&self, text: &str, signature: &str) -> bool {
        let Ok(raw) = BASE64.decode(signature) else {
            return false;
        };
        Signature::from_slice(&raw).is_ok_and(|signature| {
            self.verifying
                .verify_prehash(&Sha256::digest(text.as_bytes()), &signature)
                .is_ok()
        })
    }
}

fn unusable(reason: impl Into<String>) -> Error {
    Error::Key {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_keeps_its_identity() {
        let key = SealKey::generate(&[7; 48]).unwrap();
        let again = SealKey::from_pem(&key.to_pem().unwrap()).unwrap();
        assert_eq!(again.id(), key.id());
        assert_eq!(key_id(&key.public_pem().unwrap()).unwrap(), key.id());
        assert_ne!(SealKey::generate(&[8; 48]).unwrap().id(), key.id());
        assert!(!format!("{key:?}").contains("signing"));
    }

    #[test]
    fn poor_seeds_and_other_keys_are_refused() {
        assert!(SealKey::generate(&[7; 31]).is_err());
        assert!(
            SealKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
                .is_err()
        );
        assert!(key_id("hello").is_err());
    }

    #[test]
    fn signatures_hold_for_their_bytes_only() {
        let key = SealKey::generate(&[7; 48]).unwrap();
        let public = key.public();
        let signature = key.sign_file(b"bytes");
        assert_eq!(signature, key.sign_file(b"bytes"));
        assert!(public.holds_for_file(b"bytes", &signature));
        assert!(!public.holds_for_file(b"Bytes", &signature));
        let text = key.sign_hash_text("sha256:00").unwrap();
        assert!(public.holds_for_hash_text("sha256:00", &text));
        assert!(!public.holds_for_hash_text("sha256:01", &text));
    }
}
