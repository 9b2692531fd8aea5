//! A person at a browser, without the browser: keeps the cookie and reads the token out of pages.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::PASSWORD;

/// A person at a browser.
#[derive(Clone)]
pub(crate) struct Desk {
    router: Router,
    cookie: Option<String>,
    csrf: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl Desk {
    /// Someone who has not signed in.
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookie: None,
            csrf: String::new(),
        }
    }

    /// Someone who has.
    pub(crate) async fn of(router: Router, name: &str) -> Self {
        let mut desk = Self::new(router);
        let answer = desk.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        desk
    }

    pub(crate) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let fields = [("name", name), ("password", password)];
        let answer = self.post("/login", &fields).await;
        if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            self.cookie = cookie.split(';').next().map(str::to_owned);
            let page = self.get("/").await.text;
            let mark = "name=\"csrf\" value=\"";
            let from = page.find(mark).expect("a page with a token") + mark.len();
            self.csrf = page[from..].split('"').next().unwrap().to_owned();
        }
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path), Body::empty())
            .await
    }

    /// Sends a form with the session's token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = self.form(fields, &self.csrf);
        let request = self
            .request(Method::POST, path)
            .header("sec-fetch-site", "same-origin");
        self.send(form_type(request), Body::from(body)).await
    }

    /// Sends a form without the token.
    pub(crate) async fn post_untold(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = self.form(fields, "");
        let request = self.request(Method::POST, path);
        self.send(form_type(request), Body::from(body)).await
    }

    /// Sends a form as a page of another site would.
    pub(crate) async fn post_from_elsewhere(&self, path: &str, name: &str, value: &str) -> Answer {
        let body = self.form(&[("act", "confirm"), ("reason", "x")], &self.csrf);
        let request = self.request(Method::POST, path).header(name, value);
        self.send(form_type(request), Body::from(body)).await
    }

    pub(crate) async fn post_json(&self, path: &str, json: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request, Body::from(json.to_owned())).await
    }

    fn form(&self, fields: &[(&str, &str)], csrf: &str) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("csrf", csrf)
            .finish()
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "console.test");
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn form_type(request: axum::http::request::Builder) -> axum::http::request::Builder {
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}
