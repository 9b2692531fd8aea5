//! Signal: words of an agency, a certificate, a region and a lookup put together, or an official label under another suffix.

use crate::Kind;
use crate::reading::{Found, Piece, Reading};
use crate::word::Classes;

/// Letters from which an abbreviation tells something within a longer label.
const TELLING_LETTERS: usize = 4;
/// Letters from which an official label tells something by itself under another suffix.
const LONE_LETTERS: usize = 5;

/// What the words of the registered label are.
#[derive(Default)]
struct Tally<'a> {
    body: Option<&'a Piece>,
    certificate: Option<&'a Piece>,
    function: Option<&'a Piece>,
    region: Option<&'a Piece>,
    state: Option<&'a Piece>,
    /// A body's word that is also an everyday word or short, standing by itself between hyphens.
    weak_body: Option<&'a Piece>,
}

/// The combination that the registered label is made of.
pub(crate) fn find(reading: &Reading<'_>) -> Option<Found> {
    let label = reading.left.checked_sub(1)?;
    if reading.of_label(label).any(|piece| !piece.known) {
        return None;
    }
    let tally = tally(reading, label);
    let function_left = function_left_of(reading, label);
    let function = tally.function.or(function_left);
    let chinese = !reading.slice(reading.labels[label]).is_ascii();
    let (score, parts) = match tally {
        Tally {
            body: Some(body),
            certificate: Some(certificate),
            ..
        } => (
            if function.is_some() { 0.65 } else { 0.5 },
            vec![Some(body), Some(certificate), function],
        ),
        Tally {
            body: Some(body),
            state: Some(state),
            ..
        } => (0.5, vec![Some(body), Some(state), function]),
        Tally {
            body: Some(body), ..
        } if function.is_some() => (if chinese { 0.7 } else { 0.55 }, vec![Some(body), function]),
        Tally {
            certificate: Some(certificate),
            ..
        } if function.is_some() => (
            if chinese { 0.6 } else { 0.5 },
            vec![Some(certificate), function, tally.region],
        ),
        Tally {
            body: Some(body),
            region: Some(region),
            ..
        } => (0.45, vec![Some(body), Some(region)]),
        Tally {
            region: Some(region),
            state: Some(state),
            ..
        } => (0.4, vec![Some(region), Some(state)]),
        Tally {
            certificate: Some(certificate),
            state: Some(state),
            ..
        } => (0.45, vec![Some(certificate), Some(state)]),
        Tally {
            weak_body: Some(body),
            function: Some(function),
            ..
        } => (0.4, vec![Some(body), Some(function)]),
        Tally {
            body: Some(body), ..
        } if chinese => (0.6, vec![Some(body)]),
        Tally {
            certificate: Some(certificate),
            ..
        } if chinese => (0.45, vec![Some(certificate)]),
        Tally {
            body: Some(body), ..
        } if is_lone(reading, body, label) => {
            return Some(other_suffix(reading, body));
        }
        _ => return None,
    };
    Some(found(reading, score, parts.into_iter().flatten()))
}

fn tally<'a>(reading: &'a Reading<'_>, label: usize) -> Tally<'a> {
    let mut tally = Tally::default();
    for (index, piece) in reading.pieces.iter().enumerate() {
        if piece.label != label {
            continue;
        }
        let alone = reading.stands_alone(index);
        let long = letters(reading, piece) >= TELLING_LETTERS
            || !reading.slice((piece.start, piece.end)).is_ascii();
        let ordinary = reading.entry(piece).is_some_and(|entry| entry.ordinary);
        if reading.is(piece, Classes::BODY) {
            if !ordinary && (long || alone) {
                tally.body = tally.body.or(Some(piece));
            } else if alone {
                tally.weak_body = tally.weak_body.or(Some(piece));
            }
        } else if reading.is(piece, Classes::CERTIFICATE) {
            if !ordinary && (long || alone) {
                tally.certificate = tally.certificate.or(Some(piece));
            }
        } else if reading.is(piece, Classes::FUNCTION) {
            tally.function = tally.function.or(Some(piece));
        } else if reading.is(piece, Classes::STATE) {
            tally.state = tally.state.or(Some(piece));
        } else if reading.is(piece, Classes::REGION) {
            tally.region = tally.region.or(Some(piece));
        }
    }
    tally
}

/// A lookup word that is a whole label left of the registered one, as in `cx.tzzy.top`.
fn function_left_of<'a>(reading: &'a Reading<'_>, registered: usize) -> Option<&'a Piece> {
    reading
        .own()
        .filter(|piece| piece.label < registered && reading.is(piece, Classes::FUNCTION))
        .find(|piece| (piece.start, piece.end) == reading.labels[piece.label])
}

fn is_lone(reading: &Reading<'_>, body: &Piece, label: usize) -> bool {
    (body.start, body.end) == reading.labels[label] && letters(reading, body) >= LONE_LETTERS
}

fn other_suffix(reading: &Reading<'_>, body: &Piece) -> Found {
    let word = reading.slice((body.start, body.end));
    let means = reading.word_in_chinese(body).unwrap_or_default();
    Found {
        kind: Kind::OtherSuffix,
        score: 0.4,
        range: (body.start, body.end),
        site: None,
        reason: format!(
            "“{word}”是官方主机名用语{means}，换成了其他后缀{}",
            reading.registrable()
        ),
    }
}

fn found<'a>(reading: &Reading<'_>, score: f64, parts: impl Iterator<Item = &'a Piece>) -> Found {
    let mut parts: Vec<&Piece> = parts.collect();
    parts.sort_by_key(|piece| piece.start);
    let range = (
        parts.first().map_or(0, |piece| piece.start),
        parts.last().map_or(0, |piece| piece.end),
    );
    let words: Vec<String> = parts
        .iter()
        .filter_map(|piece| reading.word_in_chinese(piece))
        .collect();
    let reason = format!("主机名由{}拼成，近似官方查询网站的用语", words.join("与"));
    Found {
        kind: Kind::Combination,
        score,
        range,
        site: None,
        reason,
    }
}

fn letters(reading: &Reading<'_>, piece: &Piece) -> usize {
    reading.slice((piece.start, piece.end)).chars().count()
}
