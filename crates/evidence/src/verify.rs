//! Verification of a packet from anyone, bag or bare WACZ, from its bytes alone.

use std::collections::BTreeMap;

use jianwei_model::Digest;

use crate::bag::{self, Names};
use crate::check::{Layer, Ledger, Verification};
use crate::container::{self, Entry, Reading};
use crate::exhibit::list_csv;
use crate::hash::sm3_hex;
use crate::inspect::{self, Inside};
use crate::key::PublicKey;
use crate::seal::is_file_stem;
use crate::wacz;

/// What a verification may rely on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Key ids (see [`key_id`](crate::key_id)) the reader trusts. With none, whose key signed stays unknown; with some, any other key fails.
    pub trusted: Vec<Digest>,
}

/// Checks a packet (a zip of a bag) or a bare WACZ. Any bytes may be given; nothing is unpacked to disk, and nothing panics.
#[must_use]
pub fn verify(bytes: &[u8], options: &VerifyOptions) -> Verification {
    let mut ledger = Ledger::default();
    ledger.unknown(
        "time_stamp",
        "the packet holds no time stamp of a third party; the time of sealing is the unit's own",
    );
    let reading = match container::read(bytes) {
        Ok(reading) => reading,
        Err(reason) => {
            ledger.faults("bag_zip", &[reason]);
            return ledger.finish(Layer::Bag);
        }
    };
    let bare = reading
        .entries
        .iter()
        .any(|entry| entry.name == wacz::DATAPACKAGE);
    if bare {
        let inside = inspect::inspect(Ok(reading), &mut ledger);
        signer(inside.signer.as_ref(), None, options, &mut ledger);
        ledger.finish(Layer::Wacz)
    } else {
        verify_bag(&reading, options, &mut ledger);
        ledger.finish(Layer::Bag)
    }
}

/// The WACZ inside a bag, or the file itself when it is a WACZ.
pub(crate) fn wacz_inside<'a>(reading: &Reading<'a>) -> Option<&'a [u8]> {
    let mut found = reading
        .entries
        .iter()
        .filter(|entry| entry.name.ends_with(".wacz") && entry.name.contains("/data/"));
    found
        .next()
        .map(|entry| entry.data)
        .filter(|_| found.next().is_none())
}

fn verify_bag(reading: &Reading<'_>, options: &VerifyOptions, ledger: &mut Ledger) {
    ledger.faults("bag_zip", &reading.faults);
    let folder = reading
        .entries
        .first()
        .and_then(|entry| entry.name.split('/').next())
        .unwrap_or_default();
    let names = Names::of(folder);
    let files: BTreeMap<&str, &[u8]> = reading
        .entries
        .iter()
        .filter_map(|entry| Some((inner_name(entry, folder)?, entry.data)))
        .collect();
    ledger.faults("bag_files", &file_faults(&reading.entries, folder, &names));
    ledger.faults("bag_manifests", &manifest_faults(&files));

    let key = files
        .get(names.key.as_str())
        .ok_or_else(|| format!("`{}` is missing", names.key))
        .and_then(|pem| bag_key(pem).map_err(|reason| format!("`{}`: {reason}", names.key)));
    let signed = |what: &str, signature: &str| -> Vec<String> {
        match (&key, files.get(what), files.get(signature)) {
            (Err(reason), ..) => vec![reason.clone()],
            (Ok(_), None, _) => vec![format!("`{what}` is missing")],
            (Ok(_), _, None) => vec![format!("`{signature}` is missing")],
            (Ok(key), Some(bytes), Some(value)) if key.holds_for_file(bytes, value) => Vec::new(),
            _ => vec![format!(
                "`{signature}` is not the key's signature over `{what}`"
            )],
        }
    };
    ledger.faults(
        "bag_signature",
        &signed(bag::TAG_MANIFEST, bag::TAG_SIGNATURE),
    );
    ledger.faults("wacz_signature", &signed(&names.wacz, &names.signature));

    let Some(wacz) = wacz_inside(reading) else {
        ledger.faults(
            "wacz_zip",
            &[format!("`{}` is not there, or not alone", names.wacz)],
        );
        return;
    };
    let inside = inspect::inspect(container::read(wacz), ledger);
    signer(inside.signer.as_ref(), key.as_ref().ok(), options, ledger);
    info_check(&files, folder, &inside, ledger);
    if let Some(list) = &inside.list {
        let same = files
            .get(bag::LIST_CSV)
            .is_some_and(|csv| *csv == list_csv(list).as_bytes());
        let faults =
            (!same).then(|| format!("`{}` differs from `{}`", bag::LIST_CSV, wacz::FILE_LIST));
        ledger.faults("list_csv", faults.as_slice());
    }
}

fn inner_name<'a>(entry: &'a Entry<'_>, folder: &str) -> Option<&'a str> {
    entry.name.strip_prefix(folder)?.strip_prefix('/')
}

