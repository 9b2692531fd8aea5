//! robots.txt, asked once per host and remembered for a while (RFC 9309).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jianwei_model::{HopCause, Vantage};
use jianwei_net::{Door, Failure, Fetched, Request};
use robotxt::{AccessResult, Robots};
use tokio::time::Instant;
use url::Url;

use crate::Settings;

/// Redirects followed from robots.txt (RFC 9309, 2.3.1.2).
const MOST_REDIRECTS: usize = 5;
/// What is read of a robots.txt; RFC 9309 asks for at least this.
const MOST_BYTES: usize = 500 << 10;
/// Bytes of robots.txt remembered over all hosts.
const MOST_REMEMBERED_BYTES: usize = 32 << 20;
/// An unreachable robots.txt is asked for again after this.
const UNREACHABLE_FOR: Duration = Duration::from_secs(300);

/// What robots.txt says to a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    Disallowed,
    /// It could not be read, which forbids everything for now.
    Unreachable(String),
}

/// The robots.txt of many hosts.
pub(crate) struct RobotsCache {
    agent: String,
    keep: Duration,
    most_hosts: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    hosts: HashMap<String, Entry>,
    bytes: usize,
}

#[derive(Clone)]
struct Entry {
    rules: Arc<Rules>,
    bytes: usize,
    until: Instant,
}

enum Rules {
    Read(Robots),
    Unreachable(String),
}

impl RobotsCache {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            agent: settings.robots_agent.clone(),
            keep: Duration::from_secs(settings.robots_keep_seconds),
            most_hosts: settings.robots_hosts.max(1),
            known: Mutex::default(),
        }
    }

    /// Asks what the host of `url` says to it, over the door where it is not remembered.
    pub(crate) async fn verdict(&self, door: &Door, url: &Url, vantage: Vantage) -> Verdict {
        let Ok(robots_url) = robotxt::robots_url(url) else {
            return Verdict::Allowed;
        };
        // A host that asks for its own robots.txt not to be read is not meant.
        if url.path() == "/robots.txt" {
            return Verdict::Allowed;
        }
        let origin = robots_url.to_string();
        let rules = match self.remembered(&origin) {
            Some(rules) => rules,
            None => {
                let (rules, bytes) = self.ask(door, robots_url, vantage).await;
                self.remember(origin, rules, bytes)
            }
        };
        match rules.as_ref() {
            Rules::Read(robots) if robots.is_url_allowed(url) => Verdict::Allowed,
            Rules::Read(_) => Verdict::Disallowed,
            Rules::Unreachable(reason) => Verdict::Unreachable(reason.clone()),
        }
    }

    async fn ask(&self, door: &Door, mut url: Url, vantage: Vantage) -> (Rules, usize) {
        for _ in 0..=MOST_REDIRECTS {
            let request = Request {
                url: url.to_string(),
                vantage,
                cause: HopCause::Start,
                referrer: None,
            };
            let fetched = door.fetch(&request).await;
            let status = fetched.hop.status.unwrap_or(0);
            let location = fetched
                .location
                .as_deref()
                .filter(|_| (300..400).contains(&status));
            match location.and_then(|location| url.join(location).ok()) {
                Some(next) => url = next,
                None => return self.read(&fetched, status),
            }
        }
        (self.rules(AccessResult::TooManyRedirects), 0)
    }

    fn read(&self, fetched: &Fetched, status: u16) -> (Rules, usize) {
        match &fetched.failure {
            // The page's own fetch will meet the same and say it better.
            Some(Failure::NameNotFound | Failure::Forbidden { .. } | Failure::Target { .. }) => {
                return (self.rules(AccessResult::Unavailable), 0);
            }
            Some(failure) => return (Rules::Unreachable(failure.to_string()), 0),
            None => {}
        }
        match status {
            200..=299 => {
                let text = &fetched.body[..fetched.body.len().min(MOST_BYTES)];
                (self.rules(AccessResult::Successful(text)), text.len())
            }
            500..=599 => (Rules::Unreachable(format!("status {status}")), 0),
            _ => (self.rules(AccessResult::Unavailable), 0),
        }
    }

    fn rules(&self, access: AccessResult<'_>) -> Rules {
        Rules::Read(Robots::from_access(access, self.agent.as_str()))
    }

    fn remembered(&self, origin: &str) -> Option<Arc<Rules>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.hosts.get(origin)?;
        (Instant::now() < entry.until).then(|| entry.rules.clone())
    }

    fn remember(&self, origin: String, rules: Rules, bytes: usize) -> Arc<Rules> {
        let keep = match rules {
            Rules::Read(_) => self.keep,
            Rules::Unreachable(_) => self.keep.min(UNREACHABLE_FOR),
        };
        let entry = Entry {
            rules: Arc::new(rules),
            bytes,
            until: Instant::now() + keep,
        };
        let rules = entry.rules.clone();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.forget(&origin);
        known.make_room(self.most_hosts, MOST_REMEMBERED_BYTES.saturating_sub(bytes));
        known.bytes += bytes;
        known.hosts.insert(origin, entry);
        rules
    }
}

impl Known {
    fn forget(&mut self, origin: &str) {
        if let Some(entry) = self.hosts.remove(origin) {
            self.bytes -= entry.bytes;
        }
    }

    /// Forgets what has expired, then a share of what expires soonest, so that room is rarely looked for.
    fn make_room(&mut self, most_hosts: usize, most_bytes: usize) {
        if self.hosts.len() < most_hosts && self.bytes <= most_bytes {
            return;
        }
        let now = Instant::now();
        let mut by_age: Vec<(Instant, String)> = self
            .hosts
            .iter()
            .map(|(origin, entry)| (entry.until, origin.clone()))
            .collect();
        by_age.sort();
        let share = most_hosts / 8;
        for (until, origin) in by_age {
            let roomy = self.hosts.len() + share < most_hosts && self.bytes <= most_bytes;
            if roomy && now < until {
                break;
            }
            self.forget(&origin);
        }
    }
}
