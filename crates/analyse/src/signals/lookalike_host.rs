//! Look-alike host: the host name imitates an official one.

use crate::page::Quote;
use crate::reading::{Reading, Sighting};

/// What the host name was recognised as.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    let resemblance = reading.knowledge.resemblance(&reading.host)?;
    Sighting::new(
        resemblance.score,
        resemblance.reason,
        Quote::of_host(&resemblance.excerpt),
    )
}
