//! The roll of cases: every case with the state its events give it, kept up to date with the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jianwei_casework::CaseView;
use jianwei_model::{Case, CaseId, Lead};
use jianwei_store::Store;

use crate::Error;

/// Events read from the log at a time.
const READ_AT_ONCE: usize = 1000;

/// Every case by its id; cheap to clone.
pub(crate) type Entries = Arc<BTreeMap<CaseId, Arc<Entry>>>;

/// One case as lists need it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) case: Case,
    pub(crate) view: CaseView,
    pub(crate) lead: Option<Lead>,
}

/// The roll and how far into the log it reaches.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    next: u64,
    entries: Entries,
    changed: BTreeSet<CaseId>,
}

impl Roll {
    /// The roll after reading the log to its end. Only the cases that new events name are derived again.
    pub(crate) async fn refreshed(&mut self, store: &Store) -> Result<Entries, Error> {
        loop {
            let events = store.log().read(self.next, READ_AT_ONCE).await?;
            let Some(last) = events.last() else { break };
            self.next = last.sequence + 1;
            self.changed
                .extend(events.into_iter().filter_map(|event| event.case));
        }
        let mut waiting = BTreeSet::new();
        // A case stays in `changed` until it is derived, also when reading fails half-way.
        for id in self.changed.clone() {
            match entry(store, &id).await? {
                Some(entry) => {
                    Arc::make_mut(&mut self.entries).insert(id.clone(), Arc::new(entry));
                }
                None => {
                    waiting.insert(id.clone());
                }
            }
            self.changed.remove(&id);
        }
        self.changed = waiting;
        Ok(Arc::clone(&self.entries))
    }
}

/// The case, or `None` while its record is not there yet.
async fn entry(store: &Store, id: &CaseId) -> Result<Option<Entry>, Error> {
    let Some(case) = store.cases().get(id.as_str()).await? else {
        return Ok(None);
    };
    let view = CaseView::of(&store.log().of_case(id).await?);
    let lead = match &case.lead {
        Some(lead) => store.leads().get(lead.as_str()).await?,
        None => None,
    };
    Ok(Some(Entry { case, view, lead }))
}
