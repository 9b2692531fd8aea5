//! The list of pages that a reader of the WACZ is offered first.

use jianwei_model::{Timestamp, Visit};
use serde_json::{Value, json};

use crate::Error;
use crate::input::PacketInput;
use crate::inspect::Files;
use crate::wacz;

/// The pages of the visits that ended with an answer: URL, moment, visit.
pub(crate) fn pages(visits: &[Visit]) -> impl Iterator<Item = (&Visit, &str, Timestamp)> {
    visits.iter().filter_map(|visit| {
        let hop = visit
            .hops
            .last()
            .filter(|hop| hop.response_head.is_some())?;
        Some((visit, hop.url.as_str(), hop.started))
    })
}

/// The text of `pages/pages.jsonl`.
pub(crate) fn text(input: &PacketInput) -> Result<String, Error> {
    let header = json!({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"});
    let mut out = format!("{header}\n");
    for (visit, url, at) in pages(&input.visits) {
        let title = match &visit.document {
            Some(document) => title_of(&String::from_utf8_lossy(
                input.blob(&document.text, "a page as text")?,
            )),
            None => String::new(),
        };
        let page =
            json!({"id": visit.id, "url": url, "ts": at.to_seconds_string(), "title": title});
        out.push_str(&format!("{page}\n"));
    }
    Ok(out)
}

/// In what the list differs from what was captured.
pub(crate) fn faults(files: &Files<'_>, visits: &[Visit]) -> Vec<String> {
    let text = files.get(wacz::PAGES).copied().unwrap_or_default();
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let expected: Vec<_> = pages(visits).collect();
    let mut faults = Vec::new();
    if lines.len() != expected.len() + 2 || lines.last().is_some_and(|line| !line.is_empty()) {
        faults.push(format!(
            "{} pages are listed, {} were captured",
            lines.len().saturating_sub(2),
            expected.len()
        ));
    }
    let parse = |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap_or_default();
    if lines
        .first()
        .is_none_or(|line| parse(line)["format"] != "json-pages-1.0")
    {
        faults.push("line 1 is not the header".to_owned());
    }
    for (number, (line, (visit, url, at))) in (2..).zip(lines.iter().skip(1).zip(expected)) {
        let page = parse(line);
        let same = page["id"] == visit.id.as_str()
            && page["url"] == url
            && page["ts"] == at.to_seconds_string();
        if !same {
            faults.push(format!(
                "line {number} is not what visit {} captured",
                visit.id
            ));
        }
    }
    faults
}

/// The page's title as text, at most 200 characters; empty where there is none.
fn title_of(html: &str) -> String {
    const LONGEST: usize = 200;
    let lower = html.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|open| {
        let start = open + lower[open..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        html.get(start..end)
    });
    let words: Vec<&str> = title.unwrap_or_default().split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}
