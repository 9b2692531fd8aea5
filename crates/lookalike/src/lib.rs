//! Recognises and makes host names that imitate official ones.
//!
//! [`Matcher::recognise`] looks at a host name alone and says which protected site it imitates, by what trick, how
//! strongly and in which words of the host; [`generate`] makes such names from a protected site. Whatever `generate`
//! makes, a matcher that knows the site recognises. A resemblance is never a verdict: it raises the priority of a visit
//! and is one finding among others.
//!
//! Invariants: no IO, no clock; a host that a protected site runs, that shares the registrable domain of one, or that
//! lies under a closed suffix (`gov.cn` and what the [`Vocabulary`] adds) is never a resemblance.

mod error;
mod host;
mod protected;
mod vocabulary;

mod word;

mod lexicon;

mod known;

mod reading;

mod combination;
mod government;
mod homoglyph;
mod level;
mod typo;

mod attribution;
mod resemblance;

mod matcher;

mod generate;

pub use error::Error;
pub use generate::generate;
pub use host::registrable;
pub use matcher::Matcher;
pub use protected::parse_protected;
pub use resemblance::{Kind, Resemblance};
pub use vocabulary::Vocabulary;
