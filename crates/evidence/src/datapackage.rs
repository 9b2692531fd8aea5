//! The list of a WACZ's files with their digests, and the signature over it (wacz-auth 0.1.0, anonymous form).

use std::collections::BTreeSet;

use jianwei_model::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::case_file::title;
use crate::check::Ledger;
use crate::exhibit::Exhibit;
use crate::input::PacketInput;
use crate::inspect::{Files, json_file};
use crate::key::{PublicKey, SealKey};
use crate::pages::pages;
use crate::wacz::{self, DATAPACKAGE, pretty};
use crate::{Error, capture};

/// `datapackage-digest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DigestFile {
    pub(crate) path: String,
    pub(crate) hash: String,
    #[serde(rename = "signedData")]
    signed_data: SignedData,
}

/// The anonymous form: ECDSA with SHA-256 over the text of `hash`, raw r and s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedData {
    pub(crate) hash: String,
    pub(crate) created: String,
    pub(crate) software: String,
    /// Version of the wacz-auth specification.
    pub(crate) version: String,
    pub(crate) signature: String,
    #[serde(rename = "publicKey")]
    pub(crate) public_key: String,
}

/// What of `datapackage.json` is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DataPackage {
    pub(crate) profile: String,
    pub(crate) resources: Vec<Resource>,
    pub(crate) created: String,
    pub(crate) wacz_version: String,
    pub(crate) software: String,
}

/// One file of a data package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// The text of `datapackage.json`.
pub(crate) fn text(input: &PacketInput, exhibits: &[Exhibit]) -> String {
    let resources: Vec<Resource> = exhibits
        .iter()
        .map(|exhibit| Resource {
            name: exhibit
                .path
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            path: exhibit.path.clone(),
            hash: Digest::of(&exhibit.bytes).to_string(),
            bytes: exhibit.bytes.len() as u64,
        })
        .collect();
    let mut package = json!({
        "profile": "data-package",
        "resources": resources,
        "title": title(&input.case),
        "description": "网站取证数据",
        "created": input.sealed.to_seconds_string(),
        "wacz_version": "1.1.1",
        "software": input.software,
    });
    let case_page = pages(&input.visits)
        .find(|(visit, ..)| visit.id == input.case.visit)
        .or_else(|| pages(&input.visits).next());
    if let Some((_, url, at)) = case_page {
        // The specification spells it `mainPageUrl`, its reference implementation `mainPageURL`.
        package["mainPageUrl"] = url.into();
        package["mainPageURL"] = url.into();
        package["mainPageDate"] = at.to_seconds_string().into();
    }
    pretty(&package)
}

/// The text of `datapackage-digest.json` for that of `datapackage.json`.
pub(crate) fn signed(input: &PacketInput, package: &str, key: &SealKey) -> Result<String, Error> {
    let hash = Digest::of(package.as_bytes()).to_string();
    Ok(digest_text(&DigestFile {
        path: DATAPACKAGE.to_owned(),
        hash: hash.clone(),
        signed_data: SignedData {
            signature: key.sign_hash_text(&hash)?,
            public_key: key.public().to_base64(),
            hash,
            created: input.sealed.to_seconds_string(),
            software: input.software.clone(),
            version: "0.1.0".to_owned(),
        },
    }))
}

/// The text of `datapackage-digest.json`; there is one spelling only.
fn digest_text(file: &DigestFile) -> String {
    pretty(file)
}

