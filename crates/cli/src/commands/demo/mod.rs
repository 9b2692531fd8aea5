//! `jianwei demo`: the whole journey against the bundled lab, then the console stays up.

mod review;
mod verdict;

use std::path::Path;
use std::sync::Arc;

use jianwei_discover::{ListSource, SearchSource};
use jianwei_dispatch::{Password, Security, Sender, Smtp, Transport};
use jianwei_journey::{Parts, RunMode};
use jianwei_lab::{Lab, LabSettings, SMTP_PASSWORD, SMTP_USER};
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch::Receiver;

use super::run::{
    listen, say_browser, serve_console, side_by_side, steps, stop_on_signal, watch, work,
};
use crate::arguments::{Demo, Global};
use crate::config::{Config, Paths};
use crate::exit::{Failure, Found};
use crate::output::say;
use crate::progress::Progress;
use crate::{desk, output, setup};

/// A folder holds a demo, and may be replaced by the next, if it holds this file.
const MARKER: &str = "jianwei-demo.txt";

/// Cases that are left for the person to decide when the console stays up.
const LEFT_FOR_YOU: usize = 3;

pub(crate) async fn run(global: &Global, demo: &Demo) -> Result<Found, Failure> {
    let out = prepare_folder(&demo.out)?;
    let listener = if demo.exit {
        None
    } else {
        Some(listen(&demo.listen).await?)
    };
    let lab = Lab::start_with(LabSettings {
        mail_folder: Some(out.join("mails")),
    })
    .await
    .map_err(|error| Failure::component("lab", error))?;
    let config = configure(&lab, &out)?;
    let (notices, told) = unbounded_channel();
    let additions = setup::Additions {
        protected: lab.protected(),
        closed_suffixes: vec!["gov.test".to_owned()],
        recipients: Some(include_str!("recipients.toml")),
    };
    let parts = Arc::new(setup::parts_with(&config, Some(notices), &additions).await?);
    let stop = stop_on_signal();
    if !global.json {
        say!(
            "鉴伪演示：本机实验网络中藏有 {} 个假冒和售假网站\n",
            lab.truth().guilty().count()
        );
    }
    say_browser(&parts);
    let show = if global.json {
        |_: &Progress, _: &str| {}
    } else {
        Progress::print
    };
    let watcher = tokio::spawn(watch(Arc::clone(&parts), told, show));
    let people = review::hire(&parts.store).await?;
    work(&config, Arc::clone(&parts), RunMode::Once, stop.clone()).await?;
    let left = if demo.exit { 0 } else { LEFT_FOR_YOU };
    review::decide_all(&parts.store, &people, left).await?;
    steps(Arc::clone(&parts), RunMode::Finish, stop.clone()).await?;
    write_packets(&parts, &out).await?;
    let verdict = verdict::judge(&parts.store, &lab).await?;
    if global.json {
        output::json(&verdict);
    } else {
        verdict.show();
        say_places(&out);
    }
    if let Some(listener) = listener {
        stay(&config, &parts, &people, listener, stop).await?;
    }
    watcher.abort();
    lab.shutdown().await;
    Ok(if verdict.is_right() {
        Found::Nothing
    } else {
        Found::Something
    })
}

/// Keeps console and steps up until the person has seen enough.
async fn stay(
    config: &Config,
    parts: &Arc<Parts>,
    people: &review::People,
    listener: tokio::net::TcpListener,
    stop: Receiver<bool>,
) -> Result<(), Failure> {
    say!("\n{}", people.invitation());
    let desk = tokio::spawn(desk::serve(parts.store.clone(), config.store.url.clone()));
    let steps = steps(Arc::clone(parts), RunMode::UntilStopped, stop.clone());
    let console = serve_console(config, parts.store.clone(), listener, stop);
    let outcome = side_by_side(steps, console).await;
    desk.abort();
    outcome
}

