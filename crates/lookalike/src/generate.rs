//! Makes the host names by which a protected site may be imitated.

use std::collections::BTreeSet;

use jianwei_model::ProtectedSite;

use crate::host::{HostName, LABEL_BYTES};
use crate::level;
use crate::typo;
use crate::vocabulary::Section;
use crate::{Vocabulary, registrable};

/// Public suffixes open to anyone under which imitations are registered.
const OPEN_SUFFIXES: [&str; 16] = [
    "com", "cn", "com.cn", "org.cn", "net", "top", "xyz", "vip", "icu", "cc", "site", "online",
    "ltd", "work", "info", "asia",
];
/// Registered labels behind which an official name is put whole.
const CARRYING: [&str; 3] = ["chaxun", "query", "cx"];
/// Lookup words put beside an official label.
const LOOKUPS: [&str; 4] = ["chaxun", "cx", "zscx", "query"];
/// What the eye takes for something else, and what it takes it for.
const LOOK_ALIKE: [(&str, &str); 5] =
    [("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("1", "i")];

/// Host names that imitate the hosts of `site`, sorted, none under a closed suffix and none its own.
///
/// A [`crate::Matcher`] that knows the site and the same vocabulary recognises each of them.
#[must_use]
pub fn generate(site: &ProtectedSite, vocabulary: &Vocabulary) -> Vec<String> {
    let mut maker = Maker {
        vocabulary,
        names: BTreeSet::new(),
    };
    for official in &site.hosts {
        if !official.host.contains("xn--") {
            maker.imitate(&official.host);
        }
    }
    let own: BTreeSet<&str> = site
        .hosts
        .iter()
        .filter_map(|official| registrable(&official.host))
        .collect();
    maker
        .names
        .into_iter()
        .filter(|name| is_possible(name) && !vocabulary.is_closed(name))
        .filter(|name| !site.owns_host(name, None))
        .filter(|name| registrable(name).is_some_and(|domain| !own.contains(domain)))
        .collect()
}

struct Maker<'a> {
    vocabulary: &'a Vocabulary,
    names: BTreeSet<String>,
}

impl Maker<'_> {
    fn imitate(&mut self, host: &str) {
        let bare = host.strip_prefix("www.").unwrap_or(host);
        let closed = self.vocabulary.is_closed(host);
        self.whole(bare, closed);
        if closed {
            self.government(bare);
        } else if let Some(domain) = registrable(host) {
            self.whole(domain, closed);
            self.slips(domain);
        }
        self.lookups(bare);
    }

    /// The name whole, left of another registrable domain, and joined into one label.
    fn whole(&mut self, host: &str, closed: bool) {
        if !level::is_telling(host, closed) {
            return;
        }
        let squeezed = level::squeeze(host);
        let hyphened = host.replace('.', "-");
        for suffix in OPEN_SUFFIXES {
            for carrying in CARRYING {
                self.add(format!("{host}.{carrying}.{suffix}"));
            }
            self.add(format!("{hyphened}.{suffix}"));
            self.add(format!("{squeezed}.{suffix}"));
        }
    }

    /// The closed suffix imitated: `mem-gov.cn`, `memgov.cn`, `mem.gov-cn.com`, `mem.gov.cn.com`.
    fn government(&mut self, bare: &str) {
        let suffix = self
            .vocabulary
            .closed_suffixes
            .iter()
            .find(|suffix| bare.ends_with(suffix.as_str()));
        let Some((gov, parent)) = suffix.and_then(|suffix| suffix.split_once('.')) else {
            return;
        };
        let name = bare
            .strip_suffix(&format!("{gov}.{parent}"))
            .unwrap_or_default();
        let Some(name) = name.strip_suffix('.') else {
            return;
        };
        if !level::is_telling(bare, true) {
            return;
        }
        let hyphened = name.replace('.', "-");
        let glued = name.replace(['.', '-'], "");
        self.add(format!("{name}.{gov}.{parent}.com"));
        for suffix in OPEN_SUFFIXES {
            self.add(format!("{name}.{gov}-{parent}.{suffix}"));
            self.add(format!("{name}.{gov}{parent}.{suffix}"));
        }
        for joined in [
            format!("{hyphened}-{gov}.{parent}"),
            format!("{glued}{gov}.{parent}"),
        ] {
            self.look_alikes(&joined);
            self.add(joined);
        }
    }

    /// The same name with one letter written so that the eye passes over it.
    fn look_alikes(&mut self, host: &str) {
        // A name that contains such a letter already would be read as yet another one.
        if LOOK_ALIKE.iter().any(|(written, _)| host.contains(written)) {
            return;
        }
        let Some((label, suffix)) = host.split_once('.') else {
            return;
        };
        for (written, read) in LOOK_ALIKE {
            for (place, _) in label.match_indices(read) {
                let imitation = format!(
                    "{}{written}{}",
                    &label[..place],
                    &label[place + read.len()..]
                );
                // `r` before a replaced `m`, or `v` before a `w`, would be read with it.
                if imitation.replace(written, read) == label {
                    self.add(format!("{imitation}.{suffix}"));
                }
            }
        }
    }

    /// Slips of the key in a label registered under an open suffix.
    fn slips(&mut self, domain: &str) {
        let Some((label, suffix)) = domain.split_once('.') else {
            return;
        };
        if label.len() < typo::SHORTEST {
            return;
        }
        let letters: Vec<char> = label.chars().collect();
        for place in 1..letters.len() {
            let mut swapped = letters.clone();
            swapped.swap(place - 1, place);
            let mut doubled = letters.clone();
            doubled.insert(place, letters[place]);
            let mut missing = letters.clone();
            missing.remove(place);
            for slip in [swapped, doubled, missing] {
                let slip: String = slip.into_iter().collect();
                if slip != label {
                    self.add(format!("{slip}.{suffix}"));
                }
            }
        }
    }

    /// The first telling label beside a lookup word.
    fn lookups(&mut self, bare: &str) {
        let vocabulary = self.vocabulary;
        let labels = bare
            .split('.')
            .count()
            .saturating_sub(vocabulary.suffix_labels(bare));
        for label in bare
            .split('.')
            .take(labels)
            .filter(|label| is_telling(label, vocabulary))
        {
            for lookup in LOOKUPS
                .iter()
                .filter(|lookup| is_lookup(lookup, vocabulary))
            {
                for suffix in OPEN_SUFFIXES {
                    self.add(format!("{label}-{lookup}.{suffix}"));
                }
            }
        }
    }

    fn add(&mut self, name: String) {
        self.names.insert(name);
    }
}

fn is_telling(label: &str, vocabulary: &Vocabulary) -> bool {
    match vocabulary.words.get(label) {
        Some(word) => word.section == Section::Agency && !word.ordinary,
        None => {
            label.len() >= typo::SHORTEST
                && label.bytes().all(|byte| byte.is_ascii_lowercase())
                && !vocabulary.generic_labels.contains(label)
        }
    }
}

fn is_lookup(word: &str, vocabulary: &Vocabulary) -> bool {
    vocabulary
        .words
        .get(word)
        .is_some_and(|word| word.section == Section::Function)
}

fn is_possible(name: &str) -> bool {
    HostName::parse(name).is_some_and(|host| host.ascii == name)
        && name.split('.').all(|label| {
            label.len() <= LABEL_BYTES && !label.starts_with('-') && !label.ends_with('-')
        })
}
