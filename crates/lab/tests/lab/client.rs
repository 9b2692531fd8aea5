//! Small clients that speak to the lab byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use jianwei_lab::Addresses;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// Fetches a URL of the lab, its port mapped as a client of the lab would.
pub(crate) async fn get(addresses: &Addresses, ca_pem: &str, url: &str) -> Answer {
    get_with(addresses, ca_pem, url, "").await.unwrap()
}

/// The same with further header lines; an error where the TLS handshake fails.
pub(crate) async fn get_with(
    addresses: &Addresses,
    ca_pem: &str,
    url: &str,
    headers: &str,
) -> std::io::Result<Answer> {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let request =
        format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    if scheme == "https" {
        let mut stream = tls(addresses.https, ca_pem, host).await?;
        exchange(&mut stream, &request).await
    } else {
        let mut stream = TcpStream::connect(addresses.http).await?;
        exchange(&mut stream, &request).await
    }
}

/// A TLS connection that trusts the lab's authority only.
pub(crate) async fn tls(
    address: SocketAddr,
    ca_pem: &str,
    host: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    upgrade(TcpStream::connect(address).await?, ca_pem, host).await
}

pub(crate) async fn upgrade(
    stream: TcpStream,
    ca_pem: &str,
    host: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn exchange<S>(stream: &mut S, request: &str) -> std::io::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head[9..12].parse().unwrap();
    Ok(Answer {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    })
}
