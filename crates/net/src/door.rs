//! The door: the one way out.

use std::sync::Arc;

use jianwei_model::Resolution;

use crate::address::Guard;
use crate::api::Api;
use crate::dial::Dialler;
use crate::resolve::Resolver;
use crate::tls::Tls;
use crate::{Error, Failure, Fetched, Request, Settings, fetch};

/// The one way out: fetches, lookups and questions to configured interfaces. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    dialler: Arc<Dialler>,
    api: Arc<Api>,
}

impl Door {
    /// Opens the door as the settings say.
    ///
    /// # Errors
    /// [`Error::Setting`] names a setting that cannot be; [`Error::NameServers`] when none are configured and the
    /// system has none.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        check(settings)?;
        let dialler = Arc::new(Dialler {
            guard: Guard::new(&settings.allow, &settings.deny),
            resolver: Resolver::open(settings)?,
            tls: Tls::new()?,
            settings: Arc::new(settings.clone()),
        });
        let api = Arc::new(Api::new(dialler.clone())?);
        Ok(Self { dialler, api })
    }

    /// Makes one hop: resolves, checks, connects, asks and reads, and keeps all of it. Redirects are not followed.
    pub async fn fetch(&self, request: &Request) -> Fetched {
        fetch::fetch(&self.dialler, request).await
    }

    /// Resolves a host name without connecting. The addresses are as answered and may be forbidden ones.
    ///
    /// # Errors
    /// [`Failure::NameNotFound`] when the name does not exist; otherwise why that is not known.
    pub async fn resolve(&self, host: &str) -> Result<Resolution, Failure> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.dialler.resolver.resolve(&host).await
    }

    /// Asks an interface that the operator configured, and reads at most `cap` bytes of JSON.
    ///
    /// The address guard applies as everywhere; the list of ports does not, and a certificate must verify.
    ///
    /// # Errors
    /// Each names the URL without its query: unreachable, a status other than success, too long, not JSON.
    pub async fn get_json(
        &self,
        url: &str,
        query: &[(&str, &str)],
        cap: usize,
    ) -> Result<serde_json::Value, Error> {
        let bytes = self.api.get_bytes(url, query, cap).await?;
        serde_json::from_slice(&bytes).map_err(|error| Error::NotJson {
            url: url.split(['?', '#']).next().unwrap_or_default().to_owned(),
            reason: error.to_string(),
        })
    }

    /// The settings the door was opened with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.dialler.settings
    }
}

fn check(settings: &Settings) -> Result<(), Error> {
    let positive = [
        ("resolve_timeout_ms", settings.resolve_timeout_ms),
        ("connect_timeout_ms", settings.connect_timeout_ms),
        ("answer_timeout_ms", settings.answer_timeout_ms),
        ("idle_timeout_ms", settings.idle_timeout_ms),
        ("total_timeout_ms", settings.total_timeout_ms),
        ("max_ratio", settings.max_ratio),
        ("max_headers", settings.max_headers as u64),
        ("max_body_bytes", settings.max_body_bytes as u64),
        ("max_decoded_bytes", settings.max_decoded_bytes as u64),
    ];
    if let Some((key, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
        let reason = "must be more than 0".into();
        return Err(Error::Setting { key, reason });
    }
    if !(1 << 10..=1 << 20).contains(&settings.max_head_bytes) {
        return Err(Error::Setting {
            key: "max_head_bytes",
            reason: "must lie between 1024 and 1048576".into(),
        });
    }
    Ok(())
}
