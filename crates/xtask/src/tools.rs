//! The foreign programs that the test suite runs: Debian's packages and a virtual environment of Python readers.

use std::path::Path;

use anyhow::bail;

use crate::command::{is_installed, root, run};

/// Programs the suite runs, each with the Debian package that brings it.
const PROGRAMS: [(&str, &str); 4] = [
    ("chromium", "chromium"),
    ("openssl", "openssl"),
    ("python3", "python3"),
    ("unzip", "unzip"),
];

/// Packages without a program of their own name: fonts for Chinese pages, Python's module for virtual environments.
const COMPANIONS: [(&str, &str); 2] = [
    (
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        "fonts-wqy-microhei",
    ),
    ("/usr/share/doc/python3-venv", "python3-venv"),
];

/// Independent readers of the formats Jianwei writes, at the versions its traps were found with.
const READERS: [&str; 5] = [
    "warcio==1.8.1",
    "wacz==0.6.0",
    "cdxj-indexer==1.5.0",
    "bagit==1.9.0",
    "setuptools<81",
];

/// Installs what is missing and returns the folder of the Python readers' programs.
pub(crate) fn install() -> anyhow::Result<String> {
    let wanted = missing_packages();
    if !wanted.is_empty() {
        if !is_installed("apt-get") {
            bail!(
                "the test suite needs {}; install them by your system's own means",
                wanted.join(", ")
            );
        }
        run("apt-get", &["update", "--quiet"], &[])?;
        let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
        arguments.extend(&wanted);
        run(
            "apt-get",
            &arguments,
            &[("DEBIAN_FRONTEND", "noninteractive")],
        )?;
    }
    let folder = root().join("target/tools/python");
    let shown = folder.to_string_lossy().into_owned();
    let bin = folder.join("bin");
    if !READERS.iter().all(|reader| is_recorded(&folder, reader)) {
        run("python3", &["-m", "venv", &shown], &[])?;
        let pip = bin.join("pip").to_string_lossy().into_owned();
        let mut arguments = vec!["install", "--quiet"];
        arguments.extend(READERS);
        run(&pip, &arguments, &[])?;
        std::fs::write(folder.join("installed.txt"), READERS.join("\n"))?;
    }
    Ok(bin.to_string_lossy().into_owned())
}

fn missing_packages() -> Vec<&'static str> {
    let programs = PROGRAMS
        .iter()
        .filter(|(program, _)| !is_installed(program))
        .map(|(_, package)| *package);
    let companions = COMPANIONS
        .iter()
        .filter(|(path, _)| !Path::new(path).exists())
        .map(|(_, package)| *package);
    programs.chain(companions).collect()
}

fn is_recorded(folder: &Path, reader: &str) -> bool {
    std::fs::read_to_string(folder.join("installed.txt"))
        .is_ok_and(|list| list.lines().any(|line| line == reader))
}
