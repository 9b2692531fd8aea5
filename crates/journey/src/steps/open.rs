//! Open: a suspect site becomes a case, one per site and class.

use jianwei_model::{Action, Assessment, Case, CaseId, Class, canonical_json};
use jianwei_store::{Leased, QueueName, now};

use crate::steps::assess::text_of;
use crate::steps::batch::Batch;
use crate::steps::{Job, case_event, hand_on};
use crate::{Error, Notice, Parts};

const BATCH: usize = 8;

/// Opens one batch of cases; returns how many there were.
pub(crate) async fn step(parts: &Parts) -> Result<usize, Error> {
    let batch = Batch::lease(parts, "open", QueueName::Open, BATCH).await?;
    for leased in &batch.jobs {
        batch.work(parts, leased, open(parts, leased)).await?;
    }
    Ok(batch.jobs.len())
}

async fn open(parts: &Parts, leased: &Leased<Job>) -> Result<(), Error> {
    let visit_id = &leased.item.about;
    let visit = parts
        .store
        .visits()
        .get(visit_id)
        .await?
        .ok_or_else(|| Error::missing(visit_id))?;
    let record = parts
        .store
        .assessments()
        .get(visit_id)
        .await?
        .ok_or_else(|| Error::missing(visit_id))?;
    let assessment = record.assessment;
    let digest = parts
        .store
        .blobs()
        .put(canonical_json(&assessment).as_bytes())
        .await?;
    let case = Case {
        id: CaseId::of(&record.host, assessment.class),
        host: record.host,
        url: visit.final_url().to_owned(),
        class: assessment.class,
        decision: assessment.decision,
        score: class_score(&assessment),
        reference: assessment.reference,
        opened: now(),
        lead: visit.lead,
        visit: visit.id,
        assessment: digest,
    };
    let is_new = parts.store.cases().insert(&case).await?;
    // Another page of the same site may have opened it first; its evidence stands.
    let case = if is_new {
        case
    } else {
        stored_case(parts, &case.id).await?
    };
    let opened = Action::CaseOpened {
        class: case.class,
        host: case.host.clone(),
        visit: case.visit.clone(),
        assessment: case.assessment,
    };
    let event = case_event(
        "open",
        &case.id,
        opened,
        format!("opened {}", case.id),
        case.opened,
    );
    parts.store.log().append(event).await?;
    hand_on(&parts.store.queue::<Job>(QueueName::Seal), case.id.as_str()).await?;
    if is_new {
        parts.tally.add_case();
        parts.tell(Notice::Opened {
            case: case.id,
            host: case.host,
            class: case.class,
            decision: case.decision,
            organisation: case.reference.map(|reference| reference.organisation),
        });
    }
    Ok(())
}

/// A case that an earlier step opened.
pub(crate) async fn stored_case(parts: &Parts, id: &CaseId) -> Result<Case, Error> {
    parts
        .store
        .cases()
        .get(id.as_str())
        .await?
        .ok_or_else(|| Error::missing(id.as_str()))
}

/// The assessment a case was opened on, as its opening names it by digest.
pub(crate) async fn assessment_of(parts: &Parts, case: &Case) -> Result<Assessment, Error> {
    let text = text_of(parts, &case.assessment).await?;
    serde_json::from_str(&text)
        .map_err(|error| Error::missing(format!("assessment {}: {error}", case.assessment)))
}

fn class_score(assessment: &Assessment) -> f64 {
    match assessment.class {
        Class::FakeGovernmentSite => assessment.scores.fake_government_site,
        Class::CertificateSale | Class::IllegalPromise | Class::CompromisedHost => {
            assessment.scores.certificate_sale
        }
        _ => assessment.top_score(),
    }
}
