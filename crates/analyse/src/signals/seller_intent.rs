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
