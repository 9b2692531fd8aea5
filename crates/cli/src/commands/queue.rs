//! `jianwei queue`: the regulator's side of the packet queue.

use std::path::Path;

use serde_json::Value;

use super::case::text;
use crate::arguments::{Global, Queue, QueueVerb};
use crate::config::Config;
use crate::desk::{self, Reply, Request};
use crate::exit::{Failure, Found};
use crate::output;
use crate::output::say;

pub(crate) async fn run(global: &Global, queue: &Queue) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    match &queue.verb {
        QueueVerb::Next { to } => {
            // A folder that cannot be had must be known before a packet is taken from the queue.
            std::fs::create_dir_all(to).map_err(|error| Failure::input(to.display(), error))?;
            let reply = desk::ask(&config, &Request::QueueNext).await?;
            let written = write_files(&reply, to)?;
            if global.json {
                output::json(&serde_json::json!({"item": reply.value, "files": written}));
            } else if reply.value == Value::Null {
                say!("nothing waits");
            } else {
                say!(
                    "{}  {}  {}",
                    text(&reply.value["letter"]),
                    text(&reply.value["case"]),
                    text(&reply.value["subject"])
                );
                written.iter().for_each(|file| say!("{file}"));
            }
        }
        QueueVerb::Ack { letter, receipt } => {
            let request = Request::QueueAck {
                letter: letter.clone(),
                receipt: receipt.clone(),
            };
            let reply = desk::ask(&config, &request).await?;
            if global.json {
                output::json(&reply.value);
            } else {
                say!("{} acknowledged", text(&reply.value["letter"]));
                if reply.value["withdrawn"] == Value::Bool(true) {
                    say!("the case was dismissed since it was handed out; act on it no further");
                }
            }
        }
        QueueVerb::List => {
            let reply = desk::ask(&config, &Request::QueueList).await?;
            if global.json {
                output::json(&reply.value);
            } else {
                super::letter::list(&reply.value);
            }
        }
    }
    Ok(Found::Nothing)
}

/// Writes the files of a reply to a folder; returns their paths.
pub(super) fn write_files(reply: &Reply, folder: &Path) -> Result<Vec<String>, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::input(folder.display(), error))?;
    let mut written = Vec::new();
    for (name, bytes) in &reply.files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|error| Failure::input(path.display(), error))?;
        written.push(path.display().to_string());
    }
    Ok(written)
}
