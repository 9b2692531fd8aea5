//! What goes back when something cannot be done, as a page or as JSON, and the headers every answer carries.

use askama::Template;
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::Error;

/// Only our own style sheet, script and pictures; nothing inline, no frames, forms only to us.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                           form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What a request came to nothing for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such thing, or not for this person.
    NotFound,
    /// The person may not do this.
    Forbidden(String),
    /// A rule or another person's act stands in the way.
    Conflict(String),
    /// The request is malformed.
    Malformed(String),
    /// Something broke that is not the person's doing.
    Broken(Error),
}

/// A failure on its way to a program.
#[derive(Debug)]
pub(crate) struct ApiFailure(pub(crate) Failure);

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    title: &'a str,
    text: &'a str,
    back: &'a str,
}

/// A page as HTML.
pub(crate) fn page(template: &impl Template) -> Result<Html<String>, Failure> {
    template.render().map(Html).map_err(|error| {
        Failure::Broken(Error::Io(std::io::Error::other(format!(
            "rendering a page: {error}"
        ))))
    })
}

/// Gives every answer its protective headers; those a handler set itself stay.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The page for a path that leads nowhere.
pub(crate) async fn nowhere() -> Failure {
    Failure::NotFound
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::NotFound => ("没有这一页", "地址有误，或者这项内容不存在。"),
            Self::Forbidden(text) => ("不允许", text),
            Self::Conflict(text) => ("未能办理", text),
            Self::Malformed(text) => ("请求有误", text),
            Self::Broken(_) => (
                "出错了",
                "系统出错，已记入运行日志，请稍后再试或联系管理员。",
            ),
        }
    }

    /// What a person reads.
    pub(crate) fn text(&self) -> &str {
        self.words().1
    }

    fn log(&self) {
        if let Self::Broken(error) = self {
            tracing::error!(error = %error, "console request failed");
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<jianwei_store::Error> for Failure {
    fn from(error: jianwei_store::Error) -> Self {
        Self::Broken(error.into())
    }
}

impl<E: Into<Failure>> From<E> for ApiFailure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.log();
        let (title, text) = self.words();
        let template = RefusalPage {
            title,
            text,
            back: "/",
        };
        let body = template.render().unwrap_or_default();
        (self.status(), Html(body)).into_response()
    }
}

impl IntoResponse for ApiFailure {
    fn into_response(self) -> Response {
        self.0.log();
        let (title, text) = self.0.words();
        (
            self.0.status(),
            Json(json!({"error": {"title": title, "message": text}})),
        )
            .into_response()
    }
}
