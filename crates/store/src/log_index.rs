//! The log's indexes by key and by case: projections that are caught up on opening.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{join_all, try_join};
use jianwei_model::{CaseId, Event};

use crate::cursor::Cursor;
use crate::engine::{Engine, Expected, Table};
use crate::{Error, Records};

/// The cursor that says up to where the indexes are written.
const CURSOR: &str = "store/log_index";

/// After how many events the cursor is written; so many are indexed again after a death.
const CURSOR_EVERY: u64 = 64;

/// How many rows are read at once.
const CHUNK: usize = 256;

/// Finds events by key and by case.
pub(crate) struct LogIndex {
    keys: Arc<dyn Table>,
    cases: Arc<dyn Table>,
    cursors: Records<Cursor>,
    pending: Mutex<Pending>,
}

/// Events that are in the log but not yet durably in the tables.
#[derive(Default)]
struct Pending {
    events: BTreeMap<u64, (String, Option<CaseId>)>,
    keys: BTreeMap<String, u64>,
    /// One more than the greatest sequence seen.
    length: u64,
    /// The cursor as last written.
    saved: u64,
}

impl LogIndex {
    pub(crate) fn new(engine: &dyn Engine, cursors: Records<Cursor>) -> Result<Self, Error> {
        Ok(Self {
            keys: engine.table("log_keys")?,
            cases: engine.table("log_cases")?,
            cursors,
            pending: Mutex::default(),
        })
    }

    /// The sequence up to which everything is in the tables.
    pub(crate) async fn indexed(&self) -> Result<u64, Error> {
        let cursor = self.cursors.get(CURSOR).await?;
        let indexed = cursor.map_or(0, |cursor| cursor.sequence);
        let mut pending = self.pending();
        pending.saved = indexed;
        pending.length = indexed;
        Ok(indexed)
    }

    /// Makes an event findable while its rows are on their way.
    pub(crate) fn expect(&self, event: &Event) {
        let mut pending = self.pending();
        let entry = (event.key.clone(), event.case.clone());
        pending.events.insert(event.sequence, entry);
        pending.keys.insert(event.key.clone(), event.sequence);
        pending.length = pending.length.max(event.sequence + 1);
    }

    /// Writes the rows of an expected event.
    pub(crate) async fn settle(&self, event: &Event) -> Result<(), Error> {
        let sequence = event.sequence.to_string();
        let by_key = self
            .keys
            .swap(&event.key, Expected::Anything, sequence.as_bytes());
        let by_case = async {
            match &event.case {
                Some(case) => {
                    let key = case_key(case, event.sequence);
                    self.cases.swap(&key, Expected::Anything, b"").await
                }
                None => Ok(true),
            }
        };
        try_join(by_key, by_case).await?;
        let cursor = self.pending().settled(event);
        match cursor {
            Some(sequence) => self.save(sequence).await,
            None => Ok(()),
        }
    }

    /// Writes the rows of several expected events at once.
    pub(crate) async fn settle_all(&self, events: &[Event]) -> Result<(), Error> {
        let settling = events.iter().map(|event| self.settle(event));
        join_all(settling).await.into_iter().collect()
    }

    /// The sequence of the event with this key.
    pub(crate) async fn find(&self, key: &str) -> Result<Option<u64>, Error> {
        if let Some(sequence) = self.pending().keys.get(key) {
            return Ok(Some(*sequence));
        }
        let Some(row) = self.keys.get(key).await? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&row.value);
        text.parse()
            .map(Some)
            .map_err(|_| Error::record("log_keys", key, &format!("`{text}` is not a sequence")))
    }

    /// The sequences of a case's events, in order.
    pub(crate) async fn of_case(&self, case: &CaseId) -> Result<Vec<u64>, Error> {
        // Looked up before the tables: an event that settles in between is found twice, never missed.
        let mut sequences = self.pending().of_case(case);
        let prefix = format!("{case}/");
        let mut after = prefix.clone();
        'tables: loop {
            let rows = self.cases.scan(Some(&after), CHUNK).await?;
            let full = rows.len() == CHUNK;
            for (key, _) in rows {
                let Some(rest) = key.strip_prefix(&prefix) else {
                    break 'tables;
                };
                // A rest of another length belongs to a case whose name has a stroke itself.
                if let Some(sequence) = sequence_of(rest) {
                    sequences.push(sequence);
                }
                after = key;
            }
            if !full {
                break;
            }
        }
        sequences.sort_unstable();
        sequences.dedup();
        Ok(sequences)
    }

    async fn save(&self, sequence: u64) -> Result<(), Error> {
        let cursor = Cursor {
            name: CURSOR.to_owned(),
            sequence,
        };
        self.cursors.put(&cursor).await
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    /// Forgets an event whose rows are durable; gives the cursor when it is time to write it.
    fn settled(&mut self, event: &Event) -> Option<u64> {
        self.events.remove(&event.sequence);
        self.keys.remove(&event.key);
        let oldest = self.events.first_key_value().map(|(sequence, _)| *sequence);
        let reached = oldest.unwrap_or(self.length);
        (reached >= self.saved + CURSOR_EVERY).then(|| {
            self.saved = reached;
            reached
        })
    }

    fn of_case(&self, case: &CaseId) -> Vec<u64> {
        let events = self.events.iter();
        let own = events.filter(|(_, (_, of))| of.as_ref() == Some(case));
        own.map(|(sequence, _)| *sequence).collect()
    }
}

/// Twenty digits keep the order of keys the order of sequences.
fn case_key(case: &CaseId, sequence: u64) -> String {
    format!("{case}/{sequence:020}")
}

fn sequence_of(rest: &str) -> Option<u64> {
    (rest.len() == 20).then(|| rest.parse().ok()).flatten()
}
