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
    /// A body's or certificate's word that is also an everyday word, or short.
    weak: Option<&'a Piece>,
    /// Whether `weak` stands by itself between hyphens.
    weak_alone: bool,
    /// Whether `function` is a Chinese lookup word long enough to tell something itself.
    long_function: bool,
}

/// The combination that the registered label is made of.
pub(crate) fn find(reading: &Reading<'_>) -> Option<Found> {
    let label = reading.left.checked_sub(1)?;
    if reading.of_label(label).any(|piece| !piece.known) {
        return None;
    }
    let tally = tally(reading, label);
    let Tally {
        body,
        certificate,
        region,
        state,
        ..
    } = tally;
    let function = tally.function.or_else(|| function_left_of(reading, label));
    let weak = tally
        .weak
        .filter(|_| tally.weak_alone || tally.long_function);
    // Chinese words are not found in other names by chance, as abbreviations and pinyin are.
    let chinese = !reading.slice(reading.labels[label]).is_ascii();
    let alone = |piece: Option<&'_ Piece>| piece.filter(|_| chinese).copied();
    let (body_alone, certificate_alone) = (alone(body), alone(certificate));
    let sure = if chinese { 0.15 } else { 0.0 };
    let rows: [(f64, &[Option<&Piece>]); 11] = [
        (0.65 + sure, &[body, certificate, function]),
        (0.55 + sure, &[body, function]),
        (0.5 + sure, &[body, certificate]),
        (0.5 + sure, &[body, state]),
        (0.5 + sure, &[certificate, function]),
        (0.45, &[body, region]),
        (0.45, &[certificate, state]),
        (0.4, &[region, state]),
        (0.4, &[weak, tally.function]),
        (0.6, &[body_alone.as_ref()]),
        (0.45, &[certificate_alone.as_ref()]),
    ];
    let complete = rows
        .iter()
        .find(|(_, parts)| parts.iter().all(Option::is_some));
    if let Some((score, parts)) = complete {
        return Some(found(reading, *score, parts.iter().copied().flatten()));
    }
    body.filter(|body| is_lone(reading, body, label))
        .map(|body| other_suffix(reading, body))
}

fn tally<'a>(reading: &'a Reading<'_>, label: usize) -> Tally<'a> {
    let mut tally = Tally::default();
    for (index, piece) in reading.pieces.iter().enumerate() {
        if piece.label != label {
            continue;
        }
        let alone = reading.stands_alone(index);
        let long = is_long(reading, piece);
        let ordinary = reading.entry(piece).is_some_and(|entry| entry.ordinary);
        if reading.is(piece, Classes::BODY | Classes::CERTIFICATE) {
            let place = if ordinary || !(long || alone) {
                tally.weak_alone |= alone;
                &mut tally.weak
            } else if reading.is(piece, Classes::BODY) {
                &mut tally.body
            } else {
                &mut tally.certificate
            };
            place.get_or_insert(piece);
        } else if reading.is(piece, Classes::FUNCTION) {
            tally.long_function |= long && !ordinary;
            tally.function.get_or_insert(piece);
        } else if reading.is(piece, Classes::STATE) {
            tally.state.get_or_insert(piece);
        } else if reading.is(piece, Classes::REGION) {
            tally.region.get_or_insert(piece);
        }
    }
    tally
}

fn is_long(reading: &Reading<'_>, piece: &Piece) -> bool {
    letters(reading, piece) >= TELLING_LETTERS
        || !reading.slice((piece.start, piece.end)).is_ascii()
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
