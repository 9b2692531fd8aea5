//! A made-up case and its recipients, shared by the tests of this crate.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;

use jianwei_dispatch::{Exhibit, Imitated, LetterFacts, Lookup};
use jianwei_model::{
    Attachment, Blob, CaseId, Channel, Class, Date, Digest, Recipient, Route, Timestamp,
};

pub(crate) const HOST: &str = "cx-yjgl.zs-chaxun.example";
pub(crate) const URL: &str =
    "https://cx-yjgl.zs-chaxun.example/cms/html/certQuery/certQuery.do?id=1";

/// The shipped configuration folder.
pub(crate) fn config() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn file(name: &str, bytes: &[u8], media_type: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        file: Blob::new(bytes.to_vec(), media_type).reference,
    }
}

/// The machine-readable summary that goes with every letter of the made-up case.
pub(crate) fn summary() -> Vec<u8> {
    format!("{{\"host\":\"{HOST}\",\"url\":\"{URL}\",\"organisation\":\"某省应急管理厅\"}}\n")
        .into_bytes()
}

/// Bytes that no text encoding survives.
pub(crate) fn packet() -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend((0..20_000_u32).map(|n| u8::try_from(n * 7 % 256).unwrap()));
    bytes.extend(b"\r\n.\r\n\n\r\0end");
    bytes
}

/// Everything known.
pub(crate) fn facts(class: Class) -> LetterFacts {
    LetterFacts {
        case: CaseId::of(HOST, class),
        class,
        host: HOST.into(),
        url: URL.into(),
        imitated: Some(Imitated {
            organisation: "某省应急管理厅".into(),
            url: "https://cx.yjgl.gov.test/".into(),
        }),
        facts: vec![
            "网页标题和页脚自称“特种作业操作证查询平台”，网页结构与官方查询页面的相似度为0.97"
                .into(),
            format!("网站域名 {HOST} 不属于某省应急管理厅，与官方域名 cx.yjgl.gov.test 近似"),
            "网页设有证件号码、姓名查询表单，向 http://api.zs-chaxun.example/q 提交".into(),
        ],
        exhibits: vec![
            Exhibit {
                name: "网页源文件".into(),
                digest: Digest::of(b"page"),
                captured: time("2026-03-01T02:03:04Z"),
            },
            Exhibit {
                name: "网页截图".into(),
                digest: Digest::of(b"screenshot"),
                captured: time("2026-03-01T02:03:06Z"),
            },
        ],
        addresses: vec!["192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap()],
        registrar: Lookup::Found("示例域名注册有限公司".into()),
        hosting: Lookup::Unknown,
        icp: Lookup::NotFound,
        found_by: "互联网搜索结果监测".into(),
        found: time("2026-02-28T16:30:00Z"),
        captured: time("2026-03-01T02:03:04Z"),
        conduct: day("2026-03-01"),
        summary: file("case.json", &summary(), "application/json"),
        packet: file("case-packet.zip", &packet(), "application/zip"),
        wacz: Digest::of(b"wacz"),
    }
}

/// As little known as can be.
pub(crate) fn bare_facts(class: Class) -> LetterFacts {
    LetterFacts {
        imitated: None,
        facts: Vec::new(),
        exhibits: Vec::new(),
        addresses: Vec::new(),
        registrar: Lookup::Unknown,
        hosting: Lookup::Unknown,
        icp: Lookup::Unknown,
        ..facts(class)
    }
}

pub(crate) fn recipient(route: Route) -> Recipient {
    let (name, channel, address) = match route {
        Route::CyberspaceAdministration => ("某市互联网信息办公室", Channel::Queue, "regulator"),
        Route::Registrar => (
            "示例域名注册有限公司",
            Channel::Mail,
            "abuse@registrar.example",
        ),
        Route::HostingProvider => ("示例云计算有限公司", Channel::Mail, "abuse@hosting.example"),
    };
    Recipient {
        route,
        name: name.into(),
        channel,
        address: address.into(),
    }
}
