//! The clock at the edge.

use std::time::{SystemTime, UNIX_EPOCH};

use jianwei_model::Timestamp;

/// This moment by the system's clock.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read; everyone else is given a `Timestamp`"
)]
pub fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Timestamp::from_millis(millis)
}
