//! Footer contradiction: the region letters and codes of a page's filing marks do not fit each other.

use jianwei_model::MarkKind;

use crate::marks::FoundMark;
use crate::reading::{Reading, Sighting};
use crate::region;

/// The first contradiction.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    letter_against_code(&reading.marks).or_else(|| codes_apart(&reading.marks))
}

/// A police record whose letter is not that of its code's region.
fn letter_against_code(marks: &[FoundMark]) -> Option<Sighting> {
    marks
        .iter()
        .filter(|found| found.mark.kind == MarkKind::PoliceRecord)
        .find_map(|found| {
            let letter = found.letter?;
            let value = &found.mark.value;
            if region::is_police_letter(letter, value) {
                return None;
            }
            let named = region::by_code(value).map_or("不存在的地区", |region| region.name);
            let reason = format!(
                "公安备案号冠“{letter}”字，号码 {value} 的地区代码却是{named}，备案信息自相矛盾"
            );
            Sighting::new(1.0, reason, found.quote.clone())
        })
}

/// A government site code and a police record of different regions.
fn codes_apart(marks: &[FoundMark]) -> Option<Sighting> {
    let of_kind = |kind| marks.iter().find(|found| found.mark.kind == kind);
    let code = of_kind(MarkKind::SiteCode)?;
    if code.mark.value.starts_with("bm") {
        return None;
    }
    let Some(region) = region::by_code(&code.mark.value) else {
        let reason = format!("政府网站标识码 {} 的地区代码不存在", code.mark.value);
        return Sighting::new(1.0, reason, code.quote.clone());
    };
    let police = of_kind(MarkKind::PoliceRecord)?;
    let other = region::by_code(&police.mark.value)?;
    if other.code == region.code {
        return None;
    }
    let reason = format!(
        "政府网站标识码属于{}，公安备案号却属于{}，备案信息自相矛盾",
        region.name, other.name
    );
    Sighting::new(0.8, reason, code.quote.clone())
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn letters_and_codes_must_fit() {
        assert!(value("<p>陕公网安备 34060002010001号") >= 1.0);
        assert!(value("<p>网站标识码：3406000012 湘公网安备 43990202000001号") >= 0.8);
        assert!(
            value("<p>川公网安备 51990202000001号 网站标识码：5106000012 蜀ICP备00000001号") < 0.1
        );
    }
}