fn file_faults(entries: &[Entry<'_>], folder: &str, names: &Names) -> Vec<String> {
    let mut faults = Vec::new();
    if !is_file_stem(folder) {
        faults.push(format!(
            "the folder `{}` is not named like a case",
            folder.escape_debug()
        ));
    }
    let mut expected: Vec<&str> = bag::TAGGED.to_vec();
    expected.extend([bag::TAG_MANIFEST, bag::TAG_SIGNATURE, bag::LIST_CSV]);
    expected.extend([
        names.wacz.as_str(),
        names.signature.as_str(),
        names.key.as_str(),
    ]);
    for entry in entries {
        if !inner_name(entry, folder).is_some_and(|name| expected.contains(&name)) {
            faults.push(format!(
                "`{}` does not belong there",
                entry.name.escape_debug()
            ));
        }
    }
    for name in expected {
        if !entries
            .iter()
            .any(|entry| inner_name(entry, folder) == Some(name))
        {
            faults.push(format!("`{name}` is missing"));
        }
    }
    faults
}

fn manifest_faults(files: &BTreeMap<&str, &[u8]>) -> Vec<String> {
    let payload: Vec<(&str, &[u8])> = files
        .iter()
        .filter(|(name, _)| name.starts_with("data/"))
        .map(|(name, bytes)| (*name, *bytes))
        .collect();
    let tags: Vec<(&str, &[u8])> = bag::TAGGED
        .into_iter()
        .filter_map(|name| Some((name, *files.get(name)?)))
        .collect();
    let sha256 = |bytes: &[u8]| Digest::of(bytes).hex();
    let mut faults = Vec::new();
    for (name, expected) in [
        ("manifest-sha256.txt", bag::manifest(&payload, sha256)),
        ("manifest-sm3.txt", bag::manifest(&payload, sm3_hex)),
        (bag::TAG_MANIFEST, bag::manifest(&tags, sha256)),
    ] {
        match files.get(name) {
            Some(bytes) => faults.extend(line_fault(name, bytes, &expected)),
            None => faults.push(format!("`{name}` is missing")),
        }
    }
    faults
}

/// The first line in which a file differs from what it should be.
pub(crate) fn line_fault(name: &str, bytes: &[u8], expected: &str) -> Option<String> {
    if bytes == expected.as_bytes() {
        return None;
    }
    let theirs = bytes.split(|byte| *byte == b'\n');
    let ours = expected.as_bytes().split(|byte| *byte == b'\n');
    let line = theirs
        .zip(ours)
        .position(|(theirs, ours)| theirs != ours)
        .map_or_else(
            || "its length".to_owned(),
            |line| format!("line {}", line + 1),
        );
    Some(format!(
        "`{name}` differs in {line} from what the files give"
    ))
}

fn bag_key(pem: &[u8]) -> Result<PublicKey, String> {
    let text = std::str::from_utf8(pem).map_err(|error| error.to_string())?;
    let key = PublicKey::from_pem(text).map_err(|error| error.to_string())?;
    let plain = key.to_pem().is_ok_and(|again| again == text);
    plain
        .then_some(key)
        .ok_or_else(|| "the key file holds more than a key".to_owned())
}

fn info_check(files: &BTreeMap<&str, &[u8]>, folder: &str, inside: &Inside, ledger: &mut Ledger) {
    let (Some(case), Some(signer)) = (&inside.case, &inside.signer) else {
        return;
    };
    let mut faults = Vec::new();
    if case.case.id.as_str() != folder {
        faults.push(format!(
            "the bag is named `{folder}`, its case `{}`",
            case.case.id
        ));
    }
    let payload = files.iter().filter(|(name, _)| name.starts_with("data/"));
    let oxum = bag::oxum(payload.map(|(_, bytes)| bytes.len()));
    for (name, expected) in [
        ("bagit.txt", bag::DECLARATION.to_owned()),
        ("bag-info.txt", bag::bag_info(case, oxum, signer.id())),
    ] {
        let bytes = files.get(name).copied().unwrap_or_default();
        faults.extend(line_fault(name, bytes, &expected));
    }
    ledger.faults("bag_info", &faults);
}

fn signer(
    inside: Option<&PublicKey>,
    outside: Option<&PublicKey>,
    options: &VerifyOptions,
    ledger: &mut Ledger,
) {
    let Some(key) = inside else {
        ledger.faults("signer", &["the packet names no usable key".to_owned()]);
        return;
    };
    let id = key.id();
    if outside.is_some_and(|outside| outside != key) {
        ledger.faults(
            "signer",
            &[format!(
                "the bag's key is not the key `{id}` of the WACZ inside"
            )],
        );
    } else if options.trusted.contains(&id) {
        ledger.holds("signer", format!("key {id}"));
    } else if options.trusted.is_empty() {
        ledger.unknown(
            "signer",
            &format!("no trusted key was given to compare with; the signatures are of key {id}"),
        );
    } else {
        ledger.faults(
            "signer",
            &[format!("key {id} is not among the trusted keys")],
        );
    }
}
