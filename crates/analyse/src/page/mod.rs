//! A page taken apart: everything the signals look at, each with its place in the source.

mod align;
mod elements;
mod features;
mod parse;
mod source;
mod tokens;
mod walk;

pub(crate) use features::{Block, Features, Input, LinkKind, Position, Quote};
pub(crate) use tokens::{Channel, Token};