/// Checks that the files are exactly those listed, each with its digest.
pub(crate) fn package_checks(
    files: &Files<'_>,
    package: Result<&DataPackage, &String>,
    ledger: &mut Ledger,
) {
    let mut faults: Vec<String> = wacz::REQUIRED
        .into_iter()
        .chain([DATAPACKAGE, wacz::DIGEST_FILE])
        .filter(|path| !files.contains_key(path))
        .map(|path| format!("`{path}` is missing"))
        .collect();
    let package = match package {
        Ok(package) => package,
        Err(reason) => {
            faults.push(reason.clone());
            ledger.faults("wacz_files", &faults);
            return;
        }
    };
    let mut names = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let mut altered = Vec::new();
    for resource in &package.resources {
        let path = resource.path.as_str();
        if !paths.insert(path) {
            faults.push(format!("`{}` is listed twice", path.escape_debug()));
        }
        if path.rsplit('/').next() != Some(resource.name.as_str())
            || !names.insert(resource.name.as_str())
        {
            faults.push(format!(
                "`{}` has a name that is not its own",
                path.escape_debug()
            ));
        }
        match files.get(path) {
            None => faults.push(format!("`{}` is listed but not there", path.escape_debug())),
            Some(bytes) => {
                if resource.bytes != bytes.len() as u64
                    || resource.hash != Digest::of(bytes).to_string()
                {
                    altered.push(format!(
                        "`{}` has another digest or size",
                        path.escape_debug()
                    ));
                }
            }
        }
    }
    for path in files
        .keys()
        .filter(|path| !matches!(**path, DATAPACKAGE | wacz::DIGEST_FILE))
    {
        if !paths.contains(path) {
            faults.push(format!("`{}` is not listed", path.escape_debug()));
        }
        faults.extend(path_fault(path));
    }
    ledger.faults("wacz_files", &faults);
    ledger.faults("resources", &altered);
}

fn path_fault(path: &str) -> Option<String> {
    let plain = |text: &str| {
        text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_')
        })
    };
    let belongs = match path.split_once('/') {
        Some(("archive", name)) => name == capture::FILE_NAME,
        Some(("indexes" | "pages", _)) => matches!(path, wacz::INDEX | wacz::PAGES),
        Some(("evidence" | "logs", name)) => plain(name),
        _ => false,
    };
    (!belongs).then(|| format!("`{}` does not belong there", path.escape_debug()))
}

/// Checks the digest file and the signature in it, and says whose it is.
pub(crate) fn digest_checks(
    files: &Files<'_>,
    package: Option<&DataPackage>,
    ledger: &mut Ledger,
) -> Option<PublicKey> {
    let digest: DigestFile = match json_file(files, wacz::DIGEST_FILE) {
        Ok(digest) => digest,
        Err(reason) => {
            ledger.faults("datapackage", &[reason]);
            return None;
        }
    };
    let hash = Digest::of(files.get(DATAPACKAGE).copied().unwrap_or_default()).to_string();
    let signed = &digest.signed_data;
    let mut faults = Vec::new();
    let mut require = |holds: bool, text: &str| {
        if !holds {
            faults.push(text.to_owned());
        }
    };
    require(
        digest.path == DATAPACKAGE,
        "the digest file is about another file",
    );
    require(
        digest.hash == hash,
        "`datapackage.json` does not have the digest given",
    );
    require(
        signed.hash == hash,
        "`datapackage.json` is not what was signed",
    );
    require(
        signed.version == "0.1.0",
        "the signature is of an unknown form",
    );
    let text = digest_text(&digest);
    require(
        files.get(wacz::DIGEST_FILE) == Some(&text.as_bytes()),
        "`datapackage-digest.json` is not in its one form",
    );
    if let Some(package) = package {
        require(
            package.created == signed.created,
            "the signature gives another time than the data package",
        );
        require(
            package.software == signed.software,
            "the signature names another program than the data package",
        );
        require(
            package.profile == "data-package" && package.wacz_version == "1.1.1",
            "the data package is not of WACZ 1.1.1",
        );
    }
    ledger.faults("datapackage", &faults);

    let key = PublicKey::from_base64(&signed.public_key)
        .ok()
        .filter(|key| key.to_base64() == signed.public_key);
    let holds = key
        .as_ref()
        .is_some_and(|key| key.holds_for_hash_text(&signed.hash, &signed.signature));
    let fault = match (&key, holds) {
        (None, _) => Some("the key is not a P-384 public key".to_owned()),
        (Some(_), false) => {
            Some("the signature is not the key's signature over the digest".to_owned())
        }
        (Some(_), true) => None,
    };
    ledger.faults("datapackage_signature", fault.as_slice());
    key
}
