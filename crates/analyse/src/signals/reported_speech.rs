//! Reported speech: the page tells what others did, as news and notices do.

use crate::reading::{Reading, Sighting};

/// The terms that say so, and how many.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let voice = &reading.tone.reported;
    let strongest = voice.strongest.as_ref()?;
    let reason = format!("页面为报道、通报的行文：{}", voice.words.join("、"));
    Sighting::new(voice.value, reason, reading.quote(strongest))
}
