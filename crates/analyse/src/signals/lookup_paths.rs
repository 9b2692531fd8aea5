//! Lookup paths: links or scripts name the paths of an official lookup on a host that is not the official one.

use crate::reading::{Reading, Sighting};

/// Bytes before a path in which its host would stand.
const URL_BYTES: usize = 120;

/// The first official lookup path that leads to this host.
pub(crate) fn look(reading: &Reading) -> Option<Sighting> {
    if reading.is_official() {
        return None;
    }
    let html = reading.page.html();
    for (path, number) in &reading.knowledge.lookup_paths {
        for (at, _) in html.match_indices(path.as_str()).take(16) {
            if reading.page.source.is_text(at) || names_other_host(html, at) {
                continue;
            }
            let site = &reading.knowledge.protected[*number];
            let reason = format!(
                "页面代码使用{}官方查询系统的接口路径 {path}",
                site.organisation
            );
            return Sighting::new(1.0, reason, reading.page.slice(at, at + path.len()));
        }
    }
    None
}

/// Whether the path belongs to a whole URL, which leads where it says.
fn names_other_host(html: &str, at: usize) -> bool {
    let mut start = at.saturating_sub(URL_BYTES);
    while !html.is_char_boundary(start) {
        start += 1;
    }
    let before = &html[start..at];
    let begin = before
        .rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | '=' | '>'))
        .map_or(0, |index| index + 1);
    before[begin..].contains("//")
}
