//! One visit: robots first, then hop after hop to where the chain ends.

use std::collections::BTreeSet;

use jianwei_model::{
    Blob, Document, FrontierEntry, HopCause, Outcome, Rendering, Vantage, Visit, VisitId,
};
use jianwei_net::{Decoded, Door, Failure, Fetched, Request, decode, now};
use url::Url;

use crate::markup::{self, Outline};
use crate::onward::{self, Onward};
use crate::robots::{RobotsCache, Verdict};
use crate::{RobotsPolicy, Settings, content};

/// Bodies below this are read where they stand; larger ones would hold up the runtime.
const SMALL_BODY: usize = 64 << 10;
/// A body that broke off with fewer visible characters than this says nothing about its page.
const TOO_LITTLE: usize = 20;

/// Visits URLs through the guarded door.
pub struct Visitor {
    door: Door,
    settings: Settings,
    robots: RobotsCache,
}

/// A visit with the bytes that it refers to.
#[derive(Debug, Clone)]
pub struct Capture {
    /// The visit as it goes on record.
    pub visit: Visit,
    /// Every blob that the visit refers to, each once.
    pub blobs: Vec<Blob>,
    /// In how many milliseconds another try is worth its while; `None` when it is not.
    pub retry_after_ms: Option<u64>,
}

/// What has been gathered on the way.
#[derive(Default)]
struct Trail {
    hops: Vec<jianwei_model::Hop>,
    blobs: Vec<Blob>,
    document: Option<Document>,
}

/// How a visit ended.
struct End {
    outcome: Outcome,
    passing: bool,
    /// What the server asked for.
    wait_ms: u64,
}

impl Visitor {
    /// A visitor who knows no robots.txt yet.
    #[must_use]
    pub fn new(door: Door, settings: Settings) -> Self {
        let robots = RobotsCache::new(&settings);
        Self {
            door,
            settings,
            robots,
        }
    }

    /// Looks at a frontier entry's URL from one vantage. Never fails: what went wrong is the outcome.
    pub async fn visit(&self, entry: &FrontierEntry, vantage: Vantage) -> Capture {
        let started = now();
        let mut trail = Trail::default();
        let end = self.follow(entry, vantage, &mut trail).await;
        let id = VisitId::of(&entry.url, vantage, entry.round);
        tracing::debug!(visit.id = %id, outcome = end.outcome.as_str(), "visited");
        let retry_after_ms = self.retry_after_ms(entry, &id, &end);
        let visit = Visit {
            id,
            url: entry.url.clone(),
            vantage,
            lead: Some(entry.lead.clone()),
            started,
            finished: now(),
            outcome: end.outcome,
            hops: trail.hops,
            document: trail.document,
            rendering: Rendering::Unknown {
                reason: "not rendered".into(),
            },
        };
        let mut seen = BTreeSet::new();
        trail
            .blobs
            .retain(|blob| seen.insert(blob.reference.digest));
        Capture {
            visit,
            blobs: trail.blobs,
            retry_after_ms,
        }
    }

    async fn follow(&self, entry: &FrontierEntry, vantage: Vantage, trail: &mut Trail) -> End {
        let mut request = Request {
            url: entry.url.clone(),
            vantage,
            cause: HopCause::Start,
            referrer: None,
        };
        let mut seen = BTreeSet::from([entry.url.clone()]);
        loop {
            if let Some(end) = self.robots_refuse(&request).await {
                return end;
            }
            let (url, cause) = match self.hop(&request, trail).await {
                Ok(step) => step,
                Err(end) => return end,
            };
            if !seen.insert(url.clone()) {
                return End::unknown("redirect loop");
            }
            if seen.len() > self.settings.max_redirects + 1 {
                return End::unknown("too many redirects");
            }
            // A browser keeps its referrer through HTTP redirects; a page that sends on becomes it.
            if cause != HopCause::Http {
                request.referrer = Some(request.url);
            }
            request.url = url;
            request.cause = cause;
        }
    }

    /// Makes one hop and says where the chain goes on, or how it ended.
    async fn hop(&self, request: &Request, trail: &mut Trail) -> Result<(String, HopCause), End> {
        let mut fetched = self.door.fetch(request).await;
        trail.blobs.append(&mut fetched.blobs);
        trail.hops.push(fetched.hop.clone());
        if let Some(failure) = &fetched.failure {
            return Err(End::of_failure(failure, trail.hops.len() == 1));
        }
        match onward::by_answer(&fetched) {
            Onward::Go { url, cause } => return Ok((url, cause)),
            Onward::Refuse { reason } => return Err(End::unknown(&reason)),
            Onward::Stay => {}
        }
        let (fetched, page) = read(fetched).await;
        let outline = page.outline;
        trail.document = page.decoded.map(|decoded| {
            let text = Blob::new(decoded.text.into_bytes(), "text/html");
            let document = Document {
                text: text.reference.clone(),
                charset: decoded.charset.to_owned(),
                charset_from: decoded.charset_from.to_owned(),
            };
            trail.blobs.push(text);
            document
        });
        match onward::by_page(&fetched, &outline, &self.settings) {
            Onward::Go { url, cause } => Ok((url, cause)),
            Onward::Stay | Onward::Refuse { .. } => {
                Err(End::of_answer(&fetched, &outline, trail.document.is_some()))
            }
        }
    }

