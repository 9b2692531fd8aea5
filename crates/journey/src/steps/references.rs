//! References: pages of protected sites are captured, kept and given to the analyser.

use std::sync::{Arc, PoisonError};

use jianwei_model::{
    BackgroundPage, Digest, FrontierEntry, LeadId, Outcome, Priority, ProtectedSite, Reference,
    Rendering, Vantage,
};
use jianwei_store::now;

use crate::steps::assess::text_of;
use crate::steps::visit::keep_blobs;
use crate::{Error, Notice, Parts};

/// Captures the reference pages that the store does not hold yet.
///
/// A page that cannot be had is reported and the rest goes on; it is asked for again at the next start.
///
/// # Errors
/// When the store fails.
pub async fn refresh_references(parts: &Parts) -> Result<(), Error> {
    let kept = parts.store.references().list(None, usize::MAX).await?;
    let pages = parts
        .protected
        .iter()
        .flat_map(|site| site.reference_pages.iter().map(move |url| (site, url)));
    for (site, url) in pages {
        if kept.iter().any(|reference| &reference.url == url) {
            continue;
        }
        match capture(parts, site, url).await? {
            Ok(()) => {
                let organisation = site.organisation.clone();
                parts.tell(Notice::ReferenceKept {
                    organisation,
                    url: url.clone(),
                });
            }
            Err(reason) => parts.tell(Notice::ReferenceFailed {
                url: url.clone(),
                reason,
            }),
        }
    }
    load_references(parts).await
}

/// Gives every stored reference and background page to the analyser.
pub(crate) async fn load_references(parts: &Parts) -> Result<(), Error> {
    let mut analyser = parts.blank.clone();
    for reference in parts.store.references().list(None, usize::MAX).await? {
        if let Some(html) = usable(parts, &reference.url, &reference.html).await? {
            analyser.add_reference(&reference, &html);
        }
    }
    for page in parts.store.background().list(None, usize::MAX).await? {
        if let Some(html) = usable(parts, &page.url, &page.html).await? {
            analyser.add_background(&page, &html);
        }
    }
    *parts
        .analyser
        .write()
        .unwrap_or_else(PoisonError::into_inner) = Arc::new(analyser);
    Ok(())
}

/// The text of a stored page; one that is damaged is reported and left out.
async fn usable(parts: &Parts, url: &str, html: &Digest) -> Result<Option<String>, Error> {
    match text_of(parts, html).await {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_fatal() => Err(error),
        Err(error) => {
            parts.tell(Notice::ReferenceFailed {
                url: url.to_owned(),
                reason: error.to_string(),
            });
            Ok(None)
        }
    }
}

/// Captures one page as sent and, where a browser is present, as rendered. The inner error says why it could not be had.
async fn capture(
    parts: &Parts,
    site: &ProtectedSite,
    url: &str,
) -> Result<Result<(), String>, Error> {
    let entry = FrontierEntry {
        url: url.to_owned(),
        lead: LeadId::of(url, "reference"),
        priority: Priority::LOOKALIKE,
        round: 0,
        attempts: 0,
    };
    let capture = parts.visitor.visit(&entry, Vantage::Desktop).await;
    let document = match (capture.visit.outcome, capture.visit.document) {
        (Outcome::Live, Some(document)) => document,
        (Outcome::Live, None) => return Ok(Err("it is not a page".to_owned())),
        (Outcome::Gone { reason } | Outcome::Unknown { reason }, _) => return Ok(Err(reason)),
    };
    let (rendering, rendered_blobs) = match &parts.browser {
        Ok(browser) => browser.render(url, Vantage::Desktop).await,
        Err(reason) => (
            Rendering::Unknown {
                reason: reason.clone(),
            },
            Vec::new(),
        ),
    };
    keep_blobs(parts, &capture.blobs).await?;
    keep_blobs(parts, &rendered_blobs).await?;
    let reference = Reference {
        protected: site.id.clone(),
        organisation: site.organisation.clone(),
        url: url.to_owned(),
        captured: now(),
        html: document.text.digest,
        rendered: false,
        screenshot: match &rendering {
            Rendering::Rendered { screenshot, .. } => Some(screenshot.digest),
            Rendering::Unknown { .. } => None,
        },
    };
    keep_version(parts, &reference).await?;
    if let Rendering::Rendered { dom, .. } = rendering {
        keep_version(
            parts,
            &Reference {
                html: dom.digest,
                rendered: true,
                ..reference
            },
        )
        .await?;
    }
    Ok(Ok(()))
}

/// Keeps a reference version; an official page is also background, by its organisation.
async fn keep_version(parts: &Parts, reference: &Reference) -> Result<(), Error> {
    parts.store.references().put(reference).await?;
    let page = BackgroundPage {
        organisation: reference.organisation.clone(),
        url: reference.url.clone(),
        html: reference.html,
    };
    parts.store.background().put(&page).await?;
    Ok(())
}
