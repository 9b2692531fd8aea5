//! Dispatch: each approved letter leaves exactly once, with proof.

use jianwei_casework::{CaseView, LetterView, SendingState, may_leave};
use jianwei_dispatch::Parcel;
use jianwei_model::{
    Action, Actor, Attachment, CaseId, Channel, Delivery, DeliveryOutcome, Digest, Letter,
    LetterId, Priority,
};
use jianwei_store::{Leased, QueueName, now};

use crate::steps::batch::Batch;
use crate::steps::{Job, blob_of, case_event, hand_on};
use crate::{Error, Notice, Parts};

const BATCH: usize = 4;
/// How far the log has been read for approvals.
pub(crate) const CURSOR: &str = "dispatch";
const EVENTS_AT_ONCE: usize = 256;

/// Follows the log for approvals and sends one batch of approved letters; returns how much there was to do.
pub(crate) async fn step(parts: &Parts) -> Result<usize, Error> {
    let followed = follow_approvals(parts).await?;
    let batch = Batch::lease(parts, "dispatch", QueueName::Dispatch, BATCH).await?;
    for leased in &batch.jobs {
        batch.work(parts, leased, send(parts, leased)).await?;
    }
    Ok(followed + batch.jobs.len())
}

/// Sends every approved letter now; returns how many were handled.
///
/// # Errors
/// When the store fails.
pub async fn send_approved(parts: &Parts) -> Result<usize, Error> {
    let mut handled = 0;
    loop {
        let count = step(parts).await?;
        if count == 0 {
            return Ok(handled);
        }
        handled += count;
    }
}

/// Every approval in the log becomes a job, and so does a person's word that a sending in doubt may be repeated; the
/// cursor moves only after the job is in the queue.
async fn follow_approvals(parts: &Parts) -> Result<usize, Error> {
    let from = parts.store.cursor_get(CURSOR).await?;
    let events = parts.store.log().read(from, EVENTS_AT_ONCE).await?;
    let queue = parts.store.queue::<Job>(QueueName::Dispatch);
    for event in &events {
        match (&event.action, &event.actor) {
            (Action::LetterApproved { letter, .. }, _)
            | (Action::DeliveryFailed { letter, .. }, Actor::User(_)) => {
                hand_on(&queue, letter.as_str()).await?;
            }
            _ => {}
        }
    }
    if let Some(last) = events.last() {
        parts.store.cursor_put(CURSOR, last.sequence + 1).await?;
    }
    Ok(events.len())
}

async fn send(parts: &Parts, leased: &Leased<Job>) -> Result<(), Error> {
    let id = &leased.item.about;
    let letter = parts
        .store
        .letters()
        .get(id)
        .await?
        .ok_or_else(|| Error::missing(id))?;
    let digest = letter.digest();
    let view = CaseView::of(&parts.store.log().of_case(&letter.case).await?);
    let standing = Standing::of(&view, &letter.id, &digest);
    let known = parts
        .store
        .deliveries()
        .get(id)
        .await?
        .filter(|delivery| delivery.digest == digest)
        .map(|delivery| delivery.outcome);
    match known {
        // A process died between what came of the sending and its event.
        Some(DeliveryOutcome::Delivered { proof, .. }) => delivered(parts, &letter, &proof).await,
        Some(DeliveryOutcome::Failed { error }) if standing.in_doubt => {
            failed(parts, &letter, standing.attempts, &error).await?;
            Err(undelivered(&letter, error))
        }
        Some(DeliveryOutcome::Refused { error }) if standing.in_doubt => {
            failed(parts, &letter, standing.attempts, &error).await
        }
        _ if may_leave(&view, &letter.id, &digest) => {
            let attempt = standing.attempts + 1;
            if begin(parts, &letter, attempt).await? {
                hand_over(parts, &letter, attempt).await
            } else {
                let error = "stopped in the moment of sending";
                keep_outcome(parts, &letter, &failure(error)).await?;
                failed(parts, &letter, attempt, error).await
            }
        }
        // A process died while it was sending. Where sending twice is harmless it is done again; elsewhere whether the
        // letter left cannot be known, and a person settles it.
        Some(DeliveryOutcome::Started)
            if standing.in_doubt && standing.is_wanted && is_repeatable(parts, &letter) =>
        {
            if standing.is_acknowledged {
                let proof = "acknowledged by the recipient";
                return delivered(parts, &letter, proof).await;
            }
            hand_over(parts, &letter, standing.attempts).await
        }
        _ => {
            tell_failure(
                parts,
                &letter,
                "it may not leave: not approved as it is, or a sending in doubt is not settled",
            );
            Ok(())
        }
    }
}

/// What the log says of a letter's sending.
struct Standing {
    /// Sendings begun so far.
    attempts: u32,
    /// One has begun, and the log does not say what came of it.
    in_doubt: bool,
    /// The case is confirmed and not dismissed.
    is_wanted: bool,
    /// The recipient gave a receipt.
    is_acknowledged: bool,
}

impl Standing {
    fn of(view: &CaseView, letter: &LetterId, digest: &Digest) -> Self {
        let found = view.letters.get(letter);
        let sending = found.and_then(|found| found.sending.as_ref());
        Self {
            attempts: found.map_or(0, |found| found.attempts),
            in_doubt: sending.is_some_and(|sending| {
                sending.state == SendingState::Started && sending.digest == *digest
            }),
            is_wanted: view.confirmed.is_some() && view.dismissed.is_none(),
            is_acknowledged: found.is_some_and(LetterView::is_acknowledged),
        }
    }
}

