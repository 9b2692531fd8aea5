//! Which hosts are recognised as imitations, of whom, by what trick and in which words.

#![allow(
    clippy::unwrap_used,
    reason = "a fixture that does not parse fails the test"
)]

mod shipped;

use jianwei_lookalike::{Kind, Matcher};

fn matcher() -> Matcher {
    Matcher::new(&shipped::sites(), &shipped::vocabulary())
}

/// Host, id of the imitated site (empty where the name does not tell), trick, telling part.
const IMITATIONS: &[(&str, &str, Kind, &str)] = &[
    // The official name left of another registrable domain.
    (
        "cx.mem.gov.cn.chaxun.top",
        "cx-mem",
        Kind::Level,
        "cx.mem.gov.cn",
    ),
    (
        "www.cx.mem.gov.cn.a1b2c3.xyz",
        "cx-mem",
        Kind::Level,
        "cx.mem.gov.cn",
    ),
    ("www.mem.gov.cn.com", "mem", Kind::Level, "mem.gov.cn"),
    (
        "zscx.osta.org.cn.abc.icu",
        "osta",
        Kind::Level,
        "zscx.osta.org.cn",
    ),
    (
        "yjt.ah.gov.cn.example",
        "emergency-anhui",
        Kind::Level,
        "yjt.ah.gov.cn",
    ),
    // Dots made hyphens or left out.
    ("cx-mem-gov.cn", "cx-mem", Kind::Joined, "cx-mem-gov.cn"),
    ("cx-mem-gov-cn.com", "cx-mem", Kind::Joined, "cx-mem-gov-cn"),
    ("mem-gov-cn.com", "mem", Kind::Joined, "mem-gov-cn"),
    ("mem-gov.cn", "mem", Kind::Joined, "mem-gov.cn"),
    ("mem.gov-cn.com", "mem", Kind::Joined, "mem.gov-cn"),
    ("memgov.cn", "mem", Kind::Joined, "memgov.cn"),
    ("cxmemgov.cn", "cx-mem", Kind::Joined, "cxmemgov.cn"),
    ("cxmemgovcn.com", "cx-mem", Kind::Joined, "cxmemgovcn"),
    (
        "www-mem-gov-cn.hcv9.example",
        "mem",
        Kind::Joined,
        "mem-gov-cn",
    ),
    (
        "zlaq_mohurd_gov_cn.hcv9.example",
        "zlaq-mohurd",
        Kind::Joined,
        "zlaq_mohurd_gov_cn",
    ),
    (
        "zscx-osta-org-cn.top",
        "osta",
        Kind::Joined,
        "zscx-osta-org-cn",
    ),
    ("www-chsi-com-cn.top", "chsi", Kind::Joined, "chsi-com-cn"),
    (
        "yjtahgov.cn",
        "emergency-anhui",
        Kind::Joined,
        "yjtahgov.cn",
    ),
    // The government suffix imitated.
    ("www.gov.cn.com", "", Kind::GovernmentLabel, "gov.cn"),
    ("gov-cn.top", "", Kind::GovernmentLabel, "gov-cn"),
    ("yjgl-gov.cn", "", Kind::GovernmentLabel, "yjgl-gov.cn"),
    ("yjj.gov-cn.com", "", Kind::GovernmentLabel, "yjj.gov-cn"),
    (
        "osta-gov.org.cn",
        "osta",
        Kind::GovernmentLabel,
        "osta-gov.org.cn",
    ),
    ("memgov.com", "mem", Kind::GovernmentLabel, "memgov"),
    ("mem.gov.query.top", "mem", Kind::GovernmentLabel, "mem.gov"),
    ("hbyjtgovcn.com", "", Kind::GovernmentLabel, "yjtgovcn"),
    ("hebeigov.cn", "", Kind::GovernmentLabel, "hebeigov.cn"),
    (
        "jbzs.12345.gov.cn.hcv9.example",
        "",
        Kind::GovernmentLabel,
        "gov.cn",
    ),
    ("qzxygovcn.com", "", Kind::GovernmentLabel, "govcn"),
    // Words of agencies, certificates and lookups.
    ("tzzyzscx.com", "cx-mem", Kind::Combination, "tzzyzscx"),
    (
        "tzzy-chaxun.top",
        "cx-mem",
        Kind::Combination,
        "tzzy-chaxun",
    ),
    (
        "tzzyczz-chaxun.cn",
        "cx-mem",
        Kind::Combination,
        "tzzyczz-chaxun",
    ),
    ("cx.tzzy.top", "cx-mem", Kind::Combination, "cx.tzzy"),
    (
        "tezhongzuoyechaxun.com",
        "cx-mem",
        Kind::Combination,
        "tezhongzuoyechaxun",
    ),
    (
        "diangongzhengchaxun.net",
        "cx-mem",
        Kind::Combination,
        "diangongzheng",
    ),
    ("cnse-query.com", "cnse", Kind::Combination, "cnse-query"),
    ("zscx-osta.com", "osta", Kind::Combination, "zscx-osta"),
    ("mohurdcx.cn", "zlaq-mohurd", Kind::Combination, "mohurdcx"),
    ("aqscks-cx.com", "cx-mem", Kind::Combination, "aqscks-cx"),
    ("cx-mem.top", "cx-mem", Kind::Combination, "cx-mem"),
    ("www.yananzw.cn", "", Kind::Combination, "yananzw"),
    ("hebeiyjglj.com", "", Kind::Combination, "hebeiyjglj"),
    ("mohurd.top", "zlaq-mohurd", Kind::OtherSuffix, "mohurd"),
    ("memchaxun.com", "mem", Kind::Combination, "memchaxun"),
    ("mem-cx.vip", "cx-mem", Kind::Combination, "mem-cx"),
    ("aqsczscx.cn", "cx-mem", Kind::Combination, "aqsczscx"),
    ("gdtzzycx.com", "cx-mem", Kind::Combination, "tzzycx"),
    (
        "tzzychaxun2024.com",
        "cx-mem",
        Kind::Combination,
        "tzzychaxun",
    ),
    ("xuelichaxun.top", "chsi", Kind::Combination, "xuelichaxun"),
    ("samr-chaxun.vip", "cnse", Kind::Combination, "samr-chaxun"),
    ("jzsccx.cn", "jzsc-mohurd", Kind::Combination, "jzsccx"),
    ("yjglb-cx.asia", "mem", Kind::Combination, "yjglb-cx"),
    // Internationalised names: 应急管理部查询.com, 特种作业.网址, 应急管理部政务.com, 学信网.com.
    ("应急管理部查询.com", "mem", Kind::Combination, "xn--"),
    ("特种作业.网址", "cx-mem", Kind::Combination, "xn--"),
    ("应急管理部政务.com", "mem", Kind::Combination, "xn--"),
    ("学信网.com", "chsi", Kind::Combination, "xn--"),
    (
        "特种作业操作证查询网.com",
        "cx-mem",
        Kind::Combination,
        "xn--",
    ),
    // Characters that look like others.
    ("rnem-gov.cn", "mem", Kind::Homoglyph, "rnem-gov.cn"),
    ("mem-g0v.cn", "mem", Kind::Homoglyph, "mem-g0v.cn"),
    ("cx.mem.g0v.cn", "cx-mem", Kind::Homoglyph, "cx.mem.g0v.cn"),
    (
        "www.chs1.com.cn",
        "chsi",
        Kind::Homoglyph,
        "www.chs1.com.cn",
    ),
    (
        "zscx.оsta.org.cn",
        "osta",
        Kind::Homoglyph,
        "zscx.xn--sta-red.org.cn",
    ),
    // A slip of the key, where the rest fits.
    ("mohrud-chaxun.com", "zlaq-mohurd", Kind::Typo, "mohrud"),
    ("gdclc.net", "cranesystem-gdcic", Kind::Typo, "gdclc"),
    // Given up by its owner.
    ("cx.saws.org.cn", "cx-mem", Kind::Lapsed, "cx.saws.org.cn"),
];

