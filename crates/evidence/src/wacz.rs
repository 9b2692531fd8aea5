//! The evidence itself: a WACZ 1.1.1 file, signed in the anonymous form of wacz-auth 0.1.0.

use jianwei_model::{Case, Digest, Rendering, Timestamp, Visit, canonical_json};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::capture::{self, Capture};
use crate::container::ZipWriter;
use crate::exhibit::{self, Exhibit, ListLine};
use crate::input::PacketInput;
use crate::key::SealKey;
use crate::protocol::{self, CaseFile, title_of};
use crate::{Error, cdxj, custody, record};

pub(crate) const INDEX: &str = "indexes/index.cdxj";
pub(crate) const PAGES: &str = "pages/pages.jsonl";
pub(crate) const CASE: &str = "evidence/case.json";
pub(crate) const VISITS: &str = "evidence/visits.json";
pub(crate) const ASSESSMENT: &str = "evidence/assessment.json";
pub(crate) const CUSTODY: &str = "evidence/custody.jsonl";
pub(crate) const FILE_LIST: &str = "evidence/file-list.json";
const CAPTURE_RECORD: &str = "evidence/capture-record.json";
const ENVIRONMENT: &str = "evidence/env-check.json";
const DECISION: &str = "evidence/decision.json";
const LOG: &str = "logs/capture.log";
pub(crate) const REFERENCE_PAGE: &str = "evidence/reference.html";
pub(crate) const REFERENCE_PICTURE: &str = "evidence/reference.png";
pub(crate) const DATAPACKAGE: &str = "datapackage.json";
pub(crate) const DIGEST_FILE: &str = "datapackage-digest.json";
/// The files that every packet must hold besides the two above.
pub(crate) const REQUIRED: [&str; 12] = [
    "archive/capture-0001.warc.gz",
    INDEX,
    PAGES,
    CASE,
    VISITS,
    ASSESSMENT,
    CAPTURE_RECORD,
    ENVIRONMENT,
    DECISION,
    CUSTODY,
    FILE_LIST,
    LOG,
];

const ONLINE: &str = "网络在线提取";
const DERIVED: &str = "由程序依据采集数据生成";
const KEPT: &str = "系统留存";
/// Where exhibits come from that were made from our own records.
const OURS: &str = "jianwei";

/// `datapackage-digest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestFile {
    pub(crate) path: String,
    pub(crate) hash: String,
    #[serde(rename = "signedData")]
    pub(crate) signed_data: SignedData,
}

/// The anonymous form: ECDSA with SHA-256 over the text of `hash`, raw r and s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignedData {
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

/// Builds the WACZ and the exhibit list it holds.
pub(crate) fn build(input: &PacketInput, key: &SealKey) -> Result<(Vec<u8>, Vec<ListLine>), Error> {
    let mut exhibits = exhibits(input)?;
    let list = exhibit::list(&exhibits);
    exhibits.push(json_exhibit(
        FILE_LIST,
        &list,
        ("固定清单", DERIVED),
        input.sealed,
    ));
    let package = datapackage(input, &exhibits);
    let digest = digest_file(input, &package, key)?;

    let mut zip = ZipWriter::new(Vec::new());
    for exhibit in &exhibits {
        zip.add(&exhibit.path, &exhibit.bytes)?;
    }
    zip.add(DATAPACKAGE, package.as_bytes())?;
    zip.add(DIGEST_FILE, digest.as_bytes())?;
    Ok((zip.finish()?, list))
}

/// The text of `datapackage-digest.json`; there is one spelling only.
pub(crate) fn digest_text(file: &DigestFile) -> String {
    pretty(file)
}

/// `evidence/page-0001.txt` and its like, by the visit's number from 1.
pub(crate) fn visit_file(kind: &str, number: usize, extension: &str) -> String {
    format!("evidence/{kind}-{number:04}.{extension}")
}

