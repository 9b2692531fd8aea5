//! The lab's certificate authority, and certificates made when a name is asked for.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Error;
use crate::world::{Host, World};

/// The name on certificates for clients that ask for none.
const NAMELESS: &str = "localhost";

/// The lab's certificate authority.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
    world: Arc<World>,
}

impl Authority {
    pub(crate) fn new(world: Arc<World>) -> Result<Self, Error> {
        let issuer = authority().map_err(|error| fault("the lab's authority", &error))?;
        Ok(Self {
            issuer,
            made: Mutex::default(),
            world,
        })
    }

    /// The authority's own certificate.
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// Settings of a server that shows each client a certificate for the name it asked for.
    pub(crate) fn server_config(self: Arc<Self>) -> Result<Arc<ServerConfig>, Error> {
        self.certificate(NAMELESS)
            .map_err(|error| fault(NAMELESS, &error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| fault(NAMELESS, &error))?
            .with_no_client_auth()
            .with_cert_resolver(self);
        Ok(Arc::new(config))
    }

    fn certificate(&self, host: &str) -> Result<Arc<CertifiedKey>, rcgen::Error> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = made.get(host) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.make(host)?);
        made.insert(host.to_owned(), Arc::clone(&key));
        Ok(key)
    }

    fn make(&self, host: &str) -> Result<CertifiedKey, rcgen::Error> {
        let mut names = vec![host.to_owned()];
        if host == NAMELESS {
            names.push("127.0.0.1".to_owned());
        }
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, host);
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2036, 1, 1);
        let key = KeyPair::generate()?;
        let own = matches!(self.world.host(host), Host::Site(site) if site.sheet.self_signed);
        let certificate = if own {
            params.self_signed(&key)?
        } else {
            params.signed_by(&key, &self.issuer)?
        };
        certified(certificate.der().clone(), &key)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.certificate(hello.server_name().unwrap_or(NAMELESS))
            .ok()
    }
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Jianwei lab authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2036, 1, 1);
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn certified(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
) -> Result<CertifiedKey, rcgen::Error> {
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let signing =
        ring::sign::any_supported_type(&private).map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
    Ok(CertifiedKey::new(vec![certificate], signing))
}

fn fault(host: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Certificate {
        host: host.to_owned(),
        reason: error.to_string(),
    }
}

/// A listener whose connections have finished their handshake.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
    handshakes: JoinHandle<()>,
}

impl TlsListener {
    /// Handshakes run side by side, so that a client that says nothing holds up nobody.
    pub(crate) fn new(
        listener: TcpListener,
        config: Arc<ServerConfig>,
        address: SocketAddr,
    ) -> Self {
        let (sender, ready) = mpsc::channel(64);
        let acceptor = TlsAcceptor::from(config);
        let handshakes = tokio::spawn(async move {
            loop {
                let Ok((stream, peer)) = listener.accept().await else {
                    continue;
                };
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await
                        && sender.send((stream, peer)).await.is_err()
                    {
                        tracing::debug!("a handshake ended after the lab did");
                    }
                });
            }
        });
        Self {
            ready,
            address,
            handshakes,
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.handshakes.abort();
    }
}
