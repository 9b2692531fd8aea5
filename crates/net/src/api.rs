//! Interfaces that the operator configured: JSON over the same guarded resolver, with certificates that must verify.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::dial::Dialler;
use crate::{Error, Failure};

/// A client for interfaces.
///
/// It differs from a fetch in that a port need not be on the list for crawled URLs (the operator wrote this one), and
/// that a certificate which does not verify is refused.
pub(crate) struct Api {
    client: reqwest::Client,
    dialler: Arc<Dialler>,
}

struct Guarded(Arc<Dialler>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let dialler = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
            let addresses = dialler.checked_addresses(&host).await?;
            let addresses: Addrs = Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

impl Api {
    pub(crate) fn new(dialler: Arc<Dialler>) -> Result<Self, Error> {
        let settings = &dialler.settings;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(dialler.tls.strict()?)
            .dns_resolver(Arc::new(Guarded(dialler.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .read_timeout(Duration::from_millis(settings.idle_timeout_ms))
            .timeout(Duration::from_millis(settings.total_timeout_ms))
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(5))
            .user_agent(concat!("jianwei/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Error::Tls {
                reason: error.to_string(),
            })?;
        Ok(Self { client, dialler })
    }

    /// Asks `url` with `query` added to it and reads at most `cap` bytes of the answer.
    pub(crate) async fn get_bytes(
        &self,
        url: &str,
        query: &[(&str, &str)],
        cap: usize,
    ) -> Result<Vec<u8>, Error> {
        let unreachable = |failure| Error::Unreachable {
            url: bare(url),
            failure,
        };
        let mut target = self.checked(url).map_err(unreachable)?;
        let host = target[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        let port = target.port_or_known_default().unwrap_or(80);
        if let Some(mapped) = self.dialler.settings.port_map.get(&port) {
            // Ports of a URL with a host can always be set.
            target.set_port(Some(*mapped)).ok();
        }
        if !query.is_empty() {
            target.query_pairs_mut().extend_pairs(query);
        }
        let asked = self
            .client
            .get(target)
            .header(reqwest::header::HOST, host)
            .send();
        let mut answer = asked
            .await
            .map_err(|error| unreachable(failure_of(&error)))?;
        if !answer.status().is_success() {
            return Err(Error::Status {
                url: bare(url),
                status: answer.status().as_u16(),
            });
        }
        let mut bytes = Vec::new();
        while let Some(piece) = answer
            .chunk()
            .await
            .map_err(|error| unreachable(failure_of(&error)))?
        {
            if bytes.len() + piece.len() > cap {
                return Err(Error::TooLong {
                    url: bare(url),
                    cap,
                });
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    // The client's resolver is not asked for addresses in URLs, so those are checked here.
    fn checked(&self, url: &str) -> Result<Url, Failure> {
        let refuse = |reason: String| Failure::Target { reason };
        let url = Url::parse(url).map_err(|error| refuse(format!("not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse(format!("scheme `{}`", url.scheme())));
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        match literal {
            Some(address) if self.dialler.guard.forbids(address) => {
                let address = address.to_canonical();
                Err(Failure::Forbidden { address })
            }
            _ => Ok(url),
        }
    }
}

fn failure_of(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut reason = String::new();
    while let Some(current) = cause {
        if let Some(failure) = current.downcast_ref::<Failure>() {
            return failure.clone();
        }
        reason = current.to_string();
        cause = current.source();
    }
    if error.is_timeout() {
        let stage = if error.is_connect() {
            "connecting"
        } else {
            "waiting for an answer"
        };
        Failure::Timeout { stage }
    } else if error.is_connect() {
        Failure::Connect { reason }
    } else {
        Failure::Protocol { reason }
    }
}

/// The URL without its query and credentials, which may hold keys.
fn bare(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return url.to_owned();
    };
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs without a host.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.into()
}
