//! No single byte of a packet can change unseen, and no bytes whatever make the verifier panic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sample;

use jianwei_evidence::{SealKey, VerifyOptions, seal, summary, verify};
use proptest::prelude::*;
use sample::forge::{Cover, Packet, rezip};
use std::sync::LazyLock;

static SEALED: LazyLock<Vec<u8>> =
    LazyLock::new(|| seal(&sample::input(), &sample::key()).unwrap().file);
static STRANGER: LazyLock<SealKey> = LazyLock::new(|| SealKey::generate(&[9; 48]).unwrap());

fn flip(bytes: &[u8], flips: u64) {
    let length = bytes.len() as u64;
    // A fixed sequence (Knuth's multiplier), so that a failure can be repeated.
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..flips {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let at = usize::try_from((random >> 16) % length).unwrap();
        let mask = u8::try_from(random >> 56).unwrap().max(1);
        let mut flipped = bytes.to_vec();
        flipped[at] ^= mask;
        let verification = verify(&flipped, &VerifyOptions::default());
        assert!(
            !verification.holds(),
            "byte {at} with mask {mask:#x} goes unseen"
        );
    }
}

#[test]
fn every_flipped_byte_of_a_bag_is_found() {
    flip(&SEALED, 1_000);
}

#[test]
fn every_flipped_byte_of_a_bare_wacz_is_found() {
    flip(&rezip(&Packet::open(&SEALED).wacz), 2_000);
}

fn splice(bytes: &[u8], at: prop::sample::Index, removed: usize, inserted: &[u8]) -> Vec<u8> {
    let start = at.index(bytes.len() + 1);
    let end = bytes.len().min(start + removed);
    [&bytes[..start], inserted, &bytes[end..]].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

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
