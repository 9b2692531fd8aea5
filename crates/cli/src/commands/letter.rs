//! `jianwei letter`: letters as their recipients read them.

use std::sync::Arc;

use serde_json::Value;

use super::case::text;
use crate::arguments::{Global, Letter, LetterVerb};
use crate::config::Config;
use crate::desk::{self, Request};
use crate::exit::{Failure, Found};
use crate::output::say;
use crate::{output, setup};

pub(crate) async fn run(global: &Global, letter: &Letter) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    let request = match &letter.verb {
        LetterVerb::List => Request::LetterList,
        LetterVerb::Show { letter } => Request::LetterShow {
            letter: letter.clone(),
        },
        LetterVerb::Send => return send(global, &config).await,
    };
    let reply = desk::ask(&config, &request).await?;
    match &letter.verb {
        _ if global.json => output::json(&reply.value),
        LetterVerb::Show { .. } => show(&reply.value),
        _ => list(&reply.value),
    }
    Ok(Found::Nothing)
}

async fn send(global: &Global, config: &Config) -> Result<Found, Failure> {
    let parts = Arc::new(setup::parts(config, None).await?);
    let sent = jianwei_journey::send_approved(&parts)
        .await
        .map_err(|error| Failure::component("dispatch", error))?;
    if global.json {
        output::json(&serde_json::json!({"handled": sent}));
    } else {
        say!("{sent} approved letters handled");
    }
    Ok(Found::Nothing)
}

fn show(letter: &Value) {
    say!(
        "收件人：{}（{}）",
        text(&letter["recipient"]["name"]),
        text(&letter["recipient"]["address"])
    );
    say!("主题：{}\n", text(&letter["subject"]));
    for line in letter["body"].as_str().unwrap_or_default().lines() {
        say!("{}", output::plain(line));
    }
    for attachment in letter["attachments"].as_array().into_iter().flatten() {
        say!(
            "附件：{}  {}",
            text(&attachment["name"]),
            text(&attachment["file"]["digest"])
        );
    }
}

pub(super) fn list(letters: &Value) {
    let rows = letters.as_array().into_iter().flatten().map(|letter| {
        vec![
            text(&letter["letter"]),
            text(&letter["case"]),
            text(&letter["standing"]),
            text(&letter["recipient"]),
            text(&letter["subject"]),
        ]
    });
    output::table(
        &["letter", "case", "standing", "recipient", "subject"],
        rows.collect(),
    );
}
