//! Signal: an official name stands whole in the host, with its dots, with hyphens for them, or without.

use crate::Kind;
use crate::reading::{Found, Reading};
use crate::registrable;

/// Letters below which a name without its dots is too short to tell anything.
const SQUEEZED_LETTERS: usize = 6;

/// An official name as it may stand inside another host.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    /// With its dots, without `www.`.
    pub(crate) host: String,
    /// Letters and digits alone.
    pub(crate) squeezed: String,
    pub(crate) site: usize,
}

impl Core {
    /// `None` when the name is too short to tell.
    pub(crate) fn new(host: &str, site: usize, closed: bool) -> Option<Self> {
        is_telling(host, closed).then(|| Self {
            host: host.to_owned(),
            squeezed: squeeze(host),
            site,
        })
    }
}

/// Whether an official name is long enough to be known again without its dots; `closed` when it ends in `gov.cn`.
pub(crate) fn is_telling(host: &str, closed: bool) -> bool {
    let registered = registrable(host).unwrap_or(host).split('.').next();
    let has_word = registered.is_some_and(|label| label.split('-').any(|part| part.len() >= 2));
    host.contains('.') && squeeze(host).len() >= SQUEEZED_LETTERS && (closed || has_word)
}

/// The longest official name that stands in the host.
pub(crate) fn find(
    reading: &Reading<'_>,
    cores: &[Core],
    organisation: &dyn Fn(usize) -> String,
) -> Option<Found> {
    let squeezed = squeeze(reading.text);
    let places: Vec<usize> = reading
        .text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| !is_gap(*byte))
        .map(|(place, _)| place)
        .collect();
    let mut best: Option<(&Core, (usize, usize))> = None;
    for core in cores {
        if best.is_some_and(|(known, _)| known.squeezed.len() >= core.squeezed.len()) {
            continue;
        }
        if let Some(range) = place_of(reading, core, &squeezed, &places) {
            best = Some((core, range));
        }
    }
    let (core, range) = best?;
    let whose = organisation(core.site);
    let excerpt = reading.slice(range);
    let (kind, score) = if excerpt == core.host {
        (Kind::Level, 1.0)
    } else if excerpt.bytes().any(is_gap) {
        (Kind::Joined, 0.95)
    } else {
        (Kind::Joined, 0.9)
    };
    let reason = match kind {
        Kind::Level => format!(
            "主机名把{whose}的官方域名{}放在注册域名{}之内，并非官方主机",
            core.host,
            reading.registrable()
        ),
        _ => format!(
            "主机名中的“{excerpt}”即{whose}的官方域名{}，把点改成连字符或者去掉了",
            core.host
        ),
    };
    Some(Found {
        kind,
        score,
        range,
        site: Some(core.site),
        reason,
    })
}

/// Where a core stands in the host, begun and ended where words begin and end.
fn place_of(
    reading: &Reading<'_>,
    core: &Core,
    squeezed: &str,
    places: &[usize],
) -> Option<(usize, usize)> {
    let borders = |place: usize| reading.pieces.iter().any(|piece| piece.start == place);
    squeezed
        .match_indices(&core.squeezed)
        .map(|(start, found)| {
            let end = start + found.len();
            (places[start], places[end - 1] + 1, places.get(end))
        })
        .filter(|(start, _, next)| borders(*start) && next.is_none_or(|next| borders(*next)))
        .map(|(start, end, _)| (start, end))
        // What lies within the suffix says nothing, and a host that ends in an official name is below it.
        .find(|(start, end)| {
            let below = *end == reading.text.len() && reading.slice((*start, *end)) == core.host;
            reading.left > 0 && *start < reading.labels[reading.left - 1].1 && !below
        })
}

pub(crate) fn squeeze(host: &str) -> String {
    host.chars()
        .filter(|symbol| !matches!(symbol, '.' | '-' | '_'))
        .collect()
}

fn is_gap(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}
