//! What can be typed after `jianwei`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// 鉴伪 finds counterfeit government websites and sellers of forged certificates, proves what it found, and gets it
/// dealt with.
#[derive(Debug, Parser)]
#[command(name = "jianwei", version, max_term_width = 110, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  found what it looks for (inspect, screen, a packet that does not verify)
  2  wrong usage or configuration
  3  a needed component or the network is not available
  4  an input cannot be read

Example:
  jianwei demo                         the whole journey against the bundled lab, then the console stays up";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Configuration file; `config/jianwei.toml` if it exists, otherwise the built-in defaults
    #[arg(long, global = true, value_name = "FILE", env = "JIANWEI_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Print data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// More of what happens inside, on standard error (repeat for more)
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the whole journey against the bundled lab, then keep the console up
    Demo(Demo),
    /// Run the steps with the configured sources and the console
    Run(Run),
    /// Assess a page: a URL, a saved file, or `-` for standard input
    Inspect(Inspect),
    /// Match host names of lists against the protected sites
    Screen(Screen),
    /// Look at cases and decide them
    Case(Case),
    /// Export, verify and show evidence packets
    Packet(Packet),
    /// The regulator's side of the packet queue
    Queue(Queue),
    /// Look at letters
    Letter(Letter),
    /// Manage the users of the console
    User(User),
    /// Check configuration, store, browser, DNS, mail, clock and disk: one line each
    Doctor,
    /// Print shell completions
    #[command(after_help = "Example:\n  jianwei completions bash > /etc/bash_completion.d/jianwei")]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jianwei demo\n  jianwei demo --exit --out /tmp/demo")]
