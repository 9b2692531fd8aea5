//! Foreign mark: a filing number, site code or statistics id that belongs to an official site stands on another's host.

use jianwei_model::MarkKind;

use crate::marks::normal_value;
use crate::reading::{Reading, Sighting};

/// The first mark that a protected site owns and this host does not.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    reading.marks.iter().find_map(|found| {
        let key = (found.mark.kind, normal_value(&found.mark));
        let owner = reading.knowledge.mark_owners.get(&key)?;
        let site = &reading.knowledge.protected[*owner];
        let value = match found.mark.kind {
            // A holder's number is the same for all its sites, so it is the weakest of the marks.
            MarkKind::Icp => 0.7,
            _ => 1.0,
        };
        let reason = format!(
            "页面使用的{} {} 属于{}，而本站域名并非该机构所有",
            found.mark.kind.chinese(),
            found.mark.value,
            site.organisation
        );
        Sighting::new(value, reason, found.quote.clone())
    })
}
