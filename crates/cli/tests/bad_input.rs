//! Bad input: each gets a message that names it and the documented exit code, and nothing panics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failure here is the failure of the test"
)]

mod support;

use std::net::TcpListener;
use std::process::Output;

use support::{Bench, err, out};

#[track_caller]
fn check(output: &Output, code: i32, named: &[&str]) {
    let message = err(output);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{message}\n{}",
        out(output)
    );
    for name in named {
        assert!(
            message.contains(name),
            "`{name}` is not named in: {message}"
        );
    }
    assert!(!message.contains("panicked"), "{message}");
}

#[test]
fn an_unknown_key_in_the_configuration() {
    let bench = Bench::new();
    bench.write("c.toml", "[store]\nurl = \"sled:s\"\ncolour = \"red\"\n");
    check(
        &bench.run(&["--config", "c.toml", "doctor"]),
        2,
        &["c.toml", "line 3", "colour"],
    );
}

#[test]
fn a_missing_configuration_file() {
    let bench = Bench::new();
    check(
        &bench.run(&["--config", "gone.toml", "doctor"]),
        4,
        &["gone.toml"],
    );
}

#[test]
fn a_missing_page_and_a_missing_list() {
    let bench = Bench::new();
    check(&bench.run(&["inspect", "gone.html"]), 4, &["gone.html"]);
    check(&bench.run(&["screen", "gone.txt"]), 4, &["gone.txt"]);
    check(
        &bench.run(&["run", "--once", "--list", "gone.txt"]),
        4,
        &["gone.txt"],
    );
    check(
        &bench.run(&["packet", "verify", "gone.zip"]),
        4,
        &["gone.zip"],
    );
}

#[test]
fn a_picture_in_place_of_a_page() {
    let bench = Bench::new();
    bench.write("page.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    check(
        &bench.run(&["inspect", "page.html", "--as-url", "http://a.test/"]),
        4,
        &["page.html", "PNG"],
    );
}

#[test]
fn a_url_that_is_none() {
    let bench = Bench::new();
    bench.write("page.html", "<p>x</p>");
    check(
        &bench.run(&["inspect", "page.html", "--as-url", "nonsense"]),
        2,
        &["nonsense"],
    );
}

#[test]
fn a_list_with_garbage_lines_is_read_to_its_end() {
    let bench = Bench::new();
    bench.write("hosts.txt", "a.test\n\u{1}\u{2} not a host \u{3}\nb.test\n");
    let output = bench.run(&["screen", "hosts.txt"]);
    check(&output, 0, &["hosts.txt", "2", "of 2 hosts"]);
}

#[test]
fn a_corrupt_store() {
    let bench = Bench::new();
    bench.write("store/db", "this is no database".repeat(4_000));
    bench.write("store/conf", "nor is this a configuration");
    bench.write("c.toml", "[store]\nurl = \"sled:store\"\n");
    check(
        &bench.run(&["--config", "c.toml", "case", "list"]),
        3,
        &["store"],
    );
    bench.write("file", "x");
    bench.write("d.toml", "[store]\nurl = \"sled:file\"\n");
    check(
        &bench.run(&["--config", "d.toml", "case", "list"]),
        3,
        &["file"],
    );
    bench.write("e.toml", "[store]\nurl = \"papyrus:scroll\"\n");
    check(
        &bench.run(&["--config", "e.toml", "case", "list"]),
        3,
        &["papyrus:scroll"],
    );
}

#[test]
fn a_port_in_use() {
    let bench = Bench::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    bench.write("c.toml", format!("[console]\nlisten = \"{address}\"\n"));
    check(&bench.run(&["--config", "c.toml", "run"]), 3, &[&address]);
}

#[test]
fn a_store_that_is_not_there_yet() {
    let bench = Bench::new();
    check(&bench.run(&["case", "list"]), 4, &["there is no store yet"]);
}

#[test]
fn something_that_is_no_packet() {
    let bench = Bench::new();
    bench.write("p.zip", "not a zip");
    let output = bench.run(&["packet", "verify", "p.zip"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    check(&bench.run(&["packet", "show", "p.zip"]), 4, &["p.zip"]);
}

#[test]
fn wrong_words_on_the_command_line() {
    let bench = Bench::new();
    check(&bench.run(&["frobnicate"]), 2, &["frobnicate"]);
    check(
        &bench.run(&["user", "add", "li", "--role", "king"]),
        2,
        &["king"],
    );
}

#[test]
fn every_command_shows_an_example() {
    let bench = Bench::new();
    for command in [
        "demo",
        "run",
        "inspect",
        "screen",
        "case",
        "packet",
        "queue",
        "letter",
        "user",
        "completions",
    ] {
        let output = bench.run(&[command, "--help"]);
        assert!(
            out(&output).contains("Example"),
            "{command}: {}",
            out(&output)
        );
    }
}
