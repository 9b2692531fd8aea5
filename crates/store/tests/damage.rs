//! What a store says when what lies on disk is not what it left there.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is the failure of the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use jianwei_model::{Action, Actor, EventDraft, LeadId, Timestamp};
use jianwei_store::{Error, Known, Record, Store};
use tempfile::TempDir;

#[tokio::test]
async fn a_url_of_no_engine_is_refused() {
    for url in [
        "",
        "sled",
        "sled:",
        "memory:x",
        "nats://host.test",
        "/var/lib",
    ] {
        let error = Store::open(url).await.err().unwrap();
        assert!(
            matches!(&error, Error::Url { url: named } if named == url),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_store_in_use_is_locked_until_it_is_dropped() {
    let (_folder, path) = written().await;
    let store = open(&path).await.unwrap();
    let records = store.known();
    let error = open(&path).await.err().unwrap();
    assert!(
        matches!(&error, Error::Locked { path: named } if *named == path),
        "{error}"
    );
    drop(store);
    assert!(
        matches!(open(&path).await, Err(Error::Locked { .. })),
        "a part is still held"
    );
    drop(records);
    open(&path).await.unwrap();
}

#[tokio::test]
async fn a_file_is_not_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = open(&path).await.err().unwrap();
        assert!(
            matches!(&error, Error::Io { path: named, .. } if *named == path),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_directory_of_other_things_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    assert_corrupt(open(folder.path()).await, folder.path(), "`notes.txt`");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_foreign_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    sled::open(folder.path()).unwrap().insert("k", "v").unwrap();
    assert_corrupt(open(folder.path()).await, folder.path(), "no store");
}

#[tokio::test]
async fn another_format_is_refused() {
    let (_folder, path) = written().await;
    fs::write(path.join("store"), "jianwei store 99\n").unwrap();
    assert_corrupt(open(&path).await, &path.join("store"), "99");
}

#[tokio::test]
async fn a_database_of_garbage_is_not_taken_for_an_empty_one() {
    for garbage in [vec![], vec![0xa5; 1 << 20]] {
        let (_folder, path) = written().await;
        fs::write(path.join("sled/db"), garbage).unwrap();
        assert_corrupt(open(&path).await, &path.join("sled"), "");
    }
}

#[tokio::test]
async fn a_database_with_garbled_settings_is_refused() {
    let (_folder, path) = written().await;
    fs::write(path.join("sled/conf"), "garbage ".repeat(9)).unwrap();
    assert_corrupt(open(&path).await, &path.join("sled"), "");
}

#[tokio::test]
async fn damaged_snapshots_cost_no_record() {
    let damages: [fn(&Path); 3] = [
        |snapshot| fs::write(snapshot, "").unwrap(),
        |snapshot| {
            let whole = fs::read(snapshot).unwrap();
            fs::write(snapshot, &whole[..whole.len() / 2]).unwrap();
        },
        |snapshot| fs::write(snapshot.with_extension("generating"), "half").unwrap(),
    ];
    for damage in damages {
        let (_folder, path) = written().await;
        drop(open(&path).await.unwrap());
        let names = fs::read_dir(path.join("sled")).unwrap();
        let mut paths = names.map(|entry| entry.unwrap().path());
        let is_snapshot = |path: &PathBuf| path.to_string_lossy().contains("/snap.");
        damage(&paths.find(is_snapshot).expect("sled writes a snapshot"));
        let store = open(&path).await.unwrap();
        assert_eq!(store.known().list(None, 99).await.unwrap().len(), 20);
        assert_eq!(store.log().verify().await.unwrap(), 20);
        assert!(path.join("aside").exists());
    }
}

#[tokio::test]
async fn a_creation_that_was_cut_short_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sled")).unwrap();
    fs::write(folder.path().join("lock"), "").unwrap();
    fs::write(folder.path().join("store.new"), "jian").unwrap();
    open(folder.path()).await.unwrap();
    assert!(folder.path().join("store").exists());
}

#[tokio::test]
async fn a_changed_line_breaks_the_log_at_its_place() {
    let replaced = |from: &'static str, to: &'static str| move |line: &str| line.replace(from, to);
    assert_broken(8, 8, |_| "{}".into()).await;
    assert_broken(8, 8, replaced("\"sequence\":8", "\"sequence\":9")).await;
    assert_broken(8, 8, replaced("{\"action\"", "{ \"action\"")).await;
    assert_broken(8, 8, replaced("{\"action\"", "{\"aaa\":1,\"action\"")).await;
    // A line that is well formed betrays itself in the next one.
    assert_broken(8, 9, replaced("\"reason\":\"\"", "\"reason\":\"x\"")).await;
}

#[tokio::test]
async fn a_missing_line_breaks_the_log_at_its_place() {
    let (_folder, path) = written().await;
    raw(&path, "log", |log| {
        log.remove(8_u64.to_be_bytes()).unwrap().unwrap();
    });
    assert_eq!(broken_at(&path).await, 8);
}

#[tokio::test]
async fn a_rotten_blob_is_not_given_out_and_is_put_right_again() {
    let (_folder, path) = written().await;
    let blobs = open(&path).await.unwrap().blobs();
    let digest = blobs.put(b"evidence").await.unwrap();
    let hex = digest.hex();
    let file = path.join("blobs").join(&hex[..2]).join(&hex);
    fs::write(&file, "evidencE").unwrap();
    assert_corrupt(blobs.get(&digest).await, &file, "digest");
    blobs.put(b"evidence").await.unwrap();
    assert_eq!(
        blobs.get(&digest).await.unwrap().as_deref(),
        Some(&b"evidence"[..])
    );
}

#[tokio::test]
async fn a_blob_that_was_half_written_is_cleared_away() {
    let (_folder, path) = written().await;
    fs::write(path.join("blobs/new/7"), "half").unwrap();
    let _store = open(&path).await.unwrap();
    assert!(!path.join("blobs/new/7").exists());
}

#[tokio::test]
async fn a_record_that_cannot_be_used_is_named() {
    let key = known(3).key();
    for (row, reason) in [
        (&b"12345678{\"v\":200,\"r\":{}}"[..], "version is 200"),
        (b"12345678{\"v\":1,\"r\":{}}", "missing field"),
        (b"12345678{\"v\":1}", "missing field `r`"),
        (b"12345678garbage", "expected value"),
        (b"short", "no revision"),
        (
            b"12345678{\"v\":1,\"blob\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"}",
            "is missing",
        ),
    ] {
        let (_folder, path) = written().await;
        raw(&path, "table.known", |known| {
            known.insert(&key, row).unwrap().unwrap();
        });
        let store = open(&path).await.unwrap();
        let error = store.known().get(&key).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("`known`") && text.contains(&key) && text.contains(reason), "{text}");
        assert!(store.known().get(&known(4).key()).await.unwrap().is_some());
    }
}

