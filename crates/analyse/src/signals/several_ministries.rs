//! Several ministries: one host offers the lookups of unrelated ministries as its own.

use std::collections::BTreeMap;

use crate::lexicon::{Find, Kind};
use crate::reading::{Reading, Sighting};

/// Longest text, in folded characters, that can be a menu entry or heading rather than prose.
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
    let Some(node) = reading.page.node_of(find.range.0) else {
        return false;
    };
    let (start, end) = node.text;
    let entry = reading.page.folded.range_of_origin(start, end);
    if entry.1 - entry.0 > ENTRY_CHARS {
        return false;
    }
    let leads_away = node.link.is_some_and(|link| {
        reading.page.links[link as usize]
            .host
            .as_ref()
            .is_some_and(|host| *host != reading.host)
    });
    let is_about = reading.finds_in(Kind::Mention, entry).next().is_some();
    let looks_up = reading.finds_in(Kind::Query, entry).next().is_some();
    !leads_away && !is_about && looks_up
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn lookups_of_unrelated_ministries_on_one_host() {
        assert!(
            value(
                "<a href=/a>特种作业证查询</a><p><a href=/b>教师资格证查询</a><p><a href=/c>道路运输从业资格查询</a>"
            ) >= 1.0
        );
    }

    #[test]
    fn links_to_the_ministries_and_articles_do_not() {
        assert!(
            value(
                "<li><a href='http://a.gov.test/'>特种作业证查询</a><li><a href='http://b.gov.test/'>教师资格证查询</a>"
            ) < 0.1
        );
        assert!(value("<li>特种作业证怎么查询<li>教师资格证查询方法") < 0.1);
    }
}
