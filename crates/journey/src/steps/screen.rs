//! Screen: a host name alone says how soon it is looked at; it is never a verdict.

use jianwei_model::{Lead, LeadOrigin, Priority, host_of};

use crate::Parts;

/// Resemblance from which a host is visited before others.
const RESEMBLES: f64 = 0.5;

/// How soon a lead is visited.
pub(crate) fn priority(parts: &Parts, lead: &Lead) -> Priority {
    let resembles = host_of(&lead.url)
        .and_then(|host| parts.matcher.recognise(&host))
        .is_some_and(|resemblance| resemblance.score >= RESEMBLES);
    match &lead.origin {
        LeadOrigin::Tip { .. } => Priority::LOOKALIKE,
        _ if resembles => Priority::LOOKALIKE,
        LeadOrigin::Search { .. } => Priority::SEARCH,
        LeadOrigin::List { .. } => Priority::LIST,
    }
}