    async fn robots_refuse(&self, request: &Request) -> Option<End> {
        if self.settings.robots == RobotsPolicy::Ignore {
            return None;
        }
        let url = Url::parse(&request.url).ok()?;
        match self.robots.verdict(&self.door, &url, request.vantage).await {
            Verdict::Allowed => None,
            Verdict::Disallowed => Some(End::unknown("robots.txt forbids it")),
            Verdict::Unreachable(reason) => Some(End::passing(
                format!("robots.txt could not be read: {reason}"),
                None,
            )),
        }
    }

    fn retry_after_ms(&self, entry: &FrontierEntry, id: &VisitId, end: &End) -> Option<u64> {
        if !end.passing || entry.attempts.saturating_add(1) >= self.settings.max_attempts {
            return None;
        }
        let doubled = 1u64.checked_shl(entry.attempts).unwrap_or(u64::MAX);
        let wait = self.settings.retry_base_ms.saturating_mul(doubled);
        // Spread by the visit's own digits, so that what failed together does not come back together.
        let spread = id.as_str().bytes().map(u64::from).sum::<u64>() % 32;
        let wait = wait.saturating_add(wait / 128 * spread).max(end.wait_ms);
        Some(wait.min(self.settings.retry_longest_ms))
    }
}

struct Page {
    decoded: Option<Decoded>,
    outline: Outline,
}

/// Reads a body as a page where it is one.
async fn read(fetched: Fetched) -> (Fetched, Page) {
    let look = |fetched: Fetched| {
        let content_type = fetched.content_type.as_deref();
        let decoded = content::is_page(&fetched.body, content_type)
            .then(|| decode(&fetched.body, content_type));
        let outline = decoded.as_ref().map(|page| markup::outline(&page.text));
        let outline = outline.unwrap_or_default();
        (fetched, Page { decoded, outline })
    };
    if fetched.body.len() <= SMALL_BODY {
        return look(fetched);
    }
    let kept = fetched.clone();
    let looked = tokio::task::spawn_blocking(move || look(fetched)).await;
    looked.unwrap_or_else(|error| {
        tracing::warn!(%error, "a page could not be read");
        let page = Page {
            decoded: None,
            outline: Outline::default(),
        };
        (kept, page)
    })
}

impl End {
    fn unknown(reason: &str) -> Self {
        Self {
            outcome: Outcome::unknown(reason),
            passing: false,
            wait_ms: 0,
        }
    }

    fn passing(reason: String, wait_ms: Option<u64>) -> Self {
        Self {
            outcome: Outcome::unknown(reason),
            passing: true,
            wait_ms: wait_ms.unwrap_or(0),
        }
    }

    // A name that does not exist further down the chain says nothing about the site that was asked for.
    fn of_failure(failure: &Failure, first_hop: bool) -> Self {
        if failure.is_gone() && first_hop {
            return Self::gone(failure.to_string());
        }
        if failure.is_gone() {
            return Self::unknown("redirects to a name that does not exist");
        }
        if failure.is_passing() {
            return Self::passing(failure.to_string(), None);
        }
        Self::unknown(&failure.to_string())
    }

    fn gone(reason: String) -> Self {
        Self {
            outcome: Outcome::Gone { reason },
            passing: false,
            wait_ms: 0,
        }
    }

    fn of_answer(fetched: &Fetched, outline: &Outline, is_page: bool) -> Self {
        let status = fetched.hop.status.unwrap_or(0);
        let reason = format!("status {status}");
        match status {
            200..=299 => {
                let truncated = fetched.hop.truncated.as_deref();
                let broken_off = matches!(truncated, Some("time" | "disconnect"));
                let silent = outline.visible < TOO_LITTLE && outline.scripts.is_empty();
                if broken_off && silent && (is_page || fetched.body.is_empty()) {
                    let reason = "the page broke off before it said anything".into();
                    return Self::passing(reason, None);
                }
                Self {
                    outcome: Outcome::Live,
                    passing: false,
                    wait_ms: 0,
                }
            }
            404 | 410 => Self::gone(reason),
            408 | 425 | 429 | 500..=599 => Self::passing(reason, fetched.retry_after_ms),
            _ => Self::unknown(&reason),
        }
    }
}
