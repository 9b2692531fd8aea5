//! What a watcher is told while a journey runs.

use std::sync::atomic::{AtomicU64, Ordering};

use jianwei_model::{CaseId, Class, Decision, LetterId};

/// Something worth telling a person.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A source was pulled.
    Pulled {
        /// Its name.
        source: String,
        /// Leads it named.
        leads: u64,
    },
    /// A source could not be read; the others go on.
    SourceFailed {
        /// Its name.
        source: String,
        /// Why.
        error: String,
    },
    /// A reference page of a protected site was captured.
    ReferenceKept {
        /// The organisation.
        organisation: String,
        /// The page.
        url: String,
    },
    /// A reference page could not be captured.
    ReferenceFailed {
        /// The page.
        url: String,
        /// Why.
        reason: String,
    },
    /// A case was opened.
    Opened {
        /// The case.
        case: CaseId,
        /// Its host.
        host: String,
        /// Its class.
        class: Class,
        /// How strong the reasons are.
        decision: Decision,
        /// The organisation it imitates, where one is known.
        organisation: Option<String>,
    },
    /// A packet was sealed.
    Sealed {
        /// The case.
        case: CaseId,
    },
    /// A letter was drafted.
    Drafted {
        /// The letter.
        letter: LetterId,
    },
    /// A letter left.
    Delivered {
        /// The letter.
        letter: LetterId,
        /// To whom.
        recipient: String,
    },
    /// Something failed and will be tried again or waits for a person.
    Failed {
        /// The step.
        step: &'static str,
        /// What it was about.
        item: String,
        /// Why.
        error: String,
    },
}

/// Counts of what has been done since the process began.
#[derive(Debug, Default)]
pub struct Tally {
    leads: AtomicU64,
    visits: AtomicU64,
    assessed: AtomicU64,
    cases: AtomicU64,
}

impl Tally {
    /// Leads found.
    #[must_use]
    pub fn leads(&self) -> u64 {
        self.leads.load(Ordering::Relaxed)
    }

    /// Visits made.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.visits.load(Ordering::Relaxed)
    }

    /// Pages assessed.
    #[must_use]
    pub fn assessed(&self) -> u64 {
        self.assessed.load(Ordering::Relaxed)
    }

    /// Cases opened.
    #[must_use]
    pub fn cases(&self) -> u64 {
        self.cases.load(Ordering::Relaxed)
    }

    pub(crate) fn add_leads(&self, count: u64) {
        self.leads.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn add_visit(&self) {
        self.visits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_assessed(&self) {
        self.assessed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_case(&self) {
        self.cases.fetch_add(1, Ordering::Relaxed);
    }
}
