//! Text as it is compared: folded, with the way back to the source, and the lexicon's terms found in it.

mod alphabet;
mod fold;
mod terms;

pub(crate) use alphabet::fold_char;
pub(crate) use fold::{Folded, Gap, fold_word};
pub(crate) use terms::{How, Terms};
