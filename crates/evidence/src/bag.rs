//! The outer layer: a `BagIt` 1.0 bag (RFC 8493) with the WACZ, its detached signature, the public key and the exhibit list.

use jianwei_model::{Date, Digest};

use crate::Error;
use crate::container::ZipWriter;
use crate::exhibit::{ListLine, list_csv};
use crate::hash::sm3_hex;
use crate::key::SealKey;
use crate::protocol::CaseFile;
use crate::wacz::title;
use crate::warc::one_line;

pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
pub(crate) const LIST_CSV: &str = "data/固定清单.csv";
pub(crate) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
pub(crate) const TAG_SIGNATURE: &str = "tagmanifest-sha256.txt.sig";
/// The files that a tag manifest covers, in its order.
pub(crate) const TAGGED: [&str; 5] = [
    "VERIFY.txt",
    "bag-info.txt",
    "bagit.txt",
    "manifest-sha256.txt",
    "manifest-sm3.txt",
];
const VERIFY_TEMPLATE: &str = include_str!("VERIFY.txt");

/// The payload's names for a case.
pub(crate) struct Names {
    pub(crate) wacz: String,
    pub(crate) signature: String,
    pub(crate) key: String,
}

impl Names {
    pub(crate) fn of(case: &str) -> Self {
        Self {
            wacz: format!("data/{case}.wacz"),
            signature: format!("data/{case}.wacz.sig"),
            key: format!("data/{case}.pub.pem"),
        }
    }
}

/// Builds the bag around a WACZ.
pub(crate) fn build(
    case: &CaseFile,
    wacz: &[u8],
    list: &[ListLine],
    key: &SealKey,
) -> Result<Vec<u8>, Error> {
    let id = case.case.id.as_str();
    let names = Names::of(id);
    let signature = key.sign_file(wacz);
    let public = key.public_pem()?;
    let csv = list_csv(list);
    let payload: [(&str, &[u8]); 4] = [
        (&names.key, public.as_bytes()),
        (&names.wacz, wacz),
        (&names.signature, &signature),
        (LIST_CSV, csv.as_bytes()),
    ];
    let info = bag_info(
        case,
        oxum(payload.iter().map(|(_, bytes)| bytes.len())),
        key.id(),
    );
    let sha256 = manifest(&payload, |bytes| Digest::of(bytes).hex());
    let sm3 = manifest(&payload, sm3_hex);
    let verify = VERIFY_TEMPLATE
        .replace("{case}", id)
        .replace("{key}", &key.id().hex());
    let tags: [&[u8]; 5] = [
        verify.as_bytes(),
        info.as_bytes(),
        DECLARATION.as_bytes(),
        sha256.as_bytes(),
        sm3.as_bytes(),
    ];
    let tagged: Vec<(&str, &[u8])> = TAGGED.into_iter().zip(tags).collect();
    let tag_manifest = manifest(&tagged, |bytes| Digest::of(bytes).hex());
    let tag_signature = key.sign_file(tag_manifest.as_bytes());

    let mut zip = ZipWriter::new(Vec::new());
    for (name, bytes) in tagged.iter().chain(&payload) {
        zip.add(&format!("{id}/{name}"), bytes)?;
    }
    zip.add(&format!("{id}/{TAG_MANIFEST}"), tag_manifest.as_bytes())?;
    zip.add(&format!("{id}/{TAG_SIGNATURE}"), &tag_signature)?;
    zip.finish()
}

/// `bytes.files` of the payload.
pub(crate) fn oxum(sizes: impl Iterator<Item = usize>) -> String {
    let (bytes, files) = sizes.fold((0_u64, 0_u64), |(bytes, files), size| {
        (bytes + size as u64, files + 1)
    });
    format!("{bytes}.{files}")
}

/// A manifest's text: one line a file, digest and name.
pub(crate) fn manifest(files: &[(&str, &[u8])], digest: impl Fn(&[u8]) -> String) -> String {
    files
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", digest(bytes)))
        .collect()
}

/// The text of `bag-info.txt`, which follows from the WACZ inside.
pub(crate) fn bag_info(case: &CaseFile, oxum: String, key: Digest) -> String {
    [
        ("Source-Organization", one_line(&case.unit)),
        ("External-Description", one_line(&title(&case.case))),
        ("External-Identifier", case.case.id.to_string()),
        ("Bagging-Date", Date::of(case.sealed).to_string()),
        ("Payload-Oxum", oxum),
        ("Bag-Software-Agent", one_line(&case.software)),
        ("Jianwei-Packet", "1".to_owned()),
        ("Jianwei-Seal-Key", key.to_string()),
    ]
    .iter()
    .map(|(name, value)| format!("{name}: {value}\n"))
    .collect()
}
