//! `jianwei completions`: what a shell needs to complete our words.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::exit::{Failure, Found};
use crate::output;

pub(crate) fn run(shell: Shell) -> Result<Found, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "jianwei", &mut bytes);
    output::write(&String::from_utf8_lossy(&bytes));
    Ok(Found::Nothing)
}
