//! The desk: what a command asks of the store, whether this process holds it or another does.
//!
//! One process owns an embedded store. A command that finds it held talks to that process over a socket beside the
//! store; both sides run the same code.

mod execute;
mod references;
mod regulator;
mod request;
mod socket;

use std::time::Duration;

use jianwei_store::Store;
use tokio::time::{Instant, sleep};

use crate::config::Config;
use crate::exit::Failure;

pub(crate) use references::references;
pub(crate) use request::{Deed, Reply, Request};
pub(crate) use socket::serve;

/// How long a store that is held while nobody answers beside it is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);

/// Answers `request` from the store, or lets the process that holds it answer.
pub(crate) async fn ask(config: &Config, request: &Request) -> Result<Reply, Failure> {
    let url = &config.store.url;
    let folder = socket::store_folder(url);
    if let Some(folder) = &folder
        && !folder.exists()
        && !request.makes_store()
    {
        return Err(Failure::input(folder.display(), "there is no store yet")
            .hint("`jianwei run` makes one, and so does `jianwei user add`"));
    }
    let patience = Instant::now() + PATIENCE;
    loop {
        let error = match Store::open(url).await {
            Ok(store) => return execute::execute(&store, request).await,
            Err(error @ jianwei_store::Error::Locked { .. }) => error,
            Err(error) => return Err(error.into()),
        };
        if let Some(folder) = &folder
            && let Some(answer) = socket::ask(folder, request).await
        {
            return answer;
        }
        // Nobody was reached, so nothing was done: whoever holds it has just begun or is about to end.
        if Instant::now() > patience {
            return Err(error.into());
        }
        sleep(PAUSE).await;
    }
}

/// Opens the store for a process that keeps it; a command that holds it for a moment is waited for.
pub(crate) async fn open_store(url: &str) -> Result<Store, Failure> {
    let patience = Instant::now() + PATIENCE;
    loop {
        match Store::open(url).await {
            Err(jianwei_store::Error::Locked { .. }) if Instant::now() < patience => {
                sleep(PAUSE).await;
            }
            opened => return Ok(opened?),
        }
    }
}
