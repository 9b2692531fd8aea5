//! The directory of an embedded store: its lock, its format and its database.
//!
//! `lock` is held while the store is open; `store` says the format and is written once the database is complete;
//! `sled/` is the database; `blobs/` holds blobs by digest; `aside/` keeps what was moved out of the way.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use sled::{Config, Db, Mode};

use super::commit::Commit;
use crate::Error;

/// What `store` says.
const FORMAT: &str = "jianwei store 1\n";

/// What may lie in a directory whose store was never completed.
const PARTS: [&str; 6] = ["lock", "store.new", "sled", "blobs", "aside", "lost+found"];

/// Memory for pages of the database.
const CACHE_BYTES: u64 = 256 * 1024 * 1024;

/// sled's own background flush, in which alone it gives space back.
const FLUSH_EVERY_MS: u64 = 200;

/// How often, and after which pause, the database is asked again while an earlier holder in this process lets go.
const LOCK_TRIES: u32 = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

/// An open embedded store. The order of fields is the order in which they are let go.
pub(super) struct Home {
    pub(super) commit: Commit,
    pub(super) db: Db,
    pub(super) path: PathBuf,
    _lock: File,
}

impl Home {
    /// Opens the store in the directory `path`, making it if there is nothing.
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        fs::create_dir_all(&path).map_err(|error| Error::io("make directory", &path, error))?;
        let complete = is_complete(&path)?;
        let lock = lock(&path)?;
        let folder = path.join("sled");
        let db = open_database(&path, &folder)?;
        let commit = Commit::start(db.clone(), folder.join("db"))?;
        let home = Self {
            commit,
            db,
            path,
            _lock: lock,
        };
        home.check_format(complete)?;
        Ok(home)
    }

    /// What a failure of the database means.
    pub(super) fn fault(&self, error: sled::Error) -> Error {
        database_error(&self.path.join("sled"), error)
    }

    /// A number that was never given before, greater than 0.
    pub(super) fn number(&self) -> Result<u64, Error> {
        let number = self.db.generate_id().map_err(|error| self.fault(error))?;
        Ok(number + 1)
    }

    /// Compares what the database says of itself with what the directory says.
    ///
    /// sled takes a file of garbage for an empty database; a complete store without its mark has lost everything.
    fn check_format(&self, complete: bool) -> Result<(), Error> {
        let fault = |error| self.fault(error);
        let marked = self.db.get("format").map_err(fault)?;
        match (marked, complete) {
            (Some(mark), true) if mark.as_ref() == FORMAT.as_bytes() => return Ok(()),
            (None, true) => {
                let reason = "the database has lost its contents; restore it from a backup";
                return Err(Error::corrupt(&self.path.join("sled"), &reason));
            }
            (Some(mark), _) if mark.as_ref() != FORMAT.as_bytes() => {
                let reason = "the database was made by another version";
                return Err(Error::corrupt(&self.path.join("sled"), &reason));
            }
            _ => {}
        }
        self.db.insert("format", FORMAT).map_err(fault)?;
        self.db.flush().map_err(fault)?;
        write_whole(&self.path, "store", FORMAT.as_bytes())
    }
}

/// Writes a file under a new name and renames it, so that it is there whole or not at all, whatever happens.
pub(super) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let new = folder.join(format!("{name}.new"));
    let written = fs::write(&new, bytes).and_then(|()| File::open(&new)?.sync_all());
    written.map_err(|error| Error::io("write", &new, error))?;
    let path = folder.join(name);
    fs::rename(&new, &path).map_err(|error| Error::io("write", &path, error))?;
    sync_folder(folder)
}

/// Makes the names in a directory durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), Error> {
    let synced = File::open(folder).and_then(|file| file.sync_all());
    synced.map_err(|error| Error::io("write directory", folder, error))
}

/// Whether `path` holds a complete store; an error when it holds something else.
fn is_complete(path: &Path) -> Result<bool, Error> {
    let mark = path.join("store");
    match fs::read(&mark) {
        Ok(found) if found == FORMAT.as_bytes() => return Ok(true),
        Ok(found) => {
            let found = String::from_utf8_lossy(&found[..found.len().min(40)]).into_owned();
            let reason = format!("it says `{}`, not `{}`", found.trim(), FORMAT.trim());
            return Err(Error::corrupt(&mark, &reason));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("read", &mark, error)),
    }
    let unreadable = |error| Error::io("read directory", path, error);
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if !PARTS.iter().any(|part| name == *part) {
            let name = name.to_string_lossy();
            let reason = format!("it holds `{name}` and no store; choose an empty directory");
            return Err(Error::corrupt(path, &reason));
        }
    }
    Ok(false)
}

fn lock(path: &Path) -> Result<File, Error> {
    let place = path.join("lock");
    let file = File::create(&place).map_err(|error| Error::io("open", &place, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", &place, error)),
    }
}

/// Opens the database; on damage moves sled's snapshots aside and tries once more.
///
/// A snapshot is a cache over sled's log. A death while one is written can leave it torn, and sled then refuses to
/// open although no record is lost (spacejam/sled issues 1533, 1527, 1166).
fn open_database(path: &Path, folder: &Path) -> Result<Db, Error> {
    let error = match try_database(folder) {
        Ok(db) => return Ok(db),
        Err(error @ Error::Corrupt { .. }) => error,
        Err(error) => return Err(error),
    };
    let moved = move_snapshots(path, folder)?;
    if moved == 0 {
        return Err(error);
    }
    tracing::warn!(store.path = %path.display(), store.snapshots = moved, "damaged snapshots moved aside");
    try_database(folder)
}

fn try_database(folder: &Path) -> Result<Db, Error> {
    let config = Config::new()
        .path(folder)
        .cache_capacity(CACHE_BYTES)
        .flush_every_ms(Some(FLUSH_EVERY_MS))
        .mode(Mode::HighThroughput);
    for attempt in 1.. {
        // sled has been seen to panic on doubly damaged files.
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
        match opened {
            Ok(Ok(db)) => return Ok(db),
            Ok(Err(sled::Error::Io(error))) if is_lock(&error) => {
                if attempt == LOCK_TRIES {
                    break;
                }
                thread::sleep(LOCK_PAUSE);
            }
            Ok(Err(error)) => return Err(database_error(folder, error)),
            Err(_) => return Err(Error::corrupt(folder, "the database cannot be read")),
        }
    }
    Err(Error::Locked {
        path: folder.to_owned(),
    })
}

/// Whether sled says that its file is locked; it has no other way of saying so than this text.
fn is_lock(error: &io::Error) -> bool {
    error.to_string().starts_with("could not acquire lock")
}

fn move_snapshots(path: &Path, folder: &Path) -> Result<usize, Error> {
    let unreadable = |error| Error::io("read directory", folder, error);
    let aside = path.join("aside");
    let mut moved = 0;
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if !name.to_string_lossy().starts_with("snap.") {
            continue;
        }
        fs::create_dir_all(&aside).map_err(|error| Error::io("make directory", &aside, error))?;
        let from = folder.join(&name);
        fs::rename(&from, aside.join(&name)).map_err(|error| Error::io("move", &from, error))?;
        moved += 1;
    }
    Ok(moved)
}

fn database_error(folder: &Path, error: sled::Error) -> Error {
    match error {
        sled::Error::Io(source) => Error::io("use the database", folder, source),
        other => Error::corrupt(folder, other.to_string().trim_end_matches('.')),
    }
}
