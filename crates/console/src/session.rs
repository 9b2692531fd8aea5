//! Sessions: who is signed in, by a cookie whose digest alone is stored.

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jianwei_model::{Digest, Role, User};
use jianwei_store::{Session, now};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::reply::Failure;
use crate::{ConsoleState, Error};

const COOKIE: &str = "jianwei_session";

/// The person behind a request.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    /// The token every form of this session carries.
    pub(crate) csrf: String,
    /// Key of the session's record.
    pub(crate) session: String,
}

/// A form that was sent from one of our own pages in this session.
pub(crate) struct Posted<T>(pub(crate) T);

/// Lets only signed-in people pass; others are sent to sign in, programs are told so.
pub(crate) async fn require(
    State(state): State<ConsoleState>,
    mut request: Request,
    next: Next,
) -> Response {
    match signed_in(&state, request.headers()).await {
        Ok(Some(person)) => {
            request.extensions_mut().insert(person);
            next.run(request).await
        }
        Ok(None) if request.uri().path().starts_with("/api/") => (
            StatusCode::UNAUTHORIZED,
            Json(json!({"error": {"title": "未登录", "message": "请先登录。"}})),
        )
            .into_response(),
        Ok(None) => Redirect::to(&sign_in_path(request.uri())).into_response(),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// Lets only administrators pass; stands behind [`require`].
pub(crate) async fn require_administrator(
    person: SignedIn,
    request: Request,
    next: Next,
) -> Response {
    if person.user.has(Role::Administrator) {
        return next.run(request).await;
    }
    Failure::Forbidden("只有管理员可以管理用户。".into()).into_response()
}

/// Opens a session for a user: the cookie to set.
pub(crate) async fn open(state: &ConsoleState, user: &str) -> Result<HeaderValue, Error> {
    sweep(state).await?;
    let token = random_token();
    let created = now();
    let session = Session {
        token_digest: digest_of(&token),
        user: user.to_owned(),
        created,
        expires: created.plus_millis(state.settings().session_ms()),
        csrf: random_token(),
    };
    state.store().sessions().put(&session).await?;
    Ok(cookie(state, &token, state.settings().session_ms() / 1000))
}

/// Ends a session: the cookie to set.
pub(crate) async fn close(state: &ConsoleState, person: &SignedIn) -> Result<HeaderValue, Error> {
    state.store().sessions().remove(&person.session).await?;
    Ok(cookie(state, "", 0))
}

/// Ends every session of a user.
pub(crate) async fn close_all(state: &ConsoleState, user: &str) -> Result<(), Error> {
    remove_where(state, |session| session.user == user).await
}

async fn sweep(state: &ConsoleState) -> Result<(), Error> {
    let at = now();
    remove_where(state, |session| session.expires <= at).await
}

async fn remove_where(
    state: &ConsoleState,
    unwanted: impl Fn(&Session) -> bool,
) -> Result<(), Error> {
    const AT_ONCE: usize = 500;
    let sessions = state.store().sessions();
    let mut after: Option<String> = None;
    loop {
        let some = sessions.list(after.as_deref(), AT_ONCE).await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        after = Some(last.token_digest.hex());
        for session in some.iter().filter(|session| unwanted(session)) {
            sessions.remove(&session.token_digest.hex()).await?;
        }
    }
}

async fn signed_in(state: &ConsoleState, headers: &HeaderMap) -> Result<Option<SignedIn>, Error> {
    let Some(token) = token_of(headers) else {
        return Ok(None);
    };
    let key = digest_of(token).hex();
    let Some(session) = state.store().sessions().get(&key).await? else {
        return Ok(None);
    };
    if session.expires <= now() {
        return Ok(None);
    }
    let user = state.store().users().get(&session.user).await?;
    Ok(user.filter(|user| !user.disabled).map(|user| SignedIn {
        user,
        csrf: session.csrf,
        session: key,
    }))
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token)
        .filter(|token| !token.is_empty())
}

fn cookie(state: &ConsoleState, token: &str, seconds: i64) -> HeaderValue {
    let secure = if state.settings().https {
        "; Secure"
    } else {
        ""
    };
    let text =
        format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    // The token is base64url and the rest is ours, so this is always a header's text.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn digest_of(token: &str) -> Digest {
    Digest::of(token.as_bytes())
}

fn sign_in_path(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    if wanted == "/" {
        return "/login".into();
    }
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", wanted)
        .finish();
    format!("/login?{query}")
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Failure::Forbidden("请先登录。".into()))
    }
}

impl<T: DeserializeOwned> FromRequest<ConsoleState> for Posted<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &ConsoleState) -> Result<Self, Failure> {
        const MOST_BYTES: usize = 64 * 1024;
        let (mut parts, body) = request.into_parts();
        let person = SignedIn::from_request_parts(&mut parts, state).await?;
        let bytes = axum::body::to_bytes(body, MOST_BYTES)
            .await
            .map_err(|_| Failure::Malformed("表单太大。".into()))?;
        let ours = url::form_urlencoded::parse(&bytes)
            .any(|(name, value)| name == "csrf" && value == person.csrf);
        if !ours {
            let text = "表单不是从本次登录的页面提交的，请刷新页面后重试。";
            return Err(Failure::Forbidden(text.into()));
        }
        let request = Request::from_parts(parts, bytes.into());
        Form::from_request(request, state)
            .await
            .map(|Form(form)| Self(form))
            .map_err(|_| Failure::Malformed("表单填写不完整。".into()))
    }
}
