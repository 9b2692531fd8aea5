//! References and background for a command that assesses pages by itself.

use std::collections::BTreeMap;

use jianwei_model::{BackgroundPage, Digest, Reference};
use jianwei_store::Store;
use serde_json::json;

use super::{Reply, Request, socket};
use crate::config::Config;
use crate::exit::Failure;

/// Stored pages against which others are assessed, each with its HTML.
pub(crate) struct References {
    pub(crate) references: Vec<(Reference, String)>,
    pub(crate) background: Vec<(BackgroundPage, String)>,
}

/// The references of the configured store; `None` where there is no store yet.
pub(crate) async fn references(config: &Config) -> Result<Option<References>, Failure> {
    if !socket::store_folder(&config.store.url).is_some_and(|folder| folder.exists()) {
        return Ok(None);
    }
    let reply = super::ask(config, &Request::References).await?;
    let pages: BTreeMap<String, String> = reply
        .files
        .into_iter()
        .map(|(digest, bytes)| (digest, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    let html = |digest: &Digest| pages.get(&digest.hex()).cloned().unwrap_or_default();
    let read = |error: serde_json::Error| Failure::component("store", error);
    let references: Vec<Reference> =
        serde_json::from_value(reply.value["references"].clone()).map_err(read)?;
    let background: Vec<BackgroundPage> =
        serde_json::from_value(reply.value["background"].clone()).map_err(read)?;
    Ok(Some(References {
        references: references
            .into_iter()
            .map(|one| (one.clone(), html(&one.html)))
            .collect(),
        background: background
            .into_iter()
            .map(|one| (one.clone(), html(&one.html)))
            .collect(),
    }))
}

/// The store's side of [`references`]: the records, and each page once as a file named by its digest.
pub(super) async fn fetch(store: &Store) -> Result<Reply, Failure> {
    let references = store.references().list(None, usize::MAX).await?;
    let background = store.background().list(None, usize::MAX).await?;
    let mut pages = BTreeMap::new();
    for digest in references
        .iter()
        .map(|one| one.html)
        .chain(background.iter().map(|one| one.html))
    {
        if let Some(bytes) = store.blobs().get(&digest).await? {
            pages.insert(digest.hex(), bytes);
        }
    }
    Ok(Reply {
        value: json!({"references": references, "background": background}),
        files: pages.into_iter().collect(),
    })
}
