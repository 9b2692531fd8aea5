//! The letters as their recipients read them, and the rules they keep.

mod support;

use std::fs;
use std::path::Path;

use jianwei_dispatch::{Error, LetterFacts, Sender, Settings, Templates};
use jianwei_model::{Class, Letter, Route};
use support::{URL, bare_facts, config, day, facts, file, recipient, time};

const CLASSES: [Class; 3] = [
    Class::FakeGovernmentSite,
    Class::CertificateSale,
    Class::Both,
];

fn settings() -> Settings {
    Settings {
        sender: Sender {
            unit: "某市应急管理局".into(),
            name: "案件办理组".into(),
            address: "letters@unit.example".into(),
            reply_to: Some("answers@unit.example".into()),
            phone: "000-12345678".into(),
            website: "www.yjgl.gov.test".into(),
        },
        ..Settings::default()
    }
}

fn templates() -> Templates {
    Templates::load(&config(), &settings()).unwrap()
}

fn draft(facts: &LetterFacts, route: Route) -> Letter {
    let now = time("2026-03-02T20:00:00Z");
    templates().draft(facts, &recipient(route), now).unwrap()
}

/// Compares with the reviewed file; a missing one is written and must be read by someone.
fn check(name: &str, letter: &Letter) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/letters/{name}.txt"));
    let text = format!("主题：{}\n\n{}", letter.subject, letter.body);
    let Ok(expected) = fs::read_to_string(&path) else {
        fs::write(&path, text).unwrap();
        panic!("{} is new: read it, then run again", path.display());
    };
    assert_eq!(text, expected, "{}", path.display());
}

#[test]
fn every_letter_reads_as_reviewed() {
    for route in Route::ALL {
        for class in CLASSES {
            let letter = draft(&facts(class), route);
            check(&format!("{}.{}", route.as_str(), class.as_str()), &letter);
        }
    }
}

#[test]
fn what_is_unknown_is_said_and_not_invented() {
    let mut settings = settings();
    settings.attach_limit_bytes = 10;
    let templates = Templates::load(&config(), &settings).unwrap();
    let now = time("2026-03-02T20:00:00Z");
    for class in [Class::FakeGovernmentSite, Class::CertificateSale] {
        let letter = templates
            .draft(&bare_facts(class), &recipient(Route::Registrar), now)
            .unwrap();
        check(&format!("registrar.{}.bare", class.as_str()), &letter);
    }
}

#[test]
fn no_letter_carries_a_live_link_or_an_order() {
    for route in Route::ALL {
        for class in CLASSES {
            let letter = draft(&facts(class), route);
            for text in [&letter.subject, &letter.body] {
                for forbidden in [
                    "http://",
                    "https://",
                    URL,
                    "zs-chaxun.example",
                    "责令",
                    "！",
                ] {
                    assert!(!text.contains(forbidden), "{forbidden} in {text}");
                }
            }
            assert!(letter.body.contains("涉嫌") && letter.body.contains("经初步核查"));
            assert!(letter.body.contains(&facts(class).wacz.hex()));
            assert!(letter.body.contains("保存"), "asks to preserve records");
        }
    }
}

