//! The store: everything typed, over one engine.

use std::path::PathBuf;
use std::sync::Arc;

use jianwei_model::{
    BackgroundPage, Case, Delivery, Lead, Letter, PacketRecord, Reference, User, Visit,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cursor::Cursor;
use crate::engine::memory::MemoryEngine;
use crate::engine::sled::SledEngine;
use crate::engine::{self, Engine};
use crate::log_index::LogIndex;
use crate::{
    AssessmentRecord, Blobs, Error, Known, Log, Queue, QueueName, Record, Records, Session,
};

/// Records, queues, blobs and the event log of one installation. Cheap to clone.
///
/// One process owns an embedded store; it is closed when the last clone, and the last part taken from one, is dropped.
#[derive(Clone)]
pub struct Store {
    parts: Arc<Parts>,
}

struct Parts {
    leads: Records<Lead>,
    visits: Records<Visit>,
    assessments: Records<AssessmentRecord>,
    cases: Records<Case>,
    packets: Records<PacketRecord>,
    letters: Records<Letter>,
    deliveries: Records<Delivery>,
    users: Records<User>,
    references: Records<Reference>,
    background: Records<BackgroundPage>,
    known: Records<Known>,
    sessions: Records<Session>,
    cursors: Records<Cursor>,
    queues: Vec<(QueueName, Arc<dyn engine::Queue>)>,
    blobs: Blobs,
    log: Log,
}

impl Store {
    /// Opens the store at `url`: `memory:` (gone with the last clone) or `sled:PATH` (made if it is not there).
    ///
    /// # Errors
    /// [`Error::Url`], [`Error::Locked`] when another process has it open, [`Error::Corrupt`] or [`Error::Io`] when
    /// the path does not hold a readable store, [`Error::LogBroken`] when its log's end does not fit.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let engine: Box<dyn Engine> = match url.split_once(':') {
            Some(("memory", "")) => Box::new(MemoryEngine::default()),
            Some(("sled", path)) if !path.is_empty() => {
                Box::new(SledEngine::open(PathBuf::from(path)).await?)
            }
            _ => return Err(Error::Url { url: url.into() }),
        };
        let parts = Parts::over(engine.as_ref()).await?;
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// Leads by id.
    #[must_use]
    pub fn leads(&self) -> Records<Lead> {
        self.parts.leads.clone()
    }

    /// Visits by id.
    #[must_use]
    pub fn visits(&self) -> Records<Visit> {
        self.parts.visits.clone()
    }

    /// Assessments by visit.
    #[must_use]
    pub fn assessments(&self) -> Records<AssessmentRecord> {
        self.parts.assessments.clone()
    }

    /// Cases by id.
    #[must_use]
    pub fn cases(&self) -> Records<Case> {
        self.parts.cases.clone()
    }

    /// Sealed packets by case.
    #[must_use]
    pub fn packets(&self) -> Records<PacketRecord> {
        self.parts.packets.clone()
    }

    /// Letters by id.
    #[must_use]
    pub fn letters(&self) -> Records<Letter> {
        self.parts.letters.clone()
    }

    /// Deliveries by letter.
    #[must_use]
    pub fn deliveries(&self) -> Records<Delivery> {
        self.parts.deliveries.clone()
    }

    /// Users by login name.
    #[must_use]
    pub fn users(&self) -> Records<User> {
        self.parts.users.clone()
    }

    /// Reference pages by protected site, URL and content.
    #[must_use]
    pub fn references(&self) -> Records<Reference> {
        self.parts.references.clone()
    }

    /// Background pages by URL.
    #[must_use]
    pub fn background(&self) -> Records<BackgroundPage> {
        self.parts.background.clone()
    }

    /// Admitted URLs by [`Known::key_of`].
    #[must_use]
    pub fn known(&self) -> Records<Known> {
        self.parts.known.clone()
    }

    /// Console sessions by the hex digits of their token's digest.
    #[must_use]
    pub fn sessions(&self) -> Records<Session> {
        self.parts.sessions.clone()
    }

    /// A queue of the journey; one name always holds one type of job.
    #[must_use]
    pub fn queue<T>(&self, name: QueueName) -> Queue<T>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        let queue = self.parts.queues.iter().find(|(of, _)| *of == name);
        let (_, queue) = queue.unwrap_or_else(|| unreachable!("every queue is opened"));
        Queue::new(name, queue.clone(), self.blobs())
    }

    /// Bytes by digest.
    #[must_use]
    pub fn blobs(&self) -> Blobs {
        self.parts.blobs.clone()
    }

    /// The event log.
    #[must_use]
    pub fn log(&self) -> Log {
        self.parts.log.clone()
    }

    /// How far the follower `name` has read the log: the next event it wants, 0 at first.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn cursor_get(&self, name: &str) -> Result<u64, Error> {
        let cursor = self.parts.cursors.get(name).await?;
        Ok(cursor.map_or(0, |cursor| cursor.sequence))
    }

    /// Writes down how far the follower `name` has read the log.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn cursor_put(&self, name: &str, sequence: u64) -> Result<(), Error> {
        let name = name.to_owned();
        self.parts.cursors.put(&Cursor { name, sequence }).await
    }
}

impl Parts {
    async fn over(engine: &dyn Engine) -> Result<Self, Error> {
        let blobs = Blobs::new(engine.blobs());
        let cursors = records::<Cursor>(engine, &blobs)?;
        let index = LogIndex::new(engine, cursors.clone())?;
        let queues = QueueName::ALL.map(|name| Ok((name, engine.queue(name.as_str())?)));
        Ok(Self {
            leads: records(engine, &blobs)?,
            visits: records(engine, &blobs)?,
            assessments: records(engine, &blobs)?,
            cases: records(engine, &blobs)?,
            packets: records(engine, &blobs)?,
            letters: records(engine, &blobs)?,
            deliveries: records(engine, &blobs)?,
            users: records(engine, &blobs)?,
            references: records(engine, &blobs)?,
            background: records(engine, &blobs)?,
            known: records(engine, &blobs)?,
            sessions: records(engine, &blobs)?,
            cursors,
            queues: queues.into_iter().collect::<Result<_, Error>>()?,
            log: Log::open(engine.log()?, index).await?,
            blobs,
        })
    }
}

fn records<T: Record>(engine: &dyn Engine, blobs: &Blobs) -> Result<Records<T>, Error> {
    Ok(Records::new(engine.table(T::TABLE)?, blobs.clone()))
}
