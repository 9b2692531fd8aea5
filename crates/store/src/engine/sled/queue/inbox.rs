//! What is asked of single jobs, gathered so that one transaction serves everyone who waits.
//!
//! A transaction of sled seals and writes a buffer of its log, about a tenth of a millisecond, however small it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jianwei_model::{Priority, Timestamp};
use tokio::sync::oneshot;

use super::job::{Job, Place};
use super::trees::{Change, Changes, State, Trees};
use crate::Error;

/// Asks answered in one turn: about a millisecond, for which an async thread is held.
const AT_ONCE: usize = 64;

/// Asks that nobody has answered yet.
#[derive(Default)]
pub(super) struct Inbox(Mutex<Vec<Asked>>);

/// What is asked of one job.
pub(super) enum Ask {
    Push {
        item: Vec<u8>,
        priority: Priority,
        not_before: Timestamp,
    },
    Done {
        fence: u64,
    },
    Defer {
        fence: u64,
        item: Vec<u8>,
        not_before: Timestamp,
    },
    Extend {
        fence: u64,
        until: Timestamp,
    },
    Remove,
}

struct Asked {
    key: String,
    ask: Ask,
    answer: oneshot::Sender<Result<bool, Error>>,
}

impl Inbox {
    /// Leaves an ask for whoever next has the queue.
    pub(super) fn leave(&self, key: &str, ask: Ask) -> oneshot::Receiver<Result<bool, Error>> {
        let (answer, answered) = oneshot::channel();
        let key = key.to_owned();
        self.asked().push(Asked { key, ask, answer });
        answered
    }

    /// Answers what has been left first, up to [`AT_ONCE`], in its order, with one transaction.
    pub(super) fn answer(&self, trees: &Trees, state: &mut State) {
        let asked = self.next();
        let mut changes = Changes::new();
        let mut answers = Vec::with_capacity(asked.len());
        for Asked { key, ask, answer } in asked {
            let told = ask.decide(trees, state, &mut changes, key);
            answers.push((answer, told));
        }
        let failure = match trees.apply(state, &changes) {
            Ok(()) => None,
            Err(error) => Some(error.to_string()),
        };
        for (answer, told) in answers {
            let told = match &failure {
                Some(reason) => Err(Error::stopped("change a queue", reason)),
                None => told,
            };
            // Whoever asked may have gone away meanwhile.
            drop(answer.send(told));
        }
    }

    fn next(&self) -> Vec<Asked> {
        let mut asked = self.asked();
        let count = asked.len().min(AT_ONCE);
        asked.drain(..count).collect()
    }

    fn asked(&self) -> MutexGuard<'_, Vec<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ask {
    /// Whether it is granted; what then becomes of the job is among `changes`.
    fn decide(
        self,
        trees: &Trees,
        state: &State,
        changes: &mut Changes,
        key: String,
    ) -> Result<bool, Error> {
        let (before, now) = match changes.get(&key) {
            Some(change) => (change.before.clone(), change.after.clone()),
            None => {
                let job = trees.get(&key)?;
                (job.clone(), job)
            }
        };
        let number = || trees.home.number();
        let Some(after) = self.outcome(now, state, number)? else {
            return Ok(false);
        };
        changes.insert(key, Change { before, after });
        Ok(true)
    }

    /// What becomes of `job`; `None` when the ask is refused.
    #[allow(
        clippy::option_option,
        reason = "refused, taken out and changed are three answers"
    )]
    fn outcome(
        self,
        job: Option<Job>,
        state: &State,
        number: impl Fn() -> Result<u64, Error>,
    ) -> Result<Option<Option<Job>>, Error> {
        let held = |fence| job.clone().filter(|job| job.fence == fence);
        Ok(match self {
            Self::Push { .. } if job.is_some() => None,
            Self::Push {
                item,
                priority,
                not_before,
            } => {
                let job = Job {
                    place: Place::Delayed,
                    priority,
                    sequence: number()?,
                    due: not_before,
                    fence: 0,
                    item,
                };
                Some(Some(job.placed(state.latest)))
            }
            Self::Done { fence } => held(fence).map(|_| None),
            Self::Defer {
                fence,
                item,
                not_before,
            } => held(fence).map(|job| {
                let job = Job {
                    item,
                    fence: 0,
                    due: not_before,
                    ..job
                };
                Some(job.placed(state.latest))
            }),
            Self::Extend { fence, until } => held(fence).map(|job| Some(job.leased(fence, until))),
            Self::Remove => job.map(|_| None),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::sled::home::Home;

    #[test]
    fn asks_answered_together_see_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let home = Arc::new(Home::open(folder.path().join("store")).unwrap());
        let trees = Trees::open(&home, "frontier").unwrap();
        let mut state = State::default();
        assert_eq!(trees.count(&mut state).total(), 0);
        let inbox = Inbox::default();
        let push = |item: &str| Ask::Push {
            item: item.as_bytes().to_vec(),
            priority: Priority::LIST,
            not_before: Timestamp::from_millis(0),
        };
        let asks = [
            ("a", push("first"), true),
            ("a", push("second"), false),
            ("a", Ask::Done { fence: 7 }, false),
            ("a", Ask::Remove, true),
            ("a", Ask::Remove, false),
            ("b", push("other"), true),
            ("a", push("third"), true),
            ("c", push("gone"), true),
            ("c", Ask::Remove, true),
        ];
        let left = asks.map(|(key, ask, granted)| (inbox.leave(key, ask), granted));
        inbox.answer(&trees, &mut state);
        for (number, (mut answered, granted)) in left.into_iter().enumerate() {
            assert_eq!(answered.try_recv().unwrap().unwrap(), granted, "{number}");
        }
        let items: Vec<_> = trees.list(9).unwrap();
        let expected = [("b", "other"), ("a", "third")];
        assert_eq!(items, expected.map(|(key, item)| (key.into(), item.into())));
        assert_eq!(trees.count(&mut state).total(), 2);
    }

    #[test]
    fn more_asks_than_one_turn_serves_wait_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let home = Arc::new(Home::open(folder.path().join("store")).unwrap());
        let trees = Trees::open(&home, "frontier").unwrap();
        let mut state = State::default();
        let inbox = Inbox::default();
        let mut left: Vec<_> = (0..=AT_ONCE)
            .map(|_| inbox.leave("a", Ask::Remove))
            .collect();
        inbox.answer(&trees, &mut state);
        assert!(left[AT_ONCE - 1].try_recv().is_ok() && left[AT_ONCE].try_recv().is_err());
        inbox.answer(&trees, &mut state);
        assert!(left[AT_ONCE].try_recv().is_ok());
    }
}
