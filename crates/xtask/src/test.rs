//! `cargo xtask test`: everything that must hold, cheap checks first.

use crate::command;
use crate::{tidy, tools};

/// Installs what the suite needs, then runs the whole gate.
pub(crate) fn run() -> anyhow::Result<()> {
    let tools_folder = tools::install()?;
    let environment = [("JIANWEI_PYTHON_TOOLS", tools_folder.as_str())];
    let cargo = |arguments: &[&str]| command::run("cargo", arguments, &environment);
    cargo(&["fmt", "--all", "--check"])?;
    tidy::run()?;
    cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ])?;
    cargo(&[
        "test",
        "--workspace",
        "--locked",
        "--lib",
        "--bins",
        "--tests",
    ])?;
    cargo(&["test", "--workspace", "--locked", "--doc"])
}
