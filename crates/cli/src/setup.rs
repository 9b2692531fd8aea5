//! Making the parts of a journey from the configuration.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use jianwei_analyse::{Analyser, Lexicon, Weights};
use jianwei_crawl::{Politeness, Visitor};
use jianwei_discover::QuerySeeds;
use jianwei_dispatch::{Mailer, Recipients, Statutes, Templates};
use jianwei_evidence::{Environment, SealKey};
use jianwei_journey::{Notice, Parts, Tally};
use jianwei_lookalike::{Matcher, Vocabulary, parse_protected};
use jianwei_model::{Digest, ProtectedSite};
use jianwei_net::{Browser, Door};
use tokio::sync::mpsc::UnboundedSender;

use crate::assets::Assets;
use crate::config::Config;
use crate::exit::Failure;

/// What is known before anything is seen: official sites, and how names and pages are judged.
pub(crate) struct Knowledge {
    pub(crate) protected: Vec<ProtectedSite>,
    pub(crate) matcher: Matcher,
    pub(crate) analyser: Analyser,
}

/// What a demo adds to the shipped knowledge.
#[derive(Debug, Default)]
pub(crate) struct Additions {
    /// Official sites besides those of the seeds.
    pub(crate) protected: Vec<ProtectedSite>,
    /// Suffixes that only state organs get, besides those of the vocabulary.
    pub(crate) closed_suffixes: Vec<String>,
    /// Recipients instead of the configured ones.
    pub(crate) recipients: Option<&'static str>,
}

impl Knowledge {
    /// Reads seeds, vocabulary, lexicon and weights.
    pub(crate) fn load(assets: &Assets, additions: &Additions) -> Result<Self, Failure> {
        let mut protected = additions.protected.clone();
        for (name, text) in assets.seeds_texts("protected")? {
            let id = name.trim_end_matches(".toml");
            let site = parse_protected(id, &text)
                .map_err(|error| Failure::usage(format!("`{name}`: {error}")))?;
            protected.push(site);
        }
        if !additions.protected.is_empty() {
            // Where added sites are the whole internet, pages of the others cannot be had.
            let added = additions.protected.len();
            protected
                .iter_mut()
                .skip(added)
                .for_each(|site| site.reference_pages.clear());
        }
        let mut vocabulary =
            Vocabulary::parse(&assets.seeds_text("vocabulary.toml")?).map_err(Failure::usage)?;
        for suffix in &additions.closed_suffixes {
            vocabulary = vocabulary
                .with_closed_suffix(suffix)
                .map_err(Failure::usage)?;
        }
        let matcher = Matcher::new(&protected, &vocabulary);
        let files = assets.config_texts("lexicon")?;
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let lexicon = Lexicon::parse(&files).map_err(Failure::usage)?;
        let weights =
            Weights::parse(&assets.config_text("signals.toml")?).map_err(Failure::usage)?;
        let analyser = Analyser::new(protected.clone(), matcher.clone(), lexicon, weights)
            .map_err(Failure::usage)?;
        Ok(Self {
            protected,
            matcher,
            analyser,
        })
    }
}

/// Opens the store and makes everything the steps need.
pub(crate) async fn parts(
    config: &Config,
    notices: Option<UnboundedSender<Notice>>,
) -> Result<Parts, Failure> {
    parts_with(config, notices, &Additions::default()).await
}

