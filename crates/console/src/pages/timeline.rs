//! What happened to a case, oldest first; looks at evidence apart.

use jianwei_casework::Entry;
use jianwei_model::{Action, Actor};

use crate::dossier::Dossier;
use crate::shown::beijing;

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
    let reads: std::collections::BTreeSet<u64> = dossier
        .events
        .iter()
        .filter(|event| matches!(event.action, Action::EvidenceRead { .. }))
        .map(|event| event.sequence)
        .collect();
    let (read, done): (Vec<&Entry>, Vec<&Entry>) = dossier
        .view
        .timeline
        .iter()
        .partition(|entry| reads.contains(&entry.sequence));
    let shown = |entries: Vec<&Entry>| entries.into_iter().map(Moment::of).collect();
    (shown(done), shown(read))
}

/// Who did something, as people read it.
pub(crate) fn actor_words(actor: &Actor) -> String {
    match actor {
        Actor::User(name) => name.clone(),
        Actor::Step(step) => match step.as_str() {
            "discover" => "系统·发现".into(),
            "screen" => "系统·初筛".into(),
            "admit" => "系统·收录".into(),
            "visit" => "系统·采集".into(),
            "assess" => "系统·研判".into(),
            "open" => "系统·立案".into(),
            "seal" => "系统·封存".into(),
            "draft" => "系统·拟函".into(),
            "dispatch" => "系统·发送".into(),
            "regulator" => "监管端".into(),
            other => format!("系统·{other}"),
        },
    }
}

impl Moment {
    fn of(entry: &Entry) -> Self {
        Self {
            at: beijing(entry.at),
            by: actor_words(&entry.actor),
            person: matches!(entry.actor, Actor::User(_)),
            text: entry.text.clone(),
            reason: entry.reason.clone(),
            counted: entry.counted,
        }
    }
}
