//! The browser shows what scripts make of a page, and nothing of a page reaches what the door forbids.
#![allow(
    clippy::unwrap_used,
    reason = "a failure here is the failure of the test"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use jianwei_model::{Rendering, Vantage};
use jianwei_net::{Browser, Door, Error, Settings};
use tokio::net::TcpListener;

/// A page whose words come from a script, and that tries every way to another address.
const PAGE: &str = r#"<!doctype html><html><head><meta charset="utf-8"><title>查询</title></head><body>
<div id="app"></div><img src="http://127.0.0.2:PORT/img.png"><iframe src="http://127.0.0.2:PORT/frame"></iframe>
<script>
alert('停一停');
fetch('http://127.0.0.2:PORT/fetch').catch(() => {});
fetch('http://forbidden.test/name').catch(() => {});
try { new WebSocket('ws://127.0.0.2:PORT/socket'); } catch (e) {}
try { new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.2:PORT'}]}).createDataChannel('x'); } catch (e) {}
fetch('/word').then(r => r.text()).then(word => { document.getElementById('app').textContent = word; });
</script></body></html>"#;

struct Site {
    door: Door,
    forbidden_touched: Arc<AtomicUsize>,
}

async fn site(page: &'static str) -> Site {
    let forbidden = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let forbidden_port = forbidden.local_addr().unwrap().port();
    let forbidden_touched = Arc::new(AtomicUsize::new(0));
    let touched = Arc::clone(&forbidden_touched);
    tokio::spawn(async move {
        while forbidden.accept().await.is_ok() {
            touched.fetch_add(1, Ordering::SeqCst);
        }
    });
    let page = page.replace("PORT", &forbidden_port.to_string());
    let app = Router::new()
        .route("/", get(move || async move { Html(page) }))
        .route("/word", get(|| async { "由脚本写出" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let settings = Settings {
        static_hosts: BTreeMap::from([
            ("shown.test".to_owned(), vec!["127.0.0.1".parse().unwrap()]),
            (
                "forbidden.test".to_owned(),
                vec!["127.0.0.2".parse().unwrap()],
            ),
        ]),
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        port_map: BTreeMap::from([(80, port)]),
        ..Settings::default()
    };
    Site {
        door: Door::open(&settings).unwrap(),
        forbidden_touched,
    }
}

#[tokio::test]
async fn scripts_run_and_nothing_forbidden_is_reached() {
    let site = site(PAGE).await;
    let browser = Browser::find(&site.door).await.unwrap();
    let (rendering, blobs) = browser.render("http://shown.test/", Vantage::Desktop).await;
    let Rendering::Rendered {
        dom,
        screenshot,
        browser,
    } = rendering
    else {
        panic!("{rendering:?}");
    };
    let bytes = |digest| {
        &blobs
            .iter()
            .find(|blob| blob.reference.digest == digest)
            .unwrap()
            .bytes
    };
    assert!(String::from_utf8_lossy(bytes(dom.digest)).contains("由脚本写出"));
    assert!(bytes(screenshot.digest).starts_with(b"\x89PNG"));
    assert!(browser.contains("Chrom"), "{browser}");
    assert_eq!(
        site.forbidden_touched.load(Ordering::SeqCst),
        0,
        "the page reached a forbidden address"
    );
}

#[tokio::test]
async fn a_host_that_cannot_be_shown_is_unknown() {
    let site = site(PAGE).await;
    let browser = Browser::find(&site.door).await.unwrap();
    let (rendering, blobs) = browser
        .render("http://forbidden.test/", Vantage::Desktop)
        .await;
    assert!(
        matches!(rendering, Rendering::Unknown { .. }),
        "{rendering:?}"
    );
    assert!(blobs.is_empty());
}

#[tokio::test]
async fn a_missing_browser_is_said() {
    let mut settings = Settings::default();
    settings.browser.path = Some("/nonexistent/chromium".into());
    let error = Browser::find(&Door::open(&settings).unwrap())
        .await
        .err()
        .unwrap();
    assert!(matches!(error, Error::NoBrowser { .. }));
    assert!(
        error.to_string().contains("/nonexistent/chromium"),
        "{error}"
    );
}
