//! Mails as they leave: over SMTP with every kind of protection and trouble, and into a folder.

#[path = "support/smtp_server.rs"]
mod smtp_server;
mod support;

use std::fs;

use jianwei_dispatch::{
    Mailer, Parcel, Password, Security, Sender, Settings, Smtp, Templates, Transport,
};
use jianwei_model::{Attachment, Class, DeliveryOutcome, Digest, Letter, Route, Timestamp};
use mail_parser::{MessageParser, MimeHeaders as _};
use smtp_server::{Script, SmtpServer, Tls, Trouble};
use support::{config, facts, file, packet, recipient, summary, time};

struct Ready {
    letter: Letter,
    attachments: Vec<(Attachment, Vec<u8>)>,
}

impl Ready {
    fn parcel(&self) -> Parcel<'_> {
        Parcel {
            letter: &self.letter,
            approved: self.letter.digest(),
            attachments: &self.attachments,
        }
    }
}

fn now() -> Timestamp {
    time("2026-03-02T20:00:00Z")
}

fn sender() -> Sender {
    Sender {
        unit: "某市应急管理局，案件办理组".into(),
        address: "letters@unit.example".into(),
        reply_to: Some("answers@unit.example".into()),
        ..Sender::default()
    }
}

fn ready() -> Ready {
    let settings = Settings {
        sender: sender(),
        ..Settings::default()
    };
    let templates = Templates::load(&config(), &settings).unwrap();
    let facts = facts(Class::FakeGovernmentSite);
    let letter = templates
        .draft(&facts, &recipient(Route::Registrar), now())
        .unwrap();
    Ready {
        letter,
        attachments: vec![(facts.summary, summary()), (facts.packet, packet())],
    }
}

fn settings(transport: Transport) -> Settings {
    Settings {
        sender: sender(),
        message_domain: "mail.unit.example".into(),
        transport,
        ..Settings::default()
    }
}

fn smtp(server: &SmtpServer, security: Security) -> Smtp {
    Smtp {
        host: "127.0.0.1".into(),
        port: server.address.port(),
        security,
        username: None,
        password_file: None,
        password_env: None,
        password: None,
        root_certificate: None,
        timeout_seconds: 5,
        data_timeout_seconds: 1,
    }
}

async fn send_over(smtp: Smtp, ready: &Ready) -> DeliveryOutcome {
    Mailer::open(&settings(Transport::Smtp(smtp)))
        .unwrap()
        .send(&ready.parcel(), now())
        .await
}

async fn outcome_of(trouble: Trouble, ready: &Ready) -> (DeliveryOutcome, SmtpServer) {
    let server = SmtpServer::start(Script {
        trouble,
        ..Script::default()
    })
    .await;
    let outcome = send_over(smtp(&server, Security::Plain), ready).await;
    (outcome, server)
}

fn check_readable(mail: &[u8], ready: &Ready) {
    let letter = &ready.letter;
    let parsed = MessageParser::default().parse(mail).unwrap();
    let digest = letter.digest();
    assert_eq!(parsed.subject(), Some(letter.subject.as_str()));
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("某市应急管理局，案件办理组"));
    assert_eq!(from.address(), Some("letters@unit.example"));
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!(to.name(), Some("示例域名注册有限公司"));
    assert_eq!(to.address(), Some("abuse@registrar.example"));
    let reply_to = parsed.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some("answers@unit.example"));
    assert_eq!(parsed.date().unwrap().to_timestamp(), now().millis() / 1000);
    let message_id = format!(
        "{}.{}@mail.unit.example",
        &digest.hex()[..16],
        letter.case.as_str()
    );
    assert_eq!(parsed.message_id(), Some(message_id.as_str()));
    let header = |name: &str| parsed.header_raw(name).map(|text| text.trim().to_owned());
    assert_eq!(header("Auto-Submitted").as_deref(), Some("no"));
    assert_eq!(header("MIME-Version").as_deref(), Some("1.0"));
    assert_eq!(
        header("X-Jianwei-Case").as_deref(),
        Some(letter.case.as_str())
    );
    assert_eq!(header("X-Jianwei-Letter-Digest"), Some(digest.to_string()));
    let body = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(body.trim_end(), letter.body.trim_end());
    let attached: Vec<_> = parsed.attachments().collect();
    assert_eq!(attached.len(), ready.attachments.len());
    for (part, (attachment, bytes)) in attached.iter().zip(&ready.attachments) {
        assert_eq!(part.attachment_name(), Some(attachment.name.as_str()));
        assert!(part.contents() == bytes.as_slice(), "{}", attachment.name);
        let content_type = part.content_type().unwrap();
        let media_type = format!(
            "{}/{}",
            content_type.ctype(),
            content_type.subtype().unwrap()
        );
        assert_eq!(media_type, attachment.file.media_type);
    }
}

fn is_failed(outcome: &DeliveryOutcome) -> bool {
    matches!(outcome, DeliveryOutcome::Failed { .. })
}