#[test]
fn the_day_of_the_conduct_decides_the_law() {
    let cited = |conduct: &str, class| {
        let facts = LetterFacts {
            conduct: day(conduct),
            ..facts(class)
        };
        Route::ALL.map(|route| draft(&facts, route).body).join("\n")
    };
    let old = cited("2025-12-31", Class::Both);
    let new = cited("2026-01-01", Class::Both);
    for (before, after) in [
        (
            "《中华人民共和国网络安全法》（2025年修正前）第四十六条",
            "《中华人民共和国网络安全法》（2025年修正）第四十八条",
        ),
        (
            "《中华人民共和国网络安全法》（2025年修正前）第四十七条",
            "《中华人民共和国网络安全法》（2025年修正）第四十九条",
        ),
        (
            "《中华人民共和国网络安全法》（2025年修正前）第五十条",
            "《中华人民共和国网络安全法》（2025年修正）第五十二条",
        ),
        (
            "《中华人民共和国治安管理处罚法》（2025年修订前）第五十二条",
            "《中华人民共和国治安管理处罚法》（2025年修订）第六十三条",
        ),
    ] {
        assert!(old.contains(before) && !old.contains(after), "{before}");
        assert!(new.contains(after) && !new.contains(before), "{after}");
    }
    for conduct in ["2026-05-31", "2026-06-01"] {
        let text = cited(conduct, Class::Both);
        for unread in [
            "第30号",
            "第19号",
            "特种作业人员安全技术培训考核管理规定",
            "互联网域名管理办法",
        ] {
            assert!(!text.contains(unread), "{unread} on {conduct}");
        }
    }
}

#[test]
fn the_same_facts_give_the_same_digest_and_other_facts_another() {
    let first = draft(&facts(Class::FakeGovernmentSite), Route::Registrar);
    let again = draft(&facts(Class::FakeGovernmentSite), Route::Registrar);
    assert_eq!((&first, first.digest()), (&again, again.digest()));
    let mut other = facts(Class::FakeGovernmentSite);
    other.packet = file("case-packet.zip", b"other", "application/zip");
    assert_ne!(draft(&other, Route::Registrar).digest(), first.digest());
}

#[test]
fn a_large_packet_is_named_by_digest_in_mails_and_still_goes_into_the_queue() {
    let mut settings = settings();
    settings.attach_limit_bytes = facts(Class::Both).packet.file.bytes - 1;
    let templates = Templates::load(&config(), &settings).unwrap();
    let facts = facts(Class::Both);
    let now = time("2026-03-02T20:00:00Z");
    let mail = templates
        .draft(&facts, &recipient(Route::HostingProvider), now)
        .unwrap();
    assert_eq!(mail.attachments, [facts.summary.clone()]);
    assert!(mail.body.contains(&facts.packet.file.digest.hex()));
    assert!(mail.body.contains("证据包因文件较大未随本投诉附送"));
    let queued = templates
        .draft(&facts, &recipient(Route::CyberspaceAdministration), now)
        .unwrap();
    assert_eq!(queued.attachments, [facts.summary, facts.packet]);
}

#[test]
fn hostile_page_text_cannot_add_lines_to_a_letter() {
    let mut hostile = facts(Class::CertificateSale);
    hostile.facts = vec!["称“可查”\r\n\r\n四、商请事项\n　　（一）请汇款{{ case }}\u{202e}".into()];
    hostile.host = "a.example\nBcc: x".into();
    let letter = draft(&hostile, Route::Registrar);
    assert!(
        !letter
            .body
            .lines()
            .any(|line| line.starts_with("四、商请事项"))
    );
    assert!(
        letter.body.contains("请汇款{{ case }}。"),
        "{}",
        letter.body
    );
    assert!(!letter.subject.contains('\n') && letter.subject.contains("a[.]example Bcc: x"));
}

#[test]
fn innocent_classes_and_wrong_channels_get_no_letter() {
    let templates = templates();
    let now = time("2026-03-02T20:00:00Z");
    let refused = templates.draft(
        &facts(Class::QuotesFakes),
        &recipient(Route::Registrar),
        now,
    );
    assert!(matches!(refused, Err(Error::NoTemplate { .. })));
    let mut by_mail = recipient(Route::CyberspaceAdministration);
    by_mail.channel = jianwei_model::Channel::Mail;
    let refused = templates.draft(&facts(Class::Both), &by_mail, now);
    assert!(matches!(refused, Err(Error::Channel { .. })));
    let early = LetterFacts {
        conduct: day("2010-01-01"),
        ..facts(Class::Both)
    };
    let refused = templates.draft(&early, &recipient(Route::Registrar), now);
    assert!(matches!(refused, Err(Error::NoBasis { .. })));
}
