//! Signal: a label that reads like the government suffix, `gov-cn.com`, `x-gov.cn`, `memgov.cn`.

use std::collections::BTreeSet;

use crate::Kind;
use crate::reading::{Found, Join, Reading};
use crate::word::Classes;

/// What `gov` is followed by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    /// `cn` left of the public suffix: `gov-cn.com`, `gov.cn.com`.
    Own,
    /// The public suffix `cn` itself: `x-gov.cn`.
    Suffix,
    /// A public suffix that ends in `cn`: `x-gov.org.cn`.
    SuffixEnd,
    /// None of these: `x-gov.com`.
    Missing,
}

/// The most telling imitation of the government suffix.
pub(crate) fn find(reading: &Reading<'_>, ordinary: &BTreeSet<String>) -> Option<Found> {
    (0..reading.pieces.len())
        .filter_map(|index| look(reading, index, ordinary))
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

fn look(reading: &Reading<'_>, index: usize, ordinary: &BTreeSet<String>) -> Option<Found> {
    let gov = reading.pieces[index];
    if gov.label >= reading.left || !reading.is(&gov, Classes::GOV) {
        return None;
    }
    let parent = parent(reading, index);
    let next = reading.pieces.get(index + 1);
    let ends_word = next.is_none_or(|next| next.join != Join::Glued);
    if parent == Parent::Missing && !ends_word {
        return None;
    }
    let body = reading
        .own()
        .any(|piece| reading.is(piece, Classes::BODY | Classes::CERTIFICATE));
    let region = reading
        .own()
        .any(|piece| reading.is(piece, Classes::REGION));
    let before = reading.text[reading.labels[gov.label].0..gov.start].trim_end_matches(['-', '_']);
    if !body && !region && ordinary.contains(before) {
        return None;
    }
    let glued = gov.join == Join::Glued;
    let base: f64 = match parent {
        Parent::Own if glued => 0.7,
        Parent::Own => 0.85,
        Parent::Suffix => 0.75,
        Parent::SuffixEnd => 0.65,
        Parent::Missing => 0.5,
    };
    // Glued to words that name nobody, or without `cn`, `gov` is found in names of companies too.
    if !body && !region {
        let of_official =
            glued && index > 0 && reading.is(&reading.pieces[index - 1], Classes::PART);
        let lone_govcn = parent == Parent::Own && glued && !reading.pieces[index - 1].known;
        if parent == Parent::Missing || (glued && !of_official && !lone_govcn) {
            return None;
        }
    }
    let score = base + if body { 0.1 } else { 0.0 } + if region { 0.05 } else { 0.0 };
    Some(found(reading, index, parent, score.min(0.95)))
}

fn parent(reading: &Reading<'_>, index: usize) -> Parent {
    let gov = reading.pieces[index];
    if let Some(next) = reading.pieces.get(index + 1)
        && reading.is(next, Classes::PARENT)
    {
        return if next.label < reading.left {
            Parent::Own
        } else {
            Parent::Suffix
        };
    }
    let ends_own = gov.label + 1 == reading.left && gov.end == reading.labels[gov.label].1;
    let suffix_ends = reading
        .pieces
        .last()
        .is_some_and(|last| reading.is(last, Classes::PARENT));
    if ends_own && suffix_ends {
        Parent::SuffixEnd
    } else {
        Parent::Missing
    }
}

fn found(reading: &Reading<'_>, index: usize, parent: Parent, score: f64) -> Found {
    let gov = reading.pieces[index];
    let telling = Classes::BODY | Classes::CERTIFICATE | Classes::REGION | Classes::FUNCTION;
    let first = reading.pieces[..index]
        .iter()
        .rposition(|piece| !reading.is(piece, telling))
        .map_or(0, |place| place + 1);
    let end = match parent {
        Parent::Own | Parent::Suffix => reading.pieces[index + 1].end,
        Parent::SuffixEnd => reading.text.len(),
        Parent::Missing => gov.end,
    };
    let range = (reading.pieces[first].start, end);
    let words: Vec<String> = reading
        .own()
        .filter(|piece| {
            reading.is(
                piece,
                Classes::BODY | Classes::CERTIFICATE | Classes::REGION,
            )
        })
        .filter_map(|piece| reading.word_in_chinese(piece))
        .collect();
    let with = if words.is_empty() {
        String::new()
    } else {
        format!("，并含{}", words.join("、"))
    };
    let reason = format!(
        "“{}”仿照政府域名的写法，而注册域名{}不在政府域名之下{with}",
        reading.slice(range),
        reading.registrable()
    );
    Found {
        kind: Kind::GovernmentLabel,
        score,
        range,
        site: None,
        reason,
    }
}