pub(crate) struct Demo {
    /// End after the closing table; exit code 0 only if every fake and seller was found and nothing else flagged
    #[arg(long)]
    pub(crate) exit: bool,
    /// Where packets, mails and the store go; an earlier demo there is replaced
    #[arg(long, value_name = "FOLDER", default_value = "jianwei-demo")]
    pub(crate) out: PathBuf,
    /// Address of the console
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8730")]
    pub(crate) listen: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jianwei run\n  jianwei run --once --list hosts.txt\n  jianwei run --role console"
)]
pub(crate) struct Run {
    /// Which part of the work this process does
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) role: RunRole,
    /// Pull the sources once, finish everything that follows from them, and end
    #[arg(long)]
    pub(crate) once: bool,
    /// A domain list to pull besides the configured ones
    #[arg(long, value_name = "FILE")]
    pub(crate) list: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunRole {
    /// The steps and the console
    All,
    /// The steps without the console
    Worker,
    /// The console without the steps
    Console,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jianwei inspect https://example.test/cert
  jianwei inspect saved.html --as-url http://example.test/
  cat saved.html | jianwei inspect - --as-url http://example.test/ --json
  jianwei inspect --list pages.txt --jsonl")]
pub(crate) struct Inspect {
    /// A URL, a file, or `-` for standard input
    #[arg(required_unless_present = "list", value_name = "URL|FILE|-")]
    pub(crate) target: Option<String>,
    /// Where the file was found; without it no signal that looks at the host can speak
    #[arg(long, value_name = "URL")]
    pub(crate) as_url: Option<String>,
    /// How the visit looks from outside
    #[arg(long, value_enum, default_value = "desktop")]
    pub(crate) vantage: VantageName,
    /// Also render the page in a browser
    #[arg(long)]
    pub(crate) browser: bool,
    /// Inspect many: a file with one URL or file a line, a tab and the page's URL after it where known
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    pub(crate) list: Option<PathBuf>,
    /// With --list: one JSON object a line
    #[arg(long, requires = "list")]
    pub(crate) jsonl: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VantageName {
    Desktop,
    WechatMobile,
    SearchBot,
    FromBaidu,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jianwei screen hosts.txt new-domains.csv.gz\n  echo cx-mem-gov.example | jianwei screen - --json"
)]
pub(crate) struct Screen {
    /// Domain lists (plain, CSV or hosts format, also gzipped), or `-` for standard input
    #[arg(required = true, value_name = "LIST")]
    pub(crate) lists: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jianwei case list --state suspected
  jianwei case show case-1a2b3c4d5e
  jianwei case confirm case-1a2b3c4d5e --as li --reason 核对页面与证据包属实
  jianwei case approve case-1a2b3c4d5e --as wang")]
pub(crate) struct Case {
    #[command(subcommand)]
    pub(crate) verb: CaseVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CaseVerb {
    /// List cases
    List {
        /// Only cases in this state (suspected, confirmed, dismissed, approved, sent, acknowledged, disposed)
        #[arg(long)]
        state: Option<String>,
    },
    /// Show one case with its findings, letters and events
    Show {
        /// The case
        case: String,
    },
    /// Confirm a case as an analyst
    Confirm(Deed),
    /// Dismiss a case as an analyst
    Dismiss(Deed),
    /// Take up a dismissed case again
    Reopen(Deed),
    /// Approve letters to leave, as another person than the one who confirmed
    Approve {
        #[command(flatten)]
        deed: Deed,
        /// The letter; all of the case's letters when absent
        #[arg(long)]
        letter: Option<String>,
    },
    /// Settle a sending of which nobody knows whether it left, as an approver who has asked the recipient
    Settle {
        #[command(flatten)]
        deed: Deed,
        /// The letter
        #[arg(long)]
        letter: String,
        /// It did leave; the reason is the proof
        #[arg(
            long,
            required_unless_present = "not_delivered",
            conflicts_with = "not_delivered"
        )]
        delivered: bool,
        /// It did not leave, and is sent again
        #[arg(long)]
        not_delivered: bool,
    },
    /// Record what an authority did
    Dispose {
        #[command(flatten)]
        deed: Deed,
        /// What it did: blocked, closed, access_stopped, resolution_stopped, domain_cancelled, filing_cancelled,
        /// search_entry_removed, transferred_to_police, declined
        #[arg(long)]
        disposition: String,
    },
}

/// Who does something to a case, and why.
#[derive(Debug, Args)]
pub(crate) struct Deed {
    /// The case
    pub(crate) case: String,
    /// The user who acts; the password is asked for, or read from JIANWEI_PASSWORD
    #[arg(long = "as", value_name = "USER")]
    pub(crate) user: String,
    /// Why, in the user's words
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jianwei packet export case-1a2b3c4d5e --to /tmp
  jianwei packet verify /tmp/case-1a2b3c4d5e.zip --key unit.pub.pem
  jianwei packet show /tmp/case-1a2b3c4d5e.zip")]
pub(crate) struct Packet {
    #[command(subcommand)]
    pub(crate) verb: PacketVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PacketVerb {
    /// Write a case's packet to a folder
    Export {
        /// The case
        case: String,
        /// The folder
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        to: PathBuf,
    },
    /// Check a packet strictly, without store or network
    Verify {
        /// A packet (.zip) or the archive inside it (.wacz)
        file: PathBuf,
        /// Public key of a unit that is trusted to sign (PEM); may be repeated
        #[arg(long, value_name = "FILE")]
        key: Vec<PathBuf>,
    },
    /// Show what a packet holds
    Show {
        /// A packet (.zip) or the archive inside it (.wacz)
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jianwei queue next --to /srv/inbox\n  jianwei queue ack letter-1a2b3c4d5e --receipt 京网信收2026-15"
)]
pub(crate) struct Queue {
    #[command(subcommand)]
    pub(crate) verb: QueueVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QueueVerb {
    /// Take the oldest packet that nobody has acknowledged, with its letter
    Next {
        /// The folder they are written to
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        to: PathBuf,
    },
    /// Acknowledge a packet for good
    Ack {
        /// The letter that came with it
        letter: String,
        /// Receipt number or words
        #[arg(long, default_value = "")]
        receipt: String,
    },
    /// List what waits
    List,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jianwei letter list\n  jianwei letter show letter-1a2b3c4d5e")]
pub(crate) struct Letter {
    #[command(subcommand)]
    pub(crate) verb: LetterVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LetterVerb {
    /// List letters
    List,
    /// Show a letter as its recipient reads it
    Show {
        /// The letter
        letter: String,
    },
    /// Send approved letters now; without `run` nobody else does
    Send,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jianwei user add li --role analyst --display 李某
  jianwei user list
  jianwei user disable li")]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) verb: UserVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserVerb {
    /// Add a user; the password is asked for, or read from JIANWEI_PASSWORD
    Add {
        /// Login name
        name: String,
        /// What the user may do: analyst, approver, administrator; may be repeated
        #[arg(long, required = true)]
        role: Vec<String>,
        /// The name others see; the login name when absent
        #[arg(long)]
        display: Option<String>,
    },
    /// List users
    List,
    /// Set a user's password
    Passwd {
        /// Login name
        name: String,
    },
    /// Shut a user out
    Disable {
        /// Login name
        name: String,
    },
}
