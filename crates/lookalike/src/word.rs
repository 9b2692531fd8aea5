//! A word that may stand in a host name, and what it can be there.

/// What a word can be; one word can be several things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Classes(u16);

impl Classes {
    /// The label of a closed suffix, `gov`.
    pub(crate) const GOV: Self = Self(1);
    /// What follows `gov` in a closed suffix, `cn`.
    pub(crate) const PARENT: Self = Self(1 << 1);
    pub(crate) const AGENCY: Self = Self(1 << 2);
    pub(crate) const CERTIFICATE: Self = Self(1 << 3);
    pub(crate) const FUNCTION: Self = Self(1 << 4);
    /// A word for government other than `gov`.
    pub(crate) const STATE: Self = Self(1 << 5);
    pub(crate) const REGION: Self = Self(1 << 6);
    pub(crate) const FILLER: Self = Self(1 << 7);
    /// A label by which an official host can be told.
    pub(crate) const OFFICIAL: Self = Self(1 << 8);
    /// A Chinese name of a protected site or its organisation.
    pub(crate) const NAME: Self = Self(1 << 9);
    /// Any label of an official host left of its suffix, telling or not.
    pub(crate) const PART: Self = Self(1 << 10);
    /// The label under which a protected site outside the closed suffixes is registered.
    pub(crate) const ANCHOR: Self = Self(1 << 11);

    /// Words that name whose site it pretends to be.
    pub(crate) const BODY: Self = Self(Self::AGENCY.0 | Self::OFFICIAL.0 | Self::NAME.0);
    /// Words one of which a host must contain before it is looked at closely.
    pub(crate) const TELLING: Self = Self(
        Self::GOV.0
            | Self::BODY.0
            | Self::CERTIFICATE.0
            | Self::FUNCTION.0
            | Self::STATE.0
            | Self::ANCHOR.0,
    );

    /// Whether the two have a class in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl std::ops::BitOr for Classes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// One word, what it can be and whose it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) word: String,
    pub(crate) classes: Classes,
    /// What an analyst reads, in Chinese; empty for labels that mean nothing.
    pub(crate) means: String,
    /// It is also an everyday word; it counts only beside something more telling.
    pub(crate) ordinary: bool,
    /// The protected site the vocabulary says it points to.
    pub(crate) of: Option<usize>,
    /// The protected sites in whose hosts or names it stands, ascending.
    pub(crate) sites: Vec<usize>,
}

impl Entry {
    /// Notes a site in whose hosts or names the word stands; sites come in ascending order.
    pub(crate) fn point_to(&mut self, site: Option<usize>) {
        if site.is_some() && self.sites.last() != site.as_ref() {
            self.sites.extend(site);
        }
    }
}
