//! Answering a question from the store at hand.

use jianwei_casework::{Act, CaseView, LetterView, SendingState, draft};
use jianwei_console::{check_password, hash_password};
use jianwei_model::{Action, Actor, Case, CaseId, Digest, EventDraft, Letter, LetterId, User};
use jianwei_store::{QueueName, Store, now};
use serde_json::{Value, json};

use super::{Deed, Reply, Request, regulator};
use crate::exit::Failure;

pub(crate) async fn execute(store: &Store, request: &Request) -> Result<Reply, Failure> {
    match request {
        Request::CaseList { state } => case_list(store, state.as_deref()).await,
        Request::CaseShow { case } => case_show(store, case).await,
        Request::CaseDo {
            case,
            user,
            password,
            reason,
            deed,
        } => {
            let user = signed_in(store, user, password).await?;
            case_do(store, case, &user, reason, deed).await
        }
        Request::PacketFetch { case } => packet_fetch(store, case).await,
        Request::QueueNext => regulator::next(store).await,
        Request::QueueAck { letter, receipt } => {
            regulator::acknowledge(store, letter, receipt).await
        }
        Request::QueueList => {
            let waiting = store
                .queue::<LetterId>(QueueName::Regulator)
                .list(usize::MAX)
                .await?;
            letters(store, waiting.into_iter().map(|(_, id)| id)).await
        }
        Request::LetterList => {
            let all = store.letters().list(None, usize::MAX).await?;
            letters(store, all.into_iter().map(|letter| letter.id)).await
        }
        Request::LetterShow { letter } => Ok(Reply::value(&letter_of(store, letter).await?)),
        Request::References => super::references::fetch(store).await,
        Request::UserAdd { .. }
        | Request::UserList
        | Request::UserPasswd { .. }
        | Request::UserDisable { .. } => users(store, request).await,
    }
}

async fn case_of(store: &Store, id: &str) -> Result<Case, Failure> {
    store
        .cases()
        .get(id)
        .await?
        .ok_or_else(|| Failure::input(id, "there is no such case"))
}

pub(super) async fn letter_of(store: &Store, id: &str) -> Result<Letter, Failure> {
    store
        .letters()
        .get(id)
        .await?
        .ok_or_else(|| Failure::input(id, "there is no such letter"))
}

pub(super) async fn view_of(store: &Store, id: &CaseId) -> Result<CaseView, Failure> {
    Ok(CaseView::of(&store.log().of_case(id).await?))
}

async fn case_list(store: &Store, state: Option<&str>) -> Result<Reply, Failure> {
    let mut rows = Vec::new();
    for case in store.cases().list(None, usize::MAX).await? {
        let standing = view_of(store, &case.id).await?.state;
        if state.is_none_or(|wanted| wanted == standing.as_str()) {
            let mut row = json!(case);
            row["state"] = json!(standing);
            rows.push(row);
        }
    }
    Ok(Reply::value(&rows))
}

async fn case_show(store: &Store, id: &str) -> Result<Reply, Failure> {
    let case = case_of(store, id).await?;
    let events = store.log().of_case(&case.id).await?;
    let view = CaseView::of(&events);
    let assessment = store.assessments().get(case.visit.as_str()).await?;
    let packet = store.packets().get(id).await?;
    let mut letters = Vec::new();
    for letter in view.letters.keys() {
        letters.push(letter_of(store, letter.as_str()).await?);
    }
    Ok(Reply::value(&json!({
        "case": case,
        "state": view.state,
        "assessment": assessment.map(|record| record.assessment),
        "packet": packet,
        "letters": letters,
        "events": events,
    })))
}