/// A store with twenty records and events, closed.
async fn written() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = open(&path).await.unwrap();
    for number in 0..20 {
        store.known().put(&known(number)).await.unwrap();
        let draft = EventDraft {
            at: Timestamp::from_millis(0),
            actor: Actor::step("test"),
            action: Action::CaseConfirmed,
            case: None,
            reason: String::new(),
            key: format!("event-{number}"),
        };
        store.log().append(draft).await.unwrap();
    }
    (folder, path)
}

fn known(number: u32) -> Known {
    Known {
        url: format!("http://{number}.test/"),
        lead: LeadId::from_text("lead-1"),
        admitted: Timestamp::from_millis(0),
        visited: None,
    }
}

async fn open(path: &Path) -> Result<Store, Error> {
    Store::open(&format!("sled:{}", path.display())).await
}

/// Changes a tree of a closed store behind its back.
fn raw(path: &Path, tree: &str, change: impl Fn(&sled::Tree)) {
    let db = sled::open(path.join("sled")).unwrap();
    change(&db.open_tree(tree).unwrap());
    db.flush().unwrap();
}

async fn assert_broken(changed: u64, broken: u64, change: impl Fn(&str) -> String) {
    let (_folder, path) = written().await;
    raw(&path, "log", |log| {
        let key = changed.to_be_bytes();
        let line = log.get(key).unwrap().unwrap();
        let text = change(std::str::from_utf8(&line).unwrap());
        assert_ne!(text.as_bytes(), &line[..], "nothing was changed");
        log.insert(key, text.as_bytes()).unwrap();
    });
    assert_eq!(broken_at(&path).await, broken);
}

/// Where the log is broken, found on opening when its end is, otherwise when the whole is read.
async fn broken_at(path: &Path) -> u64 {
    let verified = match open(path).await {
        Ok(store) => store.log().verify().await,
        Err(error) => Err(error),
    };
    match verified {
        Err(Error::LogBroken { sequence, .. }) => sequence,
        other => panic!("damage goes unnoticed: {other:?}"),
    }
}

fn assert_corrupt<T>(opened: Result<T, Error>, at: &Path, text: &str) {
    let error = opened.err().expect("damage goes unnoticed");
    assert!(
        matches!(&error, Error::Corrupt { path, .. } if path == at),
        "{error}"
    );
    assert!(error.to_string().contains(text), "{error}");
}
