//! The references: which names and labels belong to one organisation alone, and which official page uses them.

use std::collections::HashMap;

use crate::lexicon::Lexicon;
use crate::page::{Channel, Features, Token};

/// Tokens by organisation, and the references that bear them.
///
/// A token is telling while one organisation alone uses it. With every page added, of a reference or of the background,
/// tokens stop being telling and the counts of the references follow, so that pages can be added at any time.
#[derive(Debug, Clone, Default)]
pub(crate) struct References {
    organisations: HashMap<String, u32>,
    entries: Vec<Entry>,
    tokens: HashMap<(Channel, u64), Owners>,
}

/// One reference version.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    url: String,
    host: String,
    /// Telling tokens of each channel.
    telling: [u32; 2],
    /// Hosts that the page leads to.
    neighbours: Vec<String>,
}

#[derive(Debug, Clone)]
enum Owners {
    One {
        organisation: u32,
        references: Vec<u32>,
    },
    Several,
}

/// How alike a page and the reference nearest to it are.
#[derive(Debug, Clone)]
pub(crate) struct Likeness {
    /// The reference's organisation.
    pub(crate) organisation: String,
    /// The reference.
    pub(crate) url: String,
    /// Likeness in names of resources and in labels, taken together.
    pub(crate) score: f64,
    /// The telling tokens that both have, labels last.
    pub(crate) shared: Vec<Token>,
    /// How many organisations the rarity was counted over.
    pub(crate) organisations: usize,
}

/// Fewer shared tokens than this prove nothing, whatever their share.
pub(crate) const LEAST_TOKENS: usize = 8;
/// What a likeness with fewer tokens is capped at.
const WEAK: f64 = 0.2;
/// Tokens of a page that is larger are sampled by the smallest hashes.
const MOST_TOKENS: usize = 1024;
/// References whose exact likeness is computed.
const CANDIDATES: usize = 10;

impl References {
    /// Adds a version of an official page.
    pub(crate) fn add_reference(
        &mut self,
        organisation: &str,
        url: &str,
        page: &Features,
        lexicon: &Lexicon,
    ) {
        let number = self.entries.len() as u32;
        let id = self.organisation(organisation);
        let host = jianwei_model::host_of(url).unwrap_or_default();
        let mut neighbours: Vec<String> = page
            .links
            .iter()
            .filter_map(|link| link.host.clone())
            .collect();
        neighbours.sort();
        neighbours.dedup();
        self.entries.push(Entry {
            name: organisation.to_owned(),
            url: url.to_owned(),
            host,
            telling: [0, 0],
            neighbours,
        });
        for token in telling_tokens(page, lexicon) {
            self.add_token(token, id, Some(number));
        }
    }

    /// Adds a vetted legitimate page.
    pub(crate) fn add_background(
        &mut self,
        organisation: &str,
        page: &Features,
        lexicon: &Lexicon,
    ) {
        let id = self.organisation(organisation);
        for token in telling_tokens(page, lexicon) {
            self.add_token(token, id, None);
        }
    }

    fn organisation(&mut self, name: &str) -> u32 {
        let next = self.organisations.len() as u32;
        *self.organisations.entry(name.to_owned()).or_insert(next)
    }

    fn add_token(&mut self, token: Token, id: u32, reference: Option<u32>) {
        let channel = token.channel as usize;
        let owners = self
            .tokens
            .entry((token.channel, token.hash))
            .or_insert_with(|| Owners::One {
                organisation: id,
                references: Vec::new(),
            });
        let Owners::One {
            organisation,
            references,
        } = owners
        else {
            return;
        };
        if *organisation == id {
            if let Some(number) = reference {
                references.push(number);
                self.entries[number as usize].telling[channel] += 1;
            }
            return;
        }
        for number in references.iter() {
            self.entries[*number as usize].telling[channel] -= 1;
        }
        *owners = Owners::Several;
    }

    /// The reference that a page on `host` is most alike to, those of organisations that `owns` names left out.
    pub(crate) fn nearest(
        &self,
        page: &Features,
        lexicon: &Lexicon,
        owns: impl Fn(&str) -> bool,
    ) -> Option<Likeness> {
        let mut own = [0_u32; 2];
        let mut shared: HashMap<u32, Vec<Token>> = HashMap::new();
        for token in telling_tokens(page, lexicon) {
            match self.tokens.get(&(token.channel, token.hash)) {
                Some(Owners::Several) => continue,
                Some(Owners::One { references, .. }) => {
                    for number in references {
                        shared.entry(*number).or_default().push(token);
                    }
                }
                None => {}
            }
            own[token.channel as usize] += 1;
        }
        let mut candidates: Vec<(u32, Vec<Token>)> = shared.into_iter().collect();
        candidates.sort_by_key(|(number, tokens)| (std::cmp::Reverse(tokens.len()), *number));
        candidates
            .into_iter()
            .filter(|(number, _)| !owns(&self.entries[*number as usize].name))
            .take(CANDIDATES)
            .map(|(number, tokens)| self.likeness(number, tokens, own))
            .max_by(|left, right| left.score.total_cmp(&right.score))
    }

