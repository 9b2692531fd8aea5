//! Who a letter goes to: by route, domain suffix and address range.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

use jianwei_model::{Channel, Recipient, Route};
use lettre::Address;
use serde::Deserialize;

use crate::error::{line_of, parse_toml, read_text};
use crate::{Error, LetterFacts};

/// The recipients of `config/recipients.toml`.
#[derive(Debug, Clone)]
pub struct Recipients {
    entries: Vec<Entry>,
}

/// Who the letters of a case go to, and on which routes nobody could be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressing {
    /// In the order of the routes, each body once.
    pub recipients: Vec<Recipient>,
    /// Routes without a recipient.
    pub unaddressed: Vec<Unaddressed>,
}

/// A route on which no recipient is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaddressed {
    /// Which.
    pub route: Route,
    /// Why, in Chinese.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    recipient: Vec<toml::Spanned<EntryText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryText {
    route: Route,
    name: String,
    channel: Channel,
    address: String,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    networks: Vec<String>,
}

#[derive(Debug, Clone)]
struct Entry {
    recipient: Recipient,
    domains: Vec<String>,
    networks: Vec<Network>,
}

/// An address range in CIDR form.
#[derive(Debug, Clone, Copy)]
struct Network {
    bits: u128,
    prefix: u32,
    is_v4: bool,
}

impl Recipients {
    /// Reads the table from a file.
    ///
    /// # Errors
    /// [`Error::Io`], and otherwise as [`Recipients::parse`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::parse(path, &read_text(path)?)
    }

    /// Reads the table from the text of `path`.
    ///
    /// # Errors
    /// [`Error::Config`] with the line of the entry that is malformed or has an address that is none.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let file: File = parse_toml(path, text)?;
        let mut entries = Vec::new();
        for entry in file.recipient {
            let line = line_of(text, entry.span().start);
            let entry = Entry::check(entry.into_inner()).map_err(|reason| Error::Config {
                file: path.to_owned(),
                line,
                reason,
            })?;
            entries.push(entry);
        }
        Ok(Self { entries })
    }

    /// Who the letters about `facts` go to on each of `routes`.
    #[must_use]
    pub fn for_case(&self, routes: &[Route], facts: &LetterFacts) -> Addressing {
        let mut recipients = Vec::new();
        let mut unaddressed = Vec::new();
        for route in routes {
            let found = self.on_route(*route, facts);
            if found.is_empty() {
                unaddressed.push(Unaddressed {
                    route: *route,
                    reason: reason(*route, facts),
                });
            }
            recipients.extend(found);
        }
        Addressing {
            recipients,
            unaddressed,
        }
    }

    fn on_route(&self, route: Route, facts: &LetterFacts) -> Vec<Recipient> {
        let of_route = self
            .entries
            .iter()
            .filter(|entry| entry.recipient.route == route);
        match route {
            Route::CyberspaceAdministration => of_route
                .take(1)
                .map(|entry| entry.recipient.clone())
                .collect(),
            Route::Registrar => of_route
                .filter_map(|entry| Some((entry.suffix_length(&facts.host)?, entry)))
                .max_by_key(|(length, _)| *length)
                .map(|(_, entry)| entry.recipient.clone())
                .into_iter()
                .collect(),
            Route::HostingProvider => self.hosting(&facts.addresses),
        }
    }

    /// The provider of the narrowest range around each address, each provider once.
    fn hosting(&self, addresses: &[IpAddr]) -> Vec<Recipient> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for address in addresses {
            let narrowest = self
                .entries
                .iter()
                .filter(|entry| entry.recipient.route == Route::HostingProvider)
                .filter_map(|entry| Some((entry.prefix_length(*address)?, entry)))
                .max_by_key(|(length, _)| *length);
            if let Some((_, entry)) = narrowest
                && seen.insert(entry.recipient.address.clone())
            {
                found.push(entry.recipient.clone());
            }
        }
        found
    }
}

impl Entry {
    fn check(entry: EntryText) -> Result<Self, String> {
        let EntryText {
            route,
            name,
            channel,
            address,
            domains,
            networks,
        } = entry;
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(format!("`{name}` is not a name"));
        }
        match channel {
            Channel::Mail if address.is_ascii() => {
                address
                    .parse::<Address>()
                    .map_err(|error| format!("`{address}` is not a mail address: {error}"))?;
            }
            Channel::Mail => return Err(format!("mail address `{address}` is not ASCII")),
            Channel::Queue if address.is_empty() || !address.chars().all(is_queue_char) => {
                return Err(format!("`{address}` is not a queue name"));
            }
            Channel::Queue => {}
        }
        match route {
            Route::Registrar if domains.is_empty() => {
                return Err("a registrar needs `domains`".to_owned());
            }
            Route::HostingProvider if networks.is_empty() => {
                return Err("a hosting provider needs `networks`".to_owned());
            }
            _ => {}
        }
        let domains = domains
            .iter()
            .map(|domain| domain.trim_matches('.').to_ascii_lowercase())
            .collect();
        let networks = networks
            .iter()
            .map(|text| Network::parse(text).ok_or(format!("`{text}` is not an address range")))
            .collect::<Result<_, _>>()?;
        let recipient = Recipient {
            route,
            name,
            channel,
            address,
        };
        Ok(Self {
            recipient,
            domains,
            networks,
        })
    }

    /// Length of the longest of its suffixes that `host` ends with at a label border.
    fn suffix_length(&self, host: &str) -> Option<usize> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.domains
            .iter()
            .filter(|domain| {
                host.strip_suffix(domain.as_str())
                    .is_some_and(|left| left.is_empty() || left.ends_with('.'))
            })
            .map(String::len)
            .max()
    }

    fn prefix_length(&self, address: IpAddr) -> Option<u32> {
        self.networks
            .iter()
            .filter(|network| network.contains(address))
            .map(|network| network.prefix)
            .max()
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let prefix: u32 = prefix.parse().ok()?;
        let (bits, is_v4) = left_aligned(address);
        if prefix > if is_v4 { 32 } else { 128 } {
            return None;
        }
        Some(Self {
            bits,
            prefix,
            is_v4,
        })
    }

    fn contains(&self, address: IpAddr) -> bool {
        let (bits, is_v4) = left_aligned(address);
        let differing = (bits ^ self.bits).leading_zeros();
        is_v4 == self.is_v4 && differing >= self.prefix
    }
}

/// The address in the highest bits, and whether it is IPv4.
fn left_aligned(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, true),
        IpAddr::V6(address) => (address.to_bits(), false),
    }
}

fn is_queue_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn reason(route: Route, facts: &LetterFacts) -> String {
    match route {
        Route::CyberspaceAdministration => "收件人未知：未配置网信部门".to_owned(),
        Route::Registrar => format!("收件人未知：未配置域名 {} 的注册商", facts.host),
        Route::HostingProvider if facts.addresses.is_empty() => {
            "收件人未知：域名没有解析地址".to_owned()
        }
        Route::HostingProvider => {
            let addresses: Vec<String> = facts.addresses.iter().map(ToString::to_string).collect();
            format!(
                "收件人未知：未配置地址 {} 的接入服务商",
                addresses.join("、")
            )
        }
    }
}
