//! Draft: letters to each recipient are written from recorded facts, before anyone reviews.

use std::net::IpAddr;

use jianwei_casework::routes;
use jianwei_dispatch::{Exhibit, Imitated, LetterFacts, Lookup};
use jianwei_model::{
    Action, Assessment, Attachment, Blob, Case, CaseId, Date, Finding, Lead, LeadOrigin, Letter,
    LetterId, PacketRecord, Recipient, Visit,
};
use jianwei_store::{Leased, QueueName, now};
use serde_json::json;

use crate::steps::batch::Batch;
use crate::steps::open::{assessment_of, stored_case};
use crate::steps::{Job, case_event};
use crate::{Error, Notice, Parts};

const BATCH: usize = 4;

/// Sentences of a letter's facts; the packet holds all findings.
const FACTS: usize = 8;

/// The part of the strongest reason's weight from which a reason is named in a letter.
const TELLING: f64 = 0.1;

/// The score from which a page is held to be what a channel of findings speaks for.
const HELD: f64 = 0.5;

/// Drafts the letters of one batch of cases; returns how many cases there were.
pub(crate) async fn step(parts: &Parts) -> Result<usize, Error> {
    let batch = Batch::lease(parts, "draft", QueueName::Draft, BATCH).await?;
    for leased in &batch.jobs {
        batch
            .work(parts, leased, draft_letters(parts, leased))
            .await?;
    }
    Ok(batch.jobs.len())
}

async fn draft_letters(parts: &Parts, leased: &Leased<Job>) -> Result<(), Error> {
    let case = stored_case(parts, &CaseId::from_text(leased.item.about.as_str())).await?;
    let facts = gather(parts, &case).await?;
    let addressing = parts.recipients.for_case(routes(case.class), &facts);
    for gap in &addressing.unaddressed {
        tracing::warn!(case = %case.id, route = ?gap.route, "no letter: {}", gap.reason);
    }
    for recipient in addressing.recipients {
        let letter = stored_or_new(parts, &facts, &recipient).await?;
        let digest = letter.digest();
        let drafted = Action::LetterDrafted {
            letter: letter.id.clone(),
            digest,
        };
        let event = case_event(
            "draft",
            &case.id,
            drafted,
            format!("drafted {} {digest}", letter.id),
            letter.drafted,
        );
        parts.store.log().append(event).await?;
        parts.tell(Notice::Drafted { letter: letter.id });
    }
    Ok(())
}

/// The letter to `recipient`; one that was written down before this step was repeated stays as it is.
async fn stored_or_new(
    parts: &Parts,
    facts: &LetterFacts,
    recipient: &Recipient,
) -> Result<Letter, Error> {
    let id = LetterId::of(&facts.case, recipient.route, &recipient.address);
    if let Some(letter) = parts.store.letters().get(id.as_str()).await? {
        return Ok(letter);
    }
    let letter = parts
        .templates
        .draft(facts, recipient, now())
        .map_err(|source| Error::Letter {
            case: facts.case.to_string(),
            source,
        })?;
    if parts.store.letters().insert(&letter).await? {
        return Ok(letter);
    }
    // Another has drafted it meanwhile; what the log names must be what is kept.
    let kept = parts.store.letters().get(id.as_str()).await?;
    kept.ok_or_else(|| Error::missing(id.as_str()))
}

async fn gather(parts: &Parts, case: &Case) -> Result<LetterFacts, Error> {
    let store = &parts.store;
    let missing = || Error::missing(case.visit.as_str());
    let packet = store
        .packets()
        .get(case.id.as_str())
        .await?
        .ok_or_else(|| Error::missing(case.id.as_str()))?;
    let visit = store
        .visits()
        .get(case.visit.as_str())
        .await?
        .ok_or_else(missing)?;
    let assessment = assessment_of(parts, case).await?;
    let lead = match &case.lead {
        Some(id) => store.leads().get(id.as_str()).await?,
        None => None,
    };
    let summary = Blob::new(
        summary_of(case, &visit, &packet).into_bytes(),
        "application/json",
    );
    store.blobs().put(&summary.bytes).await?;
    Ok(LetterFacts {
        case: case.id.clone(),
        class: case.class,
        host: case.host.clone(),
        url: case.url.clone(),
        imitated: imitated(case),
        facts: sentences(&assessment),
        exhibits: exhibits(&visit),
        addresses: addresses(&visit),
        registrar: Lookup::Unknown,
        hosting: Lookup::Unknown,
        icp: Lookup::Unknown,
        found_by: found_by(lead.as_ref()),
        found: lead.map_or(case.opened, |lead| lead.found),
        captured: visit.started,
        conduct: Date::of(visit.started),
        summary: Attachment {
            name: "case.json".to_owned(),
            file: summary.reference,
        },
        packet: Attachment {
            name: format!("{}.zip", case.id),
            file: packet.file,
        },
        wacz: packet.wacz,
    })
}

