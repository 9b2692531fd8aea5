//! The socket beside an embedded store, over which other processes ask the one that holds it.

use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jianwei_store::Store;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use super::execute::execute;
use super::{Reply, Request};
use crate::exit::Failure;

const NAME: &str = "desk.sock";

/// No question is longer.
const QUESTION_CAP: u32 = 1 << 20;

/// No answer's head is longer.
const HEAD_CAP: u32 = 256 << 20;

/// No file of an answer is longer; it comes from the process that holds the store.
const FILE_CAP: u32 = u32::MAX;

/// Longest time a question may take to arrive.
const QUESTION_TIME: Duration = Duration::from_secs(10);

/// How long the desk rests after it failed to take a question.
const PAUSE: Duration = Duration::from_millis(200);

/// Longest path that fits a socket address, its closing zero aside.
const PATH_CAP: usize = 107;

/// The folder of an embedded store.
pub(crate) fn store_folder(url: &str) -> Option<PathBuf> {
    url.strip_prefix("sled:").map(PathBuf::from)
}

/// Answers other processes until the future is dropped. Only the store's owner may connect.
pub(crate) async fn serve(store: Store, url: String) {
    let Some(path) = store_folder(&url).map(|folder| folder.join(NAME)) else {
        return std::future::pending().await;
    };
    let (listener, owner) = match bind(&path) {
        Ok(bound) => bound,
        Err(error) => {
            tracing::warn!(%error, "no socket beside the store; other commands cannot ask this process");
            return std::future::pending().await;
        }
    };
    loop {
        match listener.accept().await {
            // The file's permissions say the same, but not yet between its making and their setting.
            Ok((stream, _)) if !is_from(&stream, owner) => {
                tracing::warn!("another user asked at the socket beside the store");
            }
            Ok((stream, _)) => {
                let store = store.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer(&store, stream).await {
                        tracing::debug!(%error, "a question to the desk ended early");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a question to the desk could not be taken");
                // Most often no file is free to open; that passes, but not at once.
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Binds the socket and says which user it belongs to.
fn bind(path: &Path) -> std::io::Result<(UnixListener, u32)> {
    // Whoever left it behind is gone: this process holds the store.
    let _was_absent = std::fs::remove_file(path);
    let (short, _folder) = short_path(path)?;
    let listener = UnixListener::bind(short)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok((listener, std::fs::metadata(path)?.uid()))
}

fn is_from(stream: &UnixStream, owner: u32) -> bool {
    stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == owner || peer.uid() == 0)
}

/// A path to the same socket that fits its address, and the open folder it may lead through.
fn short_path(path: &Path) -> std::io::Result<(PathBuf, Option<File>)> {
    match path.parent() {
        Some(folder) if path.as_os_str().len() > PATH_CAP => {
            let folder = File::open(folder)?;
            let short = format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd());
            Ok((PathBuf::from(short), Some(folder)))
        }
        _ => Ok((path.to_owned(), None)),
    }
}

/// Asks the process that holds the store in `folder`; `None` when none answers there.
pub(crate) async fn ask(folder: &Path, request: &Request) -> Option<Result<Reply, Failure>> {
    let (short, _folder) = short_path(&folder.join(NAME)).ok()?;
    let stream = UnixStream::connect(short).await.ok()?;
    Some(
        converse(stream, request)
            .await
            .map_err(|error| Failure::component("the process that holds the store", error))
            .flatten(),
    )
}

async fn converse(
    mut stream: UnixStream,
    request: &Request,
) -> std::io::Result<Result<Reply, Failure>> {
    write_part(&mut stream, &serde_json::to_vec(request)?).await?;
    let head: Value = serde_json::from_slice(&read_part(&mut stream, HEAD_CAP).await?)?;
    if let Some(message) = head["error"].as_str() {
        let code = head["code"]
            .as_u64()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(3);
        return Ok(Err(Failure::from_parts(code, message.to_owned())));
    }
    let mut reply = Reply {
        value: head["value"].clone(),
        files: Vec::new(),
    };
    for name in head["files"].as_array().into_iter().flatten() {
        reply.files.push((
            name.as_str().unwrap_or_default().to_owned(),
            read_part(&mut stream, FILE_CAP).await?,
        ));
    }
    Ok(Ok(reply))
}

async fn answer(store: &Store, mut stream: UnixStream) -> std::io::Result<()> {
    let asked = timeout(QUESTION_TIME, read_part(&mut stream, QUESTION_CAP)).await??;
    let answered = match serde_json::from_slice::<Request>(&asked) {
        Ok(request) => execute(store, &request).await,
        // The two may be of different versions.
        Err(error) => Err(Failure::usage(format!(
            "the process that holds the store does not understand the question: {error}"
        ))),
    };
    match answered {
        Err(failure) => {
            let (code, message) = failure.to_parts();
            write_part(
                &mut stream,
                json!({"error": message, "code": code})
                    .to_string()
                    .as_bytes(),
            )
            .await
        }
        Ok(reply) => {
            let names: Vec<&String> = reply.files.iter().map(|(name, _)| name).collect();
            let head = json!({"value": reply.value, "files": names});
            write_part(&mut stream, head.to_string().as_bytes()).await?;
            for (_, bytes) in &reply.files {
                write_part(&mut stream, bytes).await?;
            }
            Ok(())
        }
    }
}

async fn write_part(stream: &mut UnixStream, bytes: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
    stream.write_u32(length).await?;
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn read_part(stream: &mut UnixStream, cap: u32) -> std::io::Result<Vec<u8>> {
    let length = stream.read_u32().await?;
    if length > cap {
        return Err(std::io::Error::other(format!(
            "a part of {length} bytes is more than the desk takes"
        )));
    }
    // Room grows with what arrives, not with what was announced.
    let mut bytes = Vec::new();
    let arrived = stream
        .take(u64::from(length))
        .read_to_end(&mut bytes)
        .await?;
    if arrived < length as usize {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}
