//! Several ministries: one host offers the lookups of unrelated ministries as its own.

use std::collections::BTreeMap;

use crate::lexicon::{Find, Kind};
use crate::reading::{Reading, Sighting};

/// Longest block, in folded characters, that can be a menu entry or heading rather than prose.
const ENTRY_CHARS: u32 = 40;

/// Lookups of at least two ministries that do not lead to their own hosts.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let mut ministries: BTreeMap<&str, &Find> = BTreeMap::new();
    for find in reading.finds_of(Kind::Ministry) {
        if is_own_lookup(reading, find) {
            ministries.entry(&reading.term(find).value).or_insert(find);
        }
    }
    let value = match ministries.len() {
        0 | 1 => return None,
        2 => 0.7,
        _ => 1.0,
    };
    let first = ministries.values().min_by_key(|find| find.range.0)?;
    let names: Vec<&str> = ministries.keys().copied().collect();
    let reason = format!(
        "同一网站以自身名义提供{}等互不隶属部门的证件查询",
        names.join("、")
    );
    Sighting::new(value, reason, reading.quote(first))
}

/// Whether an entry offers a lookup here rather than elsewhere.
fn is_own_lookup(reading: &Reading, find: &Find) -> bool {
    let Some(block) = reading.block_of(find) else {
        return false;
    };
    if block.folded.1 - block.folded.0 > ENTRY_CHARS {
        return false;
    }
    let leads_away = block.link.is_some_and(|link| {
        reading.page.links[link as usize]
            .host
            .as_ref()
            .is_some_and(|host| *host != reading.host)
    });
    let is_about = reading
        .finds_in(Kind::Mention, block.folded)
        .next()
        .is_some();
    let looks_up = reading.finds_in(Kind::Query, block.folded).next().is_some();
    !leads_away && !is_about && looks_up
}
