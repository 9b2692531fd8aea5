//! The regulator's side of the packet queue: the next packet, and the receipt for one.

use jianwei_casework::CaseView;
use jianwei_model::{Action, Actor, EventDraft, LetterId};
use jianwei_store::{QueueName, Store, now};
use serde_json::json;

use super::Reply;
use super::execute::{letter_of, packet_of, read_evidence, view_of};
use crate::exit::Failure;

/// How long a packet that was handed out is kept from being handed out again.
const LEASE_MS: u64 = 600_000;

/// The next packet of a case that still stands. A packet whose case was dismissed after it was queued stays where it
/// is, unread, until the case is dismissed no longer.
pub(super) async fn next(store: &Store) -> Result<Reply, Failure> {
    let queue = store.queue::<LetterId>(QueueName::Regulator);
    while let Some(leased) = queue.lease(now(), LEASE_MS, 1).await?.pop() {
        let letter = letter_of(store, leased.item.as_str()).await?;
        if is_withdrawn(&view_of(store, &letter.case).await?) {
            continue;
        }
        let (record, packet) = packet_of(store, &letter.case).await?;
        let what = "packet by the regulator's queue";
        read_evidence(store, &letter.case, record.file.digest, what).await?;
        let text = format!("{}\n\n{}", letter.subject, letter.body);
        let files = vec![
            (format!("{}.txt", letter.id), text.into_bytes()),
            (format!("{}.zip", letter.case), packet),
        ];
        return Ok(Reply {
            value: json!({"letter": letter.id, "case": letter.case, "subject": letter.subject}),
            files,
        });
    }
    Ok(Reply::default())
}

/// Records a receipt. A packet may have been withdrawn since it was handed out; its receipt is a fact all the same, and
/// the answer says so.
pub(super) async fn acknowledge(store: &Store, id: &str, receipt: &str) -> Result<Reply, Failure> {
    let letter = letter_of(store, id).await?;
    let queue = store.queue::<LetterId>(QueueName::Regulator);
    let view = view_of(store, &letter.case).await?;
    let earlier = view
        .letters
        .get(&letter.id)
        .and_then(|found| found.sending.as_ref()?.receipt.as_ref());
    if let Some(earlier) = earlier {
        // A process may have died between the receipt and its leaving the queue.
        queue.remove(id).await?;
        let reason = format!(
            "it was acknowledged before, with receipt `{}`",
            earlier.text
        );
        return Err(Failure::input(id, reason));
    }
    if queue.get(id).await?.is_none() {
        let reason = "it does not wait in the regulator's queue";
        return Err(Failure::input(id, reason));
    }
    let event = EventDraft {
        at: now(),
        actor: Actor::user("regulator"),
        action: Action::PacketAcknowledged {
            letter: letter.id.clone(),
            receipt: receipt.to_owned(),
        },
        case: Some(letter.case.clone()),
        reason: String::new(),
        key: format!("acknowledged {}", letter.id),
    };
    // The event first: a packet that left the queue without it would never count as acknowledged.
    store.log().append(event).await?;
    queue.remove(id).await?;
    Ok(Reply::value(&json!({
        "letter": letter.id,
        "case": letter.case,
        "withdrawn": is_withdrawn(&view),
    })))
}

/// Whether the case no longer stands: dismissed, or reopened and not confirmed again.
fn is_withdrawn(view: &CaseView) -> bool {
    view.dismissed.is_some() || view.confirmed.is_none()
}
