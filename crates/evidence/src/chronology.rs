//! Whether the times a packet gives are in a possible order.

use jianwei_model::{Timestamp, Visit};

use crate::case_file::CaseFile;
use crate::datapackage::DataPackage;
use crate::record::Record;

/// Every pair of moments in the wrong order.
pub(crate) fn faults(
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
