//! Whose name a host uses: the words of it weighed as votes for the protected sites they belong to.

use std::collections::{BTreeMap, BTreeSet};

use jianwei_model::ProtectedSite;

use crate::reading::Reading;
use crate::word::{Classes, Entry};

/// The one site that most of the host's words point to; a national body goes before its branches.
pub(crate) fn site_meant(reading: &Reading<'_>, sites: &[ProtectedSite]) -> Option<usize> {
    let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
    let telling = Classes::BODY | Classes::CERTIFICATE;
    let (bodies, others): (Vec<&Entry>, Vec<&Entry>) = reading
        .own()
        .filter_map(|piece| reading.entry(piece))
        .partition(|entry| entry.classes.meets(telling));
    for entry in bodies {
        let weight = 2 * entry.word.chars().count();
        for site in &entry.sites {
            *votes.entry(*site).or_default() += weight;
        }
        if let Some(site) = entry.of {
            let among = if entry.sites.contains(&site) {
                1
            } else {
                weight + 1
            };
            *votes.entry(site).or_default() += among;
        }
    }
    // A region tells apart the branches of a body that is named; by itself it names none.
    for entry in others {
        for site in &entry.sites {
            votes
                .entry(*site)
                .and_modify(|votes| *votes += entry.word.len());
        }
    }
    let most = *votes.values().max()?;
    let first: Vec<usize> = votes
        .iter()
        .filter(|(_, votes)| **votes == most)
        .map(|(site, _)| *site)
        .collect();
    let national: Vec<usize> = first
        .iter()
        .copied()
        .filter(|site| sites[*site].region.is_empty())
        .collect();
    match (first.as_slice(), national.as_slice()) {
        ([site], _) | (_, [site]) => Some(*site),
        _ => None,
    }
}

/// What kind of body the host's words name where they fit several sites or none.
pub(crate) fn body_meant(reading: &Reading<'_>) -> String {
    let classes = Classes::BODY | Classes::CERTIFICATE | Classes::STATE;
    let meant: BTreeSet<&str> = reading
        .own()
        .filter(|piece| reading.is(piece, classes))
        .filter_map(|piece| reading.entry(piece))
        .map(|entry| entry.means.as_str())
        .filter(|means| !means.is_empty())
        .collect();
    if meant.is_empty() {
        "政府网站（未指明机关）".to_owned()
    } else {
        let meant: Vec<&str> = meant.into_iter().collect();
        format!("{}（未指明机关）", meant.join("、"))
    }
}
