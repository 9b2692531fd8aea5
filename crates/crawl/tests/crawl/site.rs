//! A small web on loopback: any number of hosts under `.test`, answered by path.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use jianwei_crawl::{Capture, Settings, Visitor};
use jianwei_model::{FrontierEntry, LeadId, Priority, Vantage};
use jianwei_net::Door;

/// What stands at an address, `host/path`.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn html(body: &str) -> Page {
    Page {
        status: 200,
        headers: vec![("content-type", "text/html; charset=utf-8".into())],
        body: body.into(),
    }
}

pub(crate) fn status(status: u16) -> Page {
    Page { status, ..html("") }
}

pub(crate) fn redirect(code: u16, location: &str) -> Page {
    Page {
        status: code,
        headers: vec![("location", location.into())],
        body: Vec::new(),
    }
}

/// A running web and what was asked of it.
pub(crate) struct Web {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

impl Web {
    pub(crate) async fn start(pages: &[(&str, Page)]) -> Self {
        let pages: BTreeMap<String, Page> = pages
            .iter()
            .map(|(at, page)| ((*at).to_owned(), page.clone()))
            .collect();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        let answer = move |request: Request| {
            let host = request.headers()[header::HOST].to_str().unwrap().to_owned();
            let at = format!("{host}{}", request.uri());
            kept.lock()
                .unwrap()
                .push((at.clone(), request.headers().clone()));
            let page = pages.get(&at).cloned().unwrap_or_else(|| status(404));
            let mut response = Response::builder().status(page.status);
            for (name, value) in page.headers {
                response = response.header(name, value);
            }
            async { response.body(Body::from(page.body)).unwrap() }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().fallback(answer);
        tokio::spawn(async { axum::serve(listener, app).await });
        Self { port, asked }
    }

    /// The addresses asked for since the last look.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap()
            .drain(..)
            .map(|(at, _)| at)
            .collect()
    }

    /// A header of the last request.
    pub(crate) fn last_header(&self, name: &str) -> Option<String> {
        let asked = self.asked.lock().unwrap();
        let (_, headers) = asked.last()?;
        Some(headers.get(name)?.to_str().unwrap().to_owned())
    }
}

/// A door to a web at `port`: 127.0.0.1 alone is allowed, `forbidden.test` lies at 127.0.0.2, `gone.test` nowhere.
pub(crate) fn door(port: u16) -> Door {
    let at = |last| vec![IpAddr::V4(Ipv4Addr::new(127, 0, 0, last))];
    let settings = jianwei_net::Settings {
        dns_servers: vec!["127.0.0.1:9".parse().unwrap()],
        static_hosts: BTreeMap::from([
            ("*.test".into(), at(1)),
            ("forbidden.test".into(), at(2)),
            ("gone.test".into(), Vec::new()),
        ]),
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        port_map: BTreeMap::from([(80, port)]),
        resolve_timeout_ms: 100,
        connect_timeout_ms: 500,
        answer_timeout_ms: 400,
        idle_timeout_ms: 200,
        total_timeout_ms: 500,
        ..jianwei_net::Settings::default()
    };
    Door::open(&settings).unwrap()
}

pub(crate) fn ignoring_robots() -> Settings {
    Settings {
        robots: jianwei_crawl::RobotsPolicy::Ignore,
        ..Settings::default()
    }
}

pub(crate) fn entry(url: &str) -> FrontierEntry {
    FrontierEntry {
        url: url.into(),
        lead: LeadId::from_text("lead-1"),
        priority: Priority::LIST,
        round: 0,
        attempts: 0,
    }
}

/// One visit without robots.
pub(crate) async fn visit(web: &Web, url: &str) -> Capture {
    let visitor = Visitor::new(door(web.port), ignoring_robots());
    visitor.visit(&entry(url), Vantage::Desktop).await
}
