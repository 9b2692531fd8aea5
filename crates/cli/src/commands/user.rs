//! `jianwei user`: who may sign in to the console.

use std::io::{BufRead as _, IsTerminal as _};

use console::Term;
use jianwei_model::Role;

use super::case::text;
use crate::arguments::{Global, User, UserVerb};
use crate::config::Config;
use crate::desk::{self, Request};
use crate::exit::{Failure, Found};
use crate::output;

pub(crate) async fn run(global: &Global, user: &User) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    let request = match &user.verb {
        UserVerb::Add {
            name,
            role,
            display,
        } => Request::UserAdd {
            name: name.clone(),
            display: display.clone().unwrap_or_else(|| name.clone()),
            roles: role
                .iter()
                .map(|word| parse_role(word))
                .collect::<Result<_, _>>()?,
            password: ask_password(name)?,
        },
        UserVerb::List => Request::UserList,
        UserVerb::Passwd { name } => Request::UserPasswd {
            name: name.clone(),
            password: ask_password(name)?,
        },
        UserVerb::Disable { name } => Request::UserDisable { name: name.clone() },
    };
    let reply = desk::ask(&config, &request).await?;
    if global.json {
        output::json(&reply.value);
        return Ok(Found::Nothing);
    }
    let rows = reply.value.as_array().into_iter().flatten().map(|user| {
        let roles: Vec<String> = user["roles"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        let standing = if user["disabled"].as_bool().unwrap_or_default() {
            "disabled"
        } else {
            ""
        };
        vec![
            text(&user["name"]),
            text(&user["display"]),
            roles.join(", "),
            standing.to_owned(),
        ]
    });
    output::table(&["name", "display", "roles", ""], rows.collect());
    Ok(Found::Nothing)
}

fn parse_role(word: &str) -> Result<Role, Failure> {
    Role::ALL
        .into_iter()
        .find(|role| role.as_str() == word)
        .ok_or_else(|| {
            let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            Failure::usage(format!(
                "`{word}` is not a role; one of: {}",
                known.join(", ")
            ))
        })
}

/// A user's password: from `JIANWEI_PASSWORD`, asked for on a terminal, or the first line of standard input.
pub(super) fn ask_password(user: &str) -> Result<String, Failure> {
    if let Ok(password) = std::env::var("JIANWEI_PASSWORD") {
        return Ok(password);
    }
    let failure = |error: std::io::Error| Failure::input("password", error);
    if std::io::stdin().is_terminal() {
        let terminal = Term::stderr();
        terminal
            .write_str(&format!("password of {user}: "))
            .map_err(failure)?;
        return terminal.read_secure_line().map_err(failure);
    }
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(failure)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
