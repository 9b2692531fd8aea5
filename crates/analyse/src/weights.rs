//! The weights: how much each signal counts, and where the lines of the decision lie.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::Error;
use crate::signals;

/// The published weights of a model, as in `config/signals.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Named in every packet.
    pub(crate) version: String,
    /// Log-odds of each channel before anything is seen.
    pub(crate) prior: PerChannel,
    /// Whose hosts are above suspicion of imitating.
    pub(crate) hosts: Hosts,
    /// Where the lines of the decision lie.
    pub(crate) decision: Lines,
    /// How much each signal counts.
    pub(crate) signal: BTreeMap<String, Weight>,
}

/// A figure for each channel.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PerChannel {
    pub(crate) fake_government_site: f64,
    pub(crate) certificate_sale: f64,
}

/// Suffixes that only certain bodies may use.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hosts {
    /// State organs.
    pub(crate) state: Vec<String>,
    /// Schools and universities.
    pub(crate) education: Vec<String>,
}

/// Where the lines of the decision lie.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lines {
    /// Clone score that is enough by itself.
    pub(crate) clone_strong: f64,
    /// Clone score that counts as one of two reasons.
    pub(crate) clone_review: f64,
    /// Clone score that confirms a telling host name.
    pub(crate) clone_hint: f64,
    /// Claim that counts as one of two reasons.
    pub(crate) claim: f64,
    /// Claim that confirms another reason.
    pub(crate) claim_hint: f64,
    /// Host likeness that counts as one of two reasons.
    pub(crate) host: f64,
    /// Form or result page that counts as one of two reasons.
    pub(crate) lookup: f64,
    /// Form or result page that a claim of half the strength completes.
    pub(crate) lookup_whole: f64,
    /// Result page with number and issuing organ that is worth a look by itself.
    pub(crate) result_alone: f64,
    /// Offer that is enough together with a contact.
    pub(crate) offer: f64,
    /// Offer that is worth a look together with something else.
    pub(crate) offer_review: f64,
    /// Score from which an offer is high.
    pub(crate) sale_high: f64,
    /// Score from which an offer is worth a look.
    pub(crate) sale_review: f64,
    /// Tone of a report from which a page is taken for one.
    pub(crate) report: f64,
    /// Promises of passing beyond which a real trainer is reported.
    pub(crate) promise: f64,
    /// Signs of real training from which a page is taken for a school's.
    pub(crate) training: f64,
}

/// How much one signal counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weight {
    /// What the signal says, for the analyst; asked for so that no weight stands unexplained.
    pub(crate) doc: String,
    #[serde(default)]
    pub(crate) fake_government_site: f64,
    #[serde(default)]
    pub(crate) certificate_sale: f64,
}

impl Weights {
    /// Reads `config/signals.toml`.
    ///
    /// # Errors
    /// [`Error::File`] with the line of an unknown key, a signal that does not exist, or a value out of range; and
    /// naming the signals for which a weight is missing.
    pub fn parse(text: &str) -> Result<Self, Error> {
        const FILE: &str = "signals.toml";
        let weights: Self =
            toml::from_str(text).map_err(|error| Error::toml(FILE, text, &error))?;
        for (name, weight) in &weights.signal {
            let header = text.find(&format!("[signal.{name}]")).unwrap_or(0);
            if !signals::ALL.iter().any(|signal| signal.name == name) {
                return Err(Error::at(
                    FILE,
                    text,
                    header,
                    format!("no signal is named `{name}`"),
                ));
            }
            let figures = [weight.fake_government_site, weight.certificate_sale];
            if figures
                .iter()
                .any(|figure| figure.abs() > 20.0 || !figure.is_finite())
            {
                return Err(Error::at(
                    FILE,
                    text,
                    header,
                    format!("a weight of `{name}` is not between -20 and 20"),
                ));
            }
        }
        for signal in signals::ALL {
            if !weights.signal.contains_key(signal.name) {
                let reason = format!("the weight of signal `{}` is missing", signal.name);
                return Err(Error::at(FILE, text, text.len(), reason));
            }
        }
        Ok(weights)
    }
}

impl Hosts {
    /// Whether a host lies under a suffix of state organs.
    pub(crate) fn is_state(&self, host: &str) -> bool {
        self.state.iter().any(|suffix| is_under(host, suffix))
    }

    /// Whether a host lies under a suffix of schools.
    pub(crate) fn is_education(&self, host: &str) -> bool {
        self.education.iter().any(|suffix| is_under(host, suffix))
    }
}

/// Whether `host` is `suffix` or below it.
pub(crate) fn is_under(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix)
        .is_some_and(|left| left.is_empty() || left.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../config/signals.toml");

    #[test]
    fn the_shipped_weights_are_whole() {
        Weights::parse(SHIPPED).unwrap();
    }

    #[test]
    fn faults_name_the_line() {
        let unknown = SHIPPED.replace("[signal.clone]", "[signal.klone]");
        let line = unknown
            .lines()
            .position(|line| line == "[signal.klone]")
            .unwrap()
            + 1;
        assert_eq!(
            Weights::parse(&unknown).unwrap_err().to_string(),
            format!("signals.toml:{line}: no signal is named `klone`")
        );
        let bogus = SHIPPED.replace("[decision]", "[decision]\nbogus = 1");
        let error = Weights::parse(&bogus).unwrap_err().to_string();
        assert!(error.contains("unknown field `bogus`"), "{error}");
    }
}
