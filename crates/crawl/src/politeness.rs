//! Whose turn it is: one visit at a time to a host, with a pause after each, longer when it fails.

use std::collections::HashMap;

use jianwei_model::Timestamp;

use crate::Settings;

/// A visit that was never reported as finished holds its host no longer than this.
const LONGEST_VISIT_MS: i64 = 10 * 60 * 1000;
/// After so many failures in a row the pause grows no further, whatever its limit.
const MOST_DOUBLINGS: u32 = 20;

/// Whether a host may be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It may, and is now held until [`Politeness::finished`].
    Now,
    /// Not before this moment.
    Later(Timestamp),
}

/// When each host may be asked again.
///
/// A host is any key that should be asked one at a time: a name, or an address that many names share. Hosts that are
/// due and not in trouble are forgotten when room is needed, so memory is bounded.
#[derive(Debug)]
pub struct Politeness {
    delay_ms: i64,
    longest_ms: i64,
    max_hosts: usize,
    hosts: HashMap<String, Host>,
    // When the last look for idle hosts freed nothing, the next waits until then.
    full_until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Host {
    busy_since: Option<Timestamp>,
    next: Timestamp,
    failures: u32,
}

impl Politeness {
    /// Nobody has been asked yet.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let millis = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Self {
            delay_ms: millis(settings.host_delay_ms),
            longest_ms: millis(settings.host_longest_delay_ms.max(settings.host_delay_ms)),
            max_hosts: settings.max_hosts.max(1),
            hosts: HashMap::new(),
            full_until: None,
        }
    }

    /// Asks for a turn at `host`; a granted one must be given back with [`Politeness::finished`].
    pub fn ask(&mut self, host: &str, now: Timestamp) -> Turn {
        if !self.hosts.contains_key(host) {
            if let Some(later) = self.room(now) {
                return Turn::Later(later);
            }
            let first = Host {
                busy_since: Some(now),
                next: now,
                failures: 0,
            };
            self.hosts.insert(host.to_owned(), first);
            return Turn::Now;
        }
        let (delay_ms, longest_ms) = (self.delay_ms.max(1), self.longest_ms);
        let Some(known) = self.hosts.get_mut(host) else {
            return Turn::Later(now.plus_millis(delay_ms));
        };
        if known.is_busy(now) {
            return Turn::Later(now.plus_millis(delay_ms));
        }
        // A clock that was set back must not lock a host for longer than any pause can be.
        known.next = known.next.min(now.plus_millis(longest_ms));
        if now < known.next {
            return Turn::Later(known.next);
        }
        known.busy_since = Some(now);
        Turn::Now
    }

    /// Reports the end of a visit: `ok` when the host answered, otherwise it is left alone for longer.
    pub fn finished(&mut self, host: &str, now: Timestamp, ok: bool) {
        let Some(known) = self.hosts.get_mut(host) else {
            return;
        };
        known.busy_since = None;
        known.failures = if ok {
            0
        } else {
            known.failures.saturating_add(1)
        };
        let doublings = known.failures.min(MOST_DOUBLINGS);
        let pause = self.delay_ms.max(1).saturating_mul(1 << doublings);
        let pause = if ok { self.delay_ms } else { pause };
        known.next = now.plus_millis(pause.min(self.longest_ms));
    }

    /// How many hosts are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.hosts.len()
    }

    /// Makes room for one more host, or says when to ask again.
    fn room(&mut self, now: Timestamp) -> Option<Timestamp> {
        if self.hosts.len() < self.max_hosts {
            return None;
        }
        let patience = self.delay_ms.max(1);
        if let Some(until) = self.full_until
            && now < until
            && until <= now.plus_millis(patience)
        {
            return Some(until);
        }
        self.hosts
            .retain(|_, host| host.is_busy(now) || now < host.next);
        if self.hosts.len() < self.max_hosts {
            self.full_until = None;
            return None;
        }
        self.full_until = Some(now.plus_millis(patience));
        self.full_until
    }
}

impl Host {
    fn is_busy(&self, now: Timestamp) -> bool {
        self.busy_since.is_some_and(|since| {
            let held = now.millis_since(since);
            // A negative time means that the clock was set back; the hold is then counted from now on by its report.
            held < LONGEST_VISIT_MS && held > -LONGEST_VISIT_MS
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000_000 + ms)
    }

    fn polite(max_hosts: usize) -> Politeness {
        Politeness::new(&Settings {
            host_delay_ms: 1_000,
            host_longest_delay_ms: 8_000,
            max_hosts,
            ..Settings::default()
        })
    }

    #[test]
    fn a_host_is_asked_one_at_a_time_with_a_pause() {
        let mut polite = polite(10);
        assert_eq!(polite.ask("a.test", at(0)), Turn::Now);
        assert_eq!(polite.ask("a.test", at(5)), Turn::Later(at(1_005)));
        assert_eq!(polite.ask("b.test", at(5)), Turn::Now);
        polite.finished("a.test", at(100), true);
        assert_eq!(polite.ask("a.test", at(200)), Turn::Later(at(1_100)));
        assert_eq!(polite.ask("a.test", at(1_100)), Turn::Now);
    }

    #[test]
    fn a_failing_host_is_left_alone_for_longer_up_to_a_limit() {
        let mut polite = polite(10);
        let mut now = 0;
        for pause in [2_000, 4_000, 8_000, 8_000] {
            assert_eq!(polite.ask("a.test", at(now)), Turn::Now);
            polite.finished("a.test", at(now), false);
            assert_eq!(polite.ask("a.test", at(now)), Turn::Later(at(now + pause)));
            now += pause;
        }
        assert_eq!(polite.ask("a.test", at(now)), Turn::Now);
        polite.finished("a.test", at(now), true);
        assert_eq!(polite.ask("a.test", at(now)), Turn::Later(at(now + 1_000)));
    }

    #[test]
    fn a_visit_without_an_end_and_a_clock_set_back_hold_a_host_only_for_a_while() {
        let mut polite = polite(10);
        assert_eq!(polite.ask("lost.test", at(0)), Turn::Now);
        assert_eq!(polite.ask("lost.test", at(LONGEST_VISIT_MS)), Turn::Now);
        polite.finished("lost.test", at(LONGEST_VISIT_MS), true);
        let day_before = -86_400_000;
        assert_eq!(
            polite.ask("lost.test", at(day_before)),
            Turn::Later(at(day_before + 8_000))
        );
        assert_eq!(polite.ask("lost.test", at(day_before + 8_000)), Turn::Now);
    }

    #[test]
    fn memory_is_bounded_and_trouble_is_not_forgotten() {
        let mut polite = polite(3);
        for host in ["a", "b", "c"] {
            assert_eq!(polite.ask(host, at(0)), Turn::Now);
        }
        assert_eq!(
            polite.ask("d", at(0)),
            Turn::Later(at(1_000)),
            "all are busy"
        );
        polite.finished("a", at(0), true);
        polite.finished("b", at(0), false);
        assert_eq!(
            polite.ask("d", at(1_000)),
            Turn::Now,
            "a is idle and makes room"
        );
        assert_eq!(
            polite.ask("b", at(1_500)),
            Turn::Later(at(2_000)),
            "b is not forgotten"
        );
        for n in 0..10_000 {
            polite.ask(&format!("host{n}"), at(n * 10));
        }
        assert!(polite.remembered() <= 3);
    }
}
