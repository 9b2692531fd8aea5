//! What a packet is about, who sealed it and when.

use jianwei_model::{Case, Lead, Reference, Timestamp};
use serde::{Deserialize, Serialize};

use crate::input::PacketInput;

/// `evidence/case.json`: what the packet is about and who sealed it when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) schema: String,
    pub(crate) case: Case,
    pub(crate) lead: Option<Lead>,
    pub(crate) reference: Option<Reference>,
    pub(crate) reference_source: Option<String>,
    pub(crate) unit: String,
    pub(crate) software: String,
    pub(crate) sealed: Timestamp,
}

impl CaseFile {
    pub(crate) const SCHEMA: &'static str = "jianwei/case/1";

    pub(crate) fn of(input: &PacketInput) -> Self {
        let exhibit = input.reference.as_ref();
        Self {
            schema: Self::SCHEMA.to_owned(),
            case: input.case.clone(),
            lead: input.lead.clone(),
            reference: exhibit.map(|exhibit| exhibit.reference.clone()),
            reference_source: exhibit.and_then(|exhibit| exhibit.source.clone()),
            unit: input.unit.clone(),
            software: input.software.clone(),
            sealed: input.sealed,
        }
    }
}

/// What a packet is called for people.
pub(crate) fn title(case: &Case) -> String {
    format!("{} {} {}", case.id, case.class.chinese(), case.host)
}
