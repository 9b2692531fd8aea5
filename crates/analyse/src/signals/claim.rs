//! Claim: title, heading, logo or footer say that the page is a state organ's or its lookup.

use crate::lexicon::Kind;
use crate::page::{Block, Position, Quote};
use crate::reading::{Reading, Sighting};

/// Folded characters between 主办单位 and the organ it names.
const OWNER_REACH: u32 = 24;
/// Shortest name that can be recognised by a part of it.
const PART_CHARS: usize = 10;

/// Folded characters that a title may add to an official name and still be that name.
const MOST_ADDED_CHARS: usize = 8;

/// Bytes of a title or heading that are read; more is no title.
const MOST_TITLE_BYTES: usize = 600;
/// Places that are read for who runs the page.
const MOST_OWNERS: usize = 32;

/// One place where the page claims.
struct Claim {
    value: f64,
    reason: String,
    quote: Quote,
}

/// The strongest claim, a little more for one in a second place.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let mut claims = Vec::new();
    for (position, weight) in [
        (Position::Title, 1.0),
        (Position::SiteName, 1.0),
        (Position::H1, 0.7),
        (Position::Alt, 0.6),
        (Position::Heading, 0.45),
    ] {
        for block in reading.blocks_at(position).take(12) {
            claims.extend(named(reading, block, weight));
        }
    }
    claims.extend(owned(reading));
    claims.sort_by(|left, right| right.value.total_cmp(&left.value));
    let mut claims = claims.into_iter();
    let first = claims.next()?;
    let second = claims
        .find(|claim| claim.quote != first.quote)
        .map_or(0.0, |claim| claim.value);
    let value = 1.0 - (1.0 - first.value) * (1.0 - 0.3 * second);
    Sighting::new(value, first.reason, first.quote)
}

/// What a title or heading claims in one of its segments.
fn named(reading: &Reading, block: &Block, weight: f64) -> Option<Claim> {
    let segments = segments(reading, block);
    let is_about = |range: (u32, u32)| reading.finds_in(Kind::Mention, range).next().is_some();
    let last = segments.len().saturating_sub(1);
    let mut best: Option<Claim> = None;
    for (index, segment) in segments.iter().enumerate() {
        let Some((strength, reason)) = segment_claim(reading, *segment, index == last) else {
            continue;
        };
        let factor = if is_about(*segment) {
            0.15
        } else if is_about(block.folded) {
            0.5
        } else {
            1.0
        };
        let value = weight * strength * factor;
        if best.as_ref().is_none_or(|best| best.value < value) {
            best = Some(Claim {
                value,
                reason,
                quote: reading.page.quote_folded(*segment),
            });
        }
    }
    best
}

fn segment_claim(reading: &Reading, segment: (u32, u32), is_last: bool) -> Option<(f64, String)> {
    let words = reading.page.folded.slice(segment);
    let length = words.chars().count();
    for (name, number) in &reading.knowledge.names {
        let share = likeness(words, name);
        if share > 0.0 {
            let is_whole = length <= name.chars().count() + MOST_ADDED_CHARS;
            let site = &reading.knowledge.protected[*number];
            let strength = share * if is_whole { 1.0 } else { 0.6 };
            return Some((
                strength,
                format!("以{}的官方网站或者查询平台名称自称", site.organisation),
            ));
        }
    }
    let system = reading.finds_in(Kind::System, segment).last();
    for (name, number) in &reading.knowledge.organisations {
        if words.starts_with(name.as_str()) && (system.is_some() || (is_last && words == name)) {
            let site = &reading.knowledge.protected[*number];
            return Some((0.9, format!("以{}的名义自称", site.organisation)));
        }
    }
    if let Some(organ) = reading.finds_in(Kind::Organ, segment).last() {
        let weight = reading.term(organ).weight;
        let is_name = is_last && organ.range.1 == segment.1 && length <= 20;
        if is_name || system.is_some_and(|system| system.range.0 >= organ.range.0) {
            return Some((
                0.75 * weight,
                String::from("以国家机关的名称或者其查询平台自称"),
            ));
        }
    }
    let certificate = reading
        .knowledge
        .certificates
        .iter()
        .find(|certificate| words.contains(certificate.as_str()))?;
    let looks_up = system.is_some() || reading.finds_in(Kind::Query, segment).next().is_some();
    looks_up.then(|| {
        (
            0.5,
            format!("自称可以查询{certificate}，该证书只能在官方平台查询"),
        )
    })
}