async fn case_do(
    store: &Store,
    id: &str,
    user: &User,
    reason: &str,
    deed: &Deed,
) -> Result<Reply, Failure> {
    let case = case_of(store, id).await?;
    let acts = match deed {
        Deed::Confirm => vec![Act::Confirm],
        Deed::Dismiss => vec![Act::Dismiss],
        Deed::Reopen => vec![Act::Reopen],
        Deed::Dispose { disposition } => vec![Act::Dispose {
            disposition: *disposition,
        }],
        Deed::Settle { letter, delivered } => {
            let letter = letter_of(store, letter).await?.id;
            vec![if *delivered {
                Act::SettleDelivered { letter }
            } else {
                Act::SettleFailed { letter }
            }]
        }
        Deed::Approve { letter } => approvals(store, &case, letter.as_deref()).await?,
    };
    for act in &acts {
        let view = view_of(store, &case.id).await?;
        let event = draft(&view, user, act, reason, now()).map_err(Failure::usage)?;
        let (actor, action) = (event.actor.clone(), event.action.clone());
        let kept = store.log().append(event).await?;
        if kept.actor != actor || kept.action != action {
            return Err(Failure::usage(format!(
                "`{}` was decided by {} in the same moment",
                case.id, kept.actor
            )));
        }
    }
    let state = view_of(store, &case.id).await?.state;
    Ok(Reply::value(
        &json!({"case": case.id, "state": state, "done": acts.len()}),
    ))
}

async fn approvals(store: &Store, case: &Case, letter: Option<&str>) -> Result<Vec<Act>, Failure> {
    let view = view_of(store, &case.id).await?;
    let mut acts = Vec::new();
    for (id, standing) in &view.letters {
        let is_meant = match letter {
            Some(wanted) => wanted == id.as_str(),
            None => standing.approved.is_none() && standing.rejected.is_none(),
        };
        if is_meant {
            acts.push(Act::Approve {
                letter: id.clone(),
                digest: standing.digest,
            });
        }
    }
    if acts.is_empty() {
        let what = letter.unwrap_or("letters");
        return Err(Failure::input(
            what,
            format!("`{}` has nothing of that name to approve", case.id),
        ));
    }
    Ok(acts)
}

async fn packet_fetch(store: &Store, id: &str) -> Result<Reply, Failure> {
    let case = case_of(store, id).await?;
    let (record, bytes) = packet_of(store, &case.id).await?;
    read_evidence(
        store,
        &case.id,
        record.file.digest,
        "packet by the command line",
    )
    .await?;
    Ok(Reply {
        value: json!(record),
        files: vec![(format!("{id}.zip"), bytes)],
    })
}

pub(super) async fn packet_of(
    store: &Store,
    case: &CaseId,
) -> Result<(jianwei_model::PacketRecord, Vec<u8>), Failure> {
    let record = store
        .packets()
        .get(case.as_str())
        .await?
        .ok_or_else(|| Failure::input(case, "its packet is not sealed yet"))?;
    let bytes = store.blobs().get(&record.file.digest).await?;
    let bytes = bytes
        .ok_or_else(|| Failure::input(case, "its packet's bytes are missing from the store"))?;
    Ok((record, bytes))
}

async fn letters(store: &Store, ids: impl Iterator<Item = LetterId>) -> Result<Reply, Failure> {
    let mut rows = Vec::new();
    for id in ids {
        let letter = letter_of(store, id.as_str()).await?;
        let delivery = store.deliveries().get(id.as_str()).await?;
        let view = view_of(store, &letter.case).await?;
        let found = view.letters.get(&id);
        let approved = found.is_some_and(|found| found.approved.is_some());
        rows.push(json!({
            "letter": letter.id,
            "case": letter.case,
            "route": letter.recipient.route,
            "recipient": letter.recipient.name,
            "subject": letter.subject,
            "digest": letter.digest(),
            "approved": approved,
            "standing": standing(&view, found),
            "delivery": delivery.map(|delivery| delivery.outcome),
        }));
    }
    Ok(Reply::value(&rows))
}

/// Where a letter stands, in a word; what the log says counts.
fn standing(view: &CaseView, letter: Option<&LetterView>) -> &'static str {
    let Some(letter) = letter else {
        return "drafted";
    };
    let sending = letter.sending.as_ref().map(|sending| &sending.state);
    match sending {
        _ if letter.is_acknowledged() => "acknowledged",
        Some(SendingState::Started) => "in doubt or under way",
        Some(SendingState::Delivered { .. }) if view.dismissed.is_some() => {
            "delivered, then dismissed"
        }
        Some(SendingState::Delivered { .. }) => "delivered",
        _ if view.dismissed.is_some() => "dismissed",
        _ if letter.rejected.is_some() => "rejected",
        Some(SendingState::Failed { .. }) => "failed",
        None if letter.approved.is_some() => "approved",
        None => "drafted",
    }
}