#[tokio::test]
async fn a_recipient_reads_exactly_what_was_approved() {
    let ready = ready();
    let (outcome, server) = outcome_of(Trouble::None, &ready).await;
    let DeliveryOutcome::Delivered { at, proof } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((at, proof.as_str()), (now(), "250 2.0.0 queued as 4711"));
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    check_readable(&mails[0], &ready);
    assert!(mails[0].is_ascii(), "old relays pass it on unchanged");
}

#[tokio::test]
async fn tls_starttls_and_authentication_work_with_an_own_authority() {
    let ready = ready();
    let folder = tempfile::tempdir().unwrap();
    for (tls, security) in [
        (Tls::AtOnce, Security::Tls),
        (Tls::Offered, Security::Starttls),
    ] {
        let server = SmtpServer::start(Script {
            tls,
            needs_auth: true,
            ..Script::default()
        })
        .await;
        let authority = folder.path().join("authority.pem");
        let password = folder.path().join("password");
        fs::write(&authority, &server.certificate).unwrap();
        fs::write(&password, "pass word\n").unwrap();
        let with_everything = Smtp {
            username: Some("user".into()),
            password_file: Some(password),
            root_certificate: Some(authority),
            ..smtp(&server, security)
        };
        let outcome = send_over(with_everything.clone(), &ready).await;
        assert!(
            matches!(outcome, DeliveryOutcome::Delivered { .. }),
            "{outcome:?}"
        );
        check_readable(&server.mails()[0], &ready);

        let unknown_authority = Smtp {
            root_certificate: None,
            ..with_everything.clone()
        };
        assert!(is_failed(&send_over(unknown_authority, &ready).await));
        let wrong_password = Smtp {
            password_file: None,
            password: Some(Password::new("wrong")),
            ..with_everything
        };
        let outcome = send_over(wrong_password, &ready).await;
        assert!(is_failed(&outcome), "{outcome:?}");
        assert_eq!(server.mails().len(), 1, "only the first left");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_letter() {
    let ready = ready();
    let server = SmtpServer::start(Script::default()).await;
    let with_password = Smtp {
        username: Some("user".into()),
        password: Some(Password::new("pass word")),
        ..smtp(&server, Security::Starttls)
    };
    assert!(is_failed(&send_over(with_password, &ready).await));
    let commands = server.commands();
    assert!(
        commands.iter().all(|line| !line.starts_with("AUTH")),
        "{commands:?}"
    );
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn refusals_for_good_and_for_now_are_told_apart() {
    let ready = ready();
    for at in ["MAIL", "RCPT", "DATA", "."] {
        let for_good = Trouble::Answer(at, "550 5.1.1 no such user");
        let (outcome, _) = outcome_of(for_good, &ready).await;
        let DeliveryOutcome::Refused { error } = outcome else {
            panic!("{at}: {outcome:?}");
        };
        assert!(error.contains("no such user"), "{error}");
        let for_now = Trouble::Answer(at, "451 4.7.1 try again later");
        let (outcome, _) = outcome_of(for_now, &ready).await;
        assert!(is_failed(&outcome), "{at}: {outcome:?}");
    }
    // A refusal before the letter is about us, not about the letter.
    let (outcome, _) = outcome_of(Trouble::Answer("EHLO", "554 not you"), &ready).await;
    assert!(is_failed(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_closed_port_is_a_failure() {
    let server = SmtpServer::start(Script::default()).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let closed = Smtp {
        port,
        ..smtp(&server, Security::Plain)
    };
    assert!(is_failed(&send_over(closed, &ready()).await));
}

#[tokio::test]
async fn a_mail_whose_fate_is_unknown_is_never_called_failed() {
    let ready = ready();
    for trouble in [Trouble::HangsUpAfterTheDot, Trouble::SilentAfterTheDot] {
        let (outcome, server) = outcome_of(trouble, &ready).await;
        assert_eq!(outcome, DeliveryOutcome::Started);
        assert_eq!(server.mails().len(), 1, "it did arrive");
    }
}

#[tokio::test]
async fn a_mail_cut_off_before_its_end_has_certainly_not_left() {
    let mut ready = ready();
    let large = vec![7; 12 * 1024 * 1024];
    let attachment = file("large.zip", &large, "application/zip");
    ready.letter.attachments.push(attachment.clone());
    ready.attachments.push((attachment, large));
    let (outcome, server) = outcome_of(Trouble::HangsUpInTheMail, &ready).await;
    assert!(is_failed(&outcome), "{outcome:?}");
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn only_the_approved_bytes_leave() {
    let server = SmtpServer::start(Script::default()).await;
    let mailer = Mailer::open(&settings(Transport::Smtp(smtp(&server, Security::Plain)))).unwrap();
    let ready = ready();
    let approved = ready.letter.digest();
    let mut changed_letter = ready.letter.clone();
    changed_letter.body.push('x');
    let mut changed_bytes = ready.attachments.clone();
    changed_bytes[1].1[10] ^= 1;
    let mut queued = ready.letter.clone();
    queued.recipient.channel = jianwei_model::Channel::Queue;
    let queued_digest = queued.digest();
    for (letter, approved, attachments) in [
        (&changed_letter, approved, &ready.attachments[..]),
        (&ready.letter, Digest::ZERO, &ready.attachments[..]),
        (&ready.letter, approved, &changed_bytes[..]),
        (&ready.letter, approved, &ready.attachments[..1]),
        (&queued, queued_digest, &ready.attachments[..]),
    ] {
        let parcel = Parcel {
            letter,
            approved,
            attachments,
        };
        let outcome = mailer.send(&parcel, now()).await;
        assert!(
            matches!(outcome, DeliveryOutcome::Refused { .. }),
            "{outcome:?}"
        );
    }
    assert!(server.commands().is_empty(), "nobody was even greeted");
}

#[tokio::test]
async fn line_ends_cannot_add_headers() {
    let server = SmtpServer::start(Script::default()).await;
    let smtp = smtp(&server, Security::Plain);
    let mailer = Mailer::open(&settings(Transport::Smtp(smtp.clone()))).unwrap();
    let spoil: [fn(&mut Letter); 6] = [
        |letter| letter.subject.push_str("\r\nBcc: x@evil.example"),
        |letter| letter.subject.push('\n'),
        |letter| letter.recipient.name.push_str("\r\nBcc: x@evil.example"),
        |letter| {
            letter
                .recipient
                .address
                .push_str("\r\nRCPT TO:<x@evil.example>")
        },
        |letter| letter.case = jianwei_model::CaseId::from_text("c\r\nBcc: x@evil.example"),
        |letter| letter.recipient.address = "甲@registrar.example".into(),
    ];
    for change in spoil {
        let mut ready = ready();
        change(&mut ready.letter);
        let outcome = mailer.send(&ready.parcel(), now()).await;
        assert!(
            matches!(outcome, DeliveryOutcome::Refused { .. }),
            "{outcome:?}"
        );
    }
    for name in [
        "a\r\nX-Evil: 1.zip",
        "证据.zip",
        "a b.zip",
        "../a.zip\"",
        "",
    ] {
        let mut ready = ready();
        ready.letter.attachments[1].name = name.into();
        ready.attachments[1].0.name = name.into();
        let outcome = mailer.send(&ready.parcel(), now()).await;
        assert!(
            matches!(outcome, DeliveryOutcome::Refused { .. }),
            "{name:?}"
        );
    }
    let mut bad_sender = settings(Transport::Smtp(smtp));
    bad_sender.sender.unit = "甲\r\nBcc: x@evil.example".into();
    assert!(Mailer::open(&bad_sender).is_err());
    assert!(server.commands().is_empty());
}

#[tokio::test]
async fn a_folder_keeps_each_letter_once() {
    let ready = ready();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let mailer = Mailer::open(&settings(Transport::Folder { path: path.clone() })).unwrap();
    let first = mailer.send(&ready.parcel(), now()).await;
    let name = format!("{}.eml", ready.letter.digest().hex());
    let DeliveryOutcome::Delivered { proof, .. } = &first else {
        panic!("{first:?}");
    };
    assert_eq!(*proof, path.join(&name).display().to_string());
    let written = fs::read(path.join(&name)).unwrap();
    check_readable(&written, &ready);
    let later = now().plus_millis(86_400_000);
    let again = mailer.send(&ready.parcel(), later).await;
    assert!(matches!(again, DeliveryOutcome::Delivered { .. }));
    let names: Vec<_> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [name.as_str()]);
    assert_eq!(fs::read(path.join(&name)).unwrap(), written);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let blocked = Mailer::open(&settings(Transport::Folder { path: file })).unwrap();
    assert!(is_failed(&blocked.send(&ready.parcel(), now()).await));
}

#[tokio::test]
async fn settings_that_would_harm_are_refused() {
    let server = SmtpServer::start(Script::default()).await;
    let local = smtp(&server, Security::Plain);
    let elsewhere = Smtp {
        host: "mail.relay.test".into(),
        ..local.clone()
    };
    let error_of = |smtp: Smtp, address: &str| {
        let mut settings = settings(Transport::Smtp(smtp));
        settings.sender.address = address.into();
        match Mailer::open(&settings) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    };
    let in_clear = Smtp {
        username: Some("user".into()),
        password: Some(Password::new("geheim")),
        ..elsewhere.clone()
    };
    let error = error_of(in_clear, "letters@unit.gov.cn");
    assert!(error.starts_with("dispatch.transport.security"), "{error}");
    assert!(!error.contains("geheim"));
    let error = error_of(elsewhere, "letters@unit.example");
    assert!(error.starts_with("dispatch.sender.address"), "{error}");
    let two_passwords = Smtp {
        username: Some("user".into()),
        password: Some(Password::new("a")),
        password_env: Some("B".into()),
        ..local.clone()
    };
    let error = error_of(two_passwords, "letters@unit.example");
    assert!(error.starts_with("dispatch.transport.password"), "{error}");
    let missing_file = Smtp {
        username: Some("user".into()),
        password_file: Some("/nonexistent/password".into()),
        ..local.clone()
    };
    let error = error_of(missing_file, "letters@unit.example");
    assert!(error.contains("/nonexistent/password"), "{error}");
    assert_eq!(error_of(local, "letters@unit.example"), "");
}
