//! The embedded engine: sled for small values, content-addressed files for blobs.

mod blobs;
mod commit;
mod home;
mod log;
mod queue;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use self::blobs::BlobFiles;
use self::home::Home;
use crate::Error;

/// All parts of one embedded store.
pub(crate) struct SledEngine {
    blobs: Arc<BlobFiles>,
    home: Arc<Home>,
}

impl SledEngine {
    pub(crate) async fn open(path: PathBuf) -> Result<Self, Error> {
        let opened = spawn_blocking(move || {
            let home = Arc::new(Home::open(path)?);
            let blobs = Arc::new(BlobFiles::open(&home)?);
            Ok(Self { blobs, home })
        });
        opened
            .await
            .map_err(|died| Error::stopped("open the store", &died))?
    }
}

impl super::Engine for SledEngine {
    fn table(&self, name: &'static str) -> Result<Arc<dyn super::Table>, Error> {
        Ok(Arc::new(table::SledTable::open(&self.home, name)?))
    }

    fn queue(&self, name: &'static str) -> Result<Arc<dyn super::Queue>, Error> {
        Ok(Arc::new(queue::SledQueue::open(&self.home, name)?))
    }

    fn blobs(&self) -> Arc<dyn super::Blobs> {
        self.blobs.clone()
    }

    fn log(&self) -> Result<Arc<dyn super::Log>, Error> {
        Ok(Arc::new(log::SledLog::open(&self.home)?))
    }
}
