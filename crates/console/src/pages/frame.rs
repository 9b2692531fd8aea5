//! What every page shows around its content: who is signed in and how much waits for them.

use jianwei_model::{Role, User};

use crate::filter::due;
use crate::roll::Entries;
use crate::session::SignedIn;

/// What every page shows around its content.
pub(crate) struct Frame {
    pub(crate) place: &'static str,
    pub(crate) display: String,
    pub(crate) roles: String,
    pub(crate) csrf: String,
    pub(crate) administrator: bool,
    pub(crate) waiting: usize,
}

impl Frame {
    /// The frame of a page at `place` of the navigation.
    pub(crate) fn of(place: &'static str, person: &SignedIn, entries: &Entries) -> Self {
        let waiting = entries
            .values()
            .filter(|entry| due(entry, &person.user).is_some())
            .count();
        Self {
            place,
            display: person.user.display.clone(),
            roles: role_words(&person.user),
            csrf: person.csrf.clone(),
            administrator: person.user.has(Role::Administrator),
            waiting,
        }
    }
}

/// A user's roles as people read them.
pub(crate) fn role_words(user: &User) -> String {
    let words: Vec<_> = user.roles.iter().map(|role| role.chinese()).collect();
    words.join("、")
}
