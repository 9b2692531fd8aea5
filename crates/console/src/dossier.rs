//! Everything the store knows of one case, gathered for a page or for JSON.

use std::collections::BTreeMap;

use jianwei_casework::CaseView;
use jianwei_model::{
    Assessment, Case, Delivery, Digest, Event, Lead, Letter, LetterId, PacketRecord, Reference,
    Rendering, Visit,
};

use crate::names::Names;
use crate::reply::Failure;
use crate::{ConsoleState, Error};

/// Everything the store knows of one case.
pub(crate) struct Dossier {
    pub(crate) case: Case,
    pub(crate) view: CaseView,
    pub(crate) events: Vec<Event>,
    pub(crate) assessment: Option<Assessment>,
    pub(crate) model: Option<String>,
    pub(crate) visit: Option<Visit>,
    pub(crate) lead: Option<Lead>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) deliveries: BTreeMap<LetterId, Delivery>,
    pub(crate) packet: Option<PacketRecord>,
    pub(crate) reference: Option<Reference>,
    pub(crate) names: Names,
}

impl Dossier {
    /// Gathers a case; [`Failure::NotFound`] when there is none.
    pub(crate) async fn of(state: &ConsoleState, id: &str) -> Result<Self, Failure> {
        let store = state.store();
        let case = store.cases().get(id).await?.ok_or(Failure::NotFound)?;
        let events = store.log().of_case(&case.id).await?;
        let view = CaseView::of(&events);
        let visit = store.visits().get(case.visit.as_str()).await?;
        let record = store.assessments().get(case.visit.as_str()).await?;
        let lead = match &case.lead {
            Some(lead) => store.leads().get(lead.as_str()).await?,
            None => None,
        };
        let (letters, deliveries) = letters(state, &view).await?;
        let names = Names::of(state, &letters).await?;
        Ok(Self {
            assessment: assessment(state, &case.assessment).await?,
            model: record.map(|record| record.model),
            reference: reference(state, &case).await?,
            packet: store.packets().get(id).await?,
            case,
            view,
            events,
            visit,
            lead,
            letters,
            deliveries,
            names,
        })
    }

    /// The page as text, decoded to UTF-8, with its digest.
    pub(crate) async fn source(
        &self,
        state: &ConsoleState,
    ) -> Result<Option<(Digest, Vec<u8>)>, Error> {
        let document = self
            .visit
            .as_ref()
            .and_then(|visit| visit.document.as_ref());
        let Some(document) = document else {
            return Ok(None);
        };
        let digest = document.text.digest;
        let bytes = state.store().blobs().get(&digest).await?;
        Ok(bytes.map(|bytes| (digest, bytes)))
    }

    /// The page as text, first as sent and then as rendered, so far as there is either; an excerpt is a slice of one.
    pub(crate) async fn texts(&self, state: &ConsoleState) -> Result<Vec<String>, Error> {
        let mut texts = Vec::new();
        for digest in self.text_digests() {
            let bytes = state.store().blobs().get(&digest).await?;
            texts.extend(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
        }
        Ok(texts)
    }

    fn text_digests(&self) -> impl Iterator<Item = Digest> {
        let visit = self.visit.as_ref();
        let sent = visit
            .and_then(|visit| visit.document.as_ref())
            .map(|document| document.text.digest);
        let rendered = visit.and_then(|visit| match &visit.rendering {
            Rendering::Rendered { dom, .. } => Some(dom.digest),
            Rendering::Unknown { .. } => None,
        });
        sent.into_iter().chain(rendered)
    }

    /// Digest of the suspect's screenshot.
    pub(crate) fn screenshot(&self) -> Option<Digest> {
        match self.visit.as_ref().map(|visit| &visit.rendering) {
            Some(Rendering::Rendered { screenshot, .. }) => Some(screenshot.digest),
            _ => None,
        }
    }

    /// Digest of the official page's screenshot.
    pub(crate) fn official_screenshot(&self) -> Option<Digest> {
        self.reference
            .as_ref()
            .and_then(|reference| reference.screenshot)
    }
}

async fn assessment(state: &ConsoleState, digest: &Digest) -> Result<Option<Assessment>, Error> {
    let bytes = state.store().blobs().get(digest).await?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

async fn letters(
    state: &ConsoleState,
    view: &CaseView,
) -> Result<(Vec<Letter>, BTreeMap<LetterId, Delivery>), Error> {
    let mut letters = Vec::new();
    let mut deliveries = BTreeMap::new();
    for id in view.letters.keys() {
        letters.extend(state.store().letters().get(id.as_str()).await?);
        if let Some(delivery) = state.store().deliveries().get(id.as_str()).await? {
            deliveries.insert(id.clone(), delivery);
        }
    }
    letters.sort_by_key(|letter| letter.recipient.route);
    Ok((letters, deliveries))
}

/// The stored version of the official page to set beside the suspect: one with a picture before one without, then the
/// newest, then the one whose text is what a visitor sees.
async fn reference(state: &ConsoleState, case: &Case) -> Result<Option<Reference>, Error> {
    let Some(matched) = &case.reference else {
        return Ok(None);
    };
    let some = state.store().references().list(None, usize::MAX).await?;
    Ok(some
        .into_iter()
        .filter(|reference| reference.url == matched.url)
        .max_by_key(|reference| {
            let pictured = reference.screenshot.is_some();
            (pictured, reference.captured, reference.rendered)
        }))
}
