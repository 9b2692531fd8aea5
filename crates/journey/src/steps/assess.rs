//! Assess: a visited page meets every signal; a suspect is looked at a second time in a browser.

use futures::future::try_join_all;
use jianwei_analyse::Page;
use jianwei_model::{
    Assessment, Class, Date, Decision, Digest, Outcome, Rendering, Visit, host_of,
};
use jianwei_store::{AssessmentRecord, Leased, QueueName, now};

use crate::steps::batch::Batch;
use crate::steps::visit::keep_blobs;
use crate::steps::{Job, blob_of, hand_on};
use crate::{Error, Parts};

const BATCH: usize = 8;

/// Assesses one batch of visits; returns how many there were.
pub(crate) async fn step(parts: &Parts) -> Result<usize, Error> {
    let batch = Batch::lease(parts, "assess", QueueName::Assess, BATCH).await?;
    // Side by side: each waits for the disk several times, and waits are shared.
    let works = batch
        .jobs
        .iter()
        .map(|leased| batch.work(parts, leased, assess(parts, leased)));
    try_join_all(works).await?;
    Ok(batch.jobs.len())
}

async fn assess(parts: &Parts, leased: &Leased<Job>) -> Result<(), Error> {
    let id = &leased.item.about;
    // A repeated step must not render again: the packet may already be sealed over the first rendering.
    if let Some(record) = parts.store.assessments().get(id).await? {
        return open_if_suspect(parts, &record).await;
    }
    let mut visit = parts
        .store
        .visits()
        .get(id)
        .await?
        .ok_or_else(|| Error::missing(id))?;
    let (Outcome::Live, Some(document)) = (&visit.outcome, &visit.document) else {
        return Ok(());
    };
    let html = text_of(parts, &document.text.digest).await?;
    let mut assessment = assess_page(parts, &visit, html).await?;
    if opens_case(&assessment) && parts.settings.render_suspects {
        look_again(parts, &mut visit).await?;
        if let Some(rendered) = assess_rendering(parts, &visit).await?
            && rendered.top_score() > assessment.top_score()
        {
            assessment = rendered;
        }
    }
    parts.tally.add_assessed();
    let record = AssessmentRecord {
        visit: visit.id.clone(),
        host: host_of(visit.final_url()).unwrap_or_default(),
        model: parts.current_analyser().model_version(),
        at: now(),
        assessment,
    };
    parts.store.assessments().put(&record).await?;
    open_if_suspect(parts, &record).await
}

async fn open_if_suspect(parts: &Parts, record: &AssessmentRecord) -> Result<(), Error> {
    if !opens_case(&record.assessment) {
        return Ok(());
    }
    let queue = parts.store.queue::<Job>(QueueName::Open);
    hand_on(&queue, record.visit.as_str()).await
}

/// Whether an assessment asks for a case: someone should look, and it is not a page that merely reports or is official.
fn opens_case(assessment: &Assessment) -> bool {
    let is_suspect = match assessment.class {
        Class::FakeGovernmentSite
        | Class::CertificateSale
        | Class::Both
        | Class::CompromisedHost
        | Class::IllegalPromise => true,
        Class::QuotesFakes | Class::Official | Class::Benign => false,
    };
    is_suspect && assessment.decision >= Decision::Review
}

async fn look_again(parts: &Parts, visit: &mut Visit) -> Result<(), Error> {
    let (rendering, blobs) = match &parts.browser {
        Ok(browser) => browser.render(visit.final_url(), visit.vantage).await,
        Err(reason) => (
            Rendering::Unknown {
                reason: reason.clone(),
            },
            Vec::new(),
        ),
    };
    keep_blobs(parts, &blobs).await?;
    visit.rendering = rendering;
    // The visit ends with its last look; what the browser saw is dated by this.
    visit.finished = now();
    parts.store.visits().put(visit).await?;
    Ok(())
}

async fn assess_rendering(parts: &Parts, visit: &Visit) -> Result<Option<Assessment>, Error> {
    let Rendering::Rendered { dom, .. } = &visit.rendering else {
        return Ok(None);
    };
    let html = text_of(parts, &dom.digest).await?;
    assess_page(parts, visit, html).await.map(Some)
}

async fn assess_page(parts: &Parts, visit: &Visit, html: String) -> Result<Assessment, Error> {
    let analyser = parts.current_analyser();
    let url = visit.final_url().to_owned();
    let day = Date::of(visit.started);
    // Parsing may take milliseconds; the runtime's threads have visits to serve meanwhile.
    tokio::task::spawn_blocking(move || {
        analyser.assess(&Page {
            url: &url,
            html: &html,
            day,
        })
    })
    .await
    .map_err(|error| Error::Crashed {
        step: "assess",
        reason: error.to_string(),
    })
}

/// The text of a blob that holds UTF-8.
pub(crate) async fn text_of(parts: &Parts, digest: &Digest) -> Result<String, Error> {
    let bytes = blob_of(parts, digest).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