fn imitated(case: &Case) -> Option<Imitated> {
    let reference = case.reference.as_ref()?;
    Some(Imitated {
        organisation: reference.organisation.clone(),
        url: reference.url.clone(),
    })
}

/// The reasons against the site, one sentence each, strongest first. What weighs little beside the strongest, or speaks
/// for something else that the page as a whole is not held to be, may be chance, and a letter to strangers claims
/// nothing that may be chance; the packet holds all findings.
fn sentences(assessment: &Assessment) -> Vec<String> {
    let mut against: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| finding.contribution > 0.0)
        .collect();
    against.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let Some(strongest) = against.first().copied() else {
        return Vec::new();
    };
    let is_held = |channel: &str| match channel {
        "fake_government_site" => assessment.scores.fake_government_site >= HELD,
        "certificate_sale" => assessment.scores.certificate_sale >= HELD,
        _ => false,
    };
    let mut sentences: Vec<String> = Vec::new();
    for finding in against {
        let tells = finding.contribution >= strongest.contribution * TELLING;
        let belongs = finding.channel == strongest.channel || is_held(&finding.channel);
        if tells && belongs && !sentences.contains(&finding.reason) {
            sentences.push(finding.reason.clone());
        }
    }
    sentences.truncate(FACTS);
    sentences
}

fn exhibits(visit: &Visit) -> Vec<Exhibit> {
    let page = visit
        .hops
        .last()
        .and_then(|hop| hop.body.as_ref())
        .map(|body| ("网页源文件", body, visit.started));
    let rendered = match &visit.rendering {
        jianwei_model::Rendering::Rendered { screenshot, .. } => {
            Some(("网页截图", screenshot, visit.finished))
        }
        jianwei_model::Rendering::Unknown { .. } => None,
    };
    page.into_iter()
        .chain(rendered)
        .map(|(name, blob, captured)| Exhibit {
            name: name.to_owned(),
            digest: blob.digest,
            captured,
        })
        .collect()
}

/// The addresses of the host where the visit ended.
fn addresses(visit: &Visit) -> Vec<IpAddr> {
    let last = visit.hops.last();
    last.and_then(|hop| hop.resolution.as_ref())
        .map(|resolution| resolution.addresses.clone())
        .or_else(|| Some(vec![last?.peer?.ip()]))
        .unwrap_or_default()
}

fn found_by(lead: Option<&Lead>) -> String {
    match lead.map(|lead| &lead.origin) {
        Some(LeadOrigin::Search { query, rank, .. }) => {
            format!("搜索引擎结果监测（检索词“{query}”，第{rank}位）")
        }
        Some(LeadOrigin::List { .. }) => "域名清单监测".to_owned(),
        Some(LeadOrigin::Tip { .. }) => "举报线索".to_owned(),
        None => "日常监测".to_owned(),
    }
}

/// The facts that machines need exactly, without defanging; attached, never shown as a link.
fn summary_of(case: &Case, visit: &Visit, packet: &PacketRecord) -> String {
    let hops: Vec<_> = visit
        .hops
        .iter()
        .map(|hop| json!({"url": hop.url, "status": hop.status, "peer": hop.peer, "at": hop.started}))
        .collect();
    let summary = json!({
        "schema": "jianwei/case-summary/1",
        "case": case.id,
        "class": case.class,
        "host": case.host,
        "url": case.url,
        "imitates": case.reference,
        "captured": visit.started,
        "hops": hops,
        "packet": {"digest": packet.file.digest, "bytes": packet.file.bytes, "wacz": packet.wacz},
    });
    jianwei_model::canonical_json(&summary)
}
