//! The clock at the edge: the one place where the outward side asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use jianwei_model::Timestamp;

/// Tells the present moment by the machine's clock.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "the clock at the edge; everything else is handed a Timestamp"
)]
pub fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    };
    Timestamp::from_millis(millis)
}