async fn users(store: &Store, request: &Request) -> Result<Reply, Failure> {
    let by_command_line = Actor::user("command-line");
    match request {
        Request::UserAdd {
            name,
            display,
            password,
            roles,
        } => {
            check_name(name)?;
            let user = User {
                name: name.clone(),
                display: display.clone(),
                roles: roles.iter().copied().collect(),
                password: hash_password(password).map_err(Failure::usage)?,
                disabled: false,
                created: now(),
            };
            if !store.users().insert(&user).await? {
                return Err(Failure::usage(format!("there is a user `{name}` already")));
            }
            let action = Action::UserAdded {
                user: name.clone(),
                roles: roles.clone(),
            };
            append(store, by_command_line, action, None).await?;
        }
        Request::UserPasswd { name, password } => {
            let hash = hash_password(password).map_err(Failure::usage)?;
            change_user(store, name, |user| user.password.clone_from(&hash)).await?;
            append(
                store,
                by_command_line,
                Action::PasswordSet { user: name.clone() },
                None,
            )
            .await?;
        }
        Request::UserDisable { name } => {
            change_user(store, name, |user| user.disabled = true).await?;
            append(
                store,
                by_command_line,
                Action::UserDisabled { user: name.clone() },
                None,
            )
            .await?;
        }
        _ => {}
    }
    let rows: Vec<Value> = store
        .users()
        .list(None, usize::MAX)
        .await?
        .iter()
        .map(shown_user)
        .collect();
    Ok(Reply::value(&rows))
}

/// A user without the password hash, which leaves the store for nobody.
fn shown_user(user: &User) -> Value {
    json!({
        "name": user.name,
        "display": user.display,
        "roles": user.roles,
        "disabled": user.disabled,
        "created": user.created,
    })
}

fn check_name(name: &str) -> Result<(), Failure> {
    let is_plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
        return Err(Failure::usage(format!(
            "`{name}` is not a login name: lower-case letters, digits, `-`, `_`, `.`, at most 64"
        )));
    }
    Ok(())
}

async fn change_user(
    store: &Store,
    name: &str,
    change: impl FnMut(&mut User) + Send,
) -> Result<(), Failure> {
    let changed = store.users().update(name, change).await?;
    changed
        .map(|_| ())
        .ok_or_else(|| Failure::input(name, "there is no such user"))
}

async fn signed_in(store: &Store, name: &str, password: &str) -> Result<User, Failure> {
    let user = store.users().get(name).await?;
    match user {
        Some(user) if !user.disabled && check_password(password, &user.password) => Ok(user),
        _ => {
            let shown = name.chars().take(64).collect();
            append(
                store,
                Actor::user("command-line"),
                Action::SignInFailed { user: shown },
                None,
            )
            .await?;
            Err(Failure::usage(format!(
                "`{name}` may not sign in with this password"
            )))
        }
    }
}

pub(super) async fn read_evidence(
    store: &Store,
    case: &CaseId,
    digest: Digest,
    what: &str,
) -> Result<(), Failure> {
    let action = Action::EvidenceRead {
        what: what.to_owned(),
        digest,
    };
    append(store, Actor::user("command-line"), action, Some(case)).await
}

async fn append(
    store: &Store,
    actor: Actor,
    action: Action,
    case: Option<&CaseId>,
) -> Result<(), Failure> {
    let at = now();
    let key = format!("{actor} {at} {}", Digest::of_json(&(&action, case)).hex());
    let event = EventDraft {
        at,
        actor,
        action,
        case: case.cloned(),
        reason: String::new(),
        key,
    };
    store.log().append(event).await?;
    Ok(())
}
