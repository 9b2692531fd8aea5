//! The event log: a hash-linked chain of canonical lines, from which everything else can be derived.

use std::sync::Arc;

use jianwei_model::{CaseId, Digest, Event, EventDraft, GENESIS};
use tokio::sync::{Mutex, watch};

use crate::log_index::LogIndex;
use crate::{Error, engine};

/// How many lines are read at once.
const CHUNK: usize = 512;

/// The event log. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Arc<dyn engine::Log>,
    index: LogIndex,
    tail: Mutex<Tail>,
}

/// Where the next event goes, and what it names as its previous one.
#[derive(Debug, Clone, Copy)]
struct Tail {
    length: u64,
    previous: Digest,
}

impl Log {
    /// Opens the log and catches its indexes up where they lag behind it.
    pub(crate) async fn open(engine: Arc<dyn engine::Log>, index: LogIndex) -> Result<Self, Error> {
        let indexed = index.indexed().await?;
        let mut tail = Tail {
            length: indexed,
            previous: GENESIS,
        };
        if let Some(last) = indexed.checked_sub(1) {
            let lines = engine.read(last, 1).await?;
            let line = lines.first().ok_or_else(|| {
                Error::broken(
                    last,
                    &format!("{indexed} events were indexed, the log ends earlier"),
                )
            })?;
            tail.previous = Digest::of(line);
        }
        let inner = Inner {
            engine,
            index,
            tail: Mutex::new(tail),
        };
        inner.catch_up(&mut *inner.tail.lock().await).await?;
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Appends an event; a draft whose key is in the log already gives the first event with that key instead.
    ///
    /// The event is durable when this resolves. It is appended even if the future is dropped halfway.
    ///
    /// # Errors
    /// [`Error::LogBroken`] when the log's end does not fit, otherwise what the engine says.
    pub async fn append(&self, draft: EventDraft) -> Result<Event, Error> {
        let inner = self.inner.clone();
        tokio::spawn(async move { inner.append(draft).await })
            .await
            .map_err(|died| Error::stopped("append an event", &died))?
    }

    /// At most `limit` events from sequence `from` on.
    ///
    /// # Errors
    /// [`Error::LogBroken`] when a line is no event, otherwise what the engine says.
    pub async fn read(&self, from: u64, limit: usize) -> Result<Vec<Event>, Error> {
        let lines = self.inner.engine.read(from, limit).await?;
        let numbered = (from..).zip(lines);
        numbered.map(|(at, line)| parse(at, &line)).collect()
    }

    /// The events of a case, in order.
    ///
    /// # Errors
    /// As for [`Log::read`].
    pub async fn of_case(&self, case: &CaseId) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        for sequence in self.inner.index.of_case(case).await? {
            events.push(self.inner.event(sequence).await?);
        }
        Ok(events)
    }

    /// The event with this key.
    ///
    /// # Errors
    /// As for [`Log::read`].
    pub async fn find(&self, key: &str) -> Result<Option<Event>, Error> {
        self.inner.find(key).await
    }

    /// Reads the whole log and checks that each line is canonical, in sequence and names the digest of the one before.
    /// Gives the number of events.
    ///
    /// # Errors
    /// [`Error::LogBroken`] with the first event that does not fit.
    pub async fn verify(&self) -> Result<u64, Error> {
        let length = *self.subscribe().borrow();
        let mut checked = Tail {
            length: 0,
            previous: GENESIS,
        };
        while checked.length < length {
            let lines = self.inner.engine.read(checked.length, CHUNK).await?;
            if lines.is_empty() {
                return Err(Error::broken(checked.length, "its line is missing"));
            }
            for line in lines {
                checked.follow(&line)?;
            }
        }
        Ok(checked.length)
    }

    /// The number of durable events, now and whenever it grows.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.engine.length()
    }
}

impl Inner {
    async fn append(&self, draft: EventDraft) -> Result<Event, Error> {
        let mut tail = self.tail.lock().await;
        let (event, receipt) = loop {
            if let Some(first) = self.find(&draft.key).await? {
                return Ok(first);
            }
            let event = draft.clone().into_event(tail.length, tail.previous);
            let line = event.to_line();
            match self.engine.append(tail.length, line.as_bytes()).await? {
                Some(receipt) => {
                    tail.previous = Digest::of(line.as_bytes());
                    tail.length += 1;
                    self.index.expect(&event);
                    break (event, receipt);
                }
                // Another process was faster.
                None => self.catch_up(&mut tail).await?,
            }
        };
        drop(tail);
        receipt.await?;
        self.index.settle(&event).await?;
        Ok(event)
    }

    /// Takes in the events after `tail` that someone else, or this process in an earlier life, has appended.
    async fn catch_up(&self, tail: &mut Tail) -> Result<(), Error> {
        loop {
            let lines = self.engine.read(tail.length, CHUNK).await?;
            if lines.is_empty() {
                return Ok(());
            }
            let mut events = Vec::with_capacity(lines.len());
            for line in lines {
                let event = tail.follow(&line)?;
                self.index.expect(&event);
                events.push(event);
            }
            self.index.settle_all(&events).await?;
        }
    }

    async fn find(&self, key: &str) -> Result<Option<Event>, Error> {
        let Some(sequence) = self.index.find(key).await? else {
            return Ok(None);
        };
        let event = self.event(sequence).await?;
        if event.key == key {
            return Ok(Some(event));
        }
        let reason = format!("it is indexed under `{key}` but its key is `{}`", event.key);
        Err(Error::broken(sequence, &reason))
    }

    async fn event(&self, sequence: u64) -> Result<Event, Error> {
        let lines = self.engine.read(sequence, 1).await?;
        match lines.first() {
            Some(line) => parse(sequence, line),
            None => Err(Error::broken(sequence, "its line is missing")),
        }
    }
}

impl Tail {
    /// The event in `line`, which must be the next link of the chain; the tail moves behind it.
    fn follow(&mut self, line: &[u8]) -> Result<Event, Error> {
        let at = self.length;
        let event = parse(at, line)?;
        if event.previous != self.previous {
            let reason = format!(
                "it names `{}` as the previous line, which is `{}`",
                event.previous, self.previous
            );
            return Err(Error::broken(at, &reason));
        }
        if event.to_line().as_bytes() != line {
            return Err(Error::broken(at, "its line is not canonical JSON"));
        }
        self.previous = Digest::of(line);
        self.length += 1;
        Ok(event)
    }
}

fn parse(sequence: u64, line: &[u8]) -> Result<Event, Error> {
    let event: Event =
        serde_json::from_slice(line).map_err(|error| Error::broken(sequence, &error))?;
    if event.sequence == sequence {
        Ok(event)
    } else {
        let reason = format!("it calls itself event {}", event.sequence);
        Err(Error::broken(sequence, &reason))
    }
}