/// As [`parts`], with what a demo adds.
pub(crate) async fn parts_with(
    config: &Config,
    notices: Option<UnboundedSender<Notice>>,
    additions: &Additions,
) -> Result<Parts, Failure> {
    let assets = config.assets();
    let knowledge = Knowledge::load(&assets, additions)?;
    let queries = QuerySeeds::parse(
        Path::new("queries.toml"),
        &assets.seeds_text("queries.toml")?,
    )
    .map_err(Failure::usage)?;
    let templates = templates(&assets, config)?;
    let recipients = match additions.recipients {
        Some(text) => text.to_owned(),
        None => assets.config_text("recipients.toml")?,
    };
    let recipients =
        Recipients::parse(Path::new("recipients.toml"), &recipients).map_err(Failure::usage)?;
    let mailer = Mailer::open(&config.dispatch).map_err(Failure::usage)?;
    let door = Door::open(&config.net).map_err(Failure::usage)?;
    let seal_key = seal_key(&config.evidence.key_file)?;
    let store = crate::desk::open_store(&config.store.url).await?;
    let browser = browser(&door).await;
    Ok(Parts {
        store,
        browser,
        visitor: Visitor::new(door.clone(), config.crawl.clone()),
        politeness: Mutex::new(Politeness::new(&config.crawl)),
        protected: knowledge.protected,
        matcher: Arc::new(knowledge.matcher),
        analyser: RwLock::new(Arc::new(knowledge.analyser.clone())),
        blank: knowledge.analyser,
        sources: config.discover.clone(),
        queries,
        seal_key,
        environment: environment(config),
        unit: config.dispatch.sender.unit.clone(),
        templates,
        recipients,
        mailer,
        settings: config.journey.clone(),
        tally: Tally::default(),
        notices,
        door,
    })
}

fn templates(assets: &Assets, config: &Config) -> Result<Templates, Failure> {
    let statutes = Statutes::parse(
        Path::new("statutes.toml"),
        &assets.config_text("statutes.toml")?,
    );
    let files: Vec<(PathBuf, String)> = assets
        .config_texts("letters")?
        .into_iter()
        .map(|(name, text)| (Path::new("letters").join(name), text))
        .collect();
    Templates::parse(statutes.map_err(Failure::usage)?, &files, &config.dispatch)
        .map_err(Failure::usage)
}

/// The browser, or why there is none; said once, and then every rendering is unknown.
pub(crate) async fn browser(door: &Door) -> Result<Browser, String> {
    Browser::find(door).await.map_err(|error| error.to_string())
}

/// The key that signs packets; made at first need, readable by its owner alone.
pub(crate) fn seal_key(file: &Path) -> Result<SealKey, Failure> {
    if file.exists() {
        let pem =
            std::fs::read_to_string(file).map_err(|error| Failure::input(file.display(), error))?;
        return SealKey::from_pem(&pem).map_err(|error| Failure::input(file.display(), error));
    }
    let failure = |error: &dyn std::fmt::Display| {
        Failure::component(&format!("key file `{}`", file.display()), error)
    };
    let key = SealKey::generate(&rand::random::<[u8; 48]>()).map_err(|error| failure(&error))?;
    let secret = key.to_pem().map_err(|error| failure(&error))?;
    let public = key.public_pem().map_err(|error| failure(&error))?;
    write_key(file, &secret, &public).map_err(|error| failure(&error))?;
    Ok(key)
}

fn write_key(file: &Path, secret: &str, public: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    out.write_all(secret.as_bytes())?;
    out.sync_all()?;
    std::fs::write(file.with_extension("pub.pem"), public)
}

/// What can be known of this machine; what cannot stays unknown.
fn environment(config: &Config) -> Environment {
    let first_line = |path: &str| {
        std::fs::read_to_string(path)
            .ok()
            .and_then(|text| text.lines().next().map(str::to_owned))
    };
    let program = std::env::current_exe()
        .ok()
        .and_then(|path| std::fs::read(path).ok());
    let configured: Vec<String> = config
        .net
        .dns_servers
        .iter()
        .map(ToString::to_string)
        .collect();
    Environment {
        host: first_line("/etc/hostname"),
        os: os_name(),
        software_digest: program.map(|bytes| Digest::of(&bytes)),
        config_digest: Some(Digest::of_json(config)),
        resolvers: if configured.is_empty() {
            system_resolvers()
        } else {
            configured
        },
        // The door never uses a proxy.
        proxy: Some("none".to_owned()),
        hosts_file: std::fs::read("/etc/hosts")
            .ok()
            .map(|bytes| Digest::of(&bytes)),
        ..Environment::default()
    }
}

fn os_name() -> Option<String> {
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

fn system_resolvers() -> Vec<String> {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    text.lines()
        .filter_map(|line| line.strip_prefix("nameserver "))
        .map(|server| server.trim().to_owned())
        .collect()
}
