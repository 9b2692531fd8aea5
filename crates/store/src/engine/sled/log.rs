//! The log in sled: lines by their sequence.

use std::sync::Arc;

use async_trait::async_trait;
use sled::Tree;
use tokio::sync::{Mutex, watch};
use tokio::task::spawn_blocking;

use super::home::Home;
use crate::Error;
use crate::engine::Receipt;

/// One tree, in which only the end ever changes.
pub(super) struct SledLog {
    lines: Lines,
    /// How many lines there are, durable or not.
    length: Mutex<u64>,
    published: Arc<watch::Sender<u64>>,
}

#[derive(Clone)]
struct Lines {
    tree: Tree,
    home: Arc<Home>,
}

impl SledLog {
    pub(super) fn open(home: &Arc<Home>) -> Result<Self, Error> {
        let fault = |error| home.fault(error);
        let tree = home.db.open_tree("log").map_err(fault)?;
        let length = match tree.last().map_err(fault)? {
            Some((key, _)) => sequence(&key)? + 1,
            None => 0,
        };
        let lines = Lines {
            tree,
            home: home.clone(),
        };
        Ok(Self {
            lines,
            length: Mutex::new(length),
            published: Arc::new(watch::Sender::new(length)),
        })
    }
}

impl Lines {
    /// The lines in `from..until`, all of which must be there.
    fn read(&self, from: u64, until: u64) -> Result<Vec<Vec<u8>>, Error> {
        let range = self.tree.range(from.to_be_bytes()..until.to_be_bytes());
        let mut lines = Vec::new();
        for (expected, found) in (from..until).zip(range) {
            let (key, line) = found.map_err(|error| self.home.fault(error))?;
            if sequence(&key)? != expected {
                return Err(Error::broken(expected, "its line is missing"));
            }
            lines.push(line.to_vec());
        }
        Ok(lines)
    }
}

#[async_trait]
impl crate::engine::Log for SledLog {
    async fn append(&self, expected: u64, line: &[u8]) -> Result<Option<Receipt>, Error> {
        let home = &self.lines.home;
        let mut length = self.length.lock().await;
        if *length != expected {
            return Ok(None);
        }
        let inserted = self.lines.tree.insert(expected.to_be_bytes(), line);
        inserted.map_err(|error| home.fault(error))?;
        *length += 1;
        let ticket = home.commit.ticket();
        drop(length);
        let home = home.clone();
        let published = self.published.clone();
        Ok(Some(Box::pin(async move {
            home.commit.reached(ticket).await?;
            publish(&published, expected + 1);
            Ok(())
        })))
    }

    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
        let length = *self.length.lock().await;
        let until = length.min(from.saturating_add(limit as u64));
        if from >= until {
            return Ok(Vec::new());
        }
        if until > *self.published.borrow() {
            self.lines.home.commit.durable().await?;
            publish(&self.published, length);
        }
        let lines = self.lines.clone();
        spawn_blocking(move || lines.read(from, until))
            .await
            .map_err(|died| Error::stopped("read the log", &died))?
    }

    fn length(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }
}

fn publish(published: &watch::Sender<u64>, durable: u64) {
    published.send_if_modified(|length| {
        let grown = durable > *length;
        *length = durable.max(*length);
        grown
    });
}

fn sequence(key: &[u8]) -> Result<u64, Error> {
    key.try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| Error::broken(0, &format!("`{}` is not a sequence", hex::encode(key))))
}