/// How much of an official name stands in a text: 1 for all of it.
fn likeness(words: &str, name: &str) -> f64 {
    if words.contains(name) {
        return 1.0;
    }
    let length = name.chars().count();
    if length < PART_CHARS {
        return 0.0;
    }
    let share = longest_common(words, name) as f64 / length as f64;
    if share >= 0.7 { share } else { 0.0 }
}

/// Characters in the longest run that two texts share.
fn longest_common(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row = vec![0; right.len() + 1];
    let mut longest = 0;
    for a in left.chars().take(120) {
        for index in (0..right.len()).rev() {
            row[index + 1] = if right[index] == a { row[index] + 1 } else { 0 };
            longest = longest.max(row[index + 1]);
        }
    }
    longest
}

/// What the foot of the page says of who runs it.
fn owned(reading: &Reading) -> Option<Claim> {
    reading
        .finds_of(Kind::Owner)
        .take(MOST_OWNERS)
        .find_map(|owner| {
            let block = reading.block_of(owner)?;
            let window = (
                owner
                    .range
                    .0
                    .saturating_sub(OWNER_REACH)
                    .max(block.folded.0),
                (owner.range.1 + OWNER_REACH).min(block.folded.1),
            );
            if reading.finds_in(Kind::Mention, window).next().is_some() {
                return None;
            }
            let words = reading.page.folded.slice(window);
            let known = reading
                .knowledge
                .names
                .iter()
                .chain(&reading.knowledge.organisations);
            let site = known
                .into_iter()
                .find(|(name, _)| words.contains(name.as_str()));
            if let Some((_, number)) = site {
                let site = &reading.knowledge.protected[*number];
                return Some(Claim {
                    value: 0.9,
                    reason: format!("页脚自称由{}主办或者所有", site.organisation),
                    quote: reading.page.quote_folded(window),
                });
            }
            let organ = reading.finds_in(Kind::Organ, window).next()?;
            Some(Claim {
                value: 0.6 * reading.term(organ).weight,
                reason: String::from("页脚自称由国家机关主办或者所有"),
                quote: reading.page.quote_folded((
                    owner.range.0.min(organ.range.0),
                    owner.range.1.max(organ.range.1),
                )),
            })
        })
}

/// The parts of a title between dashes, bars and underscores, as ranges of folded characters.
fn segments(reading: &Reading, block: &Block) -> Vec<(u32, u32)> {
    let (start, end) = block.text;
    let mut end = (end as usize).min(start as usize + MOST_TITLE_BYTES);
    while !reading.page.text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &reading.page.text[start as usize..end];
    let mut parts = Vec::new();
    let mut from = 0;
    let borders = text.char_indices().filter(|(_, c)| {
        matches!(
            c,
            '-' | '_' | '|' | '—' | '–' | '·' | '｜' | '»' | '>' | '\n'
        )
    });
    for (at, c) in borders.chain(std::iter::once((text.len(), ' '))) {
        let range = reading
            .page
            .folded
            .range_of_origin(start + from as u32, start + at as u32);
        if range.0 < range.1 {
            parts.push(range);
        }
        from = at + c.len_utf8();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn a_title_that_is_the_official_name_claims() {
        assert!(value("<title>云泽省特种作业操作证及考核合格信息查询平台</title>") >= 1.0);
        assert!(value("<title>证书查询-云泽省应急管理厅官网</title>") >= 0.85);
        assert!(value("<title>某某市应急管理局证书查询系统</title>") >= 0.7);
        assert!(value("<title>特种作业操作证查询</title>") >= 0.45);
    }

    #[test]
    fn a_title_that_speaks_about_it_does_not() {
        for title in [
            "云泽省特种作业操作证及考核合格信息查询平台怎么查",
            "特种作业操作证查询方法_某某培训学校",
            "云泽省应急管理厅召开会议部署防汛工作_某某日报",
            "低压电工考试题库",
        ] {
            let value = value(&format!("<title>{title}</title>"));
            assert!(value < 0.2, "{title}: {value}");
        }
    }

    #[test]
    fn the_foot_of_the_page_says_who_runs_it() {
        assert!(value("<p>主办单位：云泽省应急管理厅</p>") >= 0.85);
        let organ = value("<p>版权所有 某某市应急管理局</p>");
        assert!((0.45..0.7).contains(&organ), "{organ}");
        assert!(value("<p>指导单位：某某市应急管理局</p>") < 0.1);
    }
}
