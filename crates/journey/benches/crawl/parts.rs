//! The parts of a journey over the farm: shipped configuration and seeds, the farm as the only source.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use jianwei_analyse::{Analyser, Lexicon, Weights};
use jianwei_crawl::{Politeness, Visitor};
use jianwei_discover::{ListSource, QuerySeeds};
use jianwei_dispatch::{Mailer, Recipients, Templates, Transport};
use jianwei_evidence::{Environment, SealKey};
use jianwei_journey::{Parts, Tally};
use jianwei_lookalike::{Matcher, Vocabulary, parse_protected};
use jianwei_model::ProtectedSite;
use jianwei_net::Door;
use jianwei_store::Store;

use crate::farm::Ground;

/// The settings of a door to the farm.
pub(crate) fn net(ground: &Ground) -> jianwei_net::Settings {
    let mut net = jianwei_net::Settings {
        dns_servers: vec![ground.dns],
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        port_map: [(80, ground.http), (443, ground.https)].into(),
        ..jianwei_net::Settings::default()
    };
    net.browser.enabled = false;
    net
}

/// Opens a store and makes everything a journey over the farm needs.
pub(crate) async fn open(ground: &Ground, folder: &Path, store: &str) -> Parts {
    let config = workspace().join("config");
    let (protected, matcher, analyser) = knowledge(&config, ground);
    let list = folder.join("hosts.txt");
    std::fs::write(&list, ground.hosts.join("\n")).unwrap();
    let crawl = jianwei_crawl::Settings {
        host_delay_ms: 0,
        ..jianwei_crawl::Settings::default()
    };
    let dispatch = jianwei_dispatch::Settings {
        transport: Transport::Folder {
            path: folder.join("mails"),
        },
        ..jianwei_dispatch::Settings::default()
    };
    let door = Door::open(&net(ground)).unwrap();
    Parts {
        store: Store::open(store).await.unwrap(),
        browser: Err("a bench renders nothing".to_owned()),
        visitor: Visitor::new(door.clone(), crawl.clone()),
        politeness: Mutex::new(Politeness::new(&crawl)),
        protected,
        matcher: Arc::new(matcher),
        analyser: RwLock::new(Arc::new(analyser.clone())),
        blank: analyser,
        sources: jianwei_discover::Settings {
            search: Vec::new(),
            lists: vec![ListSource {
                name: "farm".to_owned(),
                path: list,
            }],
        },
        queries: QuerySeeds::load(&workspace().join("seeds")).unwrap(),
        seal_key: SealKey::generate(&[7; 48]).unwrap(),
        environment: Environment::default(),
        unit: dispatch.sender.unit.clone(),
        templates: Templates::load(&config, &dispatch).unwrap(),
        recipients: Recipients::load(&config.join("recipients.toml")).unwrap(),
        mailer: Mailer::open(&dispatch).unwrap(),
        settings: jianwei_journey::Settings {
            visits_in_flight: crate::IN_FLIGHT,
            render_suspects: false,
            ..jianwei_journey::Settings::default()
        },
        tally: Tally::default(),
        notices: None,
        door,
    }
}

/// What the shipped files and the lab's official sites make known.
fn knowledge(config: &Path, ground: &Ground) -> (Vec<ProtectedSite>, Matcher, Analyser) {
    let mut protected = ground.protected.clone();
    for (name, text) in files(&workspace().join("seeds/protected")) {
        let mut site = parse_protected(name.trim_end_matches(".toml"), &text).unwrap();
        // The farm is the whole internet, and the others are not on it.
        site.reference_pages.clear();
        protected.push(site);
    }
    let vocabulary = std::fs::read_to_string(workspace().join("seeds/vocabulary.toml")).unwrap();
    let vocabulary = Vocabulary::parse(&vocabulary).unwrap();
    let vocabulary = vocabulary.with_closed_suffix("gov.test").unwrap();
    let matcher = Matcher::new(&protected, &vocabulary);
    let lexicon = files(&config.join("lexicon"));
    let lexicon: Vec<(&str, &str)> = lexicon
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let lexicon = Lexicon::parse(&lexicon).unwrap();
    let weights = std::fs::read_to_string(config.join("signals.toml")).unwrap();
    let weights = Weights::parse(&weights).unwrap();
    let analyser = Analyser::new(protected.clone(), matcher.clone(), lexicon, weights).unwrap();
    (protected, matcher, analyser)
}

/// Names and texts of the files in a folder, in order of names.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    files.sort();
    files
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}
