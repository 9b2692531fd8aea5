//! `jianwei-lab`: runs the lab or a farm until Ctrl-C, for trying things by hand.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this binary talks to the person who started it"
)]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jianwei_lab::{Addresses, Farm, FarmSettings, Lab, LabSettings, SMTP_PASSWORD, SMTP_USER};

/// A small counterfeit internet on loopback.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the lab's sites.
    Serve(Outputs),
    /// Serve many plain hosts beside them, such as `jianwei-lab farm --hosts 2000 --list hosts.txt`.
    Farm {
        /// Number of hosts.
        #[arg(long, default_value_t = 2000)]
        hosts: u32,
        /// Pages of each host.
        #[arg(long, default_value_t = 1)]
        pages: u32,
        /// Every so many hosts one is a fake or a seller; 0 for none.
        #[arg(long, default_value_t = 50)]
        every: u32,
        /// How long each answer is held back, in milliseconds.
        #[arg(long, default_value_t = 0)]
        latency_ms: u64,
        #[command(flatten)]
        outputs: Outputs,
    },
}

#[derive(clap::Args)]
struct Outputs {
    /// Where to write the domain list.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Where to write the settings with which `jianwei run --config` reaches the lab.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A folder for the protected sites, one file each.
    #[arg(long, value_name = "FOLDER")]
    protected: Option<PathBuf>,
    /// A folder for received mails.
    #[arg(long, value_name = "FOLDER")]
    mails: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jianwei-lab: {error}");
            ExitCode::from(3)
        }
    }
}

async fn run(command: Command) -> io::Result<()> {
    match command {
        Command::Serve(outputs) => {
            let lab = Lab::start_with(lab_settings(&outputs))
                .await
                .map_err(io::Error::other)?;
            write(&outputs, &lab, &lab.domain_list())?;
            wait(lab.addresses()).await?;
            lab.shutdown().await;
        }
        Command::Farm {
            hosts,
            pages,
            every,
            latency_ms,
            outputs,
        } => {
            let lab = lab_settings(&outputs);
            let settings = FarmSettings {
                hosts,
                pages,
                every,
                latency_ms,
                lab,
                ..FarmSettings::default()
            };
            let farm = Farm::start(settings).await.map_err(io::Error::other)?;
            write(&outputs, farm.lab(), &farm.domain_list())?;
            wait(farm.addresses()).await?;
            farm.shutdown().await;
        }
    }
    Ok(())
}

fn lab_settings(outputs: &Outputs) -> LabSettings {
    LabSettings {
        mail_folder: outputs.mails.clone(),
    }
}

fn write(outputs: &Outputs, lab: &Lab, list: &str) -> io::Result<()> {
    if let Some(path) = &outputs.list {
        put(path, list)?;
    }
    if let Some(path) = &outputs.config {
        put(path, &config(lab.addresses()))?;
    }
    if let Some(folder) = &outputs.protected {
        fs::create_dir_all(folder)?;
        for site in lab.protected() {
            let text = toml::to_string_pretty(&site).map_err(io::Error::other)?;
            put(&folder.join(format!("{}.toml", site.id)), &text)?;
        }
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot write `{}`: {error}", path.display()),
        )
    })?;
    println!("wrote {}", path.display());
    Ok(())
}

fn config(addresses: &Addresses) -> String {
    format!(
        "# Reaches the lab: its name server, its web ports in the stead of 80 and 443, and loopback allowed.\n\
         [net]\ndns_servers = [\"{}\"]\nallow_addresses = [\"127.0.0.1/32\"]\n\n\
         [net.port_map]\n80 = {}\n443 = {}\n",
        addresses.dns,
        addresses.http.port(),
        addresses.https.port()
    )
}

async fn wait(addresses: &Addresses) -> io::Result<()> {
    println!("name server  {}", addresses.dns);
    println!("http         {}", addresses.http);
    println!("https        {}", addresses.https);
    println!("search       {}", addresses.search_url);
    println!(
        "mail         {} (user {SMTP_USER}, password {SMTP_PASSWORD})",
        addresses.smtp
    );
    println!("mail in TLS  {}", addresses.smtps);
    println!("canary       {}", addresses.canary);
    println!("Ctrl-C ends it.");
    tokio::signal::ctrl_c().await
}
