//! Dialling: from a URL to a connection with an address that was checked.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jianwei_model::{Blob, Resolution, TlsFacts};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::address::Guard;
use crate::resolve::Resolver;
use crate::tls::Tls;
use crate::{Failure, Settings};

/// Addresses of one name that are tried in turn.
const MOST_TRIES: usize = 3;

/// A byte stream to a stranger, plain or encrypted.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Checks targets and connects to them.
pub(crate) struct Dialler {
    pub(crate) guard: Guard,
    pub(crate) resolver: Resolver,
    pub(crate) tls: Tls,
    pub(crate) settings: Arc<Settings>,
}

/// A connection ready for a request.
pub(crate) struct Dialled {
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) tls: Option<TlsFacts>,
    pub(crate) chain: Option<Blob>,
}

impl Dialler {
    /// Refuses what is not `http` or `https` on a permitted port.
    pub(crate) fn check_url(&self, text: &str) -> Result<Url, Failure> {
        let refuse = |reason: String| Failure::Target { reason };
        let url = Url::parse(text).map_err(|error| refuse(format!("not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse(format!("scheme `{}`", url.scheme())));
        }
        match url.port_or_known_default() {
            Some(port) if self.settings.ports.contains(&port) => Ok(url),
            port => Err(refuse(format!("port {}", port.unwrap_or(0)))),
        }
    }

    /// Resolves the host once and keeps the addresses that may be dialled, IPv4 first.
    ///
    /// The answer is handed back even when every address in it is forbidden.
    pub(crate) async fn target(
        &self,
        url: &Url,
    ) -> (Option<Resolution>, Result<Vec<SocketAddr>, Failure>) {
        let (resolution, addresses) = match url.host() {
            Some(Host::Ipv4(address)) => (None, vec![IpAddr::V4(address)]),
            Some(Host::Ipv6(address)) => (None, vec![IpAddr::V6(address)]),
            Some(Host::Domain(name)) => {
                match self.resolver.resolve(name.trim_end_matches('.')).await {
                    Ok(found) => (Some(found.clone()), found.addresses),
                    Err(failure) => return (None, Err(failure)),
                }
            }
            None => {
                let reason = "no host".into();
                return (None, Err(Failure::Target { reason }));
            }
        };
        let port = url.port_or_known_default().unwrap_or(80);
        let port = *self.settings.port_map.get(&port).unwrap_or(&port);
        let target = self.permitted(&addresses).map(|addresses| {
            let addresses = addresses.into_iter().take(MOST_TRIES);
            addresses.map(|ip| SocketAddr::new(ip, port)).collect()
        });
        (resolution, target)
    }

    /// Resolves a name once, to the addresses that may be dialled.
    pub(crate) async fn checked_addresses(&self, host: &str) -> Result<Vec<IpAddr>, Failure> {
        self.permitted(&self.resolver.resolve(host).await?.addresses)
    }

    // Many machines have no route for IPv6, so IPv4 comes first.
    fn permitted(&self, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, Failure> {
        let (mut permitted, forbidden): (Vec<IpAddr>, Vec<IpAddr>) = addresses
            .iter()
            .map(IpAddr::to_canonical)
            .partition(|address| !self.guard.forbids(*address));
        permitted.sort_by_key(IpAddr::is_ipv6);
        match forbidden.first() {
            Some(address) if permitted.is_empty() => Err(Failure::Forbidden { address: *address }),
            _ => Ok(permitted),
        }
    }

    /// Connects to the first address that answers, and says which.
    pub(crate) async fn connect(
        &self,
        target: &[SocketAddr],
    ) -> (Option<SocketAddr>, Result<TcpStream, Failure>) {
        let patience = Duration::from_millis(self.settings.connect_timeout_ms);
        let mut last = Failure::Connect {
            reason: "the name has no address".into(),
        };
        for address in target {
            match timeout(patience, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    // Only delays small packets when it fails.
                    stream.set_nodelay(true).ok();
                    return (Some(*address), Ok(stream));
                }
                Ok(Err(error)) => {
                    last = Failure::Connect {
                        reason: io_reason(&error),
                    };
                }
                Err(_) => {
                    last = Failure::Timeout {
                        stage: "connecting",
                    }
                }
            }
        }
        (None, Err(last))
    }

    /// Puts TLS on a connection for `https`; the certificate is recorded, not judged.
    pub(crate) async fn secure(&self, url: &Url, tcp: TcpStream) -> Result<Dialled, Failure> {
        if url.scheme() != "https" {
            return Ok(Dialled {
                stream: Box::new(tcp),
                tls: None,
                chain: None,
            });
        }
        let fault = |reason: String| Failure::Tls { reason };
        let name = match url.host() {
            Some(Host::Ipv4(address)) => ServerName::from(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => ServerName::from(IpAddr::V6(address)),
            _ => ServerName::try_from(url.host_str().unwrap_or_default().to_owned())
                .map_err(|error| fault(error.to_string()))?,
        };
        let (config, recorder) = self.tls.recording()?;
        let patience = Duration::from_millis(self.settings.answer_timeout_ms);
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
        match timeout(patience, handshake).await {
            Err(_) => Err(Failure::Timeout {
                stage: "shaking hands",
            }),
            Ok(Err(error)) => Err(fault(io_reason(&error))),
            Ok(Ok(stream)) => {
                let (facts, chain) = recorder.facts(stream.get_ref().1);
                Ok(Dialled {
                    stream: Box::new(stream),
                    tls: Some(facts),
                    chain,
                })
            }
        }
    }
}

fn io_reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused".into(),
        ErrorKind::ConnectionReset => "connection reset".into(),
        ErrorKind::UnexpectedEof => "the server hung up".into(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "no route to it".into(),
        _ => error.to_string(),
    }
}
