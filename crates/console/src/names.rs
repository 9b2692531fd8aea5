//! Names: what people and letters are called on pages, in place of their login names and ids.

use std::collections::BTreeMap;

use jianwei_casework::describe;
use jianwei_model::{Action, Actor, Event, Letter, LetterId};

use crate::words::{proof_words, step};
use crate::{ConsoleState, Error};

/// Digits of a digest that are enough to tell it from others at sight.
const SHORT_DIGEST: usize = 12;

/// The names of users, and of the recipients of letters.
pub(crate) struct Names {
    users: BTreeMap<String, String>,
    recipients: BTreeMap<LetterId, String>,
}

impl Names {
    /// The names of all users and of the recipients of these letters.
    pub(crate) async fn of(state: &ConsoleState, letters: &[Letter]) -> Result<Self, Error> {
        let users = state.store().users().list(None, usize::MAX).await?;
        Ok(Self {
            users: users
                .into_iter()
                .map(|user| (user.name, user.display))
                .collect(),
            recipients: letters
                .iter()
                .map(|letter| (letter.id.clone(), letter.recipient.name.clone()))
                .collect(),
        })
    }

    /// The names that these events need.
    pub(crate) async fn of_events(state: &ConsoleState, events: &[Event]) -> Result<Self, Error> {
        let mut letters = BTreeMap::new();
        for id in events.iter().filter_map(|event| letter_of(&event.action)) {
            if !letters.contains_key(id)
                && let Some(letter) = state.store().letters().get(id.as_str()).await?
            {
                letters.insert(id.clone(), letter);
            }
        }
        let letters: Vec<_> = letters.into_values().collect();
        Self::of(state, &letters).await
    }

    /// A person's name; the login name where there is no such user any more.
    pub(crate) fn person(&self, login: &str) -> String {
        let name = self.users.get(login).map_or("", |name| name.as_str());
        match name {
            "" => login.to_owned(),
            name => name.to_owned(),
        }
    }

    /// Who did something.
    pub(crate) fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::User(login) => self.person(login),
            Actor::Step(name) => step(name),
        }
    }

    /// What was done, in the words of the case file but with the letter's recipient for its id.
    pub(crate) fn action(&self, action: &Action) -> String {
        let text = match action {
            Action::PacketSealed { packet, .. } => {
                format!("封存证据包（{}…）", &packet.hex()[..SHORT_DIGEST])
            }
            Action::LetterDelivered { letter, proof, .. } => {
                format!("函件{letter}已送达：{}", proof_words(proof))
            }
            Action::UserAdded { user, .. } => format!("新增用户 {user}"),
            Action::UserDisabled { user } => format!("停用用户 {user}"),
            Action::PasswordSet { user } => format!("设置用户 {user} 的口令"),
            other => describe(other),
        };
        match letter_of(action).and_then(|id| Some((id, self.recipients.get(id)?))) {
            Some((id, name)) => text.replace(&format!("函件{id}"), &format!("致{name}的函件")),
            None => text,
        }
    }
}

/// The letter an action is about.
fn letter_of(action: &Action) -> Option<&LetterId> {
    match action {
        Action::LetterDrafted { letter, .. }
        | Action::LetterApproved { letter, .. }
        | Action::LetterRejected { letter }
        | Action::DeliveryStarted { letter, .. }
        | Action::LetterDelivered { letter, .. }
        | Action::DeliveryFailed { letter, .. }
        | Action::PacketAcknowledged { letter, .. } => Some(letter),
        _ => None,
    }
}
