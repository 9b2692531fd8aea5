//! Whether what a packet says was captured is what its records hold.

use std::collections::BTreeSet;

use jianwei_model::{Digest, Hop, Rendering, Timestamp, Visit};

use crate::capture::{tls_urn, view_urn};
use crate::inspect::Files;
use crate::protocol::{CaseFile, dns_text};
use crate::record::Record;
use crate::wacz::{self, visit_file};
use crate::warc::RecordKind;

/// A record that the visits call for: URL, moment, digest of the payload.
type Expected = (String, Timestamp, Digest);

/// Every contradiction between case, visits, records and files.
pub(crate) fn faults(
    case: &CaseFile,
    visits: &[Visit],
    records: &[Record],
    files: &Files<'_>,
) -> Vec<String> {
    let mut faults = Vec::new();
    if !visits.iter().any(|visit| visit.id == case.case.visit) {
        faults.push(format!(
            "visit {} of the case is not there",
            case.case.visit
        ));
    }
    let mut require = |path: &str, digest: Option<Digest>| {
        let actual = files.get(path).map(|bytes| Digest::of(bytes));
        if actual != digest {
            faults.push(format!("`{path}` is not what the packet says it is"));
        }
    };
    require(wacz::ASSESSMENT, Some(case.case.assessment));
    let reference = case.reference.as_ref();
    require(
        wacz::REFERENCE_PAGE,
        reference.map(|reference| reference.html),
    );
    require(
        wacz::REFERENCE_PICTURE,
        reference.and_then(|reference| reference.screenshot),
    );
    for (number, visit) in (1..).zip(visits) {
        let document = visit.document.as_ref();
        let (dom, screenshot) = match &visit.rendering {
            Rendering::Rendered {
                dom, screenshot, ..
            } => (Some(dom.digest), Some(screenshot.digest)),
            Rendering::Unknown { .. } => (None, None),
        };
        require(
            &visit_file("page", number, "txt"),
            document.map(|document| document.text.digest),
        );
        require(&visit_file("rendered", number, "html"), dom);
        require(&visit_file("screenshot", number, "png"), screenshot);
    }
    compare(
        records,
        RecordKind::Resource,
        &resources(visits),
        &mut faults,
    );
    let hops: Vec<&Hop> = visits.iter().flat_map(|visit| &visit.hops).collect();
    compare(records, RecordKind::Request, &requests(&hops), &mut faults);
    compare(
        records,
        RecordKind::Response,
        &responses(&hops),
        &mut faults,
    );
    head_faults(records, &hops, &mut faults);
    faults
}

fn responses(hops: &[&Hop]) -> Vec<Expected> {
    hops.iter()
        .filter(|hop| hop.response_head.is_some())
        .map(|hop| {
            let body = hop
                .body
                .as_ref()
                .map_or_else(|| Digest::of(b""), |body| body.digest);
            (hop.url.clone(), hop.started, body)
        })
        .collect()
}

fn requests(hops: &[&Hop]) -> Vec<Expected> {
    hops.iter()
        .filter_map(|hop| {
            Some((
                hop.url.clone(),
                hop.started,
                hop.request_head.as_ref()?.digest,
            ))
        })
        .collect()
}

fn resources(visits: &[Visit]) -> Vec<Expected> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for visit in visits {
        for hop in &visit.hops {
            if let Some(resolution) = &hop.resolution {
                let digest = Digest::of(dns_text(resolution).as_bytes());
                let target = format!("dns:{}", resolution.name);
                if seen.insert((target.clone(), digest)) {
                    out.push((target, resolution.at, digest));
                }
            }
            if let Some(chain) = hop.tls.as_ref().and_then(|tls| tls.chain.as_ref()) {
                let target = tls_urn(&hop.url);
                if seen.insert((target.clone(), chain.digest)) {
                    out.push((target, hop.started, chain.digest));
                }
            }
        }
        if let Rendering::Rendered { screenshot, .. } = &visit.rendering {
            out.push((
                view_urn(visit.final_url()),
                visit.finished,
                screenshot.digest,
            ));
        }
    }
    out
}

fn compare(records: &[Record], kind: RecordKind, expected: &[Expected], faults: &mut Vec<String>) {
    let found: Vec<&Record> = records
        .iter()
        .filter(|record| record.kind == kind)
        .collect();
    if found.len() != expected.len() {
        faults.push(format!(
            "{} {} records, but the visits made {}",
            found.len(),
            kind.as_str(),
            expected.len()
        ));
    }
    for (record, (target, date, digest)) in found.into_iter().zip(expected) {
        if record.target() != target || record.date != *date || record.payload != *digest {
            faults.push(format!(
                "record at byte {}: it is not what the visit to `{target}` captured",
                record.offset
            ));
        }
    }
}

fn head_faults(records: &[Record], hops: &[&Hop], faults: &mut Vec<String>) {
    let answered = hops
        .iter()
        .filter_map(|hop| Some((hop, hop.response_head.as_ref()?)));
    for (record, (hop, head)) in records
        .iter()
        .filter(|record| record.http.is_some())
        .zip(answered)
    {
        let kept = record
            .http
            .as_ref()
            .is_some_and(|http| http.originals.contains(&head.digest));
        if !kept {
            faults.push(format!(
                "record at byte {}: its head is not the one received from `{}`",
                record.offset, hop.url
            ));
        }
        let address = hop.peer.map(|peer| peer.ip().to_string());
        if record.field("WARC-IP-Address") != address.as_deref() {
            faults.push(format!(
                "record at byte {}: `{}` was answered by another address",
                record.offset, hop.url
            ));
        }
    }
}
