//! Answers kept exactly, and attacks that end within their limits.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use jianwei_model::{HopCause, Vantage};
use jianwei_net::{Door, Failure, Request, Settings};

use crate::servers::{Step, answering, bytes_of, fetch, lab, ok, raw};

#[tokio::test]
async fn heads_and_body_are_kept_byte_for_byte() {
    let head =
        b"HTTP/1.1 200 Fine\r\nX-B: 1\r\ncOnTent-type: Text/HTML; charset=GBK\r\nX-A: \xd6\xa4\r\n\
                 Transfer-Encoding: chunked\r\nX-B: 2\r\n\r\n";
    let mut answer = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".to_vec();
    answer.extend_from_slice(head);
    answer.extend_from_slice(b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n");
    let server = answering(answer).await;
    let fetched = fetch(
        &lab(server.address.port()),
        "http://a.test/x%20y?b=|c&d=`e{}^",
    )
    .await;
    assert_eq!(fetched.failure, None);
    assert_eq!(fetched.hop.status, Some(200));
    assert_eq!(bytes_of(&fetched, fetched.hop.response_head.as_ref()), head);
    assert_eq!(fetched.body, b"abcde");
    assert_eq!(bytes_of(&fetched, fetched.hop.body.as_ref()), b"abcde");
    assert_eq!(fetched.hop.body.as_ref().unwrap().media_type, "text/html");
    assert_eq!(
        fetched.content_type.as_deref(),
        Some("Text/HTML; charset=GBK")
    );
    assert_eq!(fetched.hop.truncated, None);
    assert_eq!(fetched.hop.resolution.as_ref().unwrap().server, "static");
    assert_eq!(fetched.hop.peer, Some(server.address));

    let sent = server.heads.lock().unwrap()[0].clone();
    assert_eq!(
        bytes_of(&fetched, fetched.hop.request_head.as_ref()),
        sent.as_bytes()
    );
    assert!(sent.starts_with("GET /x%20y?b="), "{sent}");
    assert!(sent.contains("\r\nHost: a.test\r\n"), "{sent}");
    assert!(sent.contains("\r\nAccept-Encoding: identity\r\n"), "{sent}");
}

#[tokio::test]
async fn each_vantage_looks_like_its_visitor() {
    let server = answering(ok("", b"x")).await;
    let door = Door::open(&lab(server.address.port())).unwrap();
    let page = Some("http://b.test/".to_owned());
    for (vantage, cause, referrer, agent, referer) in [
        (Vantage::Desktop, HopCause::Start, None, "Windows NT", None),
        (
            Vantage::WechatMobile,
            HopCause::Start,
            None,
            "MicroMessenger",
            None,
        ),
        (
            Vantage::SearchBot,
            HopCause::Start,
            None,
            "Baiduspider",
            None,
        ),
        (
            Vantage::FromBaidu,
            HopCause::Http,
            None,
            "Windows NT",
            Some("https://www.baidu.com/"),
        ),
        (
            Vantage::FromBaidu,
            HopCause::Script,
            page,
            "Windows NT",
            Some("http://b.test/"),
        ),
        (
            Vantage::Desktop,
            HopCause::Start,
            Some("x\r\nEvil: 1".into()),
            "Windows NT",
            None,
        ),
    ] {
        let request = Request {
            url: "http://a.test:80/".into(),
            vantage,
            cause,
            referrer,
        };
        let fetched = door.fetch(&request).await;
        assert_eq!(fetched.hop.cause, cause);
        let head = server.heads.lock().unwrap().pop().unwrap();
        let value = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_start_matches(": ").to_owned())
        };
        assert!(value("User-Agent").unwrap().contains(agent), "{head}");
        assert!(
            value("Accept-Language").unwrap().starts_with("zh-"),
            "{head}"
        );
        assert_eq!(value("Referer").as_deref(), referer, "{head}");
        assert!(!head.contains("Evil"), "{head}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::best());
    coder.write_all(bytes).unwrap();
    coder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut coder = ZlibEncoder::new(Vec::new(), Compression::best());
    coder.write_all(bytes).unwrap();
    coder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut coder = DeflateEncoder::new(Vec::new(), Compression::best());
    coder.write_all(bytes).unwrap();
    coder.finish().unwrap()
}

/// One raw block in a frame with a window descriptor (RFC 8878).
fn zstd(bytes: &[u8], window: u8) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, window];
    let header = u32::try_from(bytes.len()).unwrap() << 3 | 1;
    frame.extend(&header.to_le_bytes()[..3]);
    frame.extend(bytes);
    frame
}