/// Whether handing the same letter over twice leaves one letter at the recipient's.
fn is_repeatable(parts: &Parts, letter: &Letter) -> bool {
    match letter.recipient.channel {
        Channel::Queue => true,
        Channel::Mail => parts.mailer.is_repeatable(),
    }
}

/// Writes down that a sending begins. False when a person stopped it after it was looked at: what counts is what
/// stands in the log before the beginning.
async fn begin(parts: &Parts, letter: &Letter, attempt: u32) -> Result<bool, Error> {
    keep_outcome(parts, letter, &DeliveryOutcome::Started).await?;
    let digest = letter.digest();
    let action = Action::DeliveryStarted {
        letter: letter.id.clone(),
        digest,
    };
    // Each beginning needs an event of its own: one that shared an earlier one's key would leave no trace, and a
    // process that died after it would send again.
    let key = format!("started {} {digest} {attempt}", letter.id);
    let log = parts.store.log();
    let event = log
        .append(case_event("dispatch", &letter.case, action, key, now()))
        .await?;
    let mut before = log.of_case(&letter.case).await?;
    before.retain(|earlier| earlier.sequence < event.sequence);
    Ok(may_leave(&CaseView::of(&before), &letter.id, &digest))
}

async fn hand_over(parts: &Parts, letter: &Letter, attempt: u32) -> Result<(), Error> {
    let outcome = match letter.recipient.channel {
        Channel::Mail => {
            let attachments = attachments(parts, letter).await;
            match attachments {
                Ok(attachments) => {
                    let parcel = Parcel {
                        letter,
                        approved: letter.digest(),
                        attachments: &attachments,
                    };
                    parts.mailer.send(&parcel, now()).await
                }
                Err(error) if error.is_fatal() => return Err(error),
                // Without what belongs to it nothing was handed over.
                Err(error) => failure(&error.to_string()),
            }
        }
        Channel::Queue => enqueue(parts, letter).await?,
    };
    keep_outcome(parts, letter, &outcome).await?;
    match outcome {
        DeliveryOutcome::Delivered { proof, .. } => delivered(parts, letter, &proof).await,
        DeliveryOutcome::Failed { error } => {
            failed(parts, letter, attempt, &error).await?;
            Err(undelivered(letter, error))
        }
        DeliveryOutcome::Refused { error } => failed(parts, letter, attempt, &error).await,
        // No event: the sending stays in doubt until a person settles it.
        DeliveryOutcome::Started => {
            tell_failure(
                parts,
                letter,
                "no answer came after the letter was handed over; ask the recipient, then settle it",
            );
            Ok(())
        }
    }
}

async fn keep_outcome(
    parts: &Parts,
    letter: &Letter,
    outcome: &DeliveryOutcome,
) -> Result<(), Error> {
    let is_end = !matches!(outcome, DeliveryOutcome::Started);
    let deliveries = parts.store.deliveries();
    let end = |delivery: &mut Delivery| delivery.outcome = outcome.clone();
    if is_end && deliveries.update(letter.id.as_str(), end).await?.is_some() {
        return Ok(());
    }
    let delivery = Delivery {
        letter: letter.id.clone(),
        digest: letter.digest(),
        started: now(),
        outcome: outcome.clone(),
    };
    deliveries.put(&delivery).await?;
    Ok(())
}

fn failure(error: &str) -> DeliveryOutcome {
    DeliveryOutcome::Failed {
        error: error.to_owned(),
    }
}

fn undelivered(letter: &Letter, reason: String) -> Error {
    Error::Undelivered {
        letter: letter.id.to_string(),
        reason,
    }
}

async fn enqueue(parts: &Parts, letter: &Letter) -> Result<DeliveryOutcome, Error> {
    let queue = parts.store.queue::<LetterId>(QueueName::Regulator);
    queue
        .push(letter.id.as_str(), &letter.id, Priority::SEARCH, now())
        .await?;
    Ok(DeliveryOutcome::Delivered {
        at: now(),
        proof: format!("queue `{}`", letter.recipient.address),
    })
}

async fn attachments(parts: &Parts, letter: &Letter) -> Result<Vec<(Attachment, Vec<u8>)>, Error> {
    let mut attachments = Vec::new();
    for attachment in &letter.attachments {
        let digest = &attachment.file.digest;
        let bytes = blob_of(parts, digest).await?;
        attachments.push((attachment.clone(), bytes));
    }
    Ok(attachments)
}

async fn delivered(parts: &Parts, letter: &Letter, proof: &str) -> Result<(), Error> {
    let action = Action::LetterDelivered {
        letter: letter.id.clone(),
        digest: letter.digest(),
        proof: proof.to_owned(),
    };
    append(
        parts,
        &letter.case,
        action,
        format!("delivered {} {}", letter.id, letter.digest()),
    )
    .await?;
    parts.tell(Notice::Delivered {
        letter: letter.id.clone(),
        recipient: letter.recipient.name.clone(),
    });
    Ok(())
}

async fn failed(parts: &Parts, letter: &Letter, attempt: u32, error: &str) -> Result<(), Error> {
    tell_failure(parts, letter, error);
    let action = Action::DeliveryFailed {
        letter: letter.id.clone(),
        error: error.to_owned(),
    };
    let key = format!("failed {} {} {attempt}", letter.id, letter.digest());
    append(parts, &letter.case, action, key).await
}

fn tell_failure(parts: &Parts, letter: &Letter, error: &str) {
    parts.tell(Notice::Failed {
        step: "dispatch",
        item: letter.id.to_string(),
        error: error.to_owned(),
    });
}

async fn append(parts: &Parts, case: &CaseId, action: Action, key: String) -> Result<(), Error> {
    parts
        .store
        .log()
        .append(case_event("dispatch", case, action, key, now()))
        .await?;
    Ok(())
}
