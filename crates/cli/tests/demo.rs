//! The demo is right about every site of the lab, and what it leaves on disk convinces other people's tools.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failure here is the failure of the test"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use mail_parser::{MessageParser, MimeHeaders as _};
use serde_json::Value;
use support::{Bench, err, out};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn the_demo_finds_all_flags_nobody_else_and_its_packets_and_mails_hold() {
    let bench = Bench::new();
    let output = bench.run(&["demo", "--exit", "--out", "demo", "--json"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}\n{}",
        out(&output),
        err(&output)
    );
    let verdict: Value = serde_json::from_str(&out(&output)).unwrap();
    let rows = verdict["rows"].as_array().unwrap();
    let count = |result: &str| rows.iter().filter(|row| row["result"] == result).count();
    assert!(
        count("found") >= 14 && count("rightly_left") >= 20,
        "{verdict:#}"
    );
    assert_eq!(verdict["canary_touched"], false);

    let packets = files(&bench.path("demo/packets"));
    assert_eq!(packets.len() as u64, verdict["packets"].as_u64().unwrap());
    let key = bench.path("demo/keys/seal.pub.pem");
    for packet in &packets {
        let output = bench.run(&[
            "packet",
            "verify",
            packet.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    }
    foreign_tools_accept(&bench, &packets[0]);
    a_changed_packet_is_refused(&bench, &packets[0]);
    mails_are_readable(&bench, &packets);
}

fn foreign_tools_accept(bench: &Bench, packet: &Path) {
    let tools = std::env::var("JIANWEI_PYTHON_TOOLS")
        .expect("JIANWEI_PYTHON_TOOLS names the folder with `wacz` and `warcio`; `cargo xtask test` sets it");
    let unpacked = bench.path("unpacked");
    let case = packet.file_stem().unwrap().to_str().unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{program} {arguments:?}\n{}\n{}",
            out(&output),
            err(&output)
        );
    };
    run(
        "unzip",
        &[
            "-q",
            packet.to_str().unwrap(),
            "-d",
            unpacked.to_str().unwrap(),
        ],
    );
    let wacz = unpacked.join(format!("{case}/data/{case}.wacz"));
    run(
        &format!("{tools}/wacz"),
        &["validate", "-f", wacz.to_str().unwrap()],
    );
    let inner = bench.path("inner");
    run(
        "unzip",
        &["-q", wacz.to_str().unwrap(), "-d", inner.to_str().unwrap()],
    );
    for archive in files(&inner.join("archive")) {
        run(
            &format!("{tools}/warcio"),
            &["check", archive.to_str().unwrap()],
        );
    }
}

fn a_changed_packet_is_refused(bench: &Bench, packet: &Path) {
    let mut bytes = std::fs::read(packet).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let changed = bench.write("changed.zip", bytes);
    let output = bench.run(&["packet", "verify", changed.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("FAILS"));
}

/// What a recipient's mail program makes of the mails: subject, who asks, on which basis, digest, attachments.
fn mails_are_readable(bench: &Bench, packets: &[PathBuf]) {
    let mails: Vec<PathBuf> = files(&bench.path("demo/mails"));
    assert!(!mails.is_empty());
    for mail in mails {
        let bytes = std::fs::read(&mail).unwrap();
        let message = MessageParser::default().parse(&bytes).unwrap();
        let subject = message.subject().unwrap();
        let body = message.body_text(0).unwrap();
        assert!(subject.contains("case-"), "{subject}");
        assert!(
            body.contains("联系") && body.contains("《") && body.contains("SHA-256："),
            "{body}"
        );
        assert!(
            !body.contains("http://"),
            "a live link in {subject}: {body}"
        );
        let attached: Vec<&str> = message
            .attachments()
            .filter_map(|part| part.attachment_name())
            .collect();
        let packet = attached.iter().find(|name| name.ends_with(".zip")).unwrap();
        let part = message
            .attachments()
            .find(|part| part.attachment_name() == Some(packet))
            .unwrap();
        let original = packets.iter().find(|path| path.ends_with(packet)).unwrap();
        assert_eq!(
            part.contents(),
            std::fs::read(original).unwrap(),
            "the attached packet is the sealed one"
        );
    }
}

#[test]
fn a_folder_that_is_not_a_demo_is_never_replaced() {
    let bench = Bench::new();
    bench.write("precious/thesis.txt", "words");
    let output = bench.run(&["demo", "--exit", "--out", "precious"]);
    assert_eq!(output.status.code(), Some(4), "{}", err(&output));
    assert!(bench.path("precious/thesis.txt").exists());
}