/// A frame of run-length blocks: four bytes that stand for 128 KiB each.
fn zstd_bomb(blocks: usize) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
    for block in 0..blocks {
        let last = u32::from(block + 1 == blocks);
        let header: u32 = (128 << 10) << 3 | 1 << 1 | last;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.push(b'a');
    }
    frame
}

#[tokio::test]
async fn whatever_coding_comes_is_undone_and_the_coded_bytes_are_kept() {
    let page = "特种作业操作证查询 ".repeat(50).into_bytes();
    // `brotli` of "hello hello hello hello\n", made by its reference tool: uncompressed metablock.
    let brotli = b"\x8b\x0b\x80hello hello hello hello\n\x03".to_vec();
    for (coding, coded, plain) in [
        ("gzip", gzip(&page), page.clone()),
        ("x-gzip", gzip(&page), page.clone()),
        ("GZIP", gzip(&page), page.clone()),
        ("deflate", zlib(&page), page.clone()),
        ("deflate", deflate(&page), page.clone()),
        ("zstd", zstd(&page, 0x10), page.clone()),
        ("br", brotli, b"hello hello hello hello\n".to_vec()),
        ("gzip, deflate", zlib(&gzip(&page)), page.clone()),
        ("identity", page.clone(), page.clone()),
    ] {
        let header = format!("Content-Type: text/html\r\nContent-Encoding: {coding}\r\n");
        let server = answering(ok(&header, &coded)).await;
        let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
        assert_eq!(fetched.failure, None, "{coding}");
        assert_eq!(fetched.body, plain, "{coding}");
        assert_eq!(
            bytes_of(&fetched, fetched.hop.body.as_ref()),
            coded,
            "{coding}"
        );
        assert!(!fetched.body_cut);
    }
}

#[tokio::test]
async fn a_coding_that_is_none_is_broken_and_one_that_breaks_off_is_used() {
    let page = b"<html>".repeat(10_000);
    let mut half = gzip(&page);
    half.truncate(half.len() - 8);
    let server = answering(ok("Content-Encoding: gzip\r\n", &half)).await;
    let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
    assert_eq!(fetched.failure, None);
    assert!(fetched.body_cut && fetched.body.len() > 50_000);

    for (coding, body) in [
        ("gzip", &b"<html>plain</html>"[..]),
        ("br", b"\xff\xff\xff\xff"),
        ("zstd", b"<html>"),
        ("snappy", b"x"),
        ("gzip,gzip,gzip,gzip", b"x"),
    ] {
        let server = answering(ok(&format!("Content-Encoding: {coding}\r\n"), body)).await;
        let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
        assert!(fetched.failure.is_some(), "{coding}");
        assert_eq!(fetched.hop.status, Some(200));
        assert_eq!(
            bytes_of(&fetched, fetched.hop.body.as_ref()),
            body,
            "kept all the same"
        );
    }
}

