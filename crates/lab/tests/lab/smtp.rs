//! Conversations with the mail sink.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jianwei_lab::{Lab, LabSettings, SMTP_PASSWORD, SMTP_USER};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{tls, upgrade};

/// Sends `line` unless it is empty, and reads one whole reply.
async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, line: &str) -> String {
    if !line.is_empty() {
        stream
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .unwrap();
    }
    let mut reply = Vec::new();
    loop {
        reply.push(stream.read_u8().await.unwrap());
        let text = String::from_utf8_lossy(&reply).into_owned();
        let last = text.lines().last().unwrap_or_default().to_owned();
        if text.ends_with("\r\n") && last.as_bytes().get(3) != Some(&b'-') {
            return text;
        }
    }
}

async fn check<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, talk: &[(&str, &str)]) {
    for (line, code) in talk {
        let reply = say(stream, line).await;
        assert!(reply.starts_with(code), "{line:?} was answered {reply:?}");
    }
}

fn plain_token(password: &str) -> String {
    STANDARD.encode(format!("\0{SMTP_USER}\0{password}"))
}

#[tokio::test]
async fn a_message_is_kept_as_it_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("mails");
    let lab = Lab::start_with(LabSettings {
        mail_folder: Some(mails.clone()),
    })
    .await
    .unwrap();
    let mut stream = TcpStream::connect(lab.addresses().smtp).await.unwrap();
    check(
        &mut stream,
        &[
            ("", "220"),
            ("EHLO me.test", "250-"),
            ("MAIL FROM:<a@b.test> BODY=8BITMIME", "250"),
            ("RCPT TO:<c@d.test>", "250"),
            ("DATA", "354"),
        ],
    )
    .await;
    let body = "Subject: 函\r\n\r\n..两点\r\n....\r\n正文 .\r\n..\r\n.";
    check(&mut stream, &[(body, "250"), ("QUIT", "221")]).await;
    let kept = "Subject: 函\r\n\r\n.两点\r\n...\r\n正文 .\r\n.\r\n";
    assert_eq!(lab.mails(), [kept.as_bytes()]);
    assert_eq!(
        std::fs::read(mails.join("0001.eml")).unwrap(),
        kept.as_bytes()
    );
}

#[tokio::test]
async fn starttls_and_both_ways_to_authenticate() {
    let lab = Lab::start().await.unwrap();
    let mut stream = TcpStream::connect(lab.addresses().smtp).await.unwrap();
    say(&mut stream, "").await;
    let hello = say(&mut stream, "EHLO me.test").await;
    assert!(hello.contains("250-STARTTLS\r\n") && hello.contains("AUTH PLAIN LOGIN"));
    // A command behind STARTTLS in the same packet belongs to whoever sits in between.
    stream
        .write_all(b"STARTTLS\r\nMAIL FROM:<evil@b.test>\r\n")
        .await
        .unwrap();
    assert!(say(&mut stream, "").await.starts_with("220"));
    let mut secure = upgrade(stream, lab.authority_pem(), "localhost")
        .await
        .unwrap();
    let hello = say(&mut secure, "EHLO me.test").await;
    assert!(!hello.contains("STARTTLS"), "{hello}");
    let (user, password) = (STANDARD.encode(SMTP_USER), STANDARD.encode(SMTP_PASSWORD));
    check(
        &mut secure,
        &[
            ("RCPT TO:<c@d.test>", "503"),
            (&format!("AUTH PLAIN {}", plain_token("wrong")), "535"),
            ("AUTH LOGIN", "334"),
            (&user, "334"),
            ("d3Jvbmc=", "535"),
            ("AUTH LOGIN", "334"),
            (&user, "334"),
            (&password, "235"),
            ("AUTH PLAIN", "503"),
            ("MAIL FROM:<a@b.test>", "250"),
            ("RCPT TO:<c@d.test>", "250"),
            ("DATA", "354"),
            ("x\r\n.", "250"),
            ("QUIT", "221"),
        ],
    )
    .await;
    assert_eq!(lab.mails(), [b"x\r\n"]);
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let lab = Lab::start().await.unwrap();
    let mut secure = tls(lab.addresses().smtps, lab.authority_pem(), "localhost")
        .await
        .unwrap();
    let token = plain_token(SMTP_PASSWORD);
    check(
        &mut secure,
        &[
            ("", "220"),
            ("EHLO me.test", "250-"),
            ("AUTH PLAIN", "334"),
            (&token, "235"),
            ("STARTTLS", "503"),
        ],
    )
    .await;
}

#[tokio::test]
async fn mailboxes_that_refuse_and_ones_that_are_busy() {
    let lab = Lab::start().await.unwrap();
    let mut stream = TcpStream::connect(lab.addresses().smtp).await.unwrap();
    check(
        &mut stream,
        &[
            ("", "220"),
            ("HELO me.test", "250"),
            ("DATA", "503"),
            ("MAIL FROM:<a@b.test>", "250"),
            ("RCPT TO:<refused@d.test>", "550"),
            ("RCPT TO:<busy@d.test>", "451"),
            ("DATA", "503"),
            ("NOOP", "250"),
            ("JUMP", "500"),
            ("MAIL a", "501"),
        ],
    )
    .await;
    assert!(lab.mails().is_empty());
}
