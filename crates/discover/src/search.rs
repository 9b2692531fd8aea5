//! Search results through the JSON API of SearXNG.

use std::collections::HashSet;

use jianwei_model::{Lead, LeadOrigin, Timestamp};
use jianwei_net::Door;
use serde_json::Value;

use crate::{Error, SearchSource};

/// Bytes of one page of results that are read; a page of a hundred results has about 100 KB.
const PAGE_BYTES: usize = 4 << 20;
/// Results of one page that are looked at.
const PAGE_RESULTS: usize = 1_000;
/// Characters of a title that are kept.
const TITLE_CHARACTERS: usize = 300;
/// Characters of a snippet that are kept.
const SNIPPET_CHARACTERS: usize = 1_000;
/// What helps when an instance refuses the format.
const FORMAT_HINT: &str =
    "\n\nhint: SearXNG answers in JSON only where `search.formats` in its settings lists `json`";

/// Asks a source one query, page by page until a page brings nothing new or `max_pages` are read.
///
/// Each URL is one lead, with the best rank it stood at. Results without an absolute `http` or `https` URL are passed
/// over. When a later page fails, the leads of the earlier ones are returned and the failure is logged.
///
/// # Errors
/// [`Error::Search`] or [`Error::Answer`] when the first page cannot be had.
pub async fn search(
    door: &Door,
    source: &SearchSource,
    query: &str,
    now: Timestamp,
) -> Result<Vec<Lead>, Error> {
    let mut found = Found {
        source,
        query,
        now,
        seen: HashSet::new(),
        leads: Vec::new(),
        rank: 0,
    };
    for page in 1..=source.max_pages {
        let results = match results(door, source, query, page).await {
            Ok(results) => results,
            Err(error) if page == 1 => return Err(error),
            Err(error) => {
                tracing::warn!(source.name = %source.name, search.page = page, %error, "search breaks off");
                break;
            }
        };
        let before = found.leads.len();
        for result in results.iter().take(PAGE_RESULTS) {
            found.add(result);
        }
        // Engines at their end send nothing, or their last page again.
        if found.leads.len() == before {
            break;
        }
    }
    Ok(found.leads)
}

async fn results(
    door: &Door,
    source: &SearchSource,
    query: &str,
    page: u32,
) -> Result<Vec<Value>, Error> {
    let url = format!("{}/search", source.url.trim_end_matches('/'));
    let page = page.to_string();
    let mut parameters = vec![
        ("q", query),
        ("format", "json"),
        ("pageno", page.as_str()),
        ("language", source.language.as_str()),
    ];
    if !source.engines.is_empty() {
        parameters.push(("engines", source.engines.as_str()));
    }
    let answer = door
        .get_json(&url, &parameters, PAGE_BYTES)
        .await
        .map_err(|cause| {
            let refused = matches!(
                cause,
                jianwei_net::Error::NotJson { .. } | jianwei_net::Error::Status { status: 403, .. }
            );
            let hint = if refused { FORMAT_HINT } else { "" };
            Error::Search {
                name: source.name.clone(),
                cause,
                hint,
            }
        })?;
    let reason = match answer {
        Value::Object(mut object) => match object.remove("results") {
            Some(Value::Array(results)) => return Ok(results),
            Some(other) => format!("`results` that are {}", kind(&other)),
            None => "an object without `results`".to_owned(),
        },
        other => format!("{} instead of an object", kind(&other)),
    };
    Err(Error::Answer {
        name: source.name.clone(),
        url,
        reason,
    })
}

/// What has been found so far for one query.
struct Found<'a> {
    source: &'a SearchSource,
    query: &'a str,
    now: Timestamp,
    seen: HashSet<String>,
    leads: Vec<Lead>,
    rank: u32,
}

impl Found<'_> {
    fn add(&mut self, result: &Value) {
        self.rank = self.rank.saturating_add(1);
        let Some(url) = result.get("url").and_then(Value::as_str) else {
            return;
        };
        let origin = LeadOrigin::Search {
            source: self.source.name.clone(),
            query: self.query.to_owned(),
            rank: self.rank,
            title: text(result, "title", TITLE_CHARACTERS),
            snippet: text(result, "content", SNIPPET_CHARACTERS),
        };
        if let Some(lead) = Lead::new(url, origin, self.now)
            && self.seen.insert(lead.url.clone())
        {
            self.leads.push(lead);
        }
    }
}

fn text(result: &Value, key: &str, most: usize) -> String {
    let text = result.get(key).and_then(Value::as_str).unwrap_or_default();
    text.trim().chars().take(most).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
