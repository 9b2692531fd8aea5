//! The suspect's page and the official one side by side, as pictures and as text with the shared lines marked.

use std::collections::HashSet;

use jianwei_model::{Outcome, Rendering};

use crate::dossier::Dossier;
use crate::page_text::PageText;
use crate::shown::{cut, defanged};
use crate::words::failure;
use crate::{ConsoleState, Error};

/// Lines of a page that are shown and compared.
const MOST_LINES: usize = 120;

/// Shorter lines are alike by chance.
const FEWEST_SHARED: usize = 4;

/// Characters of a line that are shown.
const MOST_LINE: usize = 300;

/// One page.
pub(crate) struct Pane {
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) screenshot: Option<String>,
    pub(crate) unrendered: String,
    pub(crate) lines: Vec<Line>,
}

/// One line of a page.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) shared: bool,
}

/// The suspect's page, given as its source, and the official page where the case names one.
pub(crate) async fn panes(
    state: &ConsoleState,
    dossier: &Dossier,
    suspect: &str,
) -> Result<(Pane, Option<Pane>), Error> {
    let suspect = PageText::of(suspect, MOST_LINES);
    let official = match &dossier.reference {
        Some(reference) => state.store().blobs().get(&reference.html).await?,
        None => None,
    }
    .map(|bytes| page_text(&bytes))
    .unwrap_or_default();
    let right = official_pane(dossier, &suspect, &official);
    Ok((suspect_pane(dossier, &suspect, &official), right))
}

fn suspect_pane(dossier: &Dossier, text: &PageText, other: &PageText) -> Pane {
    let case = &dossier.case;
    let shot = dossier.screenshot();
    Pane {
        title: titled(&text.title),
        url: defanged(
            dossier
                .visit
                .as_ref()
                .map_or(case.url.as_str(), |visit| visit.final_url()),
        ),
        screenshot: shot.map(|_| format!("/cases/{}/screenshots/suspect", case.id)),
        unrendered: why_unrendered(dossier),
        lines: lines(text, other),
    }
}

fn official_pane(dossier: &Dossier, other: &PageText, text: &PageText) -> Option<Pane> {
    let matched = dossier.case.reference.as_ref()?;
    let shot = dossier.official_screenshot();
    let stored = dossier.reference.is_some();
    Some(Pane {
        title: match text.title.is_empty() {
            true => matched.organisation.clone(),
            false => format!("{}（{}）", text.title, matched.organisation),
        },
        url: matched.url.clone(),
        screenshot: shot.map(|_| format!("/cases/{}/screenshots/official", dossier.case.id)),
        unrendered: if stored {
            "参照页没有截图"
        } else {
            "没有存下的参照页"
        }
        .into(),
        lines: lines(text, other),
    })
}

fn why_unrendered(dossier: &Dossier) -> String {
    let Some(visit) = &dossier.visit else {
        return "没有采集记录".into();
    };
    match (&visit.rendering, &visit.outcome) {
        (Rendering::Unknown { reason }, _) if !reason.is_empty() => failure(reason),
        (_, Outcome::Gone { reason } | Outcome::Unknown { reason }) => failure(reason),
        _ => "原因不明".into(),
    }
}

fn page_text(bytes: &[u8]) -> PageText {
    PageText::of(&String::from_utf8_lossy(bytes), MOST_LINES)
}

fn titled(title: &str) -> String {
    match title {
        "" => "（无标题）".into(),
        title => cut(title, MOST_LINE),
    }
}

fn lines(text: &PageText, other: &PageText) -> Vec<Line> {
    let theirs: HashSet<&String> = other.lines.iter().collect();
    text.lines
        .iter()
        .map(|line| Line {
            text: cut(line, MOST_LINE),
            shared: line.chars().count() >= FEWEST_SHARED && theirs.contains(line),
        })
        .collect()
}
