//! Obfuscation: words of selling or contacts are written so that a filter should not see them.

use std::collections::HashSet;

use crate::lexicon::Kind;
use crate::page::Quote;
use crate::reading::{Reading, Sighting, saturate};

/// Disguised terms and numbers together.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let mut seen = HashSet::new();
    let mut sum = 0.0;
    let mut quote: Option<Quote> = None;
    let mut words = Vec::new();
    for find in &reading.finds {
        let term = reading.term(find);
        let weight = match term.kind {
            Kind::Deal | Kind::Offer | Kind::Assurance => 1.0,
            Kind::Credential => 0.6,
            Kind::Contact => 0.4,
            _ => continue,
        };
        if !find.how.is_disguise() || !seen.insert(find.term) {
            continue;
        }
        sum += weight;
        words.push(format!("{}（{}）", term.text, find.how.chinese()));
        quote.get_or_insert_with(|| reading.quote(find));
    }
    for found in reading
        .contacts
        .iter()
        .filter(|found| found.is_disguised && found.is_personal())
    {
        sum += 0.6;
        let contact = format!("{} {}", found.contact.kind.chinese(), found.contact.value);
        if !words.contains(&contact) {
            words.push(contact);
        }
        quote.get_or_insert_with(|| Quote {
            text: found.contact.excerpt.clone(),
            offset: Some(found.contact.offset),
        });
        if words.len() > 8 {
            break;
        }
    }
    words.truncate(6);
    let reason = format!("以符号、变形字符规避过滤：{}", words.join("、"));
    Sighting::new(saturate(sum, 1.5), reason, quote?)
}

#[cfg(test)]
mod tests {
    use super::super::check::check;
    use super::look;

    fn value(html: &str) -> f64 {
        check(look, html).map_or(0.0, |(value, _)| value)
    }

    #[test]
    fn disguised_words_and_numbers() {
        assert!(value("<p>办·证 电★工★证") >= 0.6);
        assert!(value("<p>加薇♥ ①③⓪ 0000 ０００３") >= 0.3);
        assert!(value("<p>办证 电工证 微信13000000001 辦證") < 0.1);
        assert!(value("<p>代办、电工，证书") < 0.1);
    }
}
