//! Training school: the page teaches for the examination rather than evading it.

use crate::reading::{Reading, Sighting};

/// The terms that say so, and how many.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let voice = &reading.tone.training;
    let strongest = voice.strongest.as_ref()?;
    let reason = format!("页面介绍真实的培训和考试：{}", voice.words.join("、"));
    Sighting::new(voice.value, reason, reading.quote(strongest))
}
