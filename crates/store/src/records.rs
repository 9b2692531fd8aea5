//! Records: typed, versioned values in a table.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine::{Expected, Row, Table};
use crate::envelope::{self, Slot};
use crate::{Blobs, Error};

/// A value that the store keeps under a key.
///
/// A record of an earlier version must still open: a field that is added has a serde default, and what cannot be had
/// that way raises [`Record::VERSION`].
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The table it is kept in.
    const TABLE: &'static str;
    /// The version in which it is written today.
    const VERSION: u8;

    /// The key it is kept under, the same for equal things.
    fn key(&self) -> String;
}

/// The records of one type. Cheap to clone.
pub struct Records<T> {
    table: Arc<dyn Table>,
    blobs: Blobs,
    record: PhantomData<fn() -> T>,
}

impl<T> Clone for Records<T> {
    fn clone(&self) -> Self {
        Self {
            table: self.table.clone(),
            blobs: self.blobs.clone(),
            record: PhantomData,
        }
    }
}

impl<T: Record> Records<T> {
    pub(crate) fn new(table: Arc<dyn Table>, blobs: Blobs) -> Self {
        Self {
            table,
            blobs,
            record: PhantomData,
        }
    }

    /// The record under `key`.
    ///
    /// # Errors
    /// [`Error::Record`] when it cannot be read as a `T`, otherwise what the engine says.
    pub async fn get(&self, key: &str) -> Result<Option<T>, Error> {
        match self.table.get(key).await? {
            Some(row) => self.open(key, &row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Keeps a record that is not there yet; `false` and no change when its key exists.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn insert(&self, record: &T) -> Result<bool, Error> {
        self.write(record, Expected::Absent).await
    }

    /// Keeps a record, in place of the former one where there is one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn put(&self, record: &T) -> Result<(), Error> {
        self.write(record, Expected::Anything).await.map(|_| ())
    }

    /// Changes the record under `key` and gives it as changed; `None` when there is none.
    ///
    /// `change` runs again on a fresh copy whenever another writer was faster.
    ///
    /// # Errors
    /// [`Error::Record`] when it cannot be read or `change` gives it another key, otherwise what the engine says.
    pub async fn update(
        &self,
        key: &str,
        mut change: impl FnMut(&mut T) + Send,
    ) -> Result<Option<T>, Error> {
        while let Some(row) = self.table.get(key).await? {
            let mut record = self.open(key, &row).await?;
            change(&mut record);
            if record.key() != key {
                return Err(Error::record(T::TABLE, key, "an update changed its key"));
            }
            let expected = Expected::Revision(row.revision);
            if self.write(&record, expected).await? {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// At most `limit` records with keys greater than `after`, in key order.
    ///
    /// # Errors
    /// [`Error::Record`] when one cannot be read as a `T`, otherwise what the engine says.
    pub async fn list(&self, after: Option<&str>, limit: usize) -> Result<Vec<T>, Error> {
        let rows = self.table.scan(after, limit).await?;
        let mut records = Vec::with_capacity(rows.len());
        for (key, row) in rows {
            records.push(self.open(&key, &row).await?);
        }
        Ok(records)
    }

    /// Takes the record under `key` out; `false` when there was none.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn remove(&self, key: &str) -> Result<bool, Error> {
        self.table.remove(key).await
    }

    /// How many records there are. The first call after opening reads the table once; later ones are cheap.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn count(&self) -> Result<u64, Error> {
        self.table.count().await
    }

    async fn write(&self, record: &T, expected: Expected) -> Result<bool, Error> {
        let key = record.key();
        let bytes = envelope::seal(&self.blobs, Self::slot(&key), record).await?;
        self.table.swap(&key, expected, &bytes).await
    }

    async fn open(&self, key: &str, row: &Row) -> Result<T, Error> {
        envelope::open(&self.blobs, Self::slot(key), &row.value).await
    }

    fn slot(key: &str) -> Slot<'_> {
        Slot {
            table: T::TABLE,
            key,
            version: T::VERSION,
        }
    }
}
