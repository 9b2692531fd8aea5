//! Pages a second of a whole journey over a farm on loopback, beside bare downloads of the same pages.
//!
//! `cargo bench -p jianwei-journey --bench crawl -- HOSTS` (400 without a number). The farm runs in a process of its
//! own, so the client's processor time is known apart; wall-clock time is that of both, which share the machine. Ways
//! take turns over several rounds, and each line is the way's round of median time. A journey is everything from the
//! domain list to drafted letters: leads, admission, robots.txt, page, evidence of each hop, assessment, cases, sealed
//! packets, every write durable. It starts with an empty store and its reference pages captured before the clock does.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its figures and ends where it cannot go on"
)]

mod bare;
mod farm;
mod parts;
mod spent;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use jianwei_analyse::{Analyser, Page};
use jianwei_journey::{RunMode, refresh_references, run};
use jianwei_model::Date;
use jianwei_net::Door;
use jianwei_store::now;
use tokio::sync::watch;

use farm::Farmhand;
use spent::{Spent, measure};

/// Hosts of the farm, unless an argument says otherwise.
const HOSTS: u32 = 400;

/// Rounds of every way.
const ROUNDS: usize = 3;

/// Requests and visits in flight at once.
const IN_FLIGHT: usize = 64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    if let Some(hosts) = farm::asked() {
        runtime.block_on(farm::serve(hosts));
        return;
    }
    let hosts = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .map_or(HOSTS, |argument| argument.parse().unwrap());
    runtime.block_on(compare(hosts));
}

/// What a finished journey leaves to report.
struct Journey {
    spent: Spent,
    cases: BTreeSet<String>,
    analyser: Arc<Analyser>,
}

async fn compare(hosts: u32) {
    let farm = Farmhand::start(hosts);
    let door = Door::open(&parts::net(&farm.ground)).unwrap();
    let (mut pages_only, mut robots_too) = (Vec::new(), Vec::new());
    let (mut in_memory, mut on_disk) = (Vec::new(), Vec::new());
    let mut pages = Vec::new();
    for _ in 0..ROUNDS {
        let (spent, bodies) = bare::download(&door, &farm, &["/"]).await;
        pages_only.push(spent);
        pages = bodies;
        let (spent, _) = bare::download(&door, &farm, &["/robots.txt", "/"]).await;
        robots_too.push(spent);
        in_memory.push(journey(&farm, |_| "memory:".to_owned()).await);
        let sled = |folder: &Path| format!("sled:{}", folder.join("store").display());
        on_disk.push(journey(&farm, sled).await);
    }
    let bytes: usize = pages.iter().map(|(_, html)| html.len()).sum();
    println!(
        "{hosts} hosts of one page, {:.1} kB each, {} of them guilty; {IN_FLIGHT} in flight; median of {ROUNDS} rounds; \
         store under {}",
        bytes as f64 / f64::from(hosts) / 1000.0,
        farm.ground.guilty.len(),
        std::env::temp_dir().display(),
    );
    println!("{}", Spent::HEADINGS);
    let pages_only = median(&pages_only);
    println!("{}", pages_only.line("bare download of the pages", hosts));
    let robots_too = median(&robots_too);
    println!(
        "{}",
        robots_too.line("bare download with robots.txt", hosts)
    );
    let memory = median(
        &in_memory
            .iter()
            .map(|round| round.spent)
            .collect::<Vec<_>>(),
    );
    println!("{}", memory.line("whole journey, store in memory", hosts));
    let disk = median(&on_disk.iter().map(|round| round.spent).collect::<Vec<_>>());
    println!("{}", disk.line("whole journey, store on disk", hosts));
    println!(
        "journey on disk : bare download with robots.txt  {:.2} times the time, {:.2} times the client's processor time",
        disk.seconds / robots_too.seconds,
        disk.client / robots_too.client,
    );
    for round in in_memory.iter().chain(&on_disk) {
        assert_eq!(round.cases, farm.ground.guilty, "hosts with a case");
    }
    println!("every journey opened a case for each guilty host and for no other");
    assess_alone(&on_disk[0].analyser, &pages);
}

/// Runs a journey over the farm with a fresh store.
async fn journey(farm: &Farmhand, store: impl Fn(&Path) -> String) -> Journey {
    let folder = tempfile::tempdir().unwrap();
    let url = store(folder.path());
    let parts = Arc::new(parts::open(&farm.ground, folder.path(), &url).await);
    refresh_references(&parts).await.unwrap();
    let (_keep, stop) = watch::channel(false);
    let work = run(Arc::clone(&parts), RunMode::Once, stop);
    let (spent, result) = measure(farm, work).await;
    result.unwrap();
    let hosts = farm.ground.hosts.len() as u64;
    assert_eq!(parts.tally.visits(), hosts, "visits");
    assert_eq!(parts.tally.assessed(), hosts, "assessments");
    let cases = parts.store.cases().list(None, usize::MAX).await.unwrap();
    Journey {
        spent,
        cases: cases.into_iter().map(|case| case.host).collect(),
        analyser: Arc::clone(
            &parts
                .analyser
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        ),
    }
}

/// The round of median time.
fn median(rounds: &[Spent]) -> Spent {
    let mut rounds = rounds.to_vec();
    rounds.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    rounds[rounds.len() / 2]
}

/// What the assessments of a journey cost by themselves, one after the other.
fn assess_alone(analyser: &Analyser, pages: &[(String, String)]) {
    let day = Date::of(now());
    let start = Instant::now();
    for (url, html) in pages {
        std::hint::black_box(analyser.assess(&Page { url, html, day }));
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "assessment alone, one thread, of the same pages  {:.1} pages/s, {seconds:.2} s for all",
        pages.len() as f64 / seconds
    );
}
