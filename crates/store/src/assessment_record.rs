//! The assessment of a visit, as the store keeps it.

use jianwei_model::{Assessment, Timestamp, VisitId};
use serde::{Deserialize, Serialize};

use crate::Record;

/// What the signals found on a visited page, and under which model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssessmentRecord {
    /// The visit that was assessed; the record's key.
    pub visit: VisitId,
    /// The host at which the visit ended.
    pub host: String,
    /// Version of signals, lexicon and weights.
    pub model: String,
    /// When.
    pub at: Timestamp,
    /// What was found.
    pub assessment: Assessment,
}

impl Record for AssessmentRecord {
    const TABLE: &'static str = "assessments";
    const VERSION: u8 = 1;

    fn key(&self) -> String {
        self.visit.as_str().to_owned()
    }
}
