//! `cargo xtask bench`: each figure is a bench of the crate it measures, built for release and run alone.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::command;

/// Runs one bench by name, or those whose figures the README quotes.
pub(crate) fn run(words: &[&str]) -> anyhow::Result<()> {
    match words {
        [] => {
            run(&["analyse"])?;
            run(&["crawl"])
        }
        ["analyse"] => bench("jianwei-analyse", "assess", &[]),
        ["analyse", path] => bench("jianwei-analyse", "assess", &[&absolute(path)?]),
        ["crawl", rest @ ..] => bench("jianwei-journey", "crawl", rest),
        ["screen", files @ ..] => {
            let files: Vec<String> = files
                .iter()
                .map(|file| absolute(file))
                .collect::<Result<_, _>>()?;
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            bench("jianwei-lookalike", "screen", &files)
        }
        ["store"] => bench("jianwei-store", "durable", &[]),
        words => bail!("there is no bench `{}`", words.join(" ")),
    }
}

/// A path as seen from anywhere: benches run in the folder of their crate, not in the caller's.
fn absolute(path: &str) -> anyhow::Result<String> {
    let whole =
        std::fs::canonicalize(Path::new(path)).with_context(|| format!("cannot find `{path}`"))?;
    whole
        .into_os_string()
        .into_string()
        .map_err(|whole| anyhow::anyhow!("`{}` is not UTF-8", whole.display()))
}

fn bench(package: &str, name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let mut all = vec![
        "bench",
        "--locked",
        "--package",
        package,
        "--bench",
        name,
        "--",
    ];
    all.extend(arguments);
    command::run("cargo", &all, &[])
}
