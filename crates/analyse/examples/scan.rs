//! Assesses every page of a folder and prints those that something follows from, with a summary.
//!
//! `scan FOLDER --seeds SEEDS --config CONFIG [--host HOST] [--references FOLDER] [--all]`: `HOST` is the host that the pages are
//! taken to be from (a made-up foreign one by default); every page of the references' folder is added as an official
//! page of the host that its folder is named after.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for developers"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jianwei_analyse::{Analyser, Lexicon, Page, Weights};
use jianwei_lookalike::{Matcher, Vocabulary, parse_protected};
use jianwei_model::{Decision, Digest, ProtectedId, ProtectedSite, Reference, Timestamp};

fn main() {
    let options = options();
    let mut analyser = analyser(Path::new(&options["seeds"]), Path::new(&options["config"]));
    if let Some(folder) = options.get("references") {
        for path in pages(Path::new(folder)) {
            add_reference(&mut analyser, Path::new(folder), &path);
        }
    }
    let host = options.get("host").map_or("pages.example", String::as_str);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in pages(Path::new(&options["folder"])) {
        let bytes = std::fs::read(&path).unwrap();
        let html = String::from_utf8_lossy(&bytes);
        let page = Page {
            url: &format!("https://{host}/page.html"),
            html: &html,
            day: "2026-11-23".parse().unwrap(),
        };
        let assessment = analyser.assess(&page);
        let key = format!(
            "{} {}",
            assessment.class.as_str(),
            assessment.decision.as_str()
        );
        *counts.entry(key).or_default() += 1;
        if assessment.decision != Decision::None || options.contains_key("all") {
            println!(
                "{}: {} {} {:.3} {:.3}",
                path.display(),
                assessment.class.as_str(),
                assessment.decision.as_str(),
                assessment.scores.fake_government_site,
                assessment.scores.certificate_sale
            );
            for finding in &assessment.findings {
                println!(
                    "    {:>6.2} {:<20} {:.2} {} [{}]",
                    finding.contribution,
                    finding.signal,
                    finding.value,
                    finding.reason,
                    finding.excerpt
                );
            }
        }
    }
    for (key, count) in counts {
        println!("{count:>6} {key}");
    }
}

fn options() -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    let mut arguments = std::env::args().skip(1).peekable();
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--") {
            Some("all") => drop(options.insert("all".into(), String::new())),
            Some(name) => drop(options.insert(name.to_owned(), arguments.next().unwrap())),
            None => drop(options.insert("folder".into(), argument)),
        }
    }
    options
}

fn analyser(seeds: &Path, config: &Path) -> Analyser {
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let protected: Vec<ProtectedSite> = files(&seeds.join("protected"), "toml")
        .iter()
        .map(|path| {
            parse_protected(path.file_stem().unwrap().to_str().unwrap(), &read(path)).unwrap()
        })
        .collect();
    let vocabulary = Vocabulary::parse(&read(&seeds.join("vocabulary.toml"))).unwrap();
    let words: Vec<(String, String)> = files(&config.join("lexicon"), "toml")
        .iter()
        .map(|path| (path.display().to_string(), read(path)))
        .collect();
    let words: Vec<(&str, &str)> = words
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let lexicon = Lexicon::parse(&words).unwrap();
    let weights = Weights::parse(&read(&config.join("signals.toml"))).unwrap();
    let matcher = Matcher::new(&protected, &vocabulary);
    Analyser::new(protected, matcher, lexicon, weights).unwrap()
}

fn add_reference(analyser: &mut Analyser, folder: &Path, path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let html = String::from_utf8_lossy(&bytes);
    let host = path.strip_prefix(folder).unwrap().iter().next().unwrap();
    let host = host.to_string_lossy();
    let reference = Reference {
        protected: ProtectedId::from_text(host.clone()),
        organisation: host.to_string(),
        url: format!(
            "https://{host}/{}",
            path.file_name().unwrap().to_string_lossy()
        ),
        captured: Timestamp::from_millis(0),
        html: Digest::of(html.as_bytes()),
        rendered: false,
        screenshot: None,
    };
    analyser.add_reference(&reference, &html);
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = files(folder, "html");
    pages.extend(files(folder, "htm"));
    pages
}

/// All files with an ending below a folder, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        if folder.is_file() {
            found.push(folder);
            continue;
        }
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
