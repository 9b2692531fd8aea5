//! Signing in and out.

use std::net::{IpAddr, SocketAddr};

use askama::Template;
use axum::Form;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{Extensions, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jianwei_model::Action;
use jianwei_store::now;
use serde::Deserialize;

use crate::reply::{Failure, page};
use crate::session::{Posted, SignedIn, close, open};
use crate::shown::cut;
use crate::{ConsoleState, Error};

/// Where people land who asked for nothing else.
const START: &str = "/?state=mine";

/// Characters of a name that are looked at and kept.
const MOST_NAME: usize = 64;

#[derive(Template)]
#[template(path = "login.html")]
struct SignInPage {
    fault: Option<String>,
    name: String,
    next: String,
}

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Onward {
    next: String,
}

/// The sign-in form.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// A form that carries nothing but its token.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

/// `GET /login`
pub(crate) async fn get(Query(onward): Query<Onward>) -> Result<Html<String>, Failure> {
    page(&SignInPage {
        fault: None,
        name: String::new(),
        next: onward.next,
    })
}

/// `POST /login`: the same answer whether the name, the password or the account is wrong.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    extensions: Extensions,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Failure> {
    let address = extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let name: String = credentials.name.trim().chars().take(MOST_NAME).collect();
    let wait = state.throttle(|throttle| throttle.wait_ms(&name, address, now()));
    if wait > 0 {
        let seconds = (wait + 999) / 1000;
        let fault = format!("尝试次数过多，请 {seconds} 秒后再试。");
        return refused(
            StatusCode::TOO_MANY_REQUESTS,
            fault,
            &name,
            credentials.next,
        );
    }
    if fits(&state, &name, credentials.password).await? {
        state.throttle(|throttle| throttle.succeeded(&name, address));
        let cookie = open(&state, &name).await?;
        state.record(&name, Action::SignedIn, "signed-in").await?;
        let onward = Redirect::to(local(&credentials.next));
        return Ok(([(header::SET_COOKIE, cookie)], onward).into_response());
    }
    failed(&state, &name, address).await?;
    let fault = "用户名或口令不正确。".into();
    refused(StatusCode::UNAUTHORIZED, fault, &name, credentials.next)
}

/// `POST /logout`
pub(crate) async fn sign_out(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response, Failure> {
    let cookie = close(&state, &person).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

async fn fits(state: &ConsoleState, name: &str, password: String) -> Result<bool, Error> {
    let user = state.store().users().get(name).await?;
    let hash = user.filter(|user| !user.disabled).map(|user| user.password);
    Ok(state.passwords().check(password, hash).await)
}

async fn failed(state: &ConsoleState, name: &str, address: Option<IpAddr>) -> Result<(), Error> {
    state.throttle(|throttle| throttle.failed(name, address, now()));
    let action = Action::SignInFailed {
        user: name.to_owned(),
    };
    state.record(name, action, "sign-in-failed").await?;
    Ok(())
}

fn refused(
    status: StatusCode,
    fault: String,
    name: &str,
    next: String,
) -> Result<Response, Failure> {
    let shown = SignInPage {
        fault: Some(fault),
        name: cut(name, MOST_NAME),
        next,
    };
    Ok((status, page(&shown)?).into_response())
}

/// A path of this console; anything else leads to the start.
fn local(next: &str) -> &str {
    let plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if plain && next.starts_with('/') && !next.starts_with("//") && next != "/" {
        next
    } else {
        START
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(
            local("/cases/case-1?state=mine"),
            "/cases/case-1?state=mine"
        );
        for elsewhere in [
            "",
            "/",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/a\r\nb",
            "javascript:x",
        ] {
            assert_eq!(local(elsewhere), START, "{elsewhere}");
        }
    }
}
