//! The checks inside a WACZ.

use std::collections::{BTreeMap, BTreeSet};

use jianwei_model::{Digest, Timestamp, Visit};
use serde::de::DeserializeOwned;

use crate::check::Ledger;
use crate::container::Reading;
use crate::exhibit::ListLine;
use crate::hash::Hashes;
use crate::key::PublicKey;
use crate::protocol::CaseFile;
use crate::record::{self, Record};
use crate::verify::line_fault;
use crate::wacz::{self, DataPackage, DigestFile};
use crate::warc::RecordKind;
use crate::{agreement, capture, cdxj, custody};

/// What a WACZ says, as far as it could be read.
#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) case: Option<CaseFile>,
    pub(crate) visits: Option<Vec<Visit>>,
    pub(crate) list: Option<Vec<ListLine>>,
    pub(crate) signer: Option<PublicKey>,
}

/// The files of a WACZ by path.
pub(crate) type Files<'a> = BTreeMap<&'a str, &'a [u8]>;

/// Checks a WACZ that was read, and says what it holds.
pub(crate) fn inspect(reading: Result<Reading<'_>, String>, ledger: &mut Ledger) -> Inside {
    let reading = match reading {
        Ok(reading) => reading,
        Err(reason) => {
            ledger.faults("wacz_zip", &[reason]);
            return Inside::default();
        }
    };
    ledger.faults("wacz_zip", &reading.faults);
    let files: Files<'_> = reading
        .entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.data))
        .collect();
    let package: Result<DataPackage, String> = json_file(&files, wacz::DATAPACKAGE);
    package_checks(&files, package.as_ref(), ledger);
    let mut inside = Inside {
        signer: digest_checks(&files, package.as_ref().ok(), ledger),
        ..Inside::default()
    };
    list_check(&files, &mut inside, ledger);

    let case: Result<CaseFile, String> = json_file(&files, wacz::CASE);
    let visits: Result<Vec<Visit>, String> = json_file(&files, wacz::VISITS);
    version_check(case.as_ref(), ledger);
    let records = record_checks(&files, ledger);
    match (&case, &visits) {
        (Ok(case), Ok(visits)) => {
            ledger.faults(
                "exhibits",
                &agreement::faults(case, visits, &records, &files),
            );
            ledger.faults("pages", &page_faults(&files, visits));
            ledger.faults(
                "times",
                &time_faults(case, visits, &records, package.as_ref().ok()),
            );
            custody_check(&files, case, ledger);
        }
        _ => {
            let faults: Vec<String> = case
                .as_ref()
                .err()
                .into_iter()
                .chain(visits.as_ref().err())
                .cloned()
                .collect();
            ledger.faults("exhibits", &faults);
        }
    }
    inside.case = case.ok();
    inside.visits = visits.ok();
    inside
}

/// A file's JSON as a value.
pub(crate) fn json_file<T: DeserializeOwned>(files: &Files<'_>, path: &str) -> Result<T, String> {
    let bytes = files
        .get(path)
        .ok_or_else(|| format!("`{path}` is missing"))?;
    serde_json::from_slice(bytes).map_err(|error| format!("`{path}`: {error}"))
}

