//! Lists in every form, whole and damaged.

#![allow(
    clippy::unwrap_used,
    reason = "a fixture that cannot be written fails the test"
)]

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use jianwei_discover::{Error, open_list};
use jianwei_model::{LeadOrigin, Timestamp};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// What a list yields: `line url` for a lead, `line !` for a garbage line, `line #` where it breaks off.
fn read(bytes: &[u8]) -> Vec<String> {
    let folder = Folder::new();
    let path = folder.file("list.txt", bytes);
    let now = Timestamp::from_millis(1_000);
    let mut yielded = Vec::new();
    for item in open_list(&path, "made-up", now).unwrap() {
        yielded.push(match item {
            Ok(lead) => {
                assert_eq!(lead.found, now);
                let LeadOrigin::List { source, line } = &lead.origin else {
                    panic!("{lead:?}")
                };
                assert_eq!(source, "made-up");
                format!("{line} {}", lead.url)
            }
            Err(error @ Error::Line { line, .. }) => {
                let message = error.to_string();
                assert!(
                    message.contains(&format!("list.txt` line {line}: ")),
                    "{message}"
                );
                format!("{line} !")
            }
            Err(error @ Error::BrokenOff { line, .. }) => {
                assert!(
                    error.to_string().contains("list.txt` breaks off"),
                    "{error}"
                );
                format!("{line} #")
            }
            Err(error) => panic!("{error}"),
        });
    }
    yielded
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_plain_list_has_hosts_urls_and_comments() {
    let list = "# made up\n\na.example\n  B.example.  \nhttps://c.example/d?e#f\ng.example:8080/h # why\n证书.example\r\n192.0.2.7";
    let expected = [
        "3 http://a.example/",
        "4 http://b.example/",
        "5 https://c.example/d?e",
        "6 http://g.example:8080/h",
        "7 http://xn--1jqs90m.example/",
        "8 http://192.0.2.7/",
    ];
    assert_eq!(read(list.as_bytes()), expected);
    let marked = [b"\xef\xbb\xbf".as_slice(), list.as_bytes()].concat();
    assert_eq!(read(&marked), expected);
    assert_eq!(read(&gzip(list.as_bytes())), expected);
}

#[test]
fn garbage_lines_are_named_and_the_rest_is_read() {
    let list = b"a.example\ngarbage\n\xff\xfe\x00\n<html>\nb.example\nmailto:x@y.example\nc.example two\n1.5\nd.example\n";
    assert_eq!(
        read(list),
        [
            "1 http://a.example/",
            "2 !",
            "3 !",
            "4 !",
            "5 http://b.example/",
            "6 !",
            "7 !",
            "8 !",
            "9 http://d.example/"
        ]
    );
}

#[test]
fn a_table_has_its_entries_in_the_headed_column() {
    let list = "\u{feff}序号,域名,备注\n1,a.example,\"一, 二\"\n2,\"b.example\",\n3,,空\n4\n5,\"c.example,x\n6,d.example,x,y\n";
    assert_eq!(
        read(list.as_bytes()),
        [
            "2 http://a.example/",
            "3 http://b.example/",
            "4 !",
            "5 !",
            "6 !",
            "7 http://d.example/"
        ]
    );
    let urls = "Domain\tURL\na.example\thttps://a.example/b\n";
    assert_eq!(read(urls.as_bytes()), ["2 https://a.example/b"]);
    assert_eq!(read(b"host\na.example\n"), ["2 http://a.example/"]);
}

#[test]
fn a_table_without_header_has_them_in_the_first_column_that_fits() {
    assert_eq!(
        read(b"1,a.example,2026.03.04\n2,b.example,x\n3,4,c.example\n"),
        ["1 http://a.example/", "2 http://b.example/", "3 !"]
    );
    assert_eq!(
        read(b"a.example;1\nb.example;2\n"),
        ["1 http://a.example/", "2 http://b.example/"]
    );
}

#[test]
fn a_table_in_another_charset_still_gives_its_hosts() {
    // GBK for 域名,备注 and a remark.
    let list = b"id,\xd3\xf2\xc3\xfb\n1,a.example,\xbc\xd9\n2,b.example,\xbc\xd9\n";
    assert_eq!(
        read(list),
        ["1 !", "2 http://a.example/", "3 http://b.example/"]
    );
}

#[test]
fn a_hosts_file_has_names_behind_addresses() {
    let list = "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\nfe80::1%lo0 localhost\n0.0.0.0 0.0.0.0\n\
        0.0.0.0 a.example\n127.0.0.1\tb.example c.example # two\n# c\n0.0.0.0 garbage\nd.example\n";
    let expected = [
        "5 http://a.example/",
        "6 http://b.example/",
        "6 http://c.example/",
        "8 !",
        "9 http://d.example/",
    ];
    assert_eq!(read(list.as_bytes()), expected);
    assert_eq!(read(&gzip(list.as_bytes())), expected);
}

#[test]
fn gzip_is_told_from_the_bytes_and_read_to_its_last_member() {
    let mut list = gzip(b"a.example\n");
    list.extend(gzip(b"b.example\n"));
    assert_eq!(read(&list), ["1 http://a.example/", "2 http://b.example/"]);
}

#[test]
fn a_truncated_archive_is_an_error_at_its_place() {
    let names: String = (0..20_000)
        .map(|number| format!("n{number}.example\n"))
        .collect();
    let whole = gzip(names.as_bytes());
    let yielded = read(&whole[..whole.len() / 2]);
    let (last, before) = yielded.split_last().unwrap();
    assert!(
        before.len() > 1_000 && before.len() < 20_000,
        "{}",
        before.len()
    );
    assert_eq!(*last, format!("{} #", before.len()));
    assert!(
        before.iter().all(|item| item.contains(" http://n")),
        "{before:?}"
    );
}

#[test]
fn a_line_without_end_is_passed_over_within_bounds() {
    let mut list = b"a.example\n".to_vec();
    list.extend(std::iter::repeat_n(b'x', 5 << 20));
    list.extend(b"\nb.example\n");
    assert_eq!(
        read(&list),
        ["1 http://a.example/", "2 !", "3 http://b.example/"]
    );
    assert_eq!(
        read(&gzip(&list)),
        ["1 http://a.example/", "2 !", "3 http://b.example/"]
    );
    // The longest line that is read, and one byte more.
    let path = "p".repeat((64 << 10) - "http://a.example/".len());
    assert_eq!(
        read(format!("http://a.example/{path}\nb.example").as_bytes()).len(),
        2
    );
    assert_eq!(
        read(format!("http://a.example/{path}p\r\nb.example").as_bytes()),
        ["1 !", "2 http://b.example/"]
    );
}

#[test]
fn an_empty_list_has_nothing() {
    assert!(read(b"").is_empty());
    assert!(read(b"\n\n# only this\n").is_empty());
    assert!(read(&gzip(b"")).is_empty());
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let folder = Folder::new();
    let missing = folder.0.path().join("missing.csv");
    let error = open_list(&missing, "x", Timestamp::from_millis(0))
        .err()
        .unwrap();
    assert!(
        matches!(error, Error::Open { .. }) && error.to_string().contains("missing.csv"),
        "{error}"
    );
    assert!(open_list(folder.0.path(), "x", Timestamp::from_millis(0)).is_err());
}

#[test]
fn the_same_host_of_the_same_list_is_the_same_lead() {
    let folder = Folder::new();
    let path = folder.file("twice.txt", b"a.example\nA.example\n");
    let leads: Vec<_> = open_list(&path, "s", Timestamp::from_millis(0))
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(leads[0].id, leads[1].id);
}