fn prepare_folder(folder: &Path) -> Result<std::path::PathBuf, Failure> {
    let failure = |error: std::io::Error| Failure::input(folder.display(), error);
    if folder.exists() {
        let is_ours = folder.join(MARKER).is_file();
        let is_empty = std::fs::read_dir(folder).map_err(failure)?.next().is_none();
        if !is_ours && !is_empty {
            return Err(Failure::input(
                folder.display(),
                "is there already and is not an earlier demo",
            )
            .hint("give another folder with --out"));
        }
        if is_ours {
            std::fs::remove_dir_all(folder).map_err(failure)?;
        }
    }
    std::fs::create_dir_all(folder).map_err(failure)?;
    std::fs::write(
        folder.join(MARKER),
        "Made by `jianwei demo`, which replaces this folder when it runs again.\n",
    )
    .map_err(failure)?;
    folder.canonicalize().map_err(failure)
}

/// A configuration that points every part at the lab.
fn configure(lab: &Lab, out: &Path) -> Result<Config, Failure> {
    let failure = |error: std::io::Error| Failure::input(out.display(), error);
    let addresses = lab.addresses();
    let (list, authority) = (out.join("domains.txt"), out.join("lab-authority.pem"));
    std::fs::write(&list, lab.domain_list()).map_err(failure)?;
    std::fs::write(&authority, lab.authority_pem()).map_err(failure)?;
    let mut config = Config {
        paths: Paths::default(),
        ..Config::default()
    };
    config.store.url = format!("sled:{}", out.join("store").display());
    config.evidence.key_file = out.join("keys/seal.pem");
    config.net.dns_servers = vec![addresses.dns];
    config.net.allow = vec!["127.0.0.1/32".parse().map_err(Failure::usage)?];
    config.net.port_map = [(80, addresses.http.port()), (443, addresses.https.port())].into();
    // The lab's tar pit and silent hosts are there to be given up on; nobody should wait long for a demo.
    config.net.total_timeout_ms = 4_000;
    config.net.answer_timeout_ms = 3_000;
    config.net.idle_timeout_ms = 2_000;
    config.net.resolve_timeout_ms = 500;
    config.crawl.host_delay_ms = 20;
    config.crawl.max_attempts = 2;
    config.crawl.retry_base_ms = 500;
    config.discover.lists = vec![ListSource {
        name: "新增域名".to_owned(),
        path: list,
    }];
    let search_url = addresses.search_url.trim_end_matches("/search").to_owned();
    config.discover.search = vec![SearchSource {
        name: "实验搜索".to_owned(),
        url: search_url,
        language: "zh-CN".to_owned(),
        engines: String::new(),
        max_pages: 2,
    }];
    config.dispatch.sender = Sender {
        unit: "临江省网络违法信息监测中心（演示）".to_owned(),
        name: "值班室".to_owned(),
        address: "jubao@jiance.example".to_owned(),
        reply_to: None,
        phone: "000-00000000".to_owned(),
        website: "www.jiance.example".to_owned(),
    };
    config.dispatch.message_domain = "jiance.example".to_owned();
    config.dispatch.transport = Transport::Smtp(Smtp {
        host: "localhost".to_owned(),
        port: addresses.smtp.port(),
        security: Security::Starttls,
        username: Some(SMTP_USER.to_owned()),
        password_file: None,
        password_env: None,
        password: Some(Password::new(SMTP_PASSWORD)),
        root_certificate: Some(authority),
        timeout_seconds: 10,
        data_timeout_seconds: 60,
    });
    Ok(config)
}

async fn write_packets(parts: &Parts, out: &Path) -> Result<(), Failure> {
    let folder = out.join("packets");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::input(folder.display(), error))?;
    for record in parts.store.packets().list(None, usize::MAX).await? {
        let Some(bytes) = parts.store.blobs().get(&record.file.digest).await? else {
            return Err(Failure::component(
                "store",
                format!("the packet of `{}` is missing", record.case),
            ));
        };
        let path = folder.join(format!("{}.zip", record.case));
        std::fs::write(&path, bytes).map_err(|error| Failure::input(path.display(), error))?;
    }
    Ok(())
}

fn say_places(out: &Path) {
    say!("\n证据包  {}", out.join("packets").display());
    say!("邮件    {}", out.join("mails").display());
}
