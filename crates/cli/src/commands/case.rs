//! `jianwei case`: cases as an analyst works on them, from the command line.

use jianwei_model::Disposition;
use serde_json::Value;

use super::user::ask_password;
use crate::arguments::{Case, CaseVerb, Deed as DeedArguments, Global};
use crate::config::Config;
use crate::desk::{self, Deed, Request};
use crate::exit::{Failure, Found};
use crate::output;
use crate::output::say;

pub(crate) async fn run(global: &Global, case: &Case) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    let request = match &case.verb {
        CaseVerb::List { state } => Request::CaseList {
            state: state.clone(),
        },
        CaseVerb::Show { case } => Request::CaseShow { case: case.clone() },
        CaseVerb::Confirm(arguments) => request(arguments, Deed::Confirm)?,
        CaseVerb::Dismiss(arguments) => request(arguments, Deed::Dismiss)?,
        CaseVerb::Reopen(arguments) => request(arguments, Deed::Reopen)?,
        CaseVerb::Approve { deed, letter } => request(
            deed,
            Deed::Approve {
                letter: letter.clone(),
            },
        )?,
        CaseVerb::Settle {
            deed,
            letter,
            delivered,
            not_delivered: _,
        } => request(
            deed,
            Deed::Settle {
                letter: letter.clone(),
                delivered: *delivered,
            },
        )?,
        CaseVerb::Dispose { deed, disposition } => {
            let disposition = parse_disposition(disposition)?;
            request(deed, Deed::Dispose { disposition })?
        }
    };
    let reply = desk::ask(&config, &request).await?;
    if global.json {
        output::json(&reply.value);
        return Ok(Found::Nothing);
    }
    match case.verb {
        CaseVerb::List { .. } => list(&reply.value),
        CaseVerb::Show { .. } => show(&reply.value),
        _ => say!(
            "{}: {}",
            text(&reply.value["case"]),
            text(&reply.value["state"])
        ),
    }
    Ok(Found::Nothing)
}

fn request(arguments: &DeedArguments, deed: Deed) -> Result<Request, Failure> {
    Ok(Request::CaseDo {
        case: arguments.case.clone(),
        user: arguments.user.clone(),
        password: ask_password(&arguments.user)?,
        reason: arguments.reason.clone(),
        deed,
    })
}

fn parse_disposition(word: &str) -> Result<Disposition, Failure> {
    serde_json::from_value(Value::String(word.to_owned())).map_err(|_| {
        let known: Vec<String> = Disposition::ALL
            .iter()
            .map(|one| text(&serde_json::json!(one)))
            .collect();
        Failure::usage(format!(
            "`{word}` is not a disposition; one of: {}",
            known.join(", ")
        ))
    })
}

fn list(cases: &Value) {
    let rows = cases.as_array().into_iter().flatten().map(|case| {
        vec![
            text(&case["id"]),
            text(&case["state"]),
            text(&case["class"]),
            format!("{:.2}", case["score"].as_f64().unwrap_or_default()),
            text(&case["host"]),
            text(&case["reference"]["organisation"]),
            text(&case["opened"]),
        ]
    });
    output::table(
        &[
            "case", "state", "class", "score", "host", "imitates", "opened",
        ],
        rows.collect(),
    );
}

fn show(reply: &Value) {
    let case = &reply["case"];
    say!(
        "{}  {}  {}",
        text(&case["id"]),
        text(&case["class"]),
        text(&reply["state"])
    );
    say!("{}", text(&case["url"]));
    say!("\nreasons");
    let findings = reply["assessment"]["findings"]
        .as_array()
        .into_iter()
        .flatten();
    output::table(
        &["contribution", "signal", "reason", "excerpt"],
        findings
            .map(|finding| {
                vec![
                    format!(
                        "{:+.2}",
                        finding["contribution"].as_f64().unwrap_or_default()
                    ),
                    text(&finding["signal"]),
                    text(&finding["reason"]),
                    text(&finding["excerpt"]).chars().take(60).collect(),
                ]
            })
            .collect(),
    );
    say!("\nletters");
    let letters = reply["letters"].as_array().into_iter().flatten();
    output::table(
        &["letter", "recipient", "subject"],
        letters
            .map(|letter| {
                vec![
                    text(&letter["id"]),
                    text(&letter["recipient"]["name"]),
                    text(&letter["subject"]),
                ]
            })
            .collect(),
    );
    say!("\nevents");
    let events = reply["events"].as_array().into_iter().flatten();
    output::table(
        &["at", "who", "what", "reason"],
        events
            .map(|event| {
                let who = format!(
                    "{}:{}",
                    text(&event["actor"]["kind"]),
                    text(&event["actor"]["name"])
                );
                vec![
                    text(&event["at"]),
                    who,
                    text(&event["action"]),
                    text(&event["reason"]),
                ]
            })
            .collect(),
    );
}

/// A JSON value as one cell.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => output::plain(text),
        other => output::plain(&other.to_string()),
    }
}
