//! Ordinary trade: the page hires, sells goods or practises questions.

use crate::reading::{Reading, Sighting};

/// The terms that say so, and how many.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let voice = &reading.tone.trade;
    let strongest = voice.strongest.as_ref()?;
    let reason = format!(
        "页面经营招聘、商品、题库等其他业务：{}",
        voice.words.join("、")
    );
    Sighting::new(voice.value, reason, reading.quote(strongest))
}
