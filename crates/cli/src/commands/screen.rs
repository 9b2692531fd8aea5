//! `jianwei screen`: host names of lists that look like protected sites.

use std::io::Read as _;
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
    let spooled;
    let path = if list == "-" {
        spooled = spool_standard_input()?;
        spooled.as_path().to_owned()
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
                Err(error) => eprintln!("warning: {error}"),
            }
        }
    });
    if list == "-" {
        // The copy has served; a folder for temporary files clears what is left behind.
        let _removed = std::fs::remove_file(&path);
    }
    result.map(|()| seen)
}

/// Lists are read from files so that their form can be told before they are streamed.
fn spool_standard_input() -> Result<PathBuf, Failure> {
    let path = std::env::temp_dir().join(format!("jianwei-screen-{}", std::process::id()));
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::input("-", error))?;
    std::fs::write(&path, bytes).map_err(|error| Failure::input(path.display(), error))?;
    Ok(path)
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