#[test]
fn imitations_are_recognised_and_explained() {
    let matcher = matcher();
    let wrong: Vec<String> = IMITATIONS
        .iter()
        .filter_map(|(host, site, kind, excerpt)| {
            let Some(found) = matcher.recognise(host) else {
                return Some(format!("{host} is missed"));
            };
            let meant = found.protected.as_ref().map_or("", |id| id.as_str());
            let right = (meant, found.kind) == (*site, *kind)
                && found.excerpt.starts_with(excerpt)
                && (!host.is_ascii() || host.contains(&found.excerpt))
                && found.score > 0.0
                && found.score <= 1.0
                && !found.organisation.is_empty()
                && !found.reason.is_ascii();
            (!right).then(|| format!("{host}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn official_and_ordinary_hosts_are_not() {
    let matcher = matcher();
    let ordinary = [
        // Official, below or beside official, or under a suffix that only states give out.
        "cx.mem.gov.cn",
        "www.mem.gov.cn",
        "anything.gov.cn",
        "gov.cn",
        "mem-gov.beijing.gov.cn",
        "m.yjglt.henan.gov.cn",
        "zscx.osta.org.cn",
        "www.zscx.osta.org.cn",
        "beside.osta.org.cn",
        "cnse.e-cqs.cn",
        "应急.政务",
        "www.gov.mo",
        "mem.gov.mo",
        "cx.mem.edu.cn",
        // A network that carries the official site itself.
        "www.mem.gov.cn.wscdns.com",
        "cx-mem-gov-cn.translate.goog",
        // Everyday words and abbreviations.
        "memory.com",
        "mem.com",
        "memcert.com",
        "memcx.net",
        "cx.com",
        "cx-smarthome.com",
        "zs-ah.com",
        "www.cx.com",
        "cx.some-company.cn",
        "cert.example",
        "query.example",
        "chaxun.com",
        "zscx.com",
        "gov.example",
        "gov.sina.example",
        "egov.cn",
        "www.e-gov.org.cn",
        "chinagov.com",
        "echinagov.com",
        "govmade.com",
        "smartgov.com",
        "gov-static.tech",
        "aqsc.cn",
        "aqsc.org",
        "chinasafety.net",
        "xuelizhuanye.com",
        "diangongbao.com",
        "anjian.com",
        "bianmachaxun.com",
        "gdxic.net",
        "beijing.com",
        "hebeicx.com",
        "yanan.cn",
        "chachezhijia.com",
        "peixun-tezhongzuoye.example",
        // No host names.
        "",
        ".",
        "127.0.0.1",
        "::1",
        "mem gov cn",
        "http://mem-gov.cn/",
    ];
    for host in ordinary {
        assert_eq!(matcher.recognise(host), None, "{host}");
    }
}

#[test]
fn spelling_does_not_matter() {
    let matcher = matcher();
    assert_eq!(
        matcher.recognise("CX-MEM-Gov.CN."),
        matcher.recognise("cx-mem-gov.cn")
    );
    assert_eq!(
        matcher.recognise("ｍｅｍ-gov.cn"),
        matcher.recognise("mem-gov.cn")
    );
    assert!(matcher.owner("CX.MEM.GOV.CN.").is_some());
}

#[test]
fn who_is_protected_decides_whose_name_it_is() {
    let sites: Vec<_> = shipped::sites()
        .into_iter()
        .filter(|site| site.id.as_str() != "mem")
        .collect();
    let matcher = Matcher::new(&sites, &shipped::vocabulary());
    let found = matcher.recognise("mem-gov-cn.com").unwrap();
    assert_eq!(found.protected.unwrap().as_str(), "cx-mem");
    let found = Matcher::new(&[], &shipped::vocabulary())
        .recognise("mem-gov-cn.com")
        .unwrap();
    assert_eq!(
        (found.protected, found.organisation.as_str()),
        (None, "应急管理部（未指明机关）")
    );
}

#[test]
fn a_laboratory_s_suffix_is_closed_and_imitated_like_any_other() {
    let vocabulary = shipped::vocabulary_of_labs();
    assert!(vocabulary.clone().with_closed_suffix("gov test").is_err());
    let mut site = shipped::sites().remove(0);
    site.hosts.truncate(1);
    "cx.yjb.gov.test".clone_into(&mut site.hosts[0].host);
    let matcher = Matcher::new(&[site], &vocabulary);
    assert!(matcher.owner("cx.yjb.gov.test").is_some());
    for (host, kind) in [
        ("cx.yjb.gov.test.query.example", Some(Kind::Level)),
        ("cx-yjb-gov.test", Some(Kind::Joined)),
        ("yjbgov.test", Some(Kind::GovernmentLabel)),
        ("other-gov.test", Some(Kind::GovernmentLabel)),
        ("cx.yjb.gov.test", None),
        ("bureau.gov.test", None),
        ("training-school.test", None),
    ] {
        assert_eq!(
            matcher.recognise(host).map(|found| found.kind),
            kind,
            "{host}"
        );
    }
}

#[test]
fn a_national_body_goes_before_its_branches_and_a_region_names_the_branch() {
    let site = |id: &str, host: &str, region: &str| {
        let text = format!(
            "organisation = \"{id}\"\nnames = []\nregion = \"{region}\"\nsource = \"invented\"\nverified = \"no\"\n\
             [[hosts]]\nhost = \"{host}\"\n"
        );
        jianwei_lookalike::parse_protected(id, &text).unwrap()
    };
    let branches = [
        site("north", "zhengjianju.hebei.gov.cn", "13"),
        site("south", "zhengjianju.hunan.gov.cn", "43"),
    ];
    let meant = |sites: &[jianwei_model::ProtectedSite], host: &str| {
        let found = Matcher::new(sites, &shipped::vocabulary())
            .recognise(host)
            .unwrap();
        found.protected.map(|id| id.to_string())
    };
    assert_eq!(meant(&branches, "zhengjianju-gov.com"), None);
    assert_eq!(
        meant(&branches, "hunan-zhengjianju-gov.com").as_deref(),
        Some("south")
    );
    let mut all = branches.to_vec();
    all.push(site("whole", "zhengjianju.gov.cn", ""));
    assert_eq!(meant(&all, "zhengjianju-gov.com").as_deref(), Some("whole"));
}
