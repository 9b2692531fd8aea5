//! Interfaces that the operator configured.

use jianwei_net::{Door, Error, Settings};

use crate::servers::{Canary, Step, answering, lab, ok, raw};

#[tokio::test]
async fn json_is_read_with_its_query_at_the_mapped_port() {
    let server = answering(ok(
        "Content-Type: application/json\r\n",
        br#"{"results":[1]}"#,
    ))
    .await;
    let door = Door::open(&lab(server.address.port())).unwrap();
    let query = [("q", "特种作业 & 证"), ("format", "json")];
    let value = door
        .get_json("http://search.test/s?a=1", &query, 1000)
        .await
        .unwrap();
    assert_eq!(value["results"][0], 1);
    let head = server.heads.lock().unwrap()[0].clone();
    let line =
        "GET /s?a=1&q=%E7%89%B9%E7%A7%8D%E4%BD%9C%E4%B8%9A+%26+%E8%AF%81&format=json HTTP/1.1";
    assert!(head.starts_with(line), "{head}");
    assert!(
        head.to_ascii_lowercase()
            .contains("\r\nhost: search.test\r\n"),
        "{head}"
    );

    // An address with a port of its own, which no crawled URL could name.
    let url = format!("http://{}/s", server.address);
    assert!(door.get_json(&url, &[], 1000).await.is_ok());
}

type Expected = fn(&Error) -> bool;

#[tokio::test]
async fn what_is_wrong_is_named_without_the_query() {
    let cases: [(Vec<u8>, Expected); 5] = [
        (
            b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n".to_vec(),
            |e| matches!(e, Error::Status { status: 503, .. }),
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\n\r\n".to_vec(),
            |e| matches!(e, Error::Status { status: 302, .. }),
        ),
        (ok("", b"<html>"), |e| matches!(e, Error::NotJson { .. })),
        (ok("", &[b' '; 2000]), |e| {
            matches!(e, Error::TooLong { cap: 1000, .. })
        }),
        (b"garbage".to_vec(), |e| {
            matches!(e, Error::Unreachable { .. })
        }),
    ];
    for (answer, is_expected) in cases {
        let server = answering(answer).await;
        let door = Door::open(&lab(server.address.port())).unwrap();
        let url = "http://user:secret@search.test/s?key=secret";
        let error = door
            .get_json(url, &[("token", "secret")], 1000)
            .await
            .unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(
            error.to_string().contains("http://search.test/s"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_silent_interface_is_given_up() {
    let server = raw(vec![Step::Hang]).await;
    let settings = Settings {
        total_timeout_ms: 200,
        ..lab(server.address.port())
    };
    let door = Door::open(&settings).unwrap();
    let error = door
        .get_json("http://search.test/", &[], 1000)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("timed out"), "{error}");
}

#[tokio::test]
async fn a_redirect_of_an_interface_is_not_followed() {
    let canary = Canary::new("127.0.0.1:0");
    let target = format!("http://127.0.0.1:{}/", canary.port());
    let server = answering(format!(
        "HTTP/1.1 301 Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    ))
    .await;
    let door = Door::open(&lab(server.address.port())).unwrap();
    assert!(
        door.get_json("http://search.test/", &[], 1000)
            .await
            .is_err()
    );
    assert!(!canary.is_touched());
}
