//! What every handler shares: the store, the settings, and what the console remembers while it runs.

use std::sync::{Arc, Mutex, PoisonError};

use jianwei_model::{Action, Actor, CaseId, Event, EventDraft, Timestamp};
use jianwei_store::{Store, now};

use crate::password::PasswordDesk;
use crate::roll::{Entries, Roll};
use crate::throttle::Throttle;
use crate::{Error, Settings};

/// What every handler shares. Cloning is cheap.
#[derive(Clone)]
pub struct ConsoleState(Arc<Inner>);

struct Inner {
    store: Store,
    settings: Settings,
    passwords: PasswordDesk,
    throttle: Mutex<Throttle>,
    roll: tokio::sync::Mutex<Roll>,
}

impl ConsoleState {
    /// A console over a store.
    #[must_use]
    pub fn new(store: Store, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            store,
            settings,
            passwords: PasswordDesk::new(),
            throttle: Mutex::default(),
            roll: tokio::sync::Mutex::default(),
        }))
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn passwords(&self) -> &PasswordDesk {
        &self.0.passwords
    }

    /// Runs `work` on the back-off table.
    pub(crate) fn throttle<T>(&self, work: impl FnOnce(&mut Throttle) -> T) -> T {
        let mut throttle = self
            .0
            .throttle
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(&mut throttle)
    }

    /// Every case with its state, as of the log's end.
    pub(crate) async fn entries(&self) -> Result<Entries, Error> {
        self.0.roll.lock().await.refreshed(&self.0.store).await
    }

    /// Appends what a person did that is not an act on a case. `what` tells it from what they did in the same moment.
    pub(crate) async fn record(
        &self,
        user: &str,
        action: Action,
        what: &str,
    ) -> Result<Event, Error> {
        let at = now();
        let key = format!("console:{user}:{what}:{}", at.millis());
        self.append(EventDraft {
            at,
            actor: Actor::user(user),
            action,
            case: None,
            reason: String::new(),
            key,
        })
        .await
    }

    /// Appends that a person looked at evidence: once per session and thing within a minute, so that a reload says nothing new.
    pub(crate) async fn record_read(&self, read: Read<'_>) -> Result<(), Error> {
        const MINUTE_MS: i64 = 60_000;
        let at: Timestamp = now();
        let Read {
            user,
            session,
            case,
            what,
            digest,
        } = read;
        let minute = at.millis() / MINUTE_MS;
        let session = session.get(..16).unwrap_or(session);
        self.append(EventDraft {
            at,
            actor: Actor::user(user),
            action: Action::EvidenceRead {
                what: what.to_owned(),
                digest,
            },
            case: Some(case.clone()),
            reason: String::new(),
            key: format!("read:{session}:{case}:{what}:{}:{minute}", digest.hex()),
        })
        .await?;
        Ok(())
    }

    pub(crate) async fn append(&self, draft: EventDraft) -> Result<Event, Error> {
        Ok(self.0.store.log().append(draft).await?)
    }
}

/// A look at evidence.
pub(crate) struct Read<'a> {
    /// Login name.
    pub(crate) user: &'a str,
    /// Digest of the session's token.
    pub(crate) session: &'a str,
    /// The case it belongs to.
    pub(crate) case: &'a CaseId,
    /// What was looked at.
    pub(crate) what: &'a str,
    /// Its digest.
    pub(crate) digest: jianwei_model::Digest,
}
