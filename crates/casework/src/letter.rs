//! A letter of a case: drafted, approved or held back, sent, acknowledged.

use std::collections::BTreeSet;

use jianwei_model::{Digest, Timestamp};

use crate::Judgement;

/// A letter of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterView {
    /// Digest of the letter as last drafted.
    pub digest: Digest,
    /// When that was drafted.
    pub drafted: Timestamp,
    /// Who approved [`LetterView::digest`] in this round.
    pub approved: Option<Judgement>,
    /// Who held it back in this round.
    pub rejected: Option<Judgement>,
    /// Its sending in this round.
    pub sending: Option<Sending>,
    /// Sendings begun so far, over all rounds.
    pub attempts: u32,
    /// Digests that left or may have left in any round; none of them leaves again.
    pub left: BTreeSet<Digest>,
}

/// A sending of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// What leaves.
    pub digest: Digest,
    /// When it began.
    pub started: Timestamp,
    /// What came of it.
    pub state: SendingState,
    /// The recipient's receipt.
    pub receipt: Option<Receipt>,
}

/// What came of a sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendingState {
    /// Begun; nobody knows yet whether it left.
    Started,
    /// It left.
    Delivered {
        /// When.
        at: Timestamp,
        /// The other side's own words or the file's place.
        proof: String,
    },
    /// It did not leave.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        error: String,
    },
}

/// A recipient's receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// When it was recorded.
    pub at: Timestamp,
    /// Receipt number or words.
    pub text: String,
}

impl LetterView {
    pub(crate) fn drafted(at: Timestamp, digest: Digest) -> Self {
        Self {
            digest,
            drafted: at,
            approved: None,
            rejected: None,
            sending: None,
            attempts: 0,
            left: BTreeSet::new(),
        }
    }

    /// Whether the recipient has it.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.is_acknowledged()
            || matches!(self.sending_state(), Some(SendingState::Delivered { .. }))
    }

    /// Whether the recipient has given a receipt.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        self.sending
            .as_ref()
            .is_some_and(|sending| sending.receipt.is_some())
    }

    /// Whether it has left or may have left in this round.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(
            self.sending_state(),
            Some(SendingState::Started | SendingState::Delivered { .. })
        )
    }

    pub(crate) fn is_approved_as(&self, digest: &Digest) -> bool {
        self.approved.is_some() && self.digest == *digest
    }

    pub(crate) fn begin(&mut self, at: Timestamp, digest: Digest) {
        self.attempts = self.attempts.saturating_add(1);
        if !self.is_under_way() {
            self.sending = Some(Sending {
                digest,
                started: at,
                state: SendingState::Started,
                receipt: None,
            });
        }
    }

    /// False when it had arrived before.
    pub(crate) fn arrive(&mut self, at: Timestamp, digest: Digest, proof: &str) -> bool {
        self.left.insert(digest);
        let sending = self.sending.get_or_insert(Sending {
            digest,
            started: at,
            state: SendingState::Started,
            receipt: None,
        });
        let first = !matches!(sending.state, SendingState::Delivered { .. });
        if first {
            sending.digest = digest;
            sending.state = SendingState::Delivered {
                at,
                proof: proof.to_owned(),
            };
        }
        first
    }

    /// False when no sending was under way.
    pub(crate) fn fail(&mut self, at: Timestamp, error: &str) -> bool {
        match &mut self.sending {
            Some(sending) if sending.state == SendingState::Started => {
                sending.state = SendingState::Failed {
                    at,
                    error: error.to_owned(),
                };
                true
            }
            _ => false,
        }
    }

    /// False when nothing was sent or a receipt is already there.
    pub(crate) fn acknowledge(&mut self, at: Timestamp, text: &str) -> bool {
        if !self.is_under_way() {
            return false;
        }
        match &mut self.sending {
            Some(sending) if sending.receipt.is_none() => {
                sending.receipt = Some(Receipt {
                    at,
                    text: text.to_owned(),
                });
                true
            }
            _ => false,
        }
    }

    fn sending_state(&self) -> Option<&SendingState> {
        self.sending.as_ref().map(|sending| &sending.state)
    }
}
