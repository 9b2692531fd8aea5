//! A certificate that does not verify is kept as a fact.

use std::sync::Arc;

use jianwei_net::{Door, Failure};
use rcgen::{CertificateParams, DnType, DnValue, KeyPair, SanType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::servers::{answering, bytes_of, fetch, lab, ok};

async fn server(params: CertificateParams) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4096];
            drop(stream.read(&mut request).await);
            drop(stream.write_all(&ok("", b"[1]")).await);
            drop(stream.shutdown().await);
        }
    });
    port
}

#[tokio::test]
async fn a_self_signed_certificate_is_a_fact_and_the_page_is_read() {
    let mut params = CertificateParams::new(vec!["cx.fake.test".into()]).unwrap();
    params
        .subject_alt_names
        .push(SanType::IpAddress([127, 0, 0, 1].into()));
    let hostile = "应急管理部\u{202e}\u{7}<script>\0";
    params
        .distinguished_name
        .push(DnType::CommonName, DnValue::Utf8String(hostile.into()));
    params.not_before = rcgen::date_time_ymd(2020, 1, 2);
    params.not_after = rcgen::date_time_ymd(2021, 3, 4);
    let port = server(params).await;
    for url in ["https://cx.fake.test/", "https://127.0.0.1/"] {
        let fetched = fetch(&lab(port), url).await;
        assert_eq!(fetched.failure, None, "{url}");
        assert_eq!(fetched.body, b"[1]");
        let tls = fetched.hop.tls.clone().unwrap();
        assert_eq!(tls.version, "tls/1.3");
        assert!(
            tls.cipher.starts_with("TLS_") && !tls.cipher.contains("TLS13"),
            "{}",
            tls.cipher
        );
        assert_eq!(tls.names, ["cx.fake.test", "127.0.0.1"]);
        assert_eq!(
            tls.not_before.unwrap().to_string(),
            "2020-01-02T00:00:00.000Z"
        );
        assert_eq!(
            tls.not_after.unwrap().to_string(),
            "2021-03-04T00:00:00.000Z"
        );
        assert!(tls.fault.is_some(), "self-signed and expired");
        assert!(
            tls.subject
                .contains("应急管理部\\u{202e}\\u{7}<script>\\u{0}"),
            "{}",
            tls.subject
        );
        let pem = bytes_of(&fetched, tls.chain.as_ref());
        assert!(pem.starts_with(b"-----BEGIN CERTIFICATE-----\nMII"));
        assert!(pem.ends_with(b"\n-----END CERTIFICATE-----\n"));
    }
}

#[tokio::test]
async fn an_interface_with_a_certificate_that_does_not_verify_is_refused() {
    let port = server(CertificateParams::new(vec!["api.test".into()]).unwrap()).await;
    let door = Door::open(&lab(port)).unwrap();
    let error = door
        .get_json("https://api.test/", &[], 100)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
}

#[tokio::test]
async fn what_speaks_no_tls_is_a_failed_handshake() {
    let plain = answering("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let fetched = fetch(&lab(plain.address.port()), "https://a.test/").await;
    let failure = fetched.failure.unwrap();
    assert!(
        matches!(failure, Failure::Tls { .. } | Failure::Timeout { .. }),
        "{failure}"
    );
    assert!(failure.is_passing());
    assert!(fetched.hop.tls.is_none() && fetched.hop.peer.is_some());
}