#[tokio::test]
async fn bombs_of_every_coding_are_refused_without_growing() {
    let zeros = vec![0; 64 << 20];
    let bombs = [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("zstd", zstd_bomb(1000)),
        ("zstd", zstd(b"a window of 128 MiB", 17 << 3)),
    ];
    for (coding, bomb) in bombs {
        let server = answering(ok(&format!("Content-Encoding: {coding}\r\n"), &bomb)).await;
        let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
        let expected = Failure::Cap {
            what: "decompression",
        };
        assert_eq!(fetched.failure, Some(expected), "{coding}");
        assert!(fetched.body.is_empty() && fetched.hop.body.is_some());
    }
    // Growth of the honest kind is only cut.
    let mut text = String::new();
    for n in 0..100_000 {
        text.push_str(&format!("<td>{}</td>", n * 7919 % 100_003));
    }
    let server = answering(ok("Content-Encoding: gzip\r\n", &gzip(text.as_bytes()))).await;
    let settings = Settings {
        max_decoded_bytes: 500_000,
        ..lab(server.address.port())
    };
    let fetched = fetch(&settings, "http://a.test/").await;
    assert_eq!(fetched.failure, None);
    assert!(fetched.body_cut && fetched.body.len() == 500_000);
}

#[tokio::test]
async fn a_body_that_does_not_end_is_cut_and_says_why() {
    let send = |bytes: &str| Step::Send(format!("HTTP/1.1 200 OK\r\n{bytes}").into_bytes());
    let chunked = || send("Transfer-Encoding: chunked\r\n\r\n");
    let bare = || send("\r\n");
    let long = || send("Content-Length: 1000\r\n\r\n<html>page</html>");
    let chunk = b"11\r\n<html>page</html>\r\n".to_vec();
    let broken = [&chunk[..], b"zz\r\n"].concat();
    let half = b"ff\r\n<html>page</html>".to_vec();
    let page = b"<html>page</html>".to_vec();
    for (name, steps, expected) in [
        (
            "endless chunks",
            vec![chunked(), Step::Endless(chunk.clone())],
            "length",
        ),
        ("endless body", vec![bare(), Step::Endless(page)], "length"),
        (
            "slow drip",
            vec![bare(), Step::Drip(b"<html>page".to_vec())],
            "time",
        ),
        ("slow chunks", vec![chunked(), Step::Drip(chunk)], "time"),
        ("silence", vec![long(), Step::Hang], "time"),
        ("too short", vec![long()], "disconnect"),
        (
            "broken chunk",
            vec![chunked(), Step::Send(broken)],
            "disconnect",
        ),
        (
            "half a chunk",
            vec![chunked(), Step::Send(half)],
            "disconnect",
        ),
    ] {
        let server = raw(steps).await;
        let settings = Settings {
            max_body_bytes: 100_000,
            total_timeout_ms: 600,
            ..lab(server.address.port())
        };
        let begun = Instant::now();
        let fetched = fetch(&settings, "http://a.test/").await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{name}");
        assert_eq!(
            (fetched.failure, fetched.hop.status),
            (None, Some(200)),
            "{name}"
        );
        assert_eq!(fetched.hop.truncated.as_deref(), Some(expected), "{name}");
        assert!(fetched.body.starts_with(b"<html>page"), "{name}");
        assert!(fetched.body.len() <= 100_000, "{name}");
    }
}

#[tokio::test]
async fn a_declared_length_below_the_body_ends_it_there() {
    let server = answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npagemore").await;
    let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
    assert_eq!(
        (fetched.body.as_slice(), fetched.hop.truncated),
        (&b"page"[..], None)
    );
}

