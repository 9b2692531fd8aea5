//! The list of flagged sites.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use jianwei_model::{Case, Class, Lead, LeadOrigin, User};

use super::frame::Frame;
use crate::ConsoleState;
use crate::filter::{CLASSES, Filter, MINE, STATES, due};
use crate::reply::{Failure, page};
use crate::roll::{Entries, Entry};
use crate::session::SignedIn;
use crate::shown::{beijing, points};

#[derive(Template)]
#[template(path = "sites.html")]
struct SitesPage {
    frame: Frame,
    filter: Filter,
    tabs: Vec<Tab>,
    classes: Vec<Choice>,
    rows: Vec<Row>,
    nothing_at_all: bool,
    total: usize,
    page: usize,
    pages: usize,
    newer: Option<String>,
    older: Option<String>,
}

struct Tab {
    href: String,
    label: &'static str,
    count: usize,
    current: bool,
}

struct Choice {
    value: &'static str,
    label: &'static str,
    count: usize,
    current: bool,
}

struct Row {
    href: String,
    host: String,
    international: bool,
    class: &'static str,
    points: Option<u8>,
    decision: &'static str,
    decision_words: &'static str,
    reference: Option<(String, u8)>,
    no_reference: &'static str,
    found: String,
    found_by: String,
    opened: String,
    state: &'static str,
    state_words: &'static str,
    due: Option<&'static str>,
}

/// `GET /`
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Query(filter): Query<Filter>,
) -> Result<Html<String>, Failure> {
    let entries = state.entries().await?;
    page(&SitesPage::of(
        &entries,
        &person,
        filter,
        state.settings().rows(),
    ))
}

impl SitesPage {
    fn of(entries: &Entries, person: &SignedIn, filter: Filter, rows: usize) -> Self {
        let chosen = filter.of(entries, &person.user);
        let pages = chosen.len().div_ceil(rows).max(1);
        let page = filter.page().min(pages);
        let place = if filter.state == MINE { MINE } else { "sites" };
        let shown = chosen.iter().skip((page - 1) * rows).take(rows);
        Self {
            frame: Frame::of(place, person, entries),
            tabs: tabs(entries, &person.user, &filter),
            classes: classes(entries, &person.user, &filter),
            rows: shown
                .map(|entry| Row::of(entry, &person.user, &filter))
                .collect(),
            nothing_at_all: entries.is_empty(),
            total: chosen.len(),
            page,
            pages,
            newer: (page > 1).then(|| paged(&filter, page - 1)),
            older: (page < pages).then(|| paged(&filter, page + 1)),
            filter,
        }
    }
}

impl Row {
    fn of(entry: &Entry, user: &User, filter: &Filter) -> Self {
        let case = &entry.case;
        let (found, found_by) = found(entry.lead.as_ref());
        Self {
            href: filter.address(&format!("/cases/{}", case.id)),
            host: case.host.clone(),
            international: is_international(&case.host),
            class: case.class.chinese(),
            points: case_points(case),
            decision: case.decision.as_str(),
            decision_words: case.decision.chinese(),
            reference: case
                .reference
                .as_ref()
                .map(|found| (found.organisation.clone(), points(found.score))),
            no_reference: match case.class {
                Class::FakeGovernmentSite | Class::Both => "未比对到官方页面",
                _ => "—",
            },
            found,
            found_by,
            opened: beijing(case.opened)[5..].to_owned(),
            state: entry.view.state.as_str(),
            state_words: entry.view.state.chinese(),
            due: due(entry, user),
        }
    }
}

/// Whether a host is written in another script than Latin.
pub(crate) fn is_international(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with("xn--"))
}

/// The points of a case, or none where its class is not one of those that are scored.
pub(crate) fn case_points(case: &Case) -> Option<u8> {
    match case.class {
        Class::FakeGovernmentSite | Class::CertificateSale | Class::Both => {
            Some(points(case.score))
        }
        _ => None,
    }
}

/// What led to a site: the words themselves, and where they were asked.
fn found(lead: Option<&Lead>) -> (String, String) {
    match lead.map(|lead| &lead.origin) {
        None => ("—".into(), String::new()),
        Some(LeadOrigin::Search {
            source,
            query,
            rank,
            ..
        }) => (query.clone(), format!("{source} · 第 {rank} 位")),
        Some(LeadOrigin::List { source, line }) => {
            (source.clone(), format!("域名清单 · 第 {line} 行"))
        }
        Some(LeadOrigin::Tip { from }) => (from.clone(), "举报线索".into()),
    }
}

fn tabs(entries: &Entries, user: &User, filter: &Filter) -> Vec<Tab> {
    let named = STATES.map(|state| (state.as_str(), state.chinese()));
    [("", "全部"), (MINE, "待我处理")]
        .into_iter()
        .chain(named)
        .map(|(state, label)| {
            let filter_of_tab = Filter {
                state: state.into(),
                page: String::new(),
                ..filter.clone()
            };
            Tab {
                href: filter_of_tab.address("/"),
                label,
                count: entries
                    .values()
                    .filter(|entry| filter_of_tab.shows(entry, user))
                    .count(),
                current: filter.state == state,
            }
        })
        .collect()
}

fn classes(entries: &Entries, user: &User, filter: &Filter) -> Vec<Choice> {
    CLASSES
        .into_iter()
        .map(|class| {
            let count = entries
                .values()
                .filter(|entry| entry.case.class == class)
                .filter(|entry| filter.has_text(entry) && filter.has_state(entry, user))
                .count();
            Choice {
                value: class.as_str(),
                label: class.chinese(),
                count,
                current: filter.class == class.as_str(),
            }
        })
        .filter(|choice| choice.count > 0 || choice.current)
        .collect()
}

fn paged(filter: &Filter, page: usize) -> String {
    match filter.query() {
        query if query.is_empty() => format!("/?page={page}"),
        query => format!("/?{query}&page={page}"),
    }
}
