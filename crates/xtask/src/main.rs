//! Developer tasks: `cargo xtask test`, `tidy`, `bench`.
#![expect(clippy::print_stderr, reason = "this program talks to developers")]

use std::process::ExitCode;

mod bench;
mod command;
mod test;
mod tidy;
mod tools;

const USAGE: &str = "\
usage: cargo xtask TASK

  test                    everything that must hold: installs what the suite needs, then fmt, clippy, tidy, tests, doc tests
  tidy                    the house rules only: layout, imports, budgets, lists that must agree
  bench                   the figures that the README quotes
  bench analyse [PATH]    assessment beside the bare parse, over the pages below PATH
  bench crawl [HOSTS]     a whole journey over a farm beside bare downloads
  bench screen [FILE...]  host names of lists against the protected sites
  bench store             durable writes of each kind";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => test::run(),
        ["tidy"] => tidy::run(),
        ["bench", rest @ ..] => bench::run(rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
