//! The farm, served by this same program started a second time.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use jianwei_lab::{Farm, FarmSettings};
use jianwei_model::ProtectedSite;
use serde::{Deserialize, Serialize};

/// Tells this program to be a farm of so many hosts.
const VARIABLE: &str = "JIANWEI_BENCH_FARM";

/// What a client must know of the farm.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ground {
    /// The name server.
    pub(crate) dns: SocketAddr,
    /// The port to dial for 80.
    pub(crate) http: u16,
    /// The port to dial for 443.
    pub(crate) https: u16,
    /// The lab's official sites.
    pub(crate) protected: Vec<ProtectedSite>,
    /// All hosts of the farm.
    pub(crate) hosts: Vec<String>,
    /// Fakes and sellers among them.
    pub(crate) guilty: BTreeSet<String>,
}

/// A farm in another process; dropping it ends that process.
pub(crate) struct Farmhand {
    child: Child,
    /// What it serves.
    pub(crate) ground: Ground,
}

impl Farmhand {
    /// Starts a farm of `hosts` hosts and waits until it answers.
    pub(crate) fn start(hosts: u32) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(VARIABLE, hosts.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            ground: serde_json::from_str(&line).unwrap(),
        }
    }

    /// The farm's process, as `/proc` names it.
    pub(crate) fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Farmhand {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // A farm that is gone already needs no waiting for.
        let _status = self.child.wait();
    }
}

/// How many hosts this process is to serve, when it was started as a farm.
pub(crate) fn asked() -> Option<u32> {
    std::env::var(VARIABLE).ok()?.parse().ok()
}

/// Serves a farm until standard input ends, which it does with the process that asked for it.
pub(crate) async fn serve(hosts: u32) {
    let settings = FarmSettings {
        hosts,
        ..FarmSettings::default()
    };
    let farm = Farm::start(settings).await.unwrap();
    let truth = farm.truth();
    let guilty = truth.fakes.iter().chain(&truth.sellers);
    let ground = Ground {
        dns: farm.addresses().dns,
        http: farm.addresses().http.port(),
        https: farm.addresses().https.port(),
        protected: farm.lab().protected(),
        hosts: farm.domain_list().lines().map(str::to_owned).collect(),
        guilty: guilty.map(|site| site.host.clone()).collect(),
    };
    let line = serde_json::to_string(&ground).unwrap();
    println!("{line}");
    let end_of_input = || std::io::stdin().lines().for_each(drop);
    tokio::task::spawn_blocking(end_of_input).await.unwrap();
    farm.shutdown().await;
}
