//! Identifiers: derived from what they name, so that a repeated step names the same thing again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Class, Digest, Route, Vantage};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// An identifier read back from text.
            #[must_use]
            pub fn from_text(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A case, `case-` and ten hex digits: one per site and class.
    CaseId
}
text_id! {
    /// A lead, `lead-` and sixteen hex digits: one per URL and way of finding it.
    LeadId
}
text_id! {
    /// A visit, `visit-` and sixteen hex digits: one per URL, vantage and round.
    VisitId
}
text_id! {
    /// A letter, `letter-` and ten hex digits: one per case, route and recipient.
    LetterId
}
text_id! {
    /// A protected site, the name of its file in `seeds/protected` without `.toml`.
    ProtectedId
}

impl CaseId {
    /// The case of a site (its host) under a class.
    #[must_use]
    pub fn of(host: &str, class: Class) -> Self {
        Self(derived("case", &[host, class.as_str()], 10))
    }
}

impl LeadId {
    /// The lead to `canonical_url` as named by `origin`, any text that tells ways of finding apart.
    #[must_use]
    pub fn of(canonical_url: &str, origin: &str) -> Self {
        Self(derived("lead", &[canonical_url, origin], 16))
    }
}

impl VisitId {
    /// The visit to `canonical_url` from `vantage` in `round` (0 for the first look).
    #[must_use]
    pub fn of(canonical_url: &str, vantage: Vantage, round: u32) -> Self {
        Self(derived(
            "visit",
            &[canonical_url, vantage.as_str(), &round.to_string()],
            16,
        ))
    }
}

impl LetterId {
    /// The letter of a case over a route to a recipient's address.
    #[must_use]
    pub fn of(case: &CaseId, route: Route, address: &str) -> Self {
        Self(derived(
            "letter",
            &[case.as_str(), route.as_str(), address],
            10,
        ))
    }
}

fn derived(kind: &str, parts: &[&str], digits: usize) -> String {
    let digest = Digest::of(parts.join("\n").as_bytes()).hex();
    format!("{kind}-{}", &digest[..digits])
}
