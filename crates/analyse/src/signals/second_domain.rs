//! Second domain: the official pages of the organisation themselves lead to this host.

use crate::page::Quote;
use crate::reading::{Reading, Sighting};

/// Whether the organisation that the page seems to be of vouches for the host.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let from_marks = reading.marks.iter().filter_map(|found| {
        let key = (found.mark.kind, crate::marks::normal_value(&found.mark));
        let owner = reading.knowledge.mark_owners.get(&key)?;
        Some(reading.knowledge.protected[*owner].organisation.as_str())
    });
    let from_likeness = reading
        .likeness
        .iter()
        .map(|likeness| likeness.organisation.as_str());
    let organisation = from_marks.chain(from_likeness).find(|organisation| {
        reading
            .knowledge
            .references
            .vouching(&reading.host, organisation)
    })?;
    let reason = format!("{organisation}的官方网页有指向本域名的链接，应为其自有或者认可的网站");
    Sighting::new(1.0, reason, Quote::of_host(&reading.host))
}
