//! What a list shows: which cases, in which order, and what comes before and after one.

use std::cmp::Ordering;
use std::sync::Arc;

use jianwei_casework::{Act, OpenStep, decide, open_steps};
use jianwei_model::{CaseState, Class, User};
use serde::Deserialize;

use crate::roll::{Entries, Entry};

/// The states in the order of a case's life.
pub(crate) const STATES: [CaseState; 7] = [
    CaseState::Suspected,
    CaseState::Confirmed,
    CaseState::Approved,
    CaseState::Sent,
    CaseState::Acknowledged,
    CaseState::Disposed,
    CaseState::Dismissed,
];

/// The classes in the order of a form.
pub(crate) const CLASSES: [Class; 8] = [
    Class::FakeGovernmentSite,
    Class::CertificateSale,
    Class::Both,
    Class::CompromisedHost,
    Class::IllegalPromise,
    Class::QuotesFakes,
    Class::Official,
    Class::Benign,
];

/// The value of `state` that stands for what waits for the person who asks.
pub(crate) const MINE: &str = "mine";

/// What a list shows, as its address says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    /// A state's name, `mine`, or empty for all.
    pub(crate) state: String,
    /// A class's name, or empty for all.
    pub(crate) class: String,
    /// Part of a host, organisation or case number.
    pub(crate) q: String,
    /// Page of the list, from 1.
    pub(crate) page: String,
}

impl Filter {
    /// The filter as the query of an address, without the page.
    pub(crate) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("state", &self.state),
            ("class", &self.class),
            ("q", &self.q),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// The filter read back from [`Filter::query`].
    pub(crate) fn of_query(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "state" => filter.state = value.into_owned(),
                "class" => filter.class = value.into_owned(),
                "q" => filter.q = value.into_owned(),
                _ => {}
            }
        }
        filter
    }

    /// `path` with this filter behind it.
    pub(crate) fn address(&self, path: &str) -> String {
        match self.query() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The page asked for, from 1.
    pub(crate) fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).max(1)
    }

    /// The cases it shows to a person, in order.
    pub(crate) fn of(&self, entries: &Entries, user: &User) -> Vec<Arc<Entry>> {
        let mut chosen: Vec<_> = entries
            .values()
            .filter(|entry| self.shows(entry, user))
            .cloned()
            .collect();
        chosen.sort_by(|a, b| order(a, b));
        chosen
    }

    /// Whether it shows a case to a person.
    pub(crate) fn shows(&self, entry: &Entry, user: &User) -> bool {
        self.has_text(entry) && self.has_class(entry) && self.has_state(entry, user)
    }

    pub(crate) fn has_state(&self, entry: &Entry, user: &User) -> bool {
        match self.state.as_str() {
            "" => true,
            MINE => due(entry, user).is_some(),
            state => entry.view.state.as_str() == state,
        }
    }

    pub(crate) fn has_class(&self, entry: &Entry) -> bool {
        self.class.is_empty() || entry.case.class.as_str() == self.class
    }

    pub(crate) fn has_text(&self, entry: &Entry) -> bool {
        let wanted = self.q.trim().to_lowercase();
        if wanted.is_empty() {
            return true;
        }
        let case = &entry.case;
        let organisation = case.reference.as_ref().map(|found| &found.organisation);
        case.host.contains(&wanted)
            || case.id.as_str().contains(&wanted)
            || organisation.is_some_and(|name| name.to_lowercase().contains(&wanted))
    }
}

/// What waits for this person on a case, in few words.
pub(crate) fn due(entry: &Entry, user: &User) -> Option<&'static str> {
    let may = |act: &Act| decide(&entry.view, user, act, "x").is_ok();
    open_steps(&entry.view)
        .into_iter()
        .find_map(|step| match step {
            OpenStep::Review => may(&Act::Confirm).then_some("研判"),
            OpenStep::ReviewLetter { letter } => {
                let digest = entry.view.letters.get(&letter)?.digest;
                may(&Act::Approve { letter, digest }).then_some("审批")
            }
            OpenStep::SettleSending { letter } => {
                may(&Act::SettleFailed { letter }).then_some("核实")
            }
            _ => None,
        })
}

/// The cases before and after one in a list, also when the one is not in the list any more.
pub(crate) fn neighbours<'a>(
    list: &'a [Arc<Entry>],
    entry: &Entry,
) -> (Option<&'a Entry>, Option<&'a Entry>) {
    let before = list.partition_point(|other| order(other, entry) == Ordering::Less);
    let after = list.partition_point(|other| order(other, entry) != Ordering::Greater);
    let previous = before.checked_sub(1).and_then(|place| list.get(place));
    (
        previous.map(|one| &**one),
        list.get(after).map(|one| &**one),
    )
}

/// Strongest first, then newest; a decision does not move a case, so that going on goes on.
fn order(a: &Entry, b: &Entry) -> Ordering {
    let (a, b) = (&a.case, &b.case);
    b.decision
        .cmp(&a.decision)
        .then_with(|| b.score.total_cmp(&a.score))
        .then_with(|| b.opened.cmp(&a.opened))
        .then_with(|| a.id.cmp(&b.id))
}
