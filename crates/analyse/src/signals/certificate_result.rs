//! Certificate result: the labels of a certificate with their values, as an official lookup answers.

use std::collections::BTreeSet;

use crate::lexicon::Kind;
use crate::number::NumberForm;
use crate::page::Position;
use crate::reading::{Reading, Sighting};

/// Fewest different labels.
const LEAST_FIELDS: usize = 4;
/// Longest block, in folded characters, that can be a label or its value rather than prose.
const LABEL_CHARS: u32 = 40;
/// More numbers than this make a list of people, not an answer about one.
const MOST_NUMBERS: usize = 4;

/// Folded characters after 签发机关 within which the organ stands.
const ISSUER_CHARS: u32 = 20;

/// A result page for one certificate.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let mut fields = BTreeSet::new();
    let mut first = None;
    for find in reading.finds_of(Kind::Field) {
        let Some(block) = reading.block_of(find) else {
            continue;
        };
        let is_label = block.folded.1 - block.folded.0 <= LABEL_CHARS
            && matches!(
                block.position,
                Position::Body | Position::Heading | Position::Field | Position::Alt
            );
        if is_label && fields.insert(reading.term(find).value.as_str()) && first.is_none() {
            first = Some(find);
        }
    }
    if fields.len() < LEAST_FIELDS {
        return None;
    }
    let numbers = &reading.numbers;
    let number = numbers
        .iter()
        .find(|number| number.form == NumberForm::Certificate)
        .or(numbers.first())
        .filter(|_| numbers.len() <= MOST_NUMBERS);
    let extra = (fields.len() - LEAST_FIELDS).min(3) as f64 * 0.1;
    let whole = if number.is_some() {
        (0.6 + extra + answer(reading) + issued(reading)).min(1.0)
    } else {
        0.3
    };
    let value = if shows_how(reading) {
        whole * 0.5
    } else {
        whole
    };
    let quote = number.map_or_else(
        || first.map(|find| reading.quote(find)).unwrap_or_default(),
        |number| number.quote.clone(),
    );
    let labels: Vec<&str> = fields.into_iter().collect();
    let reason = format!(
        "页面按官方查询结果的样式列出证书信息（{}）{}",
        labels.join("、"),
        if number.is_some() {
            "和证书号码"
        } else {
            ""
        }
    );
    Sighting::new(value, reason, quote)
}

/// More where the title or a heading says that this is an answer.
fn answer(reading: &Reading) -> f64 {
    let is_said = reading.finds_of(Kind::Query).any(|find| {
        reading.block_of(find).is_some_and(|block| {
            matches!(
                block.position,
                Position::Title | Position::H1 | Position::Heading
            )
        })
    });
    if is_said { 0.2 } else { 0.0 }
}

/// More where a state organ is named as the issuer.
fn issued(reading: &Reading) -> f64 {
    let is_issuer = |range: (u32, u32)| reading.finds_in(Kind::Organ, range).next().is_some();
    let is_issued = reading
        .finds_of(Kind::Field)
        .filter(|find| reading.term(find).value == "发证机关")
        .any(|find| is_issuer((find.range.1, find.range.1 + ISSUER_CHARS)));
    if is_issued { 0.1 } else { 0.0 }
}

/// Whether the title speaks about certificates, so that what is listed is a sample.
fn shows_how(reading: &Reading) -> bool {
    [Position::Title, Position::H1]
        .into_iter()
        .flat_map(|position| reading.blocks_at(position))
        .any(|block| {
            let mut mentions = reading.finds_in(Kind::Mention, block.folded);
            mentions.next().is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    const RECORD: &str = "<table><tr><td>姓名<td>林某测<tr><td>证号<td>T110101190001010014<tr><td>作业类别<td>电工作业<tr><td>有效期限<td>2030-01-01<tr><td>签发机关<td>云泽市应急管理局</table>";

    #[test]
    fn labels_and_a_number_make_an_answer() {
        let (value, excerpt) = check(look, RECORD).unwrap();
        assert!(value >= 0.75, "{value}");
        assert_eq!(excerpt, "T110101190001010014");
        assert!(super::tests::value(&format!("<title>证书查询结果</title>{RECORD}")) > value);
    }

    #[test]
    fn samples_and_prose_do_not() {
        assert!(value(&format!("<title>操作证样式介绍</title>{RECORD}")) < 0.6);
        assert!(
            value(
                "<p>页面会显示姓名、证号、作业类别、操作项目、初领日期、有效期限、应复审日期和签发机关等各项信息，供用人单位核对。</p>"
            ) < 0.1
        );
        assert!(value(&RECORD.replace("T110101190001010014", "见原件")) < 0.6);
    }
}
