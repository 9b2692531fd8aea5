//! Seller contact: a personal contact stands in the block of an offer or beside it.

use crate::page::Quote;
use crate::reading::{Reading, Sighting};

/// The contact beside the strongest offer.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let beside = reading
        .offers
        .pairs
        .iter()
        .filter(|pair| pair.value >= 0.25)
        .find_map(|pair| Some((pair.value, &reading.contacts[pair.contact?])));
    if let Some((strength, found)) = beside {
        let value = if strength >= 0.45 { 1.0 } else { 0.6 };
        let reason = format!(
            "招揽用语近旁留有个人联系方式（{} {}）",
            found.contact.kind.chinese(),
            found.contact.value
        );
        return Sighting::new(value, reason, quote(found));
    }
    let has_offer = reading.offers.pairs.iter().any(|pair| pair.value >= 0.45);
    let anywhere = reading
        .contacts
        .iter()
        .find(|found| found.is_personal() && has_offer)?;
    let reason = format!(
        "页面留有个人联系方式（{} {}）",
        anywhere.contact.kind.chinese(),
        anywhere.contact.value
    );
    Sighting::new(0.5, reason, quote(anywhere))
}

fn quote(found: &crate::contacts::FoundContact) -> Quote {
    Quote {
        text: found.contact.excerpt.clone(),
        offset: Some(found.contact.offset),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn a_personal_contact_beside_an_offer() {
        assert!(value("<p>代办电工证</p><p>微信 fakejw_01</p>") >= 1.0);
        assert!(value("<p>代办电工证</p><p>客服热线 400-000-0001</p>") < 0.1);
        assert!(value("<p>电工证考试安排</p><p>微信 fakejw_01</p>") < 0.1);
    }
}
