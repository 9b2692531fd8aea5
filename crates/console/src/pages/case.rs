//! The page of one case.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use jianwei_model::PacketRecord;
use serde::Deserialize;

use super::facts::{Facts, lead_facts};
use super::frame::Frame;
use super::letters::{LetterPart, letters, unreached};
use super::panel::{Panel, steps};
use super::panes::{Pane, panes};
use super::reasons::Reasons;
use super::sites::{case_points, is_international};
use super::timeline::{Moment, timeline};
use super::verdict::verdict;
use crate::ConsoleState;
use crate::act::done_words;
use crate::dossier::Dossier;
use crate::filter::{Filter, neighbours};
use crate::reply::{Failure, page};
use crate::roll::Entry;
use crate::session::SignedIn;
use crate::shown::{beijing, points, size};
use crate::state::Read;

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    frame: Frame,
    done: Option<&'static str>,
    fault: Option<String>,
    id: String,
    host: String,
    international: bool,
    state: &'static str,
    state_words: &'static str,
    class: &'static str,
    decision: &'static str,
    decision_words: &'static str,
    points: Option<u8>,
    scores: Option<(u8, u8)>,
    model: Option<String>,
    verdict: String,
    reasons: Reasons,
    suspect: Pane,
    official: Option<Pane>,
    letters: Vec<LetterPart>,
    unreached: Vec<&'static str>,
    no_letters: &'static str,
    facts: Facts,
    lead: Vec<(&'static str, String)>,
    contacts: Vec<(&'static str, String, String)>,
    marks: Vec<(&'static str, String)>,
    packet: Option<PacketPart>,
    timeline: Vec<Moment>,
    reads: Vec<Moment>,
    panel: Panel,
    steps: String,
    way: Way,
}

/// The sealed packet.
struct PacketPart {
    digest: String,
    wacz: String,
    size: String,
    sealed: String,
}

/// Where the person came from and where they go on.
struct Way {
    scope: String,
    previous: Option<String>,
    next: Option<String>,
    up: String,
}

/// What an address says besides the list the person came from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct After {
    done: String,
}

/// `GET /cases/{case}`
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
    Query(after): Query<After>,
) -> Result<Html<String>, Failure> {
    let shown = Shown {
        filter: &filter,
        done: done_words(&after.done),
        fault: None,
    };
    show(&state, &person, &id, shown).await
}

/// What the page shows besides the case.
pub(crate) struct Shown<'a> {
    pub(crate) filter: &'a Filter,
    pub(crate) done: Option<&'static str>,
    pub(crate) fault: Option<String>,
}

/// The page of a case; looking at it is an event.
pub(crate) async fn show(
    state: &ConsoleState,
    person: &SignedIn,
    id: &str,
    shown: Shown<'_>,
) -> Result<Html<String>, Failure> {
    let dossier = Dossier::of(state, id).await?;
    let read = Read {
        user: &person.user.name,
        session: &person.session,
        case: &dossier.case.id,
        what: "案件页",
        digest: dossier.case.assessment,
    };
    state.record_read(read).await?;
    let entries = state.entries().await?;
    let frame = Frame::of("sites", person, &entries);
    let list = shown.filter.of(&entries, &person.user);
    let way = Way::of(shown.filter, &list, entries.get(&dossier.case.id));
    let texts = dossier.texts(state).await?;
    let panes = panes(state, &dossier, texts.first().map_or("", String::as_str)).await?;
    page(&CasePage::of(
        &dossier,
        Around {
            frame,
            way,
            shown,
            texts,
        },
        panes,
        person,
    ))
}

/// What stands around the case on its page.
struct Around<'a> {
    frame: Frame,
    way: Way,
    shown: Shown<'a>,
    /// The page as text, as sent and as rendered.
    texts: Vec<String>,
}

impl CasePage {
    fn of(
        dossier: &Dossier,
        around: Around<'_>,
        (suspect, official): (Pane, Option<Pane>),
        person: &SignedIn,
    ) -> Self {
        let Dossier { case, view, .. } = dossier;
        let assessment = dossier.assessment.as_ref();
        let reasons = Reasons::of(case, assessment, &around.texts);
        let (timeline, reads) = timeline(dossier);
        let user = &person.user;
        Self {
            frame: around.frame,
            done: around.shown.done,
            fault: around.shown.fault,
            way: around.way,
            id: case.id.to_string(),
            host: case.host.clone(),
            international: is_international(&case.host),
            state: view.state.as_str(),
            state_words: view.state.chinese(),
            class: case.class.chinese(),
            decision: case.decision.as_str(),
            decision_words: case.decision.chinese(),
            points: case_points(case),
            scores: assessment.map(|one| {
                let scores = one.scores;
                (
                    points(scores.fake_government_site),
                    points(scores.certificate_sale),
                )
            }),
            model: dossier.model.clone(),
            verdict: verdict(case, assessment),
            reasons,
            suspect,
            official,
            letters: letters(dossier, user),
            unreached: unreached(dossier),
            no_letters: match jianwei_casework::routes(case.class).is_empty() {
                true => "这一类别不发函件。",
                false => "函件尚未拟出。",
            },
            facts: Facts::of(dossier),
            lead: lead_facts(dossier.lead.as_ref()),
            contacts: contacts(dossier),
            marks: marks(dossier),
            packet: dossier.packet.as_ref().map(PacketPart::of),
            timeline,
            reads,
            panel: Panel::of(dossier, user),
            steps: steps(dossier),
        }
    }
}

impl PacketPart {
    fn of(packet: &PacketRecord) -> Self {
        Self {
            digest: packet.file.digest.to_string(),
            wacz: packet.wacz.to_string(),
            size: size(packet.file.bytes),
            sealed: beijing(packet.sealed),
        }
    }
}

impl Way {
    fn of(
        filter: &Filter,
        list: &[std::sync::Arc<Entry>],
        entry: Option<&std::sync::Arc<Entry>>,
    ) -> Self {
        let (previous, next) = entry.map_or((None, None), |entry| neighbours(list, entry));
        let address = |entry: &Entry| filter.address(&format!("/cases/{}", entry.case.id));
        Self {
            scope: filter.query(),
            previous: previous.map(address),
            next: next.map(address),
            up: filter.address("/"),
        }
    }
}

fn contacts(dossier: &Dossier) -> Vec<(&'static str, String, String)> {
    let found = dossier.assessment.iter().flat_map(|one| &one.contacts);
    found
        .map(|contact| {
            let place = format!("原文“{}”，源码第 {} 字节", contact.excerpt, contact.offset);
            (contact.kind.chinese(), contact.value.clone(), place)
        })
        .collect()
}

fn marks(dossier: &Dossier) -> Vec<(&'static str, String)> {
    let found = dossier.assessment.iter().flat_map(|one| &one.marks);
    found
        .map(|mark| (mark.kind.chinese(), mark.value.clone()))
        .collect()
}
