//! A run that is killed again and again ends as one that was never disturbed: nothing lost, nothing twice outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failure here is the failure of the test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use jianwei_lab::{Farm, FarmSettings};
use mail_parser::MessageParser;
use serde_json::Value;
use support::{Bench, err, out};

const KILLS: u32 = 10;

/// How many hosts: 240, or what `JIANWEI_KILL_HOSTS` says for a heavier run.
fn hosts() -> u32 {
    std::env::var("JIANWEI_KILL_HOSTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(240)
}

/// What a run came to: cases with their class, and hosts visited.
#[derive(Debug, PartialEq, Eq)]
struct End {
    cases: BTreeSet<(String, String)>,
    visited: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_runs_end_like_an_undisturbed_one() {
    let farm = Farm::start(FarmSettings {
        hosts: hosts(),
        every: 16,
        page_bytes: 8_000,
        ..FarmSettings::default()
    })
    .await
    .unwrap();
    let (calm, stormy) = (Bench::new(), Bench::new());
    for bench in [&calm, &stormy] {
        bench.reach(farm.lab());
        bench.write("hosts.txt", farm.domain_list());
        no_search(bench);
    }
    let (expected, calm_ms) = tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let end = finish(&calm);
        (end, u64::try_from(begun.elapsed().as_millis()).unwrap())
    })
    .await
    .unwrap();
    assert!(expected.cases.len() as u32 >= hosts() / 16, "{expected:?}");
    assert!(expected.visited >= u64::from(hosts()), "{expected:?}");

    let before = farm.lab().mails().len();
    let seen = tokio::task::spawn_blocking(move || {
        let mut chance = 0x2545_F491_4F6C_DD1D_u64;
        // Runs get shorter as the work shrinks; the first ones at least are always caught at it.
        let mut killed = 0;
        for _ in 0..KILLS {
            // Any spread of instants will do; xorshift spares a dependency.
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            killed += u32::from(kill_after(
                &stormy,
                Duration::from_millis(200 + chance % (calm_ms / 6)),
            ));
        }
        assert!(
            killed >= 3,
            "only {killed} runs were still at work when they were to be killed"
        );
        let first = finish(&stormy);
        approve_everything(&stormy);
        for _ in 0..3 {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            kill_after(&stormy, Duration::from_millis(100 + chance % 900));
        }
        finish(&stormy);
        first
    })
    .await
    .unwrap();
    assert_eq!(seen, expected);
    no_letter_twice(&farm.lab().mails()[before..]);
}

fn no_search(bench: &Bench) {
    let path = bench.path("jianwei.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut table: toml::Table = text.parse().unwrap();
    table.remove("discover");
    std::fs::write(path, table.to_string()).unwrap();
}

const RUN: [&str; 6] = [
    "--config",
    "jianwei.toml",
    "run",
    "--once",
    "--list",
    "hosts.txt",
];

fn start(bench: &Bench) -> Child {
    bench
        .command(&RUN)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Starts a run and kills it after `time`; whether it was still at work then.
fn kill_after(bench: &Bench, time: Duration) -> bool {
    let mut child = start(bench);
    let end = Instant::now() + time;
    while Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    true
}

fn finish(bench: &Bench) -> End {
    let output = bench.run(&RUN);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let output = bench.run(&["--config", "jianwei.toml", "case", "list", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let cases: Value = serde_json::from_str(&out(&output)).unwrap();
    let cases = cases.as_array().unwrap().iter();
    let cases = cases
        .map(|case| (text(&case["host"]), text(&case["class"])))
        .collect();
    End {
        cases,
        visited: visited(&bench.path("store")),
    }
}

/// Visits in the store, each counted once.
fn visited(store: &Path) -> u64 {
    let url = format!("sled:{}", store.display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = jianwei_store::Store::open(&url).await.unwrap();
        store.log().verify().await.unwrap();
        let visits = store.visits().list(None, usize::MAX).await.unwrap();
        let urls: BTreeSet<_> = visits.iter().map(|visit| visit.url.clone()).collect();
        assert_eq!(
            urls.len(),
            visits.len(),
            "a page was visited twice as evidence"
        );
        visits.len() as u64
    })
}

fn approve_everything(bench: &Bench) {
    for (name, role) in [("analyst", "analyst"), ("approver", "approver")] {
        let arguments = [
            "--config",
            "jianwei.toml",
            "user",
            "add",
            name,
            "--role",
            role,
        ];
        let output = bench
            .command(&arguments)
            .env("JIANWEI_PASSWORD", "correct horse battery")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", err(&output));
    }
    let output = bench.run(&["--config", "jianwei.toml", "case", "list", "--json"]);
    let cases: Value = serde_json::from_str(&out(&output)).unwrap();
    for case in cases.as_array().unwrap() {
        let id = text(&case["id"]);
        for arguments in [
            ["confirm", &id, "--as", "analyst"],
            ["approve", &id, "--as", "approver"],
        ] {
            let mut all = vec!["--config", "jianwei.toml", "case"];
            all.extend(arguments);
            all.extend(["--reason", "属实"]);
            let output = bench
                .command(&all)
                .env("JIANWEI_PASSWORD", "correct horse battery")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", err(&output));
        }
    }
}

fn no_letter_twice(mails: &[Vec<u8>]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for mail in mails {
        let message = MessageParser::default().parse(mail).unwrap();
        *seen
            .entry(message.message_id().unwrap().to_owned())
            .or_default() += 1;
    }
    assert!(!seen.is_empty(), "no letter left");
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
