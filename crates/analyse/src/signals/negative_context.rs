//! Negative context: the page speaks of forgeries as an offence.

use crate::reading::{Reading, Sighting};

/// The terms that say so, and how many.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let voice = &reading.tone.negative;
    let strongest = voice.strongest.as_ref()?;
    let reason = format!("页面多见打击、警示用语：{}", voice.words.join("、"));
    Sighting::new(voice.value, reason, reading.quote(strongest))
}
