//! The users: who may sign in and do what. Only administrators come here.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jianwei_model::{Action, Role, User};
use jianwei_store::now;
use serde::Deserialize;

use super::frame::{Frame, role_words};
use crate::password::{FEWEST_CHARACTERS, MOST_BYTES};
use crate::reply::{Failure, page};
use crate::session::{Posted, SignedIn, close_all};
use crate::shown::beijing;
use crate::{ConsoleState, Error};

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    frame: Frame,
    done: Option<&'static str>,
    fault: Option<String>,
    users: Vec<UserLine>,
    draft_name: String,
    draft_display: String,
}

struct UserLine {
    name: String,
    display: String,
    roles: String,
    created: String,
    disabled: bool,
    can_disable: bool,
}

/// The form that adds a user.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewUser {
    name: String,
    display: String,
    password: String,
    analyst: String,
    approver: String,
    administrator: String,
}

/// The form that sets a password.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewPassword {
    password: String,
}

/// `GET /users`
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    person: SignedIn,
) -> Result<Html<String>, Failure> {
    page(&UsersPage::of(&state, &person).await?)
}

/// `POST /users`
pub(crate) async fn add(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Posted(form): Posted<NewUser>,
) -> Result<Response, Failure> {
    let taken = state.store().users().get(&form.name).await?.is_some();
    let fault = match form.fault() {
        None if taken => Some(format!("用户名“{}”已有人使用", form.name)),
        fault => fault,
    };
    if let Some(fault) = fault {
        let mut shown = UsersPage::of(&state, &person).await?;
        shown.draft_name = form.name;
        shown.draft_display = form.display;
        return refused(shown, &fault);
    }
    let user = User {
        roles: form.roles(),
        password: state.passwords().hash(form.password).await?,
        name: form.name,
        display: form.display.trim().to_owned(),
        disabled: false,
        created: now(),
    };
    // The event comes first: killed in between, the log names a user who is not there, and adding them again works.
    let action = Action::UserAdded {
        user: user.name.clone(),
        roles: user.roles.iter().copied().collect(),
    };
    let what = format!("user-added:{}", user.name);
    state.record(&person.user.name, action, &what).await?;
    if !state.store().users().insert(&user).await? {
        let shown = UsersPage::of(&state, &person).await?;
        return refused(shown, &format!("用户名“{}”已有人使用", user.name));
    }
    Ok(Redirect::to("/users").into_response())
}

/// `POST /users/{user}/password`: sets it and signs the user out everywhere.
pub(crate) async fn set_password(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(name): Path<String>,
    Posted(form): Posted<NewPassword>,
) -> Result<Response, Failure> {
    existing(&state, &name).await?;
    if let Some(fault) = password_fault(&form.password) {
        return refused(UsersPage::of(&state, &person).await?, &fault);
    }
    let hash = state.passwords().hash(form.password).await?;
    let action = Action::PasswordSet { user: name.clone() };
    let what = format!("password-set:{name}");
    state.record(&person.user.name, action, &what).await?;
    let users = state.store().users();
    users
        .update(&name, |user| user.password.clone_from(&hash))
        .await?;
    close_all(&state, &name).await?;
    done(&state, &person, "口令已更新，该用户须重新登录。").await
}

/// `POST /users/{user}/disable`
pub(crate) async fn disable(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(name): Path<String>,
    Posted(_): Posted<NewPassword>,
) -> Result<Response, Failure> {
    existing(&state, &name).await?;
    if name == person.user.name {
        let shown = UsersPage::of(&state, &person).await?;
        return refused(shown, "不能停用自己");
    }
    let action = Action::UserDisabled { user: name.clone() };
    let what = format!("user-disabled:{name}");
    state.record(&person.user.name, action, &what).await?;
    let users = state.store().users();
    users.update(&name, |user| user.disabled = true).await?;
    close_all(&state, &name).await?;
    done(&state, &person, "用户已停用。").await
}

async fn existing(state: &ConsoleState, name: &str) -> Result<User, Failure> {
    let user = state.store().users().get(name).await?;
    user.ok_or(Failure::NotFound)
}

fn refused(mut shown: UsersPage, fault: &str) -> Result<Response, Failure> {
    shown.fault = Some(format!("{fault}。"));
    Ok((StatusCode::CONFLICT, page(&shown)?).into_response())
}

async fn done(
    state: &ConsoleState,
    person: &SignedIn,
    words: &'static str,
) -> Result<Response, Failure> {
    // Someone who changed their own password has no session any more.
    if state
        .store()
        .sessions()
        .get(&person.session)
        .await?
        .is_none()
    {
        return Ok(Redirect::to("/login").into_response());
    }
    let mut shown = UsersPage::of(state, person).await?;
    shown.done = Some(words);
    Ok(page(&shown)?.into_response())
}

fn password_fault(password: &str) -> Option<String> {
    if password.chars().count() < FEWEST_CHARACTERS {
        return Some(format!("口令至少 {FEWEST_CHARACTERS} 个字符"));
    }
    (password.len() > MOST_BYTES).then(|| "口令太长".into())
}

impl NewUser {
    fn fault(&self) -> Option<String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        if self.name.is_empty() || self.name.len() > 32 || !self.name.chars().all(plain) {
            return Some("用户名只能用小写字母、数字和 - _ .，最多 32 个".into());
        }
        let display = self.display.trim();
        if display.is_empty() || display.chars().count() > 40 {
            return Some("姓名不能为空，最多 40 字".into());
        }
        if self.roles().is_empty() {
            return Some("至少选择一个角色".into());
        }
        password_fault(&self.password)
    }

    fn roles(&self) -> BTreeSet<Role> {
        let chosen = [
            (&self.analyst, Role::Analyst),
            (&self.approver, Role::Approver),
            (&self.administrator, Role::Administrator),
        ];
        chosen
            .into_iter()
            .filter(|(ticked, _)| !ticked.is_empty())
            .map(|(_, role)| role)
            .collect()
    }
}

impl UsersPage {
    async fn of(state: &ConsoleState, person: &SignedIn) -> Result<Self, Error> {
        const MOST_USERS: usize = 1000;
        let users = state.store().users().list(None, MOST_USERS).await?;
        let entries = state.entries().await?;
        Ok(Self {
            frame: Frame::of("users", person, &entries),
            done: None,
            fault: None,
            users: users
                .iter()
                .map(|user| UserLine::of(user, &person.user))
                .collect(),
            draft_name: String::new(),
            draft_display: String::new(),
        })
    }
}

impl UserLine {
    fn of(user: &User, viewer: &User) -> Self {
        Self {
            name: user.name.clone(),
            display: user.display.clone(),
            roles: role_words(user),
            created: beijing(user.created),
            disabled: user.disabled,
            can_disable: !user.disabled && user.name != viewer.name,
        }
    }
}
