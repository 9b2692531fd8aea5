//! Acts of people on cases: read from a form or JSON, decided by the rules of casework, written to the log.

use jianwei_casework::{Act, CaseView, Refusal, draft};
use jianwei_model::{CaseId, Digest, Disposition, Event, LetterId, User};
use jianwei_store::now;
use serde::Deserialize;

use crate::ConsoleState;
use crate::reply::Failure;

/// What a person asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request {
    /// `confirm`, `dismiss`, `reopen`, `approve`, `reject`, `dispose`, `settle_delivered` or `settle_failed`.
    pub(crate) act: String,
    /// Why.
    pub(crate) reason: String,
    /// Which letter, for acts on one.
    pub(crate) letter: String,
    /// The digest that was read, for `approve`.
    pub(crate) digest: String,
    /// What an authority did, for `dispose`.
    pub(crate) disposition: String,
    /// The list the person came from, to go on in it; pages only.
    pub(crate) scope: String,
}

/// Why an act was not done.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// A rule forbids it.
    Refused(Refusal),
    /// Another person was faster.
    Overtaken,
    /// The request makes no sense or the store failed.
    Failed(Failure),
}

/// Does what is asked for, if the rules allow it.
pub(crate) async fn perform(
    state: &ConsoleState,
    user: &User,
    case: &CaseId,
    request: &Request,
) -> Result<Event, NotDone> {
    let act = request.act().map_err(NotDone::Failed)?;
    let broken = |error: jianwei_store::Error| NotDone::Failed(error.into());
    let events = state.store().log().of_case(case).await.map_err(broken)?;
    if events.is_empty() {
        return Err(NotDone::Failed(Failure::NotFound));
    }
    let view = CaseView::of(&events);
    let draft = draft(&view, user, &act, &request.reason, now()).map_err(NotDone::Refused)?;
    let (actor, action) = (draft.actor.clone(), draft.action.clone());
    let event = state
        .append(draft)
        .await
        .map_err(|error| NotDone::Failed(error.into()))?;
    if event.actor == actor && event.action == action {
        Ok(event)
    } else {
        Err(NotDone::Overtaken)
    }
}

impl Request {
    fn act(&self) -> Result<Act, Failure> {
        let letter = || LetterId::from_text(self.letter.clone());
        Ok(match self.act.as_str() {
            "confirm" => Act::Confirm,
            "dismiss" => Act::Dismiss,
            "reopen" => Act::Reopen,
            "approve" => Act::Approve {
                letter: letter(),
                digest: self.digest()?,
            },
            "reject" => Act::Reject { letter: letter() },
            "settle_delivered" => Act::SettleDelivered { letter: letter() },
            "settle_failed" => Act::SettleFailed { letter: letter() },
            "dispose" => Act::Dispose {
                disposition: self.disposition()?,
            },
            _ => return Err(Failure::Malformed("没有这种操作。".into())),
        })
    }

    fn digest(&self) -> Result<Digest, Failure> {
        self.digest
            .parse()
            .map_err(|_| Failure::Malformed("缺少函件摘要。".into()))
    }

    fn disposition(&self) -> Result<Disposition, Failure> {
        Disposition::ALL
            .into_iter()
            .find(|one| disposition_name(*one) == self.disposition)
            .ok_or_else(|| Failure::Malformed("没有这种处置结果。".into()))
    }
}

/// What was done, as a person reads it afterwards.
pub(crate) fn done_words(act: &str) -> Option<&'static str> {
    Some(match act {
        "confirm" => "已确认。函件待另一人审批。",
        "dismiss" => "已排除。",
        "reopen" => "已重新立案。",
        "approve" => "函件已批准，将按所示内容发出。",
        "reject" => "函件已退回，不会发出。",
        "dispose" => "处置结果已登记。",
        "settle_delivered" => "已登记为送达。",
        "settle_failed" => "已登记为未发出，可以再次发送。",
        _ => return None,
    })
}

/// The name of a disposition in forms and JSON.
pub(crate) fn disposition_name(disposition: Disposition) -> String {
    serde_json::to_value(disposition)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

impl NotDone {
    /// The failure a program is told.
    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Refused(refusal @ (Refusal::Role { .. } | Refusal::Disabled { .. })) => {
                Failure::Forbidden(refusal.chinese())
            }
            Self::Refused(Refusal::NotOpened) => Failure::NotFound,
            Self::Refused(refusal) => Failure::Conflict(refusal.chinese()),
            Self::Overtaken => Failure::Conflict(OVERTAKEN.into()),
        }
    }
}

/// What a person reads when another was faster.
pub(crate) const OVERTAKEN: &str = "另一位同事刚刚作出了决定，请重新查看后再处理";
