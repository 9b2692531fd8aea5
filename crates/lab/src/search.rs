//! The search engine: the lab's own pages behind the SearXNG JSON API.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{Response, StatusCode, header};
use axum::{Router, routing::get};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::web::plain;
use crate::world::World;

/// Results on one page of answers.
const PER_PAGE: usize = 10;
/// Characters of a snippet.
const SNIPPET: usize = 110;

/// Every page the engine knows.
#[derive(Debug)]
pub(crate) struct Index {
    pages: Vec<Page>,
}

#[derive(Debug)]
struct Page {
    url: String,
    title: String,
    text: String,
}

/// Answers searches on `listener` until the handle is aborted.
pub(crate) fn spawn(listener: TcpListener, index: Arc<Index>) -> JoinHandle<()> {
    let router = Router::new()
        .route("/search", get(answer))
        .with_state(index);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!(%error, "the lab's search engine ended");
        }
    })
}

impl Index {
    pub(crate) fn new(world: &World) -> Self {
        let mut pages = Vec::new();
        for site in world.sites.values() {
            for path in &site.sheet.indexed {
                if let Some(html) = site.text(path) {
                    let url = format!("{}://{}{path}", site.scheme(), site.host);
                    let title = title(html);
                    pages.push(Page {
                        url,
                        title,
                        text: visible_text(html),
                    });
                }
            }
        }
        Self { pages }
    }

    /// Pages that answer `query`, best first.
    fn find(&self, query: &str) -> Vec<(f64, &Page)> {
        let terms: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
        let mut found: Vec<(f64, &Page)> = self
            .pages
            .iter()
            .map(|page| (page.score(&terms), page))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        found.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.url.cmp(&b.url)));
        found
    }
}

impl Page {
    /// Title counts four times the text; a term that is not there whole counts by its character pairs.
    fn score(&self, terms: &[String]) -> f64 {
        let title = self.title.to_lowercase();
        let text = self.text.to_lowercase();
        let scores: Vec<f64> = terms
            .iter()
            .map(|term| 4.0 * presence(term, &title) + presence(term, &text))
            .collect();
        let hits = scores.iter().filter(|score| **score > 0.0).count();
        if hits * 2 < terms.len() {
            0.0
        } else {
            scores.iter().sum()
        }
    }

    fn snippet(&self, terms: &[String]) -> String {
        let lower = self.text.to_lowercase();
        let at = terms.iter().find_map(|term| lower.find(term)).unwrap_or(0);
        // Lower-casing may move bytes; the snippet needs only to begin near the hit.
        let before = lower[..at].chars().count().saturating_sub(20);
        self.text.chars().skip(before).take(SNIPPET).collect()
    }

    fn result(&self, score: f64, position: usize, terms: &[String]) -> Value {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("http", &self.url));
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        json!({
            "url": self.url,
            "title": self.title,
            "content": self.snippet(terms),
            "engine": "lab",
            "engines": ["lab"],
            "parsed_url": [scheme, host, format!("/{path}"), "", "", ""],
            "template": "default.html",
            "positions": [position],
            "score": (score * 100.0).round() / 100.0,
            "category": "general",
            "publishedDate": null,
            "thumbnail": "",
        })
    }
}

/// 1 for a term that stands whole in `text`, less for part of its character pairs, 0 below half of them.
fn presence(term: &str, text: &str) -> f64 {
    if text.contains(term) {
        return 1.0;
    }
    // Words of letters are found whole or not at all; pairs tell only of words of characters.
    if term.is_ascii() {
        return 0.0;
    }
    let letters: Vec<char> = term.chars().collect();
    let pairs: Vec<String> = letters
        .windows(2)
        .map(|pair| pair.iter().collect())
        .collect();
    if pairs.is_empty() {
        return 0.0;
    }
    let there = pairs
        .iter()
        .filter(|pair| text.contains(pair.as_str()))
        .count();
    #[expect(clippy::cast_precision_loss, reason = "a query has few pairs")]
    let share = there as f64 / pairs.len() as f64;
    if share < 0.5 { 0.0 } else { share * 0.6 }
}

async fn answer(State(index): State<Arc<Index>>, RawQuery(query): RawQuery) -> Response<Body> {
    let mut asked = String::new();
    let (mut format, mut page) = (String::new(), 1_usize);
    for (key, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*key {
            "q" => asked = value.into_owned(),
            "format" => format = value.into_owned(),
            "pageno" => page = value.parse().unwrap_or(1).max(1),
            _ => {}
        }
    }
    // SearXNG answers so for formats its operator has not allowed, and for empty queries.
    if format != "json" {
        return plain(StatusCode::FORBIDDEN, "only format=json is allowed\n");
    }
    if asked.trim().is_empty() {
        return plain(StatusCode::BAD_REQUEST, "no query\n");
    }
    let terms: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
    let found = index.find(&asked);
    let first = (page - 1).saturating_mul(PER_PAGE);
    let results: Vec<Value> = found
        .iter()
        .enumerate()
        .skip(first)
        .take(PER_PAGE)
        .map(|(place, (score, page))| page.result(*score, place + 1, &terms))
        .collect();
    let body = json!({
        "query": asked,
        "number_of_results": found.len(),
        "results": results,
        "answers": [], "corrections": [], "infoboxes": [], "suggestions": [], "unresponsive_engines": [],
    });
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap_or_default()
}

fn title(html: &str) -> String {
    let Some(start) = html.find("<title") else {
        return String::new();
    };
    let inner = html[start..].split_once('>').map_or("", |(_, rest)| rest);
    let inner = inner.split("</title>").next().unwrap_or_default();
    inner.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text between tags, without scripts and styles; the lab's own pages need no more of a parser.
fn visible_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push(' ');
        rest = &rest[start..];
        let end = ["script", "style", "title"].iter().find_map(|tag| {
            let inside = rest[1..].starts_with(tag);
            inside.then(|| rest.find(&format!("</{tag}"))).flatten()
        });
        rest = &rest[end.unwrap_or(0)..];
        rest = if rest.starts_with("<!--") {
            rest.split_once("-->").map_or("", |(_, after)| after)
        } else {
            rest.split_once('>').map_or("", |(_, after)| after)
        };
    }
    text.push_str(rest);
    let text = text
        .replace("&nbsp;", " ")
        .replace("&copy;", "©")
        .replace("&gt;", ">");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