fn package_checks(files: &Files<'_>, package: Result<&DataPackage, &String>, ledger: &mut Ledger) {
    let mut faults: Vec<String> = wacz::REQUIRED
        .into_iter()
        .chain([wacz::DATAPACKAGE, wacz::DIGEST_FILE])
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
        .filter(|path| !matches!(**path, wacz::DATAPACKAGE | wacz::DIGEST_FILE))
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

fn digest_checks(
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
    let hash = Digest::of(files.get(wacz::DATAPACKAGE).copied().unwrap_or_default()).to_string();
    let signed = &digest.signed_data;
    let mut faults = Vec::new();
    let mut require = |holds: bool, text: &str| {
        if !holds {
            faults.push(text.to_owned());
        }
    };
    require(
        digest.path == wacz::DATAPACKAGE,
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
    let text = wacz::digest_text(&digest);
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

fn list_check(files: &Files<'_>, inside: &mut Inside, ledger: &mut Ledger) {
    let list: Vec<ListLine> = match json_file(files, wacz::FILE_LIST) {
        Ok(list) => list,
        Err(reason) => {
            ledger.faults("file_list", &[reason]);
            return;
        }
    };
    let mut faults = Vec::new();
    let mut left: BTreeSet<&str> = files.keys().copied().collect();
    for path in [wacz::FILE_LIST, wacz::DATAPACKAGE, wacz::DIGEST_FILE] {
        left.remove(path);
    }
    for (number, line) in (1..).zip(&list) {
        let place = format!("line {number}, `{}`,", line.name.escape_debug());
        if line.no != number {
            faults.push(format!("{place} is numbered {}", line.no));
        }
        match files
            .get(line.name.as_str())
            .filter(|_| left.remove(line.name.as_str()))
        {
            None => faults.push(format!("{place} names no file, or one named before")),
            Some(bytes) => {
                let given = Hashes {
                    md5: line.md5.clone(),
                    sha256: line.sha256.clone(),
                    sm3: line.sm3.clone(),
                };
                if line.bytes != bytes.len() as u64 || given != Hashes::of(bytes) {
                    faults.push(format!("{place} gives other digests or another size"));
                }
            }
        }
    }
    faults.extend(
        left.into_iter()
            .map(|path| format!("`{}` is not in the list", path.escape_debug())),
    );
    ledger.faults("file_list", &faults);
    inside.list = Some(list);
}

fn version_check(case: Result<&CaseFile, &String>, ledger: &mut Ledger) {
    let fault = match case {
        Ok(case) if case.schema == CaseFile::SCHEMA => None,
        Ok(case) => Some(format!(
            "`{}` is not `{}`",
            case.schema.escape_debug(),
            CaseFile::SCHEMA
        )),
        Err(reason) => Some(reason.clone()),
    };
    ledger.faults("packet_version", fault.as_slice());
}

fn record_checks(files: &Files<'_>, ledger: &mut Ledger) -> Vec<Record> {
    let path = wacz::REQUIRED[0];
    let Some(bytes) = files.get(path) else {
        return Vec::new();
    };
    let (records, broken) = record::read(bytes);
    let mut faults: Vec<String> = broken.into_iter().collect();
    for record in &records {
        let place = |fault: &String| format!("record at byte {}: {fault}", record.offset);
        faults.extend(record.faults.iter().map(place));
    }
    faults.extend(link_faults(&records));
    ledger.faults("warc_records", &faults);
    let expected = cdxj::index(&records, capture::FILE_NAME);
    let index = files.get(wacz::INDEX).copied().unwrap_or_default();
    ledger.faults(
        "index",
        line_fault(wacz::INDEX, index, &expected).as_slice(),
    );
    records
}

/// Every record is of the one `warcinfo`, and every request stands behind the response it asked for.
fn link_faults(records: &[Record]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    let first = records
        .first()
        .filter(|record| record.kind == RecordKind::Warcinfo);
    if first.is_none() {
        faults.push("the file does not begin with a `warcinfo` record".to_owned());
    }
    let warcinfo = first.map(Record::id);
    let mut response: Option<&str> = None;
    for (number, record) in records.iter().enumerate() {
        let mut fault =
            |text: &str| faults.push(format!("record at byte {}: {text}", record.offset));
        if !ids.insert(record.id()) {
            fault("its identifier is not its own");
        }
        if number > 0
            && (record.kind == RecordKind::Warcinfo || record.field("WARC-Warcinfo-ID") != warcinfo)
        {
            fault("it does not belong to the file's `warcinfo`");
        }
        let concurrent = record.field("WARC-Concurrent-To");
        match record.kind {
            RecordKind::Response => response = Some(record.id()),
            RecordKind::Request | RecordKind::Metadata
                if concurrent.is_some() && concurrent != response =>
            {
                fault("it does not stand behind the response it names");
            }
            _ => {}
        }
    }
    faults
}

fn page_faults(files: &Files<'_>, visits: &[Visit]) -> Vec<String> {
    let text = files.get(wacz::PAGES).copied().unwrap_or_default();
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let expected: Vec<_> = wacz::pages(visits).collect();
    let mut faults = Vec::new();
    if lines.len() != expected.len() + 2 || lines.last().is_some_and(|line| !line.is_empty()) {
        faults.push(format!(
            "{} pages are listed, {} were captured",
            lines.len().saturating_sub(2),
            expected.len()
        ));
    }
    let parse = |line: &[u8]| serde_json::from_slice::<serde_json::Value>(line).unwrap_or_default();
    if lines
        .first()
        .is_none_or(|line| parse(line)["format"] != "json-pages-1.0")
    {
        faults.push("line 1 is not the header".to_owned());
    }
    for (number, (line, (visit, url, at))) in (2..).zip(lines.iter().skip(1).zip(expected)) {
        let page = parse(line);
        let same = page["id"] == visit.id.as_str()
            && page["url"] == url
            && page["ts"] == at.to_seconds_string();
        if !same {
            faults.push(format!(
                "line {number} is not what visit {} captured",
                visit.id
            ));
        }
    }
    faults
}

fn time_faults(
    case: &CaseFile,
    visits: &[Visit],
    records: &[Record],
    package: Option<&DataPackage>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut order = |earlier: (&str, Timestamp), later: (&str, Timestamp)| {
        if earlier.1 > later.1 {
            faults.push(format!(
                "{} ({}) lies after {} ({})",
                earlier.0, earlier.1, later.0, later.1
            ));
        }
    };
    let sealed = ("the sealing", case.sealed);
    order(("the case's opening", case.case.opened), sealed);
    if let Some(reference) = &case.reference {
        order(("the reference's capture", reference.captured), sealed);
    }
    for visit in visits {
        let finished = format!("the end of visit {}", visit.id);
        let started = format!("the beginning of visit {}", visit.id);
        order((&started, visit.started), (&finished, visit.finished));
        order((&finished, visit.finished), sealed);
        for hop in &visit.hops {
            let request = format!("the request for {}", hop.url);
            order((&started, visit.started), (&request, hop.started));
            order((&request, hop.started), (&finished, visit.finished));
        }
    }
    for record in records {
        order(
            (
                &format!("the record at byte {}", record.offset),
                record.date,
            ),
            sealed,
        );
    }
    if package.is_some_and(|package| package.created != case.sealed.to_seconds_string()) {
        faults
            .push("the data package was made at another time than the case was sealed".to_owned());
    }
    faults
}

fn custody_check(files: &Files<'_>, case: &CaseFile, ledger: &mut Ledger) {
    let bytes = files.get(wacz::CUSTODY).copied().unwrap_or_default();
    let Ok(text) = std::str::from_utf8(bytes) else {
        ledger.faults("custody", &[format!("`{}` is not UTF-8", wacz::CUSTODY)]);
        return;
    };
    let reading = custody::read(text, &case.case.id, case.sealed);
    if reading.faults.is_empty() {
        let pairs = reading.events.len().saturating_sub(1);
        ledger.holds(
            "custody",
            format!(
                "{} events; the log's own links were followed between {} of {pairs} neighbours, the others are apart in the log",
                reading.events.len(),
                reading.log_links
            ),
        );
    } else {
        ledger.faults("custody", &reading.faults);
    }
}
