//! The demo's two people: one confirms, another approves, by the same rules as everybody.

use jianwei_casework::{Act, CaseView, draft};
use jianwei_console::hash_password;
use jianwei_model::{Action, Actor, CaseState, EventDraft, Role, User};
use jianwei_store::{Store, now};

use crate::exit::Failure;

/// An analyst and an approver with passwords made for this demo.
pub(crate) struct People {
    analyst: User,
    approver: User,
    password: String,
}

impl People {
    /// What the person at the keyboard is told.
    pub(crate) fn invitation(&self) -> String {
        format!(
            "还有几个案件留给您处理。在控制台用两个账号各登录一次：先确认，再由另一人批准，函件随即发出。\n  研判员 {}   审批员 {}   密码 {}",
            self.analyst.name, self.approver.name, self.password
        )
    }
}

/// Adds the two people.
pub(crate) async fn hire(store: &Store) -> Result<People, Failure> {
    let password = format!("{:010x}", rand::random::<u64>() >> 24);
    let hash = hash_password(&password).map_err(Failure::usage)?;
    let person = |name: &str, display: &str, role| User {
        name: name.to_owned(),
        display: display.to_owned(),
        roles: [role].into(),
        password: hash.clone(),
        disabled: false,
        created: now(),
    };
    let analyst = person("yanpan", "演示研判员", Role::Analyst);
    let approver = person("shenpi", "演示审批员", Role::Approver);
    for user in [&analyst, &approver] {
        store.users().put(user).await?;
        let action = Action::UserAdded {
            user: user.name.clone(),
            roles: user.roles.iter().copied().collect(),
        };
        let event = EventDraft {
            at: now(),
            actor: Actor::step("demo"),
            action,
            case: None,
            reason: String::new(),
            key: format!("demo {}", user.name),
        };
        store.log().append(event).await?;
    }
    Ok(People {
        analyst,
        approver,
        password,
    })
}

/// Confirms every suspected case and approves its letters, except the last `left`.
pub(crate) async fn decide_all(store: &Store, people: &People, left: usize) -> Result<(), Failure> {
    let mut suspected = Vec::new();
    for case in store.cases().list(None, usize::MAX).await? {
        let view = view(store, &case.id).await?;
        if view.state == CaseState::Suspected {
            suspected.push(case.id);
        }
    }
    suspected.truncate(suspected.len().saturating_sub(left));
    for id in &suspected {
        act(
            store,
            id,
            &people.analyst,
            &Act::Confirm,
            "演示：核对页面、参照页与证据包，属实",
        )
        .await?;
        let letters = view(store, id).await?.letters;
        for (letter, standing) in letters {
            let approve = Act::Approve {
                letter,
                digest: standing.digest,
            };
            act(store, id, &people.approver, &approve, "演示：同意发出").await?;
        }
    }
    Ok(())
}

async fn view(store: &Store, id: &jianwei_model::CaseId) -> Result<CaseView, Failure> {
    Ok(CaseView::of(&store.log().of_case(id).await?))
}

async fn act(
    store: &Store,
    id: &jianwei_model::CaseId,
    user: &User,
    act: &Act,
    reason: &str,
) -> Result<(), Failure> {
    let event = draft(&view(store, id).await?, user, act, reason, now()).map_err(Failure::usage)?;
    store.log().append(event).await?;
    Ok(())
}
