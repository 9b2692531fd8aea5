//! The checks inside a WACZ.

use std::collections::{BTreeMap, BTreeSet};

use jianwei_model::Visit;
use serde::de::DeserializeOwned;

use crate::case_file::CaseFile;
use crate::check::Ledger;
use crate::container::Reading;
use crate::datapackage::{self, DataPackage};
use crate::exhibit::ListLine;
use crate::hash::Hashes;
use crate::key::PublicKey;
use crate::record::{self, Record};
use crate::verify::line_fault;
use crate::{agreement, capture, cdxj, chronology, custody, pages, wacz};

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
    datapackage::package_checks(&files, package.as_ref(), ledger);
    let mut inside = Inside {
        signer: datapackage::digest_checks(&files, package.as_ref().ok(), ledger),
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
            ledger.faults("pages", &pages::faults(&files, visits));
            ledger.faults(
                "times",
                &chronology::faults(case, visits, &records, package.as_ref().ok()),
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
    faults.extend(record::link_faults(&records));
    ledger.faults("warc_records", &faults);
    let expected = cdxj::index(&records, capture::FILE_NAME);
    let index = files.get(wacz::INDEX).copied().unwrap_or_default();
    ledger.faults(
        "index",
        line_fault(wacz::INDEX, index, &expected).as_slice(),
    );
    records
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