/// The pages of the visits that ended with an answer: URL, moment, visit.
pub(crate) fn pages(visits: &[Visit]) -> impl Iterator<Item = (&Visit, &str, Timestamp)> {
    visits.iter().filter_map(|visit| {
        let hop = visit
            .hops
            .last()
            .filter(|hop| hop.response_head.is_some())?;
        Some((visit, hop.url.as_str(), hop.started))
    })
}

fn exhibits(input: &PacketInput) -> Result<Vec<Exhibit>, Error> {
    let Capture {
        bytes: warc,
        methods,
    } = capture::capture(input)?;
    let (records, fault) = record::read(&warc);
    if let Some(reason) = fault {
        return Err(Error::unreadable(capture::FILE_NAME, reason));
    }
    let sealed = input.sealed;
    let captured = input
        .visits
        .iter()
        .map(|visit| visit.finished)
        .max()
        .unwrap_or(sealed);
    let origin = (input.case.url.as_str(), captured);
    let path = format!("archive/{}", capture::FILE_NAME);
    let index = cdxj::index(&records, capture::FILE_NAME);
    let record = protocol::capture_record(input, &methods);
    let mut out = vec![
        exhibit(&path, warc, ("网页数据", "WARC 1.1 (gzip)", ONLINE), origin),
        derived(INDEX, index, ("采集索引", "CDXJ 0.1.0"), sealed),
        derived(
            PAGES,
            pages_file(input)?,
            ("页面清单", "JSON Lines"),
            sealed,
        ),
        json_exhibit(CASE, &CaseFile::of(input), ("案件信息", KEPT), sealed),
        json_exhibit(VISITS, &input.visits, ("采集记录", KEPT), captured),
        exhibit(
            ASSESSMENT,
            assessment(input)?,
            ("研判结果", "JSON", DERIVED),
            (OURS, input.case.opened),
        ),
        json_exhibit(
            CAPTURE_RECORD,
            &record,
            ("电子数据网络在线提取记录", DERIVED),
            sealed,
        ),
        json_exhibit(
            ENVIRONMENT,
            &protocol::environment_check(input),
            ("环境检查记录", DERIVED),
            sealed,
        ),
        json_exhibit(
            DECISION,
            &protocol::decision(input),
            ("判定依据", DERIVED),
            sealed,
        ),
        derived(
            CUSTODY,
            custody::write(&input.events),
            ("流转记录", "JSON Lines"),
            sealed,
        ),
    ];
    for (number, visit) in (1..).zip(&input.visits) {
        visit_exhibits(input, number, visit, &mut out)?;
    }
    if let Some(chains) = chains(input)? {
        out.push(exhibit(
            "evidence/tls-chain.pem",
            chains,
            ("证书链", "PEM", ONLINE),
            origin,
        ));
    }
    reference_exhibits(input, &mut out)?;
    out.push(derived(
        LOG,
        protocol::capture_log(input),
        ("采集日志", "text/plain"),
        sealed,
    ));
    Ok(out)
}

fn visit_exhibits(
    input: &PacketInput,
    number: usize,
    visit: &Visit,
    out: &mut Vec<Exhibit>,
) -> Result<(), Error> {
    let origin = (visit.final_url(), visit.finished);
    if let Some(document) = &visit.document {
        let text = input.blob(&document.text, "a page as text")?.to_vec();
        out.push(exhibit(
            &visit_file("page", number, "txt"),
            text,
            ("页面源码", "text/html (UTF-8)", DERIVED),
            origin,
        ));
    }
    if let Rendering::Rendered {
        dom, screenshot, ..
    } = &visit.rendering
    {
        let dom = input.blob(dom, "a rendered page")?.to_vec();
        let picture = input.blob(screenshot, "a screenshot")?.to_vec();
        out.push(exhibit(
            &visit_file("rendered", number, "html"),
            dom,
            ("渲染后页面", "text/html (UTF-8)", ONLINE),
            origin,
        ));
        out.push(exhibit(
            &visit_file("screenshot", number, "png"),
            picture,
            ("页面截图", "image/png", ONLINE),
            origin,
        ));
    }
    Ok(())
}

