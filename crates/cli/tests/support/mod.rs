//! The real binary, run against a lab on loopback.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses its own part of this"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jianwei_lab::{Addresses, Lab, SMTP_PASSWORD, SMTP_USER};

/// A folder of a test with the configuration that reaches a lab.
pub struct Bench {
    pub folder: tempfile::TempDir,
}

impl Bench {
    /// An empty folder.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// `jianwei` with arguments, in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jianwei"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("JIANWEI_CONFIG");
        command
    }

    /// Runs `jianwei` to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Writes `jianwei.toml` and `seeds/` so that `lab` is the whole internet; returns the configuration's path.
    pub fn reach(&self, lab: &Lab) -> PathBuf {
        let seeds = self.path("seeds");
        copy_tree(&workspace().join("seeds"), &seeds);
        for site in lab.protected() {
            let id = site.id.clone();
            let mut table: toml::Table = toml::to_string(&site).unwrap().parse().unwrap();
            table.remove("id");
            std::fs::write(
                seeds.join(format!("protected/{id}.toml")),
                table.to_string(),
            )
            .unwrap();
        }
        copy_tree(&workspace().join("config"), &self.path("config"));
        self.write(
            "config/recipients.toml",
            include_str!("../../src/commands/demo/recipients.toml"),
        );
        close_suffix(&seeds.join("vocabulary.toml"), "gov.test");
        self.write("authority.pem", lab.authority_pem());
        self.write("jianwei.toml", configuration(lab.addresses()))
    }
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn close_suffix(vocabulary: &Path, suffix: &str) {
    let text = std::fs::read_to_string(vocabulary).unwrap();
    let mut table: toml::Table = text.parse().unwrap();
    let suffixes = table
        .get_mut("closed_suffixes")
        .and_then(toml::Value::as_array_mut)
        .unwrap();
    suffixes.push(suffix.into());
    std::fs::write(vocabulary, table.to_string()).unwrap();
}

fn configuration(addresses: &Addresses) -> String {
    let search = addresses.search_url.trim_end_matches("/search");
    format!(
        r#"
[store]
url = "sled:store"
[paths]
config = "config"
seeds = "seeds"
[evidence]
key_file = "keys/seal.pem"
[journey]
render_suspects = false
[net]
dns_servers = ["{dns}"]
allow = ["127.0.0.1/32"]
total_timeout_ms = 4000
answer_timeout_ms = 3000
idle_timeout_ms = 2000
resolve_timeout_ms = 500
[net.port_map]
80 = {http}
443 = {https}
[net.browser]
enabled = false
[crawl]
host_delay_ms = 10
max_attempts = 2
retry_base_ms = 200
[[discover.search]]
name = "lab"
url = "{search}"
[dispatch.sender]
unit = "示例市互联网违法信息监测中心"
name = "值班室"
address = "report@jiance.example"
phone = "000-0000000"
website = "https://jiance.example/"
[dispatch.transport]
kind = "smtp"
host = "localhost"
port = {smtp}
security = "starttls"
username = "{SMTP_USER}"
password = "{SMTP_PASSWORD}"
root_certificate = "authority.pem"
"#,
        dns = addresses.dns,
        http = addresses.http.port(),
        https = addresses.https.port(),
        smtp = addresses.smtp.port(),
    )
}