#[tokio::test]
async fn what_is_no_answer_is_a_failure_with_a_reason() {
    let send = |bytes: &str| Step::Send(bytes.as_bytes().to_vec());
    let begun = || send("HTTP/1.1 200 OK\r\nX: ");
    let endless = |bytes: &str| Step::Endless(bytes.as_bytes().to_vec());
    let many: String = (0..500).map(|n| format!("X-{n}: y\r\n")).collect();
    let many = format!("HTTP/1.1 200 OK\r\n{many}\r\n");
    let lengths = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd";
    for (name, steps, expected) in [
        ("silence", vec![Step::Hang], "timed out"),
        (
            "head dripped",
            vec![begun(), Step::Drip(b"y".to_vec())],
            "timed out",
        ),
        (
            "endless head",
            vec![begun(), endless(&"y".repeat(999))],
            "head bytes",
        ),
        (
            "endless header lines",
            vec![begun(), endless("\r\nX: y")],
            "head bytes",
        ),
        ("many header lines", vec![send(&many)], "head bytes"),
        (
            "endless interim answers",
            vec![endless("HTTP/1.1 100 Go\r\n\r\n")],
            "timed out",
        ),
        ("hangs up", vec![], "is broken"),
        ("hangs up in its head", vec![begun()], "is broken"),
        ("HTTP/0.9", vec![send("<html>page</html>")], "is broken"),
        (
            "another protocol",
            vec![send("SSH-2.0-OpenSSH_9.2\r\n")],
            "is broken",
        ),
        (
            "noise",
            vec![Step::Send(vec![0, 1, 2, 255, 254, 10, 13])],
            "is broken",
        ),
        ("two lengths", vec![send(lengths)], "is broken"),
        (
            "bad status",
            vec![send("HTTP/1.1 9999 Odd\r\n\r\n")],
            "is broken",
        ),
    ] {
        let server = raw(steps).await;
        let settings = Settings {
            answer_timeout_ms: 300,
            ..lab(server.address.port())
        };
        let fetched = fetch(&settings, "http://a.test/").await;
        let failure = fetched
            .failure
            .unwrap_or_else(|| panic!("{name}: an answer was seen"));
        assert!(failure.to_string().contains(expected), "{name}: {failure}");
        assert!(
            fetched.body.is_empty() && fetched.hop.request_head.is_some(),
            "{name}"
        );
        assert!(!failure.is_gone(), "{name}");
    }
}

#[tokio::test]
async fn sloppy_heads_are_read_as_browsers_read_them() {
    for (name, answer) in [
        ("bare line feeds", &b"HTTP/1.1 200 OK\nX: y\n\npage"[..]),
        ("no reason", b"HTTP/1.1 200\r\n\r\npage"),
        (
            "a folded line",
            b"HTTP/1.1 200 OK\r\nX: y\r\n  z\r\n\r\npage",
        ),
        (
            "a space before the colon",
            b"HTTP/1.1 200 OK\r\nX : y\r\n\r\npage",
        ),
        (
            "a line that is no header",
            b"HTTP/1.1 200 OK\r\nnonsense\r\nX: y\r\n\r\npage",
        ),
        ("HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\npage"),
    ] {
        let server = answering(answer).await;
        let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
        assert_eq!(fetched.failure, None, "{name}");
        assert_eq!(fetched.body, b"page", "{name}");
        let head = bytes_of(&fetched, fetched.hop.response_head.as_ref());
        assert_eq!(head, &answer[..answer.len() - 4], "{name}");
    }
}

#[tokio::test]
async fn a_closed_port_is_refused_and_worth_another_try() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let fetched = fetch(&lab(port), "http://a.test/").await;
    let failure = fetched.failure.unwrap();
    assert_eq!(failure.to_string(), "could not connect: connection refused");
    assert!(failure.is_passing() && !failure.is_gone());
}

#[tokio::test]
async fn locations_are_handed_over_as_sent() {
    let gbk =
        b"HTTP/1.1 302 Found\r\nLocation: /\xd6\xa4\r\nRetry-After: 7\r\nRefresh: 0;url=/b\r\n\r\n";
    let server = answering(&gbk[..]).await;
    let fetched = fetch(&lab(server.address.port()), "http://a.test/").await;
    assert_eq!(fetched.hop.status, Some(302));
    assert_eq!(fetched.location.as_deref(), Some("/%D6%A4"));
    assert_eq!(fetched.refresh.as_deref(), Some("0;url=/b"));
    assert_eq!(fetched.retry_after_ms, Some(7_000));
}