    fn likeness(&self, number: u32, shared: Vec<Token>, own: [u32; 2]) -> Likeness {
        let entry = &self.entries[number as usize];
        let count = |channel| {
            shared
                .iter()
                .filter(|token| token.channel == channel)
                .count() as f64
        };
        let floor = |figure: u32, least: f64| f64::from(figure).max(least);
        let [names, labels] = entry.telling;
        let resources =
            (count(Channel::Resource) / (floor(names, 20.0) * floor(own[0], 20.0)).sqrt()).min(1.0);
        let chrome = (count(Channel::Chrome) / floor(labels, 30.0).min(120.0)).min(1.0);
        let mut score = 1.0 - (1.0 - resources) * (1.0 - chrome);
        if shared.len() < LEAST_TOKENS {
            score = score.min(WEAK);
        }
        Likeness {
            organisation: entry.name.clone(),
            url: entry.url.clone(),
            score,
            shared,
            organisations: self.organisations.len(),
        }
    }

    /// The organisation whose reference pages lead to `host`, if one's do: its own second domain, or one it vouches for.
    pub(crate) fn vouching(&self, host: &str, organisation: &str) -> bool {
        self.entries.iter().any(|entry| {
            entry.name == organisation
                && entry.host != host
                && entry.neighbours.iter().any(|neighbour| {
                    neighbour == host
                        || neighbour.strip_prefix("www.") == Some(host)
                        || host.strip_prefix("www.") == Some(neighbour)
                })
        })
    }
}

/// A page's tokens that are not generic, the smallest hashes of a giant page.
fn telling_tokens<'p>(
    page: &'p Features,
    lexicon: &'p Lexicon,
) -> impl Iterator<Item = Token> + 'p {
    let sampled = |channel: Channel| {
        page.tokens
            .iter()
            .filter(move |token| token.channel == channel)
            .take(MOST_TOKENS)
    };
    sampled(Channel::Resource)
        .chain(sampled(Channel::Chrome))
        .filter(|token| !lexicon.is_generic(page.token_name(token)))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(labels: std::ops::Range<u32>) -> String {
        labels
            .map(|n| format!("<li><a href='/yw{n}/l{n}x.jsp'>业务栏目之{n}号</a></li>"))
            .collect()
    }

    fn likeness(references: &References, html: &str) -> f64 {
        references
            .nearest(&Features::read(html), &Lexicon::default(), |_| false)
            .map_or(0.0, |likeness| likeness.score)
    }

    #[test]
    fn tokens_tell_only_while_one_organisation_has_them() {
        let lexicon = Lexicon::default();
        let official = page(100..140);
        let mut references = References::default();
        references.add_reference(
            "甲局",
            "https://a.gov.test/",
            &Features::read(&official),
            &lexicon,
        );
        assert!(likeness(&references, &official) > 0.9);
        assert!(likeness(&references, &page(120..140)) > 0.5, "half a copy");
        assert!(
            likeness(&references, &page(138..140)) <= WEAK,
            "four tokens prove nothing"
        );
        assert!(likeness(&references, &page(500..540)) < f64::EPSILON);

        references.add_background("甲局", &Features::read(&official), &lexicon);
        assert!(
            likeness(&references, &official) > 0.9,
            "another page of the same office"
        );
        references.add_background("乙局", &Features::read(&official), &lexicon);
        assert!(
            likeness(&references, &official) < f64::EPSILON,
            "two offices share the system"
        );
    }

    #[test]
    fn order_of_addition_does_not_matter() {
        let lexicon = Lexicon::default();
        let mut references = References::default();
        references.add_background("乙局", &Features::read(&page(100..120)), &lexicon);
        references.add_reference(
            "甲局",
            "https://a.gov.test/",
            &Features::read(&page(100..160)),
            &lexicon,
        );
        assert!(likeness(&references, &page(100..120)) < f64::EPSILON);
        assert!(likeness(&references, &page(120..160)) > 0.9);
    }

    #[test]
    fn a_host_that_the_reference_leads_to_is_vouched_for() {
        let html = "<a href='http://www.jiaju-fw.test/x'>服务</a>";
        let mut references = References::default();
        references.add_reference(
            "甲局",
            "https://a.gov.test/",
            &Features::read(html),
            &Lexicon::default(),
        );
        assert!(references.vouching("jiaju-fw.test", "甲局"));
        assert!(
            !references.vouching("jiaju-fw.test", "乙局")
                && !references.vouching("else.test", "甲局")
        );
    }
}
