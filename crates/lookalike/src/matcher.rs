//! The matcher: what is protected and how it is imitated, against any host name.

use jianwei_model::ProtectedSite;

use crate::host::HostName;
use crate::known::Known;
use crate::reading::{Found, Reading};
use crate::{
    Kind, Resemblance, Vocabulary, attribution, combination, government, homoglyph, level,
    registrable, typo,
};

/// What reading a host otherwise than it is written takes off a score.
const REREAD: f64 = 0.95;
/// How telling it is that a host was once official.
const LAPSED_SCORE: f64 = 0.6;
/// Public suffixes that only a state or its schools give out, in any country.
const RESTRICTED: [&str; 3] = ["gov", "edu", "mil"];

/// Recognises hosts that imitate protected sites.
#[derive(Debug, Clone)]
pub struct Matcher {
    sites: Vec<ProtectedSite>,
    vocabulary: Vocabulary,
    known: Known,
}

impl Matcher {
    /// A matcher for these sites with these words.
    ///
    /// A host with a last day (`until`) counts as given up: without a clock, the safe reading is that it may be anyone's.
    #[must_use]
    pub fn new(sites: &[ProtectedSite], vocabulary: &Vocabulary) -> Self {
        Self {
            sites: sites.to_vec(),
            vocabulary: vocabulary.clone(),
            known: Known::new(sites, vocabulary),
        }
    }

    /// The protected site that runs `host`, today as far as is known.
    #[must_use]
    pub fn owner(&self, host: &str) -> Option<&ProtectedSite> {
        let name = HostName::parse(host)?;
        self.known
            .owner(&name.ascii)
            .map(|index| &self.sites[index])
    }

    /// What protected site a host name imitates and how, or `None` for an ordinary or official host.
    #[must_use]
    pub fn recognise(&self, host: &str) -> Option<Resemblance> {
        let name = HostName::parse(host)?;
        let ascii = name.ascii.as_ref();
        let unicode = name.unicode.as_deref();
        let telling = self.known.may_tell(ascii);
        if !telling && unicode.is_none() && !homoglyph::may_be_folded(ascii) {
            return None;
        }
        if self.vocabulary.is_closed(ascii) {
            return None;
        }
        let suffix_labels = self.vocabulary.suffix_labels(ascii);
        let left = ascii.split('.').count().saturating_sub(suffix_labels);
        let mut best = None;
        for spelling in [Some(ascii).filter(|_| telling), unicode]
            .into_iter()
            .flatten()
        {
            better(&mut best, self.look(spelling, suffix_labels, ascii));
        }
        for spelling in homoglyph::spellings(ascii, unicode, left) {
            if self.known.may_tell(&spelling) {
                better(&mut best, self.reread(&spelling, suffix_labels, ascii));
            }
        }
        better(&mut best, self.lapsed(ascii));
        best.filter(|_| !self.is_innocent(ascii))
    }

    /// A host that whoever registered an official one also registered, or that only a state or a network gives out.
    fn is_innocent(&self, ascii: &str) -> bool {
        let restricted = psl::suffix_str(ascii)
            .and_then(|suffix| suffix.split('.').next())
            .is_some_and(|first| RESTRICTED.contains(&first));
        restricted
            || self.vocabulary.is_carried(ascii)
            || self.known.owner(ascii).is_some()
            || registrable(ascii).is_some_and(|domain| self.known.registered.contains_key(domain))
    }

    fn look(&self, text: &str, suffix_labels: usize, ascii: &str) -> Option<Resemblance> {
        let reading = Reading::new(text, &self.known.lexicon, suffix_labels);
        let found = self.strongest(&reading)?;
        Some(self.resemblance(&reading, found, ascii))
    }

    /// Looks at a host as the eye may read it, where that is not how it is written.
    fn reread(&self, spelling: &str, suffix_labels: usize, ascii: &str) -> Option<Resemblance> {
        let reading = Reading::new(spelling, &self.known.lexicon, suffix_labels);
        let official = self.known.owner(spelling).or_else(|| {
            let domain = registrable(spelling)?;
            self.known.registered.get(domain).copied()
        });
        let found = if official.is_some() || self.vocabulary.is_closed(spelling) {
            let range = (0, spelling.len());
            Found {
                kind: Kind::Homoglyph,
                score: 1.0,
                range,
                site: official,
                reason: String::new(),
            }
        } else {
            self.strongest(&reading)?
        };
        let mut resemblance = self.resemblance(&reading, found, ascii);
        let inner = std::mem::take(&mut resemblance.reason);
        resemblance.reason = format!("“{}”中有形近字符，看去如同{spelling}", resemblance.excerpt);
        if !inner.is_empty() {
            resemblance.reason.push('：');
            resemblance.reason.push_str(&inner);
        }
        resemblance.kind = Kind::Homoglyph;
        resemblance.score = hundredths(resemblance.score * REREAD);
        Some(resemblance)
    }

    fn strongest(&self, reading: &Reading<'_>) -> Option<Found> {
        let organisation = |site: usize| self.sites[site].organisation.clone();
        let found = [
            level::find(reading, &self.known.cores, &organisation),
            government::find(reading, &self.vocabulary.ordinary_before_gov),
            combination::find(reading),
            typo::find(reading, &self.known.open),
        ];
        found
            .into_iter()
            .flatten()
            .reduce(|best, next| if next.score > best.score { next } else { best })
    }

    fn lapsed(&self, ascii: &str) -> Option<Resemblance> {
        let lapsed = self.known.lapsed.iter().find(|lapsed| {
            ascii
                .strip_suffix(lapsed.host.as_str())
                .is_some_and(|left| left.is_empty() || left.ends_with('.'))
        })?;
        let site = &self.sites[lapsed.site];
        Some(Resemblance {
            protected: Some(site.id.clone()),
            organisation: site.organisation.clone(),
            kind: Kind::Lapsed,
            score: LAPSED_SCORE,
            excerpt: lapsed.host.clone(),
            reason: format!(
                "{}曾是{}的官方域名，登记的停用日期为{}，现在可能已由他人注册",
                lapsed.host, site.organisation, lapsed.until
            ),
        })
    }

    fn resemblance(&self, reading: &Reading<'_>, found: Found, ascii: &str) -> Resemblance {
        let site = found
            .site
            .or_else(|| attribution::site_meant(reading, &self.sites))
            .map(|index| &self.sites[index]);
        let organisation = site.map_or_else(
            || attribution::body_meant(reading),
            |site| site.organisation.clone(),
        );
        Resemblance {
            protected: site.map(|site| site.id.clone()),
            organisation,
            kind: found.kind,
            score: hundredths(found.score),
            excerpt: excerpt(reading, found.range, ascii),
            reason: found.reason,
        }
    }
}

/// Scores are judgements; more digits would feign precision.
fn hundredths(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

fn better(best: &mut Option<Resemblance>, next: Option<Resemblance>) {
    if let Some(next) = next
        && best.as_ref().is_none_or(|best| next.score > best.score)
    {
        *best = Some(next);
    }
}

/// The telling part as it is written: the same bytes, or the same labels where the reading is another spelling.
fn excerpt(reading: &Reading<'_>, range: (usize, usize), ascii: &str) -> String {
    if reading.text == ascii {
        return reading.slice(range).to_owned();
    }
    let label_at = |place: usize| {
        reading
            .labels
            .iter()
            .position(|label| place <= label.1)
            .unwrap_or(0)
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let (first, last) = (label_at(range.0), label_at(range.1));
    labels[first.min(labels.len() - 1)..=last.min(labels.len() - 1)].join(".")
}
