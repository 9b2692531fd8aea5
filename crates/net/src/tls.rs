//! TLS that looks at everything: the chain as sent, the verdict on it, and on with the handshake.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jianwei_model::{Blob, Timestamp, TlsFacts};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme,
};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::{Error, Failure};

/// Names kept of one certificate, and characters of one name.
const MOST_NAMES: usize = 200;
const LONGEST_TEXT: usize = 500;
/// Certificates of one chain that are kept.
const LONGEST_CHAIN: usize = 16;

/// What every TLS connection shares: the ciphers and the public roots.
#[derive(Clone)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    webpki: Arc<WebPkiServerVerifier>,
}

/// Asks the public roots, keeps their verdict, and always lets the handshake go on.
#[derive(Debug)]
pub(crate) struct Recorder {
    webpki: Arc<WebPkiServerVerifier>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    chain: Vec<Vec<u8>>,
    fault: Option<String>,
}

impl Tls {
    pub(crate) fn new() -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|error| Error::Tls {
                reason: error.to_string(),
            })?;
        Ok(Self { provider, webpki })
    }

    /// A configuration for one connection, and the recorder that listens to it.
    pub(crate) fn recording(&self) -> Result<(ClientConfig, Arc<Recorder>), Failure> {
        let recorder = Arc::new(Recorder {
            webpki: self.webpki.clone(),
            seen: Mutex::default(),
        });
        let config = self
            .config(recorder.clone())
            .map_err(|error| Failure::Tls {
                reason: error.to_string(),
            })?;
        Ok((config, recorder))
    }

    /// A configuration that refuses what the public roots do not vouch for.
    pub(crate) fn strict(&self) -> Result<ClientConfig, Error> {
        self.config(self.webpki.clone())
            .map_err(|error| Error::Tls {
                reason: error.to_string(),
            })
    }

    fn config(&self, verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, rustls::Error> {
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        // A resumed session would show no certificates.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

impl Recorder {
    /// What the finished handshake showed, and the chain as PEM.
    pub(crate) fn facts(&self, connection: &ClientConnection) -> (TlsFacts, Option<Blob>) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let version = match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "tls/1.2".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_3) => "tls/1.3".to_owned(),
            other => format!("{other:?}"),
        };
        let cipher = connection
            .negotiated_cipher_suite()
            .map_or_else(String::new, |suite| iana_name(suite.suite()));
        let chain = pem(&seen.chain).map(|pem| Blob::new(pem, "application/pem-certificate-chain"));
        let mut facts = TlsFacts {
            version,
            cipher,
            chain: chain.as_ref().map(|blob| blob.reference.clone()),
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
            fault: seen.fault.clone(),
        };
        if let Some(leaf) = seen.chain.first() {
            describe(leaf, &mut facts);
        }
        (facts, chain)
    }

    fn note(&self, fault: &rustls::Error) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = fault.to_string();
        let fault = fault
            .strip_prefix("invalid peer certificate: ")
            .unwrap_or(&fault);
        seen.fault.get_or_insert_with(|| printable(fault));
    }

    // A certificate that webpki cannot even read is a fact like any other; a signature that is wrong is an impostor.
    fn pass_unreadable(
        &self,
        checked: Result<HandshakeSignatureValid, rustls::Error>,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match checked {
            Err(error @ rustls::Error::InvalidCertificate(_))
                if error != rustls::Error::InvalidCertificate(CertificateError::BadSignature) =>
            {
                self.note(&error);
                Ok(HandshakeSignatureValid::assertion())
            }
            other => other,
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let sent = std::iter::once(leaf).chain(others).take(LONGEST_CHAIN);
            seen.chain = sent.map(|certificate| certificate.to_vec()).collect();
        }
        if let Err(fault) = self
            .webpki
            .verify_server_cert(leaf, others, name, ocsp, now)
        {
            self.note(&fault);
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.pass_unreadable(self.webpki.verify_tls12_signature(message, leaf, signature))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.pass_unreadable(self.webpki.verify_tls13_signature(message, leaf, signature))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

fn describe(leaf: &[u8], facts: &mut TlsFacts) {
    let Ok((_, certificate)) = X509Certificate::from_der(leaf) else {
        facts
            .fault
            .get_or_insert_with(|| "the certificate cannot be read".into());
        return;
    };
    let moment = |time: x509_parser::time::ASN1Time| {
        Some(Timestamp::from_millis(
            time.timestamp().saturating_mul(1000),
        ))
    };
    facts.subject = printable(&certificate.subject().to_string());
    facts.issuer = printable(&certificate.issuer().to_string());
    facts.not_before = moment(certificate.validity().not_before);
    facts.not_after = moment(certificate.validity().not_after);
    if let Ok(Some(names)) = certificate.subject_alternative_name() {
        let names = names.value.general_names.iter().filter_map(name_text);
        facts.names = names.take(MOST_NAMES).collect();
    }
}

fn name_text(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => {
            if let Ok(v4) = <[u8; 4]>::try_from(*bytes) {
                return Some(std::net::Ipv4Addr::from(v4).to_string());
            }
            let v6 = <[u8; 16]>::try_from(*bytes).ok()?;
            Some(std::net::Ipv6Addr::from(v6).to_string())
        }
        _ => None,
    }
}

/// Text that a stranger wrote, with what steers a terminal or turns the writing direction spelt out.
fn printable(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars().take(LONGEST_TEXT) {
        let steers = matches!(
            character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        );
        if character.is_control() || steers {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

fn pem(chain: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut out = String::new();
    for certificate in chain {
        out.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(certificate);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            out.push_str(line);
            out.push('\n');
            rest = after;
        }
        out.push_str("-----END CERTIFICATE-----\n");
    }
    (!out.is_empty()).then(|| out.into_bytes())
}

// rustls spells the suites of TLS 1.3 with their version; the registry does not.
fn iana_name(suite: rustls::CipherSuite) -> String {
    let name = format!("{suite:?}");
    name.strip_prefix("TLS13_")
        .map_or(name.clone(), |rest| format!("TLS_{rest}"))
}
