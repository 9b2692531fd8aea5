//! `jianwei packet`: evidence packets leave the store, and anyone checks them without it.

use std::path::Path;

use jianwei_evidence::{CheckState, VerifyOptions, key_id, summary, verify};

use crate::arguments::{Global, Packet, PacketVerb};
use crate::config::Config;
use crate::desk::{self, Request};
use crate::exit::{Failure, Found};
use crate::output;
use crate::output::say;

pub(crate) async fn run(global: &Global, packet: &Packet) -> Result<Found, Failure> {
    match &packet.verb {
        PacketVerb::Export { case, to } => {
            let config = Config::load(global)?;
            let reply = desk::ask(&config, &Request::PacketFetch { case: case.clone() }).await?;
            let written = super::queue::write_files(&reply, to)?;
            if global.json {
                output::json(&serde_json::json!({"packet": reply.value, "files": written}));
            } else {
                written.iter().for_each(|file| say!("{file}"));
            }
            Ok(Found::Nothing)
        }
        PacketVerb::Verify { file, key } => check(global, file, key),
        PacketVerb::Show { file } => {
            let packet =
                summary(&read(file)?).map_err(|error| Failure::input(file.display(), error))?;
            output::json(&packet);
            Ok(Found::Nothing)
        }
    }
}

fn check(global: &Global, file: &Path, keys: &[std::path::PathBuf]) -> Result<Found, Failure> {
    let mut trusted = Vec::new();
    for key in keys {
        let pem =
            std::fs::read_to_string(key).map_err(|error| Failure::input(key.display(), error))?;
        trusted.push(key_id(&pem).map_err(|error| Failure::input(key.display(), error))?);
    }
    let verification = verify(&read(file)?, &VerifyOptions { trusted });
    if global.json {
        output::json(&verification);
    } else {
        for check in &verification.checks {
            let sign = match check.state {
                CheckState::Holds => "成立  holds  ",
                CheckState::Fails => "不成立 FAILS  ",
                CheckState::Unknown => "未知  unknown",
            };
            say!(
                "{sign}  {}  {}",
                output::plain(&check.chinese),
                output::plain(&check.english)
            );
            if !check.detail.is_empty() {
                say!("               {}", output::plain(&check.detail));
            }
        }
    }
    Ok(if verification.holds() {
        Found::Nothing
    } else {
        Found::Something
    })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::input(file.display(), error))
}
