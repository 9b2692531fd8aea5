//! Seller price: an offer of a credential names its price.

use crate::lexicon::Kind;
use crate::reading::{Reading, Sighting};

/// Folded characters around an offer in which its price stands.
const REACH: u32 = 60;
/// Offers that are looked at.
const MOST_OFFERS: usize = 64;

/// A sum of money or a word of prices in the block of an offer.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    for pair in reading
        .offers
        .pairs
        .iter()
        .filter(|pair| pair.value >= 0.25)
        .take(MOST_OFFERS)
    {
        let block = reading.page.blocks.get(pair.block)?;
        let window = (
            pair.range.0.saturating_sub(REACH).max(block.folded.0),
            (pair.range.1 + REACH).min(block.folded.1),
        );
        if let Some(range) = sum_in(reading, window) {
            return Sighting::new(
                1.0,
                "招揽用语近旁标有价格",
                reading.page.quote_folded(range),
            );
        }
        if let Some(find) = reading.finds_in(Kind::Price, window).next() {
            let weight = reading.term(find).weight;
            return Sighting::new(weight, "招揽用语近旁有论价用语", reading.quote(find));
        }
    }
    None
}

/// Two to five digits before 元 or 块.
fn sum_in(reading: &Reading, (start, end): (u32, u32)) -> Option<(u32, u32)> {
    let folded = &reading.page.folded;
    let mut digits = 0;
    for index in start..end {
        match folded.char(index) {
            Some(c) if c.is_ascii_digit() => digits += 1,
            Some('元' | '块') if (2..=5).contains(&digits) => {
                return Some((index - digits, index + 1));
            }
            _ => digits = 0,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn a_price_beside_an_offer() {
        assert!(value("<p>代办电工证 500元") >= 1.0);
        assert!(value("<p>代办电工证，价格优惠") >= 0.5);
        assert!(value("<p>代办电工证</p><p>电焊机 860元</p>") < 0.1);
    }
}
