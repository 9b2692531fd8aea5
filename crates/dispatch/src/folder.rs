//! The folder transport: each mail is one file, named by its letter's digest.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jianwei_model::Digest;

/// Writes the mail of the letter with `digest` unless it is there already, and says where it lies.
///
/// The file appears whole or not at all, also when the machine stops half-way.
pub(crate) fn deliver(folder: &Path, digest: &Digest, mail: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("{}.eml", digest.hex()));
    if path.try_exists()? {
        return Ok(path);
    }
    let unfinished = folder.join(format!(".{}.{}.tmp", digest.hex(), std::process::id()));
    let mut file = File::create(&unfinished)?;
    file.write_all(mail)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&unfinished, &path)?;
    // The name itself must survive a power cut, too.
    if let Ok(directory) = File::open(folder) {
        directory.sync_all()?;
    }
    Ok(path)
}
