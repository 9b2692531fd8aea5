//! The world the servers share: which names exist, and what each host serves.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Mutex, PoisonError};

use jianwei_model::ProtectedSite;

use crate::farm::Fields;
use crate::site::{Kind, Resolves, Site, load_protected, load_sites};
use crate::{Error, Truth};

/// Where everything of the lab that may be reached listens.
pub(crate) const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Where only the canary listens: of the loopback range, but to be refused by the visitor.
pub(crate) const FORBIDDEN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) sites: BTreeMap<String, Site>,
    pub(crate) protected: Vec<ProtectedSite>,
    /// The farm's hosts, when this lab is one.
    pub(crate) fields: Option<Fields>,
    hits: Mutex<BTreeMap<String, u64>>,
}

/// Who is asked for by name.
pub(crate) enum Host<'a> {
    Site(&'a Site),
    /// The farm's host of this number.
    Field(&'a Fields, u32),
    Unknown,
}

impl World {
    pub(crate) fn new(fields: Option<Fields>) -> Result<Self, Error> {
        Ok(Self {
            sites: load_sites()?,
            protected: load_protected()?,
            fields,
            hits: Mutex::new(BTreeMap::new()),
        })
    }

    pub(crate) fn host(&self, name: &str) -> Host<'_> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if let Some(site) = self.sites.get(&name) {
            return Host::Site(site);
        }
        if let Some(fields) = &self.fields
            && let Some(number) = fields.number(&name)
        {
            return Host::Field(fields, number);
        }
        let mut rest = name.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            if let Some(site) = self.sites.get(parent).filter(|site| site.sheet.subdomains) {
                return Host::Site(site);
            }
            rest = parent;
        }
        Host::Unknown
    }

    /// What the name server says of a name; `None` for a name that does not exist.
    pub(crate) fn resolves(&self, name: &str) -> Option<Resolves> {
        match self.host(name) {
            Host::Site(site) => Some(site.sheet.resolves),
            Host::Field(..) => Some(Resolves::Loopback),
            Host::Unknown => None,
        }
    }

    pub(crate) fn truth(&self) -> Truth {
        let mut truth = Truth::default();
        for site in self.sites.values() {
            let list = match site.sheet.kind {
                Kind::Official => &mut truth.official,
                Kind::Fake => &mut truth.fakes,
                Kind::Seller => &mut truth.sellers,
                Kind::Innocent => &mut truth.innocents,
                Kind::Hostile => &mut truth.hostile,
                Kind::Entrance => continue,
            };
            list.push(site.truth(&self.sites));
        }
        truth
    }

    pub(crate) fn count(&self, url: String) {
        let mut hits = self.hits.lock().unwrap_or_else(PoisonError::into_inner);
        *hits.entry(url).or_default() += 1;
    }

    pub(crate) fn hits(&self) -> BTreeMap<String, u64> {
        self.hits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
