//! What happened to a case, oldest first; looks at evidence apart.

use std::collections::BTreeMap;

use jianwei_casework::Entry;
use jianwei_model::{Action, Actor, Event};

use crate::dossier::Dossier;
use crate::names::Names;
use crate::shown::beijing_exact;

/// One line of the timeline.
pub(crate) struct Moment {
    pub(crate) at: String,
    pub(crate) by: String,
    pub(crate) person: bool,
    pub(crate) text: String,
    pub(crate) reason: String,
    pub(crate) counted: bool,
}

/// What was done, and who looked at the evidence.
pub(crate) fn timeline(dossier: &Dossier) -> (Vec<Moment>, Vec<Moment>) {
    let events: BTreeMap<u64, &Event> = dossier
        .events
        .iter()
        .map(|event| (event.sequence, event))
        .collect();
    let (mut done, mut reads) = (Vec::new(), Vec::new());
    for entry in &dossier.view.timeline {
        let action = events.get(&entry.sequence).map(|event| &event.action);
        let moment = Moment::of(entry, action, &dossier.names);
        match action {
            Some(Action::EvidenceRead { .. }) => reads.push(moment),
            _ => done.push(moment),
        }
    }
    (done, reads)
}

impl Moment {
    fn of(entry: &Entry, action: Option<&Action>, names: &Names) -> Self {
        Self {
            at: beijing_exact(entry.at),
            by: names.actor(&entry.actor),
            person: matches!(entry.actor, Actor::User(_)),
            text: action.map_or_else(|| entry.text.clone(), |action| names.action(action)),
            reason: entry.reason.clone(),
            counted: entry.counted,
        }
    }
}
