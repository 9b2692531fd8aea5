//! Bare downloads: the door's hops and nothing else, as many at once as a journey makes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jianwei_model::{HopCause, Vantage};
use jianwei_net::{Door, Request};
use tokio::task::JoinSet;

use crate::farm::Farmhand;
use crate::spent::{Spent, measure};

/// Downloads `paths` of every host in turn; gives the last path's address and text for each host.
pub(crate) async fn download(
    door: &Door,
    farm: &Farmhand,
    paths: &'static [&'static str],
) -> (Spent, Vec<(String, String)>) {
    let (spent, pages) = measure(farm, all(door, &farm.ground.hosts, paths)).await;
    assert_eq!(pages.len(), farm.ground.hosts.len(), "pages");
    (spent, pages)
}

async fn all(
    door: &Door,
    hosts: &[String],
    paths: &'static [&'static str],
) -> Vec<(String, String)> {
    let hosts: Arc<[String]> = hosts.into();
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..crate::IN_FLIGHT {
        let (door, hosts, next) = (door.clone(), Arc::clone(&hosts), Arc::clone(&next));
        workers.spawn(async move {
            let mut pages = Vec::new();
            while let Some(host) = hosts.get(next.fetch_add(1, Ordering::Relaxed)) {
                pages.extend(one(&door, host, paths).await);
            }
            pages
        });
    }
    workers.join_all().await.into_iter().flatten().collect()
}

async fn one(door: &Door, host: &str, paths: &[&str]) -> Option<(String, String)> {
    let mut last = None;
    for path in paths {
        let request = Request {
            url: format!("http://{host}{path}"),
            vantage: Vantage::Desktop,
            cause: HopCause::Start,
            referrer: None,
        };
        let fetched = door.fetch(&request).await;
        assert!(
            fetched.failure.is_none(),
            "{}: {:?}",
            request.url,
            fetched.failure
        );
        last = Some((request.url, String::from_utf8(fetched.body).unwrap()));
    }
    last
}
