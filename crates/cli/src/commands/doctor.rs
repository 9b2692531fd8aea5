//! `jianwei doctor`: one line for each part a run needs.

use std::time::Duration;

use jianwei_dispatch::Transport;
use jianwei_net::Door;
use jianwei_store::Store;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::arguments::Global;
use crate::config::Config;
use crate::exit::{Failure, Found};
use crate::output::say;
use crate::{output, setup};

/// A part, whether it is well (`None`: could not be known), and what was seen.
struct Line {
    part: &'static str,
    is_well: Option<bool>,
    seen: String,
}

pub(crate) async fn run(global: &Global) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    let mut lines = vec![Line {
        part: "config",
        is_well: Some(true),
        seen: place(global),
    }];
    lines.push(knowledge(&config));
    lines.push(store(&config).await);
    let door = Door::open(&config.net);
    lines.push(dns(door.as_ref()));
    lines.push(match &door {
        Ok(door) => match setup::browser(door).await {
            Ok(browser) => Line {
                part: "browser",
                is_well: Some(true),
                seen: browser.version().to_owned(),
            },
            Err(reason) => Line {
                part: "browser",
                is_well: None,
                seen: reason,
            },
        },
        Err(_) => Line {
            part: "browser",
            is_well: None,
            seen: "not tried".to_owned(),
        },
    });
    lines.push(mail(&config).await);
    lines.push(clock());
    lines.push(disk(&config));
    let is_ill = lines.iter().any(|line| line.is_well == Some(false));
    if global.json {
        let rows: Vec<_> = lines
            .iter()
            .map(|line| serde_json::json!({"part": line.part, "well": line.is_well, "seen": line.seen}))
            .collect();
        output::json(&rows);
    } else {
        for line in &lines {
            let sign = match line.is_well {
                Some(true) => "ok      ",
                Some(false) => "FAILS   ",
                None => "unknown ",
            };
            say!("{sign} {:10} {}", line.part, output::plain(&line.seen));
        }
    }
    if is_ill {
        Err(Failure::component(
            "doctor",
            "a part that a run needs is not well",
        ))
    } else {
        Ok(Found::Nothing)
    }
}

fn place(global: &Global) -> String {
    match &global.config {
        Some(file) => file.display().to_string(),
        None => "config/jianwei.toml if present, otherwise built-in defaults".to_owned(),
    }
}

fn knowledge(config: &Config) -> Line {
    let loaded = setup::Knowledge::load(&config.assets(), &setup::Additions::default());
    match loaded {
        Ok(knowledge) => Line {
            part: "knowledge",
            is_well: Some(true),
            seen: format!(
                "{} protected sites, model {}",
                knowledge.protected.len(),
                knowledge.analyser.model_version()
            ),
        },
        Err(failure) => Line {
            part: "knowledge",
            is_well: Some(false),
            seen: failure.to_parts().1,
        },
    }
}

async fn store(config: &Config) -> Line {
    let (is_well, seen) = match Store::open(&config.store.url).await {
        Ok(store) => match store.log().verify().await {
            Ok(events) => (
                Some(true),
                format!("{}: {events} events, every link holds", config.store.url),
            ),
            Err(error) => (Some(false), error.to_string()),
        },
        Err(error @ jianwei_store::Error::Locked { .. }) => (None, error.to_string()),
        Err(error) => (Some(false), error.to_string()),
    };
    Line {
        part: "store",
        is_well,
        seen,
    }
}

fn dns(door: Result<&Door, &jianwei_net::Error>) -> Line {
    match door {
        Ok(door) => {
            let servers = &door.settings().dns_servers;
            let seen = if servers.is_empty() {
                "name servers of the system".to_owned()
            } else {
                format!("{servers:?}")
            };
            Line {
                part: "dns",
                is_well: Some(true),
                seen,
            }
        }
        Err(error) => Line {
            part: "dns",
            is_well: Some(false),
            seen: error.to_string(),
        },
    }
}

async fn mail(config: &Config) -> Line {
    match &config.dispatch.transport {
        Transport::Folder { path } => Line {
            part: "mail",
            is_well: Some(true),
            seen: format!("letters are written to `{}`", path.display()),
        },
        Transport::Smtp(smtp) => {
            let address = format!("{}:{}", smtp.host, smtp.port);
            let connected = timeout(Duration::from_secs(5), TcpStream::connect(&address)).await;
            let (is_well, seen) = match connected {
                Ok(Ok(_)) => (Some(true), format!("{address} answers")),
                Ok(Err(error)) => (Some(false), format!("{address}: {error}")),
                Err(_) => (
                    Some(false),
                    format!("{address}: no answer within 5 seconds"),
                ),
            };
            Line {
                part: "mail",
                is_well,
                seen,
            }
        }
    }
}

/// Evidence needs a clock that is right; whether it is kept so is the system's to say.
fn clock() -> Line {
    let synchronised = std::path::Path::new("/run/systemd/timesync/synchronized").exists();
    let is_well = synchronised.then_some(true);
    let seen = if synchronised {
        "kept by systemd-timesyncd"
    } else {
        "not known to be synchronised"
    };
    Line {
        part: "clock",
        is_well,
        seen: format!("{}, {seen}", jianwei_store::now()),
    }
}

fn disk(config: &Config) -> Line {
    let folder = config.store.url.strip_prefix("sled:").unwrap_or(".");
    let place = std::path::Path::new(folder)
        .ancestors()
        .find(|path| path.exists())
        .map(std::path::Path::to_owned);
    let place = place
        .filter(|path| !path.as_os_str().is_empty())
        .unwrap_or_else(|| ".".into());
    let output = std::process::Command::new("df")
        .arg("-Pk")
        .arg(&place)
        .output();
    let free = output.ok().and_then(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .nth(1)?
            .split_whitespace()
            .nth(3)?
            .parse::<u64>()
            .ok()
    });
    match free {
        Some(kib) => {
            let is_well = Some(kib > 1 << 20);
            Line {
                part: "disk",
                is_well,
                seen: format!(
                    "{:.1} GiB free at `{}`",
                    kib as f64 / 1_048_576.0,
                    place.display()
                ),
            }
        }
        None => Line {
            part: "disk",
            is_well: None,
            seen: "free space could not be read".to_owned(),
        },
    }
}