fn reference_exhibits(input: &PacketInput, out: &mut Vec<Exhibit>) -> Result<(), Error> {
    let Some(reference) = input.reference.as_ref().map(|exhibit| &exhibit.reference) else {
        return Ok(());
    };
    let origin = (reference.url.as_str(), reference.captured);
    let page = input.bytes(&reference.html, "the reference page")?.to_vec();
    out.push(exhibit(
        REFERENCE_PAGE,
        page,
        ("被假冒的官方页面", "text/html (UTF-8)", KEPT),
        origin,
    ));
    if let Some(screenshot) = &reference.screenshot {
        let picture = input
            .bytes(screenshot, "the reference page's picture")?
            .to_vec();
        out.push(exhibit(
            REFERENCE_PICTURE,
            picture,
            ("被假冒的官方页面截图", "image/png", KEPT),
            origin,
        ));
    }
    Ok(())
}

/// The assessment exactly as the case names it by digest.
fn assessment(input: &PacketInput) -> Result<Vec<u8>, Error> {
    let expected = input.case.assessment;
    if input.blobs.contains_key(&expected) {
        return input.bytes(&expected, "the assessment").map(<[u8]>::to_vec);
    }
    let text = canonical_json(&input.assessment);
    if Digest::of(text.as_bytes()) != expected {
        return Err(Error::AssessmentAltered {
            case: input.case.id.to_string(),
            expected,
        });
    }
    Ok(text.into_bytes())
}

fn chains(input: &PacketInput) -> Result<Option<Vec<u8>>, Error> {
    let mut out = Vec::new();
    let mut seen = Vec::new();
    let facts = input
        .visits
        .iter()
        .flat_map(|visit| &visit.hops)
        .filter_map(|hop| hop.tls.as_ref());
    for chain in facts.filter_map(|tls| tls.chain.as_ref()) {
        if seen.contains(&chain.digest) {
            continue;
        }
        seen.push(chain.digest);
        out.extend(input.blob(chain, "a certificate chain")?);
        if !out.ends_with(b"\n") {
            out.push(b'\n');
        }
    }
    Ok(Some(out).filter(|out| !out.is_empty()))
}

fn pages_file(input: &PacketInput) -> Result<String, Error> {
    let header = json!({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"});
    let mut out = format!("{header}\n");
    for (visit, url, at) in pages(&input.visits) {
        let title = match &visit.document {
            Some(document) => title_of(&String::from_utf8_lossy(
                input.blob(&document.text, "a page as text")?,
            )),
            None => String::new(),
        };
        let page =
            json!({"id": visit.id, "url": url, "ts": at.to_seconds_string(), "title": title});
        out.push_str(&format!("{page}\n"));
    }
    Ok(out)
}

fn datapackage(input: &PacketInput, exhibits: &[Exhibit]) -> String {
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

pub(crate) fn title(case: &Case) -> String {
    format!("{} {} {}", case.id, case.class.chinese(), case.host)
}

fn digest_file(input: &PacketInput, package: &str, key: &SealKey) -> Result<String, Error> {
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

type Kind = (&'static str, &'static str, &'static str);

fn exhibit(
    path: &str,
    bytes: Vec<u8>,
    (category, format, method): Kind,
    (source, at): (&str, Timestamp),
) -> Exhibit {
    Exhibit {
        path: path.to_owned(),
        bytes,
        category,
        format,
        source: source.to_owned(),
        method,
        at,
    }
}

fn derived(
    path: &str,
    text: String,
    (category, format): (&'static str, &'static str),
    at: Timestamp,
) -> Exhibit {
    exhibit(
        path,
        text.into_bytes(),
        (category, format, DERIVED),
        (OURS, at),
    )
}

fn json_exhibit<T: Serialize>(
    path: &str,
    value: &T,
    (category, method): (&'static str, &'static str),
    at: Timestamp,
) -> Exhibit {
    exhibit(
        path,
        pretty(value).into_bytes(),
        (category, "JSON", method),
        (OURS, at),
    )
}

fn pretty<T: Serialize>(value: &T) -> String {
    // Plain values with text keys always serialise.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
