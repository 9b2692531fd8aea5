//! `jianwei screen`: host names of lists that look like protected sites.

use std::fs::OpenOptions;
use std::path::PathBuf;

use jianwei_discover::open_list;
use jianwei_lookalike::{Matcher, Resemblance};
use jianwei_model::host_of;
use jianwei_store::now;
use serde_json::json;

use crate::arguments::{Global, Screen};
use crate::config::Config;
use crate::exit::{Failure, Found};
use crate::output;
use crate::setup::{Additions, Knowledge};

pub(crate) fn run(global: &Global, screen: &Screen) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    let matcher = Knowledge::load(&config.assets(), &Additions::default())?.matcher;
    let mut hits = Vec::new();
    let mut seen = 0;
    for list in &screen.lists {
        seen += screen_list(&matcher, list, &mut hits)?;
    }
    if global.json {
        output::json(
            &hits
                .iter()
                .map(|(host, hit)| shown(host, hit))
                .collect::<Vec<_>>(),
        );
    } else {
        let rows = hits.iter().map(|(host, hit)| {
            vec![
                format!("{:.2}", hit.score),
                output::plain(host),
                hit.organisation.clone(),
                hit.reason.clone(),
            ]
        });
        output::table(&["score", "host", "resembles", "reason"], rows.collect());
        eprintln!("{} of {seen} hosts resemble a protected site", hits.len());
    }
    Ok(if hits.is_empty() {
        Found::Nothing
    } else {
        Found::Something
    })
}

fn screen_list(
    matcher: &Matcher,
    list: &str,
    hits: &mut Vec<(String, Resemblance)>,
) -> Result<u64, Failure> {
    let path = if list == "-" {
        spool_standard_input()?
    } else {
        PathBuf::from(list)
    };
    let lines = open_list(&path, list, now()).map_err(|error| Failure::input(list, error));
    let mut seen = 0;
    let result = lines.map(|lines| {
        for line in lines {
            match line {
                Ok(lead) => {
                    seen += 1;
                    let host = host_of(&lead.url).unwrap_or_default();
                    if let Some(hit) = matcher.recognise(&host) {
                        hits.push((host, hit));
                    }
                }
                Err(error) => {
                    let error = error.to_string().replace(&path.display().to_string(), list);
                    eprintln!("warning: {error}");
                }
            }
        }
    });
    if list == "-" {
        // The copy has served; a folder for temporary files clears what is left behind.
        let _removed = std::fs::remove_file(&path);
    }
    result.map(|()| seen)
}

/// Lists are read from files so that their form can be told before they are streamed. The file is new and ours alone.
fn spool_standard_input() -> Result<PathBuf, Failure> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let path = std::env::temp_dir().join(format!("jianwei-screen-{:016x}", rand::random::<u64>()));
    let copied = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| std::io::copy(&mut std::io::stdin().lock(), &mut file));
    copied
        .map(|_| path)
        .map_err(|error| Failure::input("-", error))
}

fn shown(host: &str, hit: &Resemblance) -> serde_json::Value {
    json!({
        "host": host,
        "score": hit.score,
        "protected": hit.protected,
        "organisation": hit.organisation,
        "kind": hit.kind.as_str(),
        "excerpt": hit.excerpt,
        "reason": hit.reason,
    })
}
