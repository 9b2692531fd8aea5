//! Screens host names: how many a second, and how many of them are taken for imitations.
//!
//! `cargo bench -p jianwei-lookalike -- FILE...` screens the hosts of the files, one a line, and prints each hit;
//! without files it screens made-up hosts of ordinary shape.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench talks to the developer"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jianwei_lookalike::{Matcher, Vocabulary, parse_protected};

/// Long enough to even out the clock.
const MEASURED: Duration = Duration::from_secs(2);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<PathBuf> = std::env::args_os()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .map(PathBuf::from)
        .collect();
    let hosts = if files.is_empty() {
        made_up()
    } else {
        read(&files)?
    };
    let matcher = shipped()?;
    let hits: Vec<String> = hosts
        .iter()
        .filter_map(|host| {
            let found = matcher.recognise(host)?;
            Some(format!(
                "{host}\t{}\t{:.2}\t{}\t{}",
                found.kind.as_str(),
                found.score,
                found.excerpt,
                found.organisation
            ))
        })
        .collect();
    for hit in &hits {
        println!("{hit}");
    }
    println!(
        "hosts {} hits {} share {:.6}",
        hosts.len(),
        hits.len(),
        hits.len() as f64 / hosts.len().max(1) as f64
    );
    let mut screened = 0_u64;
    let begun = Instant::now();
    while begun.elapsed() < MEASURED {
        for host in &hosts {
            std::hint::black_box(matcher.recognise(std::hint::black_box(host)));
        }
        screened += hosts.len() as u64;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "hosts a second on one core {:.0}",
        screened as f64 / seconds
    );
    Ok(())
}

fn shipped() -> Result<Matcher, Box<dyn std::error::Error>> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds");
    let vocabulary = Vocabulary::parse(&std::fs::read_to_string(seeds.join("vocabulary.toml"))?)?;
    let mut sites = Vec::new();
    for entry in std::fs::read_dir(seeds.join("protected"))? {
        let path = entry?.path();
        let id = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        sites.push(parse_protected(&id, &std::fs::read_to_string(path)?)?);
    }
    Ok(Matcher::new(&sites, &vocabulary))
}

fn read(files: &[PathBuf]) -> Result<Vec<String>, std::io::Error> {
    let mut hosts = Vec::new();
    for file in files {
        hosts.extend(std::fs::read_to_string(file)?.lines().map(str::to_owned));
    }
    Ok(hosts)
}

/// A hundred thousand hosts of syllables, with the digits and hyphens that names of companies have.
fn made_up() -> Vec<String> {
    const SYLLABLES: [&str; 16] = [
        "bo", "cai", "dong", "fei", "hua", "jing", "kang", "long", "mei", "ning", "qi", "rui",
        "shi", "tong", "wei", "xin",
    ];
    const TAILS: [&str; 5] = ["", "88", "-group", "tech", "-edu"];
    (0..100_000_usize)
        .map(|number| {
            let part = |shift: u32| SYLLABLES[(number.wrapping_mul(2_654_435_761) >> shift) & 15];
            let tail = TAILS[number % TAILS.len()];
            format!("www.{}{}{}{tail}.example", part(4), part(11), part(19))
        })
        .collect()
}
