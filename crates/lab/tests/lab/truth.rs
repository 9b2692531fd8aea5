//! What the lab says of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jianwei_lab::Lab;
use jianwei_model::MarkKind;

use crate::client::get;

fn sites() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sites")
}

#[tokio::test]
async fn every_site_folder_has_its_truth() {
    let lab = Lab::start().await.unwrap();
    let truth = lab.truth();
    let folders: BTreeSet<String> = fs::read_dir(sites())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let groups = [
        &truth.official,
        &truth.fakes,
        &truth.sellers,
        &truth.innocents,
        &truth.hostile,
    ];
    let mut told = BTreeSet::new();
    for site in groups.into_iter().flatten() {
        assert!(
            told.insert(site.host.clone()),
            "{} is told of twice",
            site.host
        );
        told.extend(site.entrances.iter().cloned());
        assert!(!site.note.is_empty() && !site.kind.is_empty());
    }
    assert_eq!(told, folders);
    let counts = [
        truth.official.len(),
        truth.fakes.len(),
        truth.sellers.len(),
        truth.innocents.len(),
    ];
    assert_eq!(counts, [4, 8, 6, 16]);
    assert!(truth.is_guilty("www.lhyjglj-chaxun.example") && truth.is_guilty("cx.lhsaqks.example"));
    assert!(!truth.is_guilty("yjj.baishi.gov.test") && !truth.is_guilty("cx.anquan.gov.test"));
}

#[tokio::test]
async fn fakes_are_made_differently_and_between_them_imitate_every_protected_site() {
    let lab = Lab::start().await.unwrap();
    let truth = lab.truth();
    let makings: BTreeSet<&str> = truth.fakes.iter().map(|fake| fake.kind.as_str()).collect();
    assert_eq!(makings.len(), truth.fakes.len());
    let imitated: BTreeSet<_> = truth
        .fakes
        .iter()
        .map(|fake| fake.imitates.clone().unwrap())
        .collect();
    let protected: BTreeSet<_> = lab.protected().into_iter().map(|site| site.id).collect();
    assert_eq!(imitated, protected);
    for site in &truth.official {
        let id = site.imitates.as_ref().unwrap();
        let own = lab
            .protected()
            .into_iter()
            .find(|protected| protected.id == *id)
            .unwrap();
        assert!(
            own.owns_host(&site.host, None),
            "{id} does not own {}",
            site.host
        );
    }
}

#[tokio::test]
async fn protected_sites_say_what_their_pages_show() {
    let lab = Lab::start().await.unwrap();
    for site in lab.protected() {
        let mut shown = String::new();
        for page in &site.reference_pages {
            let answer = get(lab.addresses(), lab.authority_pem(), page).await;
            assert_eq!(answer.status, 200, "{page}");
            shown.push_str(&answer.text());
        }
        if site.id.as_str() == "anquan-portal" {
            // The app's words are in its script, as with the real ones.
            let script = "https://zscx.anquan.gov.test/static/js/app.3c9d15b8.js";
            shown.push_str(
                &get(lab.addresses(), lab.authority_pem(), script)
                    .await
                    .text(),
            );
        }
        assert!(shown.contains(&site.organisation), "{}", site.id);
        for mark in &site.marks {
            let digits = mark.value.as_str();
            assert!(shown.contains(digits), "{} does not show {digits}", site.id);
            assert!(mark.kind != MarkKind::SiteCode || digits.starts_with(&site.region));
        }
        for path in &site.lookup_paths {
            assert!(shown.contains(path), "{} does not use {path}", site.id);
        }
    }
}

#[test]
fn no_number_on_any_page_can_be_anyone_s() {
    let mut folders = vec![sites()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for run in text.split(|letter: char| !letter.is_ascii_digit()) {
                let mobile = run.len() == 11 && run.starts_with('1') && run.as_bytes()[1] >= b'3';
                seen += usize::from(mobile);
                assert!(
                    !mobile || &run[3..7] == "0000",
                    "{run} in {}",
                    path.display()
                );
            }
        }
    }
    assert!(seen > 5);
}

/// Reads the kernel's tables: every socket this process listens on or has bound is in 127.0.0.0/8.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_binds_outside_loopback() {
    let lab = Lab::start().await.unwrap();
    let own: BTreeSet<String> = fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| {
            Some(
                link.to_str()?
                    .strip_prefix("socket:[")?
                    .trim_end_matches(']')
                    .to_owned(),
            )
        })
        .collect();
    let mut bound = 0;
    for table in ["tcp", "udp", "tcp6", "udp6"] {
        let Ok(text) = fs::read_to_string(format!("/proc/self/net/{table}")) else {
            continue;
        };
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if own.contains(fields[9]) {
                bound += 1;
                // Addresses are in host order: the first byte comes last.
                assert!(
                    fields[1].len() == 13 && &fields[1][6..8] == "7F",
                    "{table} {line}"
                );
            }
        }
    }
    assert!(bound >= 8, "{bound}");
    lab.shutdown().await;
}

#[tokio::test]
async fn ports_are_free_after_shutdown() {
    let lab = Lab::start().await.unwrap();
    let addresses = lab.addresses().clone();
    lab.shutdown().await;
    for address in [
        addresses.http,
        addresses.https,
        addresses.smtp,
        addresses.smtps,
    ] {
        assert!(
            tokio::net::TcpStream::connect(address).await.is_err(),
            "{address}"
        );
    }
    assert!(tokio::net::UdpSocket::bind(addresses.dns).await.is_ok());
}
