//! A table in sled: each value behind its revision.

use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use sled::{IVec, Tree};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::home::Home;
use crate::Error;
use crate::engine::{Expected, Row};

/// How many rows are counted before writers get their turn.
const COUNT_CHUNK: usize = 1024;

/// One tree. Writers take turns, which makes compare-and-set and the count plain.
pub(super) struct SledTable {
    rows: Rows,
    tally: Arc<Mutex<Tally>>,
}

#[derive(Clone)]
struct Rows {
    name: &'static str,
    tree: Tree,
    home: Arc<Home>,
}

/// How many rows have been counted. sled's own `len` reads the whole tree each time.
#[derive(Default)]
struct Tally {
    count: u64,
    /// Rows up to and with this key are counted; writers keep that true.
    reached: Option<IVec>,
    whole: bool,
}

impl SledTable {
    pub(super) fn open(home: &Arc<Home>, name: &'static str) -> Result<Self, Error> {
        let tree = home.db.open_tree(format!("table.{name}"));
        let rows = Rows {
            name,
            tree: tree.map_err(|error| home.fault(error))?,
            home: home.clone(),
        };
        Ok(Self {
            rows,
            tally: Arc::default(),
        })
    }
}

impl Rows {
    fn get(&self, key: &[u8]) -> Result<Option<Row>, Error> {
        let found = self.tree.get(key).map_err(|error| self.home.fault(error))?;
        found.map(|bytes| self.row(key, &bytes)).transpose()
    }

    fn row(&self, key: &[u8], bytes: &[u8]) -> Result<Row, Error> {
        match bytes.split_first_chunk() {
            Some((revision, value)) => Ok(Row {
                revision: u64::from_be_bytes(*revision),
                value: value.to_vec(),
            }),
            None => Err(Error::record(
                self.name,
                &String::from_utf8_lossy(key),
                "it has no revision",
            )),
        }
    }

    fn scan(&self, after: Option<&str>, limit: usize) -> Result<Vec<(String, Row)>, Error> {
        let from = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.as_bytes()));
        let range = self.tree.range::<&[u8], _>((from, Bound::Unbounded));
        let mut rows = Vec::new();
        for found in range.take(limit) {
            let (key, bytes) = found.map_err(|error| self.home.fault(error))?;
            let row = self.row(&key, &bytes)?;
            let key = String::from_utf8(key.to_vec())
                .map_err(|error| Error::record(self.name, &format!("{key:?}"), &error))?;
            rows.push((key, row));
        }
        Ok(rows)
    }

    /// Counts the next rows.
    fn count_on(&self, tally: &mut Tally) -> Result<(), Error> {
        let from = match &tally.reached {
            Some(key) => Bound::Excluded(key.clone()),
            None => Bound::Unbounded,
        };
        let mut counted = 0;
        let range = self.tree.range::<IVec, _>((from, Bound::Unbounded));
        for found in range.keys().take(COUNT_CHUNK) {
            tally.reached = Some(found.map_err(|error| self.home.fault(error))?);
            counted += 1;
        }
        tally.count += counted as u64;
        tally.whole = counted < COUNT_CHUNK;
        Ok(())
    }
}

impl Tally {
    fn covers(&self, key: &[u8]) -> bool {
        self.whole
            || self
                .reached
                .as_ref()
                .is_some_and(|reached| key <= &reached[..])
    }
}

#[async_trait]
impl crate::engine::Table for SledTable {
    async fn get(&self, key: &str) -> Result<Option<Row>, Error> {
        self.rows.get(key.as_bytes())
    }

    async fn swap(&self, key: &str, expected: Expected, value: &[u8]) -> Result<bool, Error> {
        let home = &self.rows.home;
        let mut tally = self.tally.lock().await;
        let found = self.rows.get(key.as_bytes())?.map(|row| row.revision);
        let fits = match expected {
            Expected::Anything => true,
            Expected::Absent => found.is_none(),
            Expected::Revision(revision) => found == Some(revision),
        };
        if fits {
            let mut bytes = home.number()?.to_be_bytes().to_vec();
            bytes.extend_from_slice(value);
            let inserted = self.rows.tree.insert(key, bytes);
            inserted.map_err(|error| home.fault(error))?;
            if found.is_none() && tally.covers(key.as_bytes()) {
                tally.count += 1;
            }
        }
        drop(tally);
        if fits || expected == Expected::Absent {
            // That the key exists is an answer to act on, so it must be durable too.
            home.commit.durable().await?;
        }
        Ok(fits)
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Vec<(String, Row)>, Error> {
        let rows = self.rows.clone();
        let after = after.map(str::to_owned);
        spawn_blocking(move || rows.scan(after.as_deref(), limit))
            .await
            .map_err(|died| Error::stopped("scan a table", &died))?
    }

    async fn remove(&self, key: &str) -> Result<bool, Error> {
        let home = &self.rows.home;
        let mut tally = self.tally.lock().await;
        let removed = self.rows.tree.remove(key);
        let removed = removed.map_err(|error| home.fault(error))?.is_some();
        if removed && tally.covers(key.as_bytes()) {
            tally.count -= 1;
        }
        drop(tally);
        home.commit.durable().await?;
        Ok(removed)
    }

    async fn count(&self) -> Result<u64, Error> {
        loop {
            let mut tally = self.tally.clone().lock_owned().await;
            if tally.whole {
                return Ok(tally.count);
            }
            let rows = self.rows.clone();
            spawn_blocking(move || rows.count_on(&mut tally))
                .await
                .map_err(|died| Error::stopped("count a table", &died))??;
        }
    }
}
