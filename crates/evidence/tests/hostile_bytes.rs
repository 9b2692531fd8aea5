//! No single byte of a packet can change unseen, and no bytes whatever make the verifier panic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sample;

use jianwei_evidence::{SealKey, VerifyOptions, seal, summary, verify};
use proptest::prelude::*;
use sample::forge::{Cover, Packet};
use std::sync::LazyLock;

static SEALED: LazyLock<Vec<u8>> =
    LazyLock::new(|| seal(&sample::input(), &sample::key()).unwrap().file);
static STRANGER: LazyLock<SealKey> = LazyLock::new(|| SealKey::generate(&[9; 48]).unwrap());

/// How many random flips each of two threads tries.
const FLIPS: u64 = 1_000;

fn flip(seed: u64) {
    let length = SEALED.len() as u64;
    // A fixed sequence (Knuth's multiplier), so that a failure can be repeated.
    let mut random = seed;
    for _ in 0..FLIPS {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let at = usize::try_from((random >> 16) % length).unwrap();
        let mask = u8::try_from(random >> 56).unwrap().max(1);
        let mut flipped = SEALED.clone();
        flipped[at] ^= mask;
        let verification = verify(&flipped, &VerifyOptions::default());
        assert!(
            !verification.holds(),
            "byte {at} with mask {mask:#x} goes unseen"
        );
    }
}

#[test]
fn every_flipped_byte_is_found() {
    flip(0x2545_f491_4f6c_dd1d);
}

#[test]
fn every_other_flipped_byte_is_found() {
    flip(0x9e37_79b9_7f4a_7c15);
}

fn splice(bytes: &[u8], at: prop::sample::Index, removed: usize, inserted: &[u8]) -> Vec<u8> {
    let start = at.index(bytes.len() + 1);
    let end = bytes.len().min(start + removed);
    [&bytes[..start], inserted, &bytes[end..]].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn spliced_packets_are_refused(at: prop::sample::Index, removed in 0_usize..40, inserted: Vec<u8>) {
        let bytes = splice(&SEALED, at, removed, &inserted);
        let holds = verify(&bytes, &VerifyOptions::default()).holds();
        prop_assert_eq!(holds, bytes == *SEALED);
        drop(summary(&bytes));
    }

    #[test]
    fn well_packed_nonsense_is_refused(
        which: prop::sample::Index,
        at: prop::sample::Index,
        removed in 0_usize..40,
        inserted in prop_oneof![any::<Vec<u8>>(), "[\\[\\]{}\",:0-9a-z\\n]{0,8}".prop_map(String::into_bytes)],
    ) {
        let mut packet = Packet::open(&SEALED);
        let index = which.index(packet.wacz.len());
        let (name, data) = packet.wacz[index].clone();
        let altered = splice(&data, at, removed, &inserted);
        let same = altered == data;
        // What describes the others is written anew when covering up, so only that it does not panic is of interest.
        let rewritten = name.starts_with("datapackage") || name.ends_with("file-list.json");
        if rewritten && !same {
            packet.wacz[index].1 = altered;
            drop(verify(&packet.close(Cover::Zip, &STRANGER, |_| {}), &VerifyOptions::default()));
        } else {
            packet.wacz[index].1 = altered;
            let trusted = vec![sample::key().id()];
            let bytes = packet.close(Cover::Signatures, &STRANGER, |_| {});
            let options = VerifyOptions { trusted };
            prop_assert!(!verify(&bytes, &options).holds());
            drop(summary(&bytes));
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes: Vec<u8>) {
        prop_assert!(!verify(&bytes, &VerifyOptions::default()).holds());
        prop_assert!(summary(&bytes).is_err());
    }
}
