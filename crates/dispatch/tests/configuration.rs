//! The shipped tables, and what is said about broken ones.

mod support;

use std::fs;
use std::path::Path;

use jianwei_dispatch::{Addressing, Error, LetterFacts, Recipients, Settings, Statutes, Templates};
use jianwei_model::{Channel, Class, Route};
use support::{config, day, facts};
use tempfile::TempDir;

fn recipients(text: &str) -> Result<Recipients, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recipients.toml");
    fs::write(&path, text).unwrap();
    Recipients::load(&path)
}

fn statutes(text: &str) -> Result<Statutes, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("statutes.toml");
    fs::write(&path, text).unwrap();
    Statutes::load(&path)
}

/// The shipped configuration, copied so that it can be spoilt.
fn copied_config() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        config().join("statutes.toml"),
        folder.path().join("statutes.toml"),
    )
    .unwrap();
    for route in Route::ALL {
        let from = config().join("letters").join(route.as_str());
        let to = folder.path().join("letters").join(route.as_str());
        fs::create_dir_all(&to).unwrap();
        for part in ["letter.toml", "subject.txt", "body.txt"] {
            fs::copy(from.join(part), to.join(part)).unwrap();
        }
    }
    folder
}

fn load_error(config: &Path) -> String {
    match Templates::load(config, &Settings::default()) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

fn seen(addressing: &Addressing) -> (Vec<&str>, Vec<Route>) {
    let addresses = addressing.recipients.iter().map(|one| one.address.as_str());
    let missing = addressing.unaddressed.iter().map(|one| one.route);
    (addresses.collect(), missing.collect())
}

#[test]
fn as_shipped_nothing_is_addressed_outside() {
    let shipped = Recipients::load(&config().join("recipients.toml")).unwrap();
    let addressing = shipped.for_case(&Route::ALL, &facts(Class::Both));
    assert_eq!(
        seen(&addressing),
        (
            vec!["regulator"],
            vec![Route::Registrar, Route::HostingProvider]
        )
    );
    assert_eq!(addressing.recipients[0].channel, Channel::Queue);
    let reasons: Vec<&str> = addressing
        .unaddressed
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    assert_eq!(
        reasons,
        [
            "收件人未知：未配置域名 cx-yjgl.zs-chaxun.example 的注册商",
            "收件人未知：未配置地址 192.0.2.7、2001:db8::7 的接入服务商"
        ]
    );
}

#[test]
fn the_longest_suffix_and_the_narrowest_range_win() {
    let table = recipients(
        r#"
        [[recipient]]
        route = "registrar"
        name = "甲"
        channel = "mail"
        address = "wide@registrar.example"
        domains = ["example", "un.example"]
        [[recipient]]
        route = "registrar"
        name = "乙"
        channel = "mail"
        address = "narrow@registrar.example"
        domains = ["zs-chaxun.example"]
        [[recipient]]
        route = "hosting_provider"
        name = "丙"
        channel = "mail"
        address = "wide@hosting.example"
        networks = ["192.0.0.0/16", "2001:db8::/32"]
        [[recipient]]
        route = "hosting_provider"
        name = "丁"
        channel = "mail"
        address = "narrow@hosting.example"
        networks = ["192.0.2.0/29"]
        "#,
    )
    .unwrap();
    let routes = [Route::Registrar, Route::HostingProvider];
    let known = facts(Class::Both);
    assert_eq!(
        seen(&table.for_case(&routes, &known)),
        (
            vec![
                "narrow@registrar.example",
                "narrow@hosting.example",
                "wide@hosting.example"
            ],
            vec![]
        )
    );
    // A border that is no label border, an address next to the range, and one provider named once.
    let other = LetterFacts {
        host: "nun.example".into(),
        addresses: ["192.0.2.8", "192.0.255.1", "::ffff:192.0.2.9"]
            .map(|text| text.parse().unwrap())
            .into(),
        ..known.clone()
    };
    assert_eq!(
        seen(&table.for_case(&routes, &other)),
        (
            vec!["wide@registrar.example", "wide@hosting.example"],
            vec![]
        )
    );
    let nowhere = LetterFacts {
        host: "zs-chaxun.invalid".into(),
        addresses: vec!["198.51.100.1".parse().unwrap()],
        ..known
    };
    assert_eq!(
        seen(&table.for_case(&routes, &nowhere)),
        (vec![], routes.to_vec())
    );
}

#[test]
fn a_broken_recipient_is_named_with_its_line() {
    let entry = |body: &str| format!("# comment\n\n[[recipient]]\n{body}\n");
    let registrar = "route = \"registrar\"\nname = \"甲\"\nchannel = \"mail\"\n";
    for (body, expected) in [
        (format!("{registrar}address = \"nobody\"\ndomains = [\"a\"]"), "`nobody` is not a mail address"),
        (format!("{registrar}address = \"a@b.example\""), "a registrar needs `domains`"),
        (format!("{registrar}address = \"a@b.example\"\nbogus = 1"), "unknown field `bogus`"),
        (
            "route = \"hosting_provider\"\nname = \"甲\"\nchannel = \"mail\"\naddress = \"a@b.example\"\nnetworks = [\"192.0.2.0/33\"]".into(),
            "`192.0.2.0/33` is not an address range",
        ),
        (
            "route = \"registrar\"\nname = \"甲\\nBcc: x\"\nchannel = \"mail\"\naddress = \"a@b.example\"\ndomains = [\"a\"]".into(),
            "is not a name",
        ),
    ] {
        let error = recipients(&entry(&body)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let line = if expected.starts_with("unknown") { "line 8" } else { "line 3" };
        assert!(error.contains(line), "{error}");
    }
}

#[test]
fn shipped_statutes_change_on_their_days() {
    let statutes = Statutes::load(&config().join("statutes.toml")).unwrap();
    let article = |id: &str, on: &str| {
        let provision = statutes.in_force(id, day(on)).unwrap();
        (provision.article.as_str(), provision.verified)
    };
    for (id, before, after) in [
        ("cybersecurity_illegal_site", "第四十六条", "第四十八条"),
        ("cybersecurity_operator_duty", "第四十七条", "第四十九条"),
        ("cybersecurity_disposal", "第五十条", "第五十二条"),
        (
            "cybersecurity_logs",
            "第二十一条第（三）项",
            "第二十三条第（三）项",
        ),
        (
            "public_security_forged_documents",
            "第五十二条",
            "第六十三条第（一）项",
        ),
    ] {
        assert_eq!(article(id, "2025-12-31"), (before, true), "{id}");
        assert_eq!(article(id, "2026-01-01"), (after, true), "{id}");
    }
    let certificates = "special_operations_certificates";
    assert_eq!(article(certificates, "2026-05-31"), ("第四十条", false));
    assert_eq!(article(certificates, "2026-06-01"), ("", false));
    for unread in [
        certificates,
        "domain_names_forbidden_content",
        "internet_services_without_filing",
    ] {
        assert_eq!(
            statutes.citable(unread, day("2026-07-01")),
            None,
            "{unread}"
        );
    }
    assert!(statutes.in_force("bogus", day("2026-07-01")).is_none());
}

#[test]
fn a_broken_statute_is_named_with_its_line() {
    let one = |version: &str, article: &str, days: &str| {
        format!(
            "[[provision]]\nid = \"x\"\nlaw = \"某法\"\nversion = \"{version}\"\narticle = \"{article}\"\n\
             effect = \"某事\"\n{days}\nsource = \"s\"\nverified = true\n"
        )
    };
    let first = one(
        "甲",
        "第一条",
        "from = \"2020-01-01\"\nuntil = \"2020-12-31\"",
    );
    let lines = first.lines().count();
    for (second, expected) in [
        (
            one("乙", "第二条", "from = \"2020-12-31\""),
            "in force together",
        ),
        (
            one("乙", "", "from = \"2021-01-01\""),
            "verified but has no article",
        ),
        (
            one(
                "乙",
                "第二条",
                "from = \"2021-01-02\"\nuntil = \"2021-01-01\"",
            ),
            "ends before",
        ),
    ] {
        let error = statutes(&format!("{first}{second}"))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains(&format!("line {}", lines + 1)), "{error}");
    }
    let fine = format!("{first}{}", one("乙", "第二条", "from = \"2021-01-01\""));
    assert!(statutes(&fine).is_ok());
    let error = statutes("[[provision]]\nid = 3\n").unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let config = copied_config();
    let folder = config.path().join("letters/registrar");
    assert_eq!(load_error(config.path()), "");
    let body = fs::read_to_string(folder.join("body.txt")).unwrap();

    for (spoilt, expected) in [
        (format!("行一\n{{{{ hots }}}}\n{body}"), "undefined"),
        (format!("行一\n{{% if host %}}\n{body}"), "syntax error"),
        (
            format!("行一\n{{% if imitated %}}{{{{ imitated.adress }}}}{{% endif %}}\n{body}"),
            "undefined",
        ),
    ] {
        fs::write(folder.join("body.txt"), spoilt).unwrap();
        let error = load_error(config.path());
        assert!(error.contains("letters/registrar/body.txt"), "{error}");
        assert!(error.contains(expected), "{error}");
        let line = if expected == "syntax error" {
            "line "
        } else {
            "line 2"
        };
        assert!(error.contains(line), "{error}");
    }
    fs::write(folder.join("body.txt"), body).unwrap();

    let about = fs::read_to_string(folder.join("letter.toml")).unwrap();
    fs::write(
        folder.join("letter.toml"),
        about.replace("\"fraud_duty_of_care\"", "\"bogus\""),
    )
    .unwrap();
    let error = load_error(config.path());
    assert!(
        error.contains("`bogus` is not in statutes.toml") && error.contains("line "),
        "{error}"
    );
    fs::write(folder.join("letter.toml"), format!("bogus = 1\n{about}")).unwrap();
    let error = load_error(config.path());
    assert!(
        error.contains("letter.toml` line 1: unknown field `bogus`"),
        "{error}"
    );
    fs::remove_file(folder.join("letter.toml")).unwrap();
    assert!(load_error(config.path()).contains("letter.toml"));
}

#[test]
fn a_template_with_a_live_link_drafts_nothing() {
    // The host arrives defanged, so only a text of the template itself could bring the link back to life.
    let config = copied_config();
    let subject = config.path().join("letters/registrar/subject.txt");
    fs::write(&subject, format!("{{{{ case }}}} {}", support::URL)).unwrap();
    let templates = Templates::load(config.path(), &Settings::default()).unwrap();
    let now = support::time("2026-03-02T00:00:00Z");
    let refused = templates.draft(
        &facts(Class::Both),
        &support::recipient(Route::Registrar),
        now,
    );
    assert!(matches!(refused, Err(Error::LiveLink { .. })));
}
