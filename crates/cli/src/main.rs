//! The `jianwei` command: words for people, settings, exit codes.
#![expect(clippy::print_stderr, reason = "this program talks to people")]

use std::process::ExitCode;

use clap::Parser as _;

mod arguments;
mod assets;
mod commands;
mod config;
mod desk;
mod exit;
mod output;
mod progress;
mod setup;

use arguments::{Arguments, Command};
use exit::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    output::start_logging(&arguments);
    // One provider of cryptography for every TLS session of the process.
    let _already_chosen = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(&arguments)),
        Err(error) => Err(Failure::component("the asynchronous runtime", &error)),
    };
    exit::report(result)
}

async fn run(arguments: &Arguments) -> Result<exit::Found, Failure> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Demo(demo) => commands::demo::run(global, demo).await,
        Command::Run(run) => commands::run::run(global, run).await,
        Command::Inspect(inspect) => commands::inspect::run(global, inspect).await,
        Command::Screen(screen) => commands::screen::run(global, screen),
        Command::Case(case) => commands::case::run(global, case).await,
        Command::Packet(packet) => commands::packet::run(global, packet).await,
        Command::Queue(queue) => commands::queue::run(global, queue).await,
        Command::Letter(letter) => commands::letter::run(global, letter).await,
        Command::User(user) => commands::user::run(global, user).await,
        Command::Doctor => commands::doctor::run(global).await,
        Command::Completions { shell } => commands::completions::run(*shell),
    }
}
