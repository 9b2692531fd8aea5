//! Seal: the packet of a case is written before anyone outside learns of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jianwei_evidence::{Environment, PacketInput, ReferenceExhibit, seal};
use jianwei_model::{Action, Case, CaseId, Digest, PacketRecord, Reference, Rendering, Visit};
use jianwei_model::{Blob, BlobRef, Lead};
use jianwei_store::{Leased, QueueName, now};

use crate::steps::batch::Batch;
use crate::steps::open::{assessment_of, stored_case};
use crate::steps::{Job, blob_of, case_event, hand_on};
use crate::{Error, Notice, Parts};

const BATCH: usize = 2;

/// Seals one batch of packets; returns how many there were.
pub(crate) async fn step(parts: &Arc<Parts>) -> Result<usize, Error> {
    let batch = Batch::lease(parts, "seal", QueueName::Seal, BATCH).await?;
    for leased in &batch.jobs {
        batch.work(parts, leased, seal_case(parts, leased)).await?;
    }
    Ok(batch.jobs.len())
}

async fn seal_case(parts: &Arc<Parts>, leased: &Leased<Job>) -> Result<(), Error> {
    let case = stored_case(parts, &CaseId::from_text(leased.item.about.as_str())).await?;
    let record = match parts.store.packets().get(case.id.as_str()).await? {
        Some(record) => record,
        None => write_packet(parts, &case).await?,
    };
    let sealed = Action::PacketSealed {
        packet: record.file.digest,
        wacz: record.wacz,
    };
    let event = case_event(
        "seal",
        &case.id,
        sealed,
        format!("sealed {} {}", case.id, record.wacz),
        record.sealed,
    );
    parts.store.log().append(event).await?;
    hand_on(
        &parts.store.queue::<Job>(QueueName::Draft),
        case.id.as_str(),
    )
    .await?;
    parts.tell(Notice::Sealed { case: case.id });
    Ok(())
}

async fn write_packet(parts: &Arc<Parts>, case: &Case) -> Result<PacketRecord, Error> {
    let input = gather(parts, case).await?;
    let sealed_at = input.sealed;
    // Compressing and signing takes long, and the runtime's threads have visits to serve meanwhile.
    let sealer = Arc::clone(parts);
    let packet = tokio::task::spawn_blocking(move || seal(&input, &sealer.seal_key))
        .await
        .map_err(|error| Error::Crashed {
            step: "seal",
            reason: error.to_string(),
        })?
        .map_err(|source| Error::Seal {
            case: case.id.to_string(),
            source,
        })?;
    let file = Blob::new(packet.file, "application/zip");
    parts.store.blobs().put(&file.bytes).await?;
    let record = PacketRecord {
        case: case.id.clone(),
        file: file.reference,
        wacz: packet.wacz,
        sealed: sealed_at,
    };
    if parts.store.packets().insert(&record).await? {
        return Ok(record);
    }
    // Another has sealed it meanwhile, and sealed evidence stays as it is.
    let kept = parts.store.packets().get(case.id.as_str()).await?;
    kept.ok_or_else(|| Error::missing(case.id.as_str()))
}

async fn gather(parts: &Parts, case: &Case) -> Result<PacketInput, Error> {
    let store = &parts.store;
    let visit = store
        .visits()
        .get(case.visit.as_str())
        .await?
        .ok_or_else(|| Error::missing(case.visit.as_str()))?;
    let lead: Option<Lead> = match &case.lead {
        Some(id) => store.leads().get(id.as_str()).await?,
        None => None,
    };
    let assessment = assessment_of(parts, case).await?;
    let record = store.assessments().get(case.visit.as_str()).await?;
    let reference = matched_reference(parts, case).await?;
    let mut blobs = BTreeMap::new();
    for digest in digests_of(&visit).chain(reference.iter().flat_map(digests_of_reference)) {
        blobs.insert(digest, blob_of(parts, &digest).await?);
    }
    Ok(PacketInput {
        case: case.clone(),
        assessment,
        visits: vec![visit],
        blobs,
        lead,
        reference: reference.map(|reference| ReferenceExhibit {
            reference,
            source: Some("own visit".to_owned()),
        }),
        events: store.log().of_case(&case.id).await?,
        environment: Environment {
            model: record.map(|record| record.model),
            ..parts.environment.clone()
        },
        unit: parts.unit.clone(),
        software: concat!("jianwei ", env!("CARGO_PKG_VERSION")).to_owned(),
        sealed: now(),
    })
}

async fn matched_reference(parts: &Parts, case: &Case) -> Result<Option<Reference>, Error> {
    let Some(matched) = &case.reference else {
        return Ok(None);
    };
    let mut versions = parts.store.references().list(None, usize::MAX).await?;
    versions.retain(|reference| reference.url == matched.url);
    // A version with a picture shows more than one without; among those the latest.
    Ok(versions
        .into_iter()
        .max_by_key(|reference| (reference.screenshot.is_some(), reference.captured)))
}

fn digests_of(visit: &Visit) -> impl Iterator<Item = Digest> + '_ {
    let hops = visit.hops.iter().flat_map(|hop| {
        let chain = hop.tls.as_ref().and_then(|tls| tls.chain.as_ref());
        [
            hop.request_head.as_ref(),
            hop.response_head.as_ref(),
            hop.body.as_ref(),
            chain,
        ]
    });
    let rendered = match &visit.rendering {
        Rendering::Rendered {
            dom, screenshot, ..
        } => [Some(dom), Some(screenshot)],
        Rendering::Unknown { .. } => [None, None],
    };
    let document = visit.document.as_ref().map(|document| &document.text);
    hops.chain(rendered)
        .chain([document])
        .flatten()
        .map(|blob: &BlobRef| blob.digest)
}

fn digests_of_reference(reference: &Reference) -> impl Iterator<Item = Digest> {
    std::iter::once(reference.html).chain(reference.screenshot)
}
