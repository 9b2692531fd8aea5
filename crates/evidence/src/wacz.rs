//! The evidence itself: the files of a WACZ 1.1.1.

use jianwei_model::{Digest, Rendering, Timestamp, Visit, canonical_json};
use serde::Serialize;

use crate::capture;
use crate::case_file::CaseFile;
use crate::container::ZipWriter;
use crate::exhibit::{self, Exhibit, ListLine};
use crate::input::PacketInput;
use crate::key::SealKey;
use crate::{Error, cdxj, custody, record};
use crate::{capture_log, datapackage, pages, protocol};

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
const CHAINS: &str = "evidence/tls-chain.pem";
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
    let package = datapackage::text(input, &exhibits);
    let digest = datapackage::signed(input, &package, key)?;

    let mut zip = ZipWriter::new(Vec::new());
    for exhibit in &exhibits {
        zip.add(&exhibit.path, &exhibit.bytes)?;
    }
    zip.add(DATAPACKAGE, package.as_bytes())?;
    zip.add(DIGEST_FILE, digest.as_bytes())?;
    Ok((zip.finish()?, list))
}

/// `evidence/page-0001.txt` and its like, by the visit's number from 1.
pub(crate) fn visit_file(kind: &str, number: usize, extension: &str) -> String {
    format!("evidence/{kind}-{number:04}.{extension}")
}

fn exhibits(input: &PacketInput) -> Result<Vec<Exhibit>, Error> {
    let captured = last_visit(input);
    let mut out = capture_exhibits(input, captured)?;
    out.extend(record_exhibits(input, captured)?);
    for (number, visit) in (1..).zip(&input.visits) {
        visit_exhibits(input, number, visit, &mut out)?;
    }
    if let Some(chains) = chains(input)? {
        let origin = (input.case.url.as_str(), captured);
        out.push(exhibit(CHAINS, chains, ("证书链", "PEM", ONLINE), origin));
    }
    reference_exhibits(input, &mut out)?;
    let log = capture_log::text(input);
    out.push(derived(LOG, log, ("采集日志", "text/plain"), input.sealed));
    Ok(out)
}

fn last_visit(input: &PacketInput) -> Timestamp {
    let ends = input.visits.iter().map(|visit| visit.finished);
    ends.max().unwrap_or(input.sealed)
}

/// The WARC file, and what follows from it.
fn capture_exhibits(input: &PacketInput, captured: Timestamp) -> Result<Vec<Exhibit>, Error> {
    let capture = capture::capture(input)?;
    let (records, fault) = record::read(&capture.bytes);
    if let Some(reason) = fault {
        return Err(Error::unreadable(capture::FILE_NAME, reason));
    }
    let sealed = input.sealed;
    let path = format!("archive/{}", capture::FILE_NAME);
    let origin = (input.case.url.as_str(), captured);
    let index = cdxj::index(&records, capture::FILE_NAME);
    let record = protocol::capture_record(input, &capture);
    let kind = ("电子数据网络在线提取记录", DERIVED);
    Ok(vec![
        exhibit(
            &path,
            capture.bytes,
            ("网页数据", "WARC 1.1 (gzip)", ONLINE),
            origin,
        ),
        derived(INDEX, index, ("采集索引", "CDXJ 0.1.0"), sealed),
        derived(
            PAGES,
            pages::text(input)?,
            ("页面清单", "JSON Lines"),
            sealed,
        ),
        json_exhibit(CAPTURE_RECORD, &record, kind, sealed),
    ])
}

/// What we know of the case.
fn record_exhibits(input: &PacketInput, captured: Timestamp) -> Result<Vec<Exhibit>, Error> {
    let sealed = input.sealed;
    let environment = protocol::environment_check(input);
    let decision = protocol::decision(input);
    let assessed = (OURS, input.case.opened);
    let custody = custody::write(&input.events);
    Ok(vec![
        json_exhibit(CASE, &CaseFile::of(input), ("案件信息", KEPT), sealed),
        json_exhibit(VISITS, &input.visits, ("采集记录", KEPT), captured),
        exhibit(
            ASSESSMENT,
            assessment(input)?,
            ("研判结果", "JSON", DERIVED),
            assessed,
        ),
        json_exhibit(ENVIRONMENT, &environment, ("环境检查记录", DERIVED), sealed),
        json_exhibit(DECISION, &decision, ("判定依据", DERIVED), sealed),
        exhibit(
            CUSTODY,
            custody.into_bytes(),
            ("流转记录", "JSON Lines", KEPT),
            (OURS, sealed),
        ),
    ])
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

pub(crate) fn pretty<T: Serialize>(value: &T) -> String {
    // Plain values with text keys always serialise.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
