//! Back-off for failed sign-ins, by name and address and by address alone.

use std::collections::HashMap;
use std::net::IpAddr;

use jianwei_model::Timestamp;

/// Failures of one name from one address that cost nothing; people mistype.
const FREE_BY_NAME: u32 = 5;

/// Failures from one address that cost nothing, whatever the names; an office shares one.
const FREE_BY_ADDRESS: u32 = 30;

/// The first wait in milliseconds; it doubles with each failure.
const FIRST_WAIT_MS: i64 = 2_000;

/// The longest wait in milliseconds: a quarter of an hour.
const LONGEST_WAIT_MS: i64 = 900_000;

/// Entries kept before old ones are swept out.
const MOST_ENTRIES: usize = 10_000;

/// What is remembered of failed sign-ins.
#[derive(Debug, Default)]
pub(crate) struct Throttle(HashMap<Key, Failures>);

type Key = (Option<String>, Option<IpAddr>);

#[derive(Debug)]
struct Failures {
    count: u32,
    until: Timestamp,
    last: Timestamp,
}

impl Throttle {
    /// Milliseconds that must still pass before this name may be tried from this address; 0 when it may be tried now.
    pub(crate) fn wait_ms(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> i64 {
        keys(name, address)
            .iter()
            .filter_map(|(key, _)| self.0.get(key))
            .map(|failures| failures.until.millis_since(now))
            .max()
            .map_or(0, |wait| wait.max(0))
    }

    /// Takes note of a failure.
    pub(crate) fn failed(&mut self, name: &str, address: Option<IpAddr>, now: Timestamp) {
        if self.0.len() >= MOST_ENTRIES {
            self.0
                .retain(|_, failures| now.millis_since(failures.last) < LONGEST_WAIT_MS);
        }
        for (key, free) in keys(name, address) {
            let failures = self.0.entry(key).or_insert(Failures {
                count: 0,
                until: now,
                last: now,
            });
            if now.millis_since(failures.last) > LONGEST_WAIT_MS {
                failures.count = 0;
            }
            failures.count = failures.count.saturating_add(1);
            failures.last = now;
            if let Some(over) = failures.count.checked_sub(free) {
                let wait = FIRST_WAIT_MS << over.min(10);
                failures.until = now.plus_millis(wait.min(LONGEST_WAIT_MS));
            }
        }
    }

    /// Forgets the failures of a name that has now signed in.
    pub(crate) fn succeeded(&mut self, name: &str, address: Option<IpAddr>) {
        self.0.remove(&(Some(name.to_owned()), address));
    }
}

fn keys(name: &str, address: Option<IpAddr>) -> [(Key, u32); 2] {
    [
        ((Some(name.to_owned()), address), FREE_BY_NAME),
        ((None, address), FREE_BY_ADDRESS),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_for_the_name_that_fails_and_ends_when_it_succeeds() {
        let mut throttle = Throttle::default();
        let here = Some(IpAddr::from([127, 0, 0, 1]));
        let now = Timestamp::from_millis(1_000_000);
        for _ in 0..4 {
            throttle.failed("li", here, now);
        }
        assert_eq!(throttle.wait_ms("li", here, now), 0);
        throttle.failed("li", here, now);
        assert_eq!(throttle.wait_ms("li", here, now), 2_000);
        throttle.failed("li", here, now);
        assert_eq!(throttle.wait_ms("li", here, now), 4_000);
        assert_eq!(throttle.wait_ms("wang", here, now), 0);
        for _ in 0..40 {
            throttle.failed("li", here, now);
        }
        assert_eq!(throttle.wait_ms("li", here, now), LONGEST_WAIT_MS);
        assert!(throttle.wait_ms("wang", here, now) > 0);
        throttle.succeeded("li", here);
        assert_eq!(
            throttle.wait_ms("li", None, now.plus_millis(LONGEST_WAIT_MS)),
            0
        );
    }
}
