//! Group commit: one thread makes everything written so far durable, for all who wait.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::{io, mem};

use sled::Db;
use tokio::sync::watch;

use crate::Error;

/// Tells writers when what they wrote is durable.
///
/// sled's own `flush_async` deadlocks with seven or more callers, and its `flush` leaves the data in the kernel's
/// hands; so one thread calls `flush` and then `sync_data` for everyone.
pub(super) struct Commit {
    path: PathBuf,
    shared: Arc<Shared>,
    progress: watch::Receiver<Progress>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    wanted: Mutex<Wanted>,
    wake: Condvar,
}

#[derive(Default)]
struct Wanted {
    tickets: u64,
    stop: bool,
}

#[derive(Clone, Default)]
struct Progress {
    /// Every ticket up to this one is durable.
    durable: u64,
    /// Why there is no more to come.
    failure: Option<String>,
}

impl Commit {
    /// Starts the thread for a database whose file is `path`.
    pub(super) fn start(db: Db, path: PathBuf) -> Result<Self, Error> {
        let file = File::open(&path).map_err(|error| Error::io("open", &path, error))?;
        let shared = Arc::new(Shared::default());
        let (publish, progress) = watch::channel(Progress::default());
        let works = shared.clone();
        let thread = thread::Builder::new()
            .name("store-commit".into())
            .spawn(move || works.run(&db, &file, &publish))
            .map_err(|error| Error::io("start a thread for", &path, error))?;
        Ok(Self {
            path,
            shared,
            progress,
            thread: Some(thread),
        })
    }

    /// A number for all that has been written before this call.
    pub(super) fn ticket(&self) -> u64 {
        let mut wanted = self.shared.wanted();
        wanted.tickets += 1;
        let ticket = wanted.tickets;
        drop(wanted);
        self.shared.wake.notify_one();
        ticket
    }

    /// Resolves when everything written before `ticket` was taken is durable.
    pub(super) async fn reached(&self, ticket: u64) -> Result<(), Error> {
        let mut progress = self.progress.clone();
        let waited = progress
            .wait_for(|now| now.durable >= ticket || now.failure.is_some())
            .await;
        match waited {
            Ok(now) if now.durable >= ticket => Ok(()),
            Ok(now) => Err(self.failed(now.failure.as_deref().unwrap_or_default())),
            Err(_) => Err(self.failed("the committing thread has ended")),
        }
    }

    /// Resolves when everything written before this call is durable.
    pub(super) async fn durable(&self) -> Result<(), Error> {
        let ticket = self.ticket();
        self.reached(ticket).await
    }

    fn failed(&self, reason: &str) -> Error {
        Error::io("write", &self.path, io::Error::other(reason.to_owned()))
    }
}

impl Drop for Commit {
    fn drop(&mut self) {
        self.shared.wanted().stop = true;
        self.shared.wake.notify_one();
        if let Some(thread) = mem::take(&mut self.thread)
            && thread.join().is_err()
        {
            tracing::error!(store.file = %Path::display(&self.path), "committing thread panicked");
        }
    }
}

impl Shared {
    fn run(&self, db: &Db, file: &File, publish: &watch::Sender<Progress>) {
        let mut durable = 0;
        while let Some(tickets) = self.next(durable) {
            let flushed = db.flush().map_err(|error| error.to_string());
            let synced = flushed.and_then(|_| file.sync_data().map_err(|error| error.to_string()));
            if let Err(failure) = synced {
                // What the kernel could not write once it may drop: nothing after this can be promised.
                publish.send_modify(|progress| progress.failure = Some(failure));
                return;
            }
            durable = tickets;
            publish.send_modify(|progress| progress.durable = durable);
        }
    }

    /// Waits for a ticket beyond `durable`; `None` when it is time to stop.
    fn next(&self, durable: u64) -> Option<u64> {
        let idle = |wanted: &mut Wanted| wanted.tickets == durable && !wanted.stop;
        let wanted = self.wake.wait_while(self.wanted(), idle);
        let wanted = wanted.unwrap_or_else(PoisonError::into_inner);
        (wanted.tickets > durable).then_some(wanted.tickets)
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
