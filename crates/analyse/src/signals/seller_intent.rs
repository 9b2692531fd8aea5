//! Seller intent: words of offering or assurance stand beside a credential.

use crate::reading::{Reading, Sighting, saturate};

/// All pairs of the page together.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let offers = &reading.offers;
    let best = offers.pairs.first().filter(|pair| pair.value > 0.05)?;
    let mut words: Vec<&str> = Vec::new();
    for pair in offers.pairs.iter().filter(|pair| pair.value > 0.05) {
        let word = reading.term(&pair.offer).text.as_str();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(6);
    let reason = format!("在证书名称近旁出现招揽用语：{}", words.join("、"));
    Sighting::new(
        saturate(offers.sum, 1.0),
        reason,
        reading.page.quote_folded(best.range),
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn a_word_of_selling_beside_a_credential() {
        assert!(value("<p>代办电工证，免考直出") >= 0.6);
        assert!(value("<p>专业辦·證") >= 0.4);
        assert!(value("<p>焊工操作证 可查 你懂的") >= 0.5);
    }

    #[test]
    fn honest_words_do_not() {
        for html in [
            "<p>办理特种作业操作证须经考试合格，官网可查，全国联网",
            "<p>警方抓获代办电工证的团伙",
            "<p>谨防“代办电工证、免考”骗局",
            "<p>代办营业执照，资质代办",
            "<p>到政务大厅办证窗口领取电工证",
            "<p>代办</p><p>中间隔着很长的一段与证书没有任何关系的文字</p><p>电工证</p>",
        ] {
            let value = value(html);
            assert!(value < 0.5, "{html}: {value}");
        }
    }
}
