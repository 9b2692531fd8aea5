//! Whatever is done to a packet is found, and said by the right check.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sample;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jianwei_evidence::{CheckState, SealKey, Verification, VerifyOptions, seal, verify};
use sample::forge::{Cover, Files, Packet, file, replace, rezip};
use std::io::{Read as _, Write as _};
use std::sync::LazyLock;

const WARC: &str = "archive/capture-0001.warc.gz";

fn stranger() -> SealKey {
    SealKey::generate(&[9; 48]).unwrap()
}

fn sealed() -> Vec<u8> {
    static SEALED: LazyLock<Vec<u8>> =
        LazyLock::new(|| seal(&sample::input(), &sample::key()).unwrap().file);
    SEALED.clone()
}

fn trusting() -> VerifyOptions {
    VerifyOptions {
        trusted: vec![sample::key().id()],
    }
}

fn state(verification: &Verification, name: &str) -> CheckState {
    verification
        .check(name)
        .unwrap_or_else(|| panic!("no check `{name}`"))
        .state
}

/// Asserts that the named check fails.
fn found(situation: &str, bytes: &[u8], name: &str) {
    let verification = verify(bytes, &trusting());
    assert_eq!(
        state(&verification, name),
        CheckState::Fails,
        "{situation}: {:#?}",
        verification.failing().collect::<Vec<_>>()
    );
    assert!(!verification.holds());
}

/// Alters the WACZ's files, covers it up, and asserts that the named check fails.
fn inside(situation: &str, cover: Cover, name: &str, alter: impl FnOnce(&mut Files)) {
    let mut packet = Packet::open(&sealed());
    alter(&mut packet.wacz);
    found(situation, &packet.close(cover, &stranger(), |_| {}), name);
}

/// Alters the bag's files, covers it up, and asserts that the named check fails.
fn outside(situation: &str, cover: Cover, name: &str, alter: impl FnOnce(&mut Packet)) {
    let packet = Packet::open(&sealed());
    found(situation, &packet.close(cover, &stranger(), alter), name);
}

fn members(warc: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = warc;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        decoder.read_to_end(&mut Vec::new()).unwrap();
        let left = decoder.into_inner().len();
        let (member, after) = rest.split_at(rest.len() - left);
        out.push(member.to_vec());
        rest = after;
    }
    out
}

fn unpack(member: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(member).read_to_end(&mut out).unwrap();
    out
}

fn pack(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn swap_bytes(content: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = content
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    [&content[..at], to, &content[at + from.len()..]].concat()
}

/// The rows of a table of manipulations.
fn table(text: &str) -> impl Iterator<Item = [&str; 5]> {
    text.lines().filter(|line| !line.is_empty()).map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        cells.try_into().unwrap_or_else(|cells| panic!("{cells:?}"))
    })
}

/// Alters the members of the WARC file.
fn records(situation: &str, name: &str, alter: impl FnOnce(&mut Vec<Vec<u8>>)) {
    inside(situation, Cover::Signatures, name, |files| {
        let warc = file(files, WARC);
        let mut members = members(warc);
        alter(&mut members);
        *warc = members.concat();
    });
}

#[test]
fn an_untouched_packet_holds() {
    let verification = verify(&sealed(), &trusting());
    for check in &verification.checks {
        let expected = match check.name {
            "time_stamp" => CheckState::Unknown,
            _ => CheckState::Holds,
        };
        assert_eq!(check.state, expected, "{check:#?}");
    }
    assert!(verification.holds());
    let taken_apart = Packet::open(&sealed());
    assert_eq!(
        rezip(&taken_apart.bag),
        sealed(),
        "the forger's zip is as good as ours"
    );
}

#[test]
fn the_same_material_gives_the_same_bytes() {
    let again = seal(&sample::input(), &sample::key()).unwrap();
    assert!(again.file == sealed(), "sealing again gives other bytes");
}

#[test]
fn a_bare_wacz_is_checked_like_the_one_in_a_bag() {
    let mut packet = Packet::open(&sealed());
    let verification = verify(&rezip(&packet.wacz), &trusting());
    assert!(verification.holds());
    assert_eq!(
        state(&verification, "datapackage_signature"),
        CheckState::Holds
    );
    assert!(verification.check("bag_zip").is_none());
    file(&mut packet.wacz, "capture.log").push(b'x');
    let verification = verify(&rezip(&packet.wacz), &trusting());
    assert_eq!(state(&verification, "resources"), CheckState::Fails);
}

#[test]
fn the_zip_structure() {
    let bytes = sealed();
    found("cut off at the end", &bytes[..bytes.len() - 1], "bag_zip");
    found("cut off at the beginning", &bytes[1..], "bag_zip");
    found(
        "a byte after the end",
        &[&bytes, b"x".as_slice()].concat(),
        "bag_zip",
    );
    found(
        "a byte before the beginning",
        &[b"x", bytes.as_slice()].concat(),
        "bag_zip",
    );
    found("empty", b"", "bag_zip");
    found("not a zip", &[b'a'; 400], "bag_zip");
    let mut commented = bytes.clone();
    let length = commented.len() - 2;
    commented[length] = 2;
    commented.extend(b"hi");
    found("a comment", &commented, "bag_zip");
    let mut dated = bytes.clone();
    dated[10] = 1;
    found("another time in a local header", &dated, "bag_zip");
    let mut renamed = bytes.clone();
    renamed[30] ^= 1;
    found("another name in a local header", &renamed, "bag_zip");

    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, data) in Packet::open(&bytes).bag {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&data).unwrap();
    }
    found(
        "compressed by another program",
        &writer.finish().unwrap().into_inner(),
        "bag_zip",
    );
}

#[test]
fn names_and_copies_of_entries() {
    for name in [
        "evidence/case.json",
        "../../etc/cron.d/x",
        "/etc/x",
        "evidence\\x.json",
        "evidence//x",
        "evidence/x\0.json",
    ] {
        inside(name, Cover::Signatures, "wacz_zip", |files| {
            files.insert(0, (name.to_owned(), b"evil".to_vec()));
        });
    }
    outside(
        "a second copy in the bag",
        Cover::Signatures,
        "bag_zip",
        |packet| {
            let copy = packet.bag[0].clone();
            packet.bag.push(copy);
        },
    );
    inside(
        "a copy that differs in case",
        Cover::Signatures,
        "wacz_zip",
        |files| {
            files.push(("evidence/CASE.json".to_owned(), b"{}".to_vec()));
        },
    );
}

#[test]
fn files_of_the_bag() {
    let names: Vec<String> = Packet::open(&sealed())
        .bag
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    for name in &names {
        let mut packet = Packet::open(&sealed());
        packet.bag.retain(|(path, _)| path != name);
        found(&format!("{name} removed"), &rezip(&packet.bag), "bag_files");
        let mut packet = Packet::open(&sealed());
        file(&mut packet.bag, name).push(b'\n');
        assert!(
            !verify(&rezip(&packet.bag), &trusting()).holds(),
            "{name} lengthened"
        );
    }
    for name in ["extra.txt", "data/extra.txt", "fetch.txt"] {
        outside(name, Cover::Signatures, "bag_files", |packet| {
            let path = format!("{}/{name}", packet.folder());
            packet.bag.push((path, b"x".to_vec()));
        });
    }
    outside(
        "a file beside the folder",
        Cover::Signatures,
        "bag_files",
        |packet| {
            packet.bag.push(("README.txt".to_owned(), b"x".to_vec()));
        },
    );
    outside("a second WACZ", Cover::Signatures, "wacz_zip", |packet| {
        let path = format!("{}/data/other.wacz", packet.folder());
        packet.bag.push((path, b"x".to_vec()));
    });
}

#[test]
fn manifests_and_description() {
    for name in [
        "manifest-sha256.txt",
        "manifest-sm3.txt",
        "tagmanifest-sha256.txt",
    ] {
        outside(name, Cover::Zip, "bag_manifests", |packet| {
            let bytes = file(&mut packet.bag, name);
            bytes[0] = if bytes[0] == b'0' { b'1' } else { b'0' };
        });
    }
    outside("another size", Cover::Signatures, "bag_info", |packet| {
        replace(
            &mut packet.bag,
            "bag-info.txt",
            "Payload-Oxum: ",
            "Payload-Oxum: 1",
        );
    });
    outside("another unit", Cover::Signatures, "bag_info", |packet| {
        replace(&mut packet.bag, "bag-info.txt", "示例取证单位", "别的单位");
    });
    outside("another day", Cover::Signatures, "bag_info", |packet| {
        replace(&mut packet.bag, "bag-info.txt", "2026-03-01", "2026-02-01");
    });
    outside(
        "another bag version",
        Cover::Signatures,
        "bag_info",
        |packet| {
            replace(&mut packet.bag, "bagit.txt", "1.0", "0.97");
        },
    );
    outside(
        "another instruction",
        Cover::Digests,
        "bag_signature",
        |packet| {
            replace(
                &mut packet.bag,
                "VERIFY.txt",
                "openssl dgst",
                "true openssl dgst",
            );
        },
    );
    outside("another table", Cover::Signatures, "list_csv", |packet| {
        replace(&mut packet.bag, "固定清单.csv", "证书链", "截图");
    });
    outside("another folder", Cover::Signatures, "bag_info", |packet| {
        let folder = packet.folder();
        for (name, _) in &mut packet.bag {
            *name = name.replace(&folder, "case-0000000000");
        }
    });
}

#[test]
fn signatures_and_keys() {
    let signature = |packet: &Packet| format!("{}.wacz.sig", packet.folder());
    outside("a cut signature", Cover::Zip, "wacz_signature", |packet| {
        let name = signature(packet);
        file(&mut packet.bag, &name).pop();
    });
    outside(
        "an empty signature",
        Cover::Zip,
        "bag_signature",
        |packet| {
            file(&mut packet.bag, "tagmanifest-sha256.txt.sig").clear();
        },
    );
    outside(
        "one signature in the other's place",
        Cover::Zip,
        "wacz_signature",
        |packet| {
            let other = file(&mut packet.bag, "tagmanifest-sha256.txt.sig").clone();
            let name = signature(packet);
            *file(&mut packet.bag, &name) = other;
        },
    );
    outside("another key", Cover::Zip, "signer", |packet| {
        let name = format!("{}.pub.pem", packet.folder());
        *file(&mut packet.bag, &name) = stranger().public_pem().unwrap().into_bytes();
    });
    outside(
        "a key file that holds more",
        Cover::Digests,
        "wacz_signature",
        |packet| {
            let name = format!("{}.pub.pem", packet.folder());
            file(&mut packet.bag, &name).extend(b"# trust me\n");
        },
    );
    outside(
        "all signed again by a stranger",
        Cover::Signatures,
        "signer",
        |_| {},
    );
    outside(
        "the bag signed by a stranger, the WACZ not",
        Cover::Zip,
        "wacz_signature",
        |packet| {
            let forged = Packet::open(&Packet::open(&sealed()).close(
                Cover::Signatures,
                &stranger(),
                |_| {},
            ));
            for (name, bytes) in &forged.bag {
                if !name.ends_with(".wacz") {
                    *file(&mut packet.bag, name) = bytes.clone();
                }
            }
        },
    );
}

#[test]
fn a_stranger_is_unknown_when_nobody_is_trusted() {
    let verification = verify(&sealed(), &VerifyOptions::default());
    assert_eq!(state(&verification, "signer"), CheckState::Unknown);
    assert!(verification.holds());
}

#[test]
fn files_of_the_wacz() {
    let paths: Vec<String> = Packet::open(&sealed())
        .wacz
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    for path in &paths {
        let description = path.starts_with("datapackage");
        inside(
            &format!("{path} removed"),
            Cover::Digests,
            "wacz_files",
            |files| files.retain(|(name, _)| name != path),
        );
        let check = if description {
            "datapackage"
        } else {
            "resources"
        };
        inside(&format!("{path} lengthened"), Cover::Zip, check, |files| {
            file(files, path).push(b' ');
        });
        if !description {
            inside(
                &format!("{path} altered without a key"),
                Cover::Digests,
                "datapackage_signature",
                |files| {
                    file(files, path)[0] ^= 1;
                },
            );
        }
    }
    for path in [
        "evidence/smuggled",
        "report.json",
        "evidence/shots/a.png",
        "archive/b.warc.gz",
        "pages/extra.jsonl",
    ] {
        inside(path, Cover::Signatures, "wacz_files", |files| {
            files.push((path.to_owned(), b"x".to_vec()));
        });
    }
    inside("two files exchanged", Cover::Zip, "resources", |files| {
        let (first, second) = (
            file(files, "case.json").clone(),
            file(files, "visits.json").clone(),
        );
        *file(files, "case.json") = second;
        *file(files, "visits.json") = first;
    });
}

#[test]
fn the_data_package_and_its_digest() {
    let digest = |situation: &str, check: &str, path: [&str; 2], value: &str| {
        let mut packet = Packet::open(&sealed());
        packet.digest_file(|digest| {
            let place = if path[0].is_empty() {
                &mut digest[path[1]]
            } else {
                &mut digest[path[0]][path[1]]
            };
            *place = value.into();
        });
        found(
            situation,
            &packet.close(Cover::Zip, &stranger(), |_| {}),
            check,
        );
    };
    digest(
        "another time",
        "datapackage",
        ["signedData", "created"],
        "2026-02-01T00:00:00Z",
    );
    digest(
        "another program",
        "datapackage",
        ["signedData", "software"],
        "x",
    );
    digest(
        "another form",
        "datapackage",
        ["signedData", "version"],
        "9",
    );
    digest("another file", "datapackage", ["", "path"], "other.json");
    digest("another digest", "datapackage", ["", "hash"], "sha256:00");
    digest(
        "no key",
        "datapackage_signature",
        ["signedData", "publicKey"],
        "",
    );
    digest(
        "no signature",
        "datapackage_signature",
        ["signedData", "signature"],
        "AAAA",
    );
    inside(
        "white space in the digest file",
        Cover::Zip,
        "datapackage",
        |files| file(files, "datapackage-digest.json").push(b'\n'),
    );
    inside(
        "another standard",
        Cover::Signatures,
        "datapackage",
        |files| {
            replace(files, "datapackage.json", "1.1.1", "1.2.0");
        },
    );
    inside(
        "another name of a resource",
        Cover::Signatures,
        "wacz_files",
        |files| {
            replace(
                files,
                "datapackage.json",
                "\"name\": \"case.json\"",
                "\"name\": \"other.json\"",
            );
        },
    );
}

#[test]
fn the_members_of_the_warc() {
    type Alteration = fn(&mut Vec<Vec<u8>>);
    let alterations: [(&str, &str, Alteration); 12] = [
        ("a byte between", "warc_records", |all| all[3].push(b'x')),
        ("bytes at the end", "warc_records", |all| {
            all.push(vec![b'P'; 9]);
        }),
        ("the last cut off", "warc_records", |all| {
            let last = all.last_mut().unwrap();
            last.truncate(last.len() - 3);
        }),
        ("two records in one", "warc_records", |all| {
            let second = all.remove(2);
            all[1] = pack(&[unpack(&all[1]), unpack(&second)].concat());
        }),
        ("a name hidden in a head", "warc_records", |all| {
            all[1][3] = 8;
            all[1].splice(10..10, b"hidden\0".iter().copied());
        }),
        ("no description of the file", "warc_records", |all| {
            drop(all.remove(0));
        }),
        ("a response dropped", "exhibits", |all| drop(all.remove(1))),
        ("a request dropped", "exhibits", |all| drop(all.remove(2))),
        ("a record twice", "warc_records", |all| {
            all.insert(2, all[1].clone());
        }),
        ("request before response", "warc_records", |all| {
            all.swap(1, 2);
        }),
        ("a record moved", "index", |all| all.swap(3, 4)),
        ("a record packed again", "index", |all| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
            encoder.write_all(&unpack(&all[1])).unwrap();
            all[1] = encoder.finish().unwrap();
        }),
    ];
    for (situation, name, alter) in alterations {
        records(situation, name, alter);
    }
}

/// Situation, check that fails, record, what is replaced, by what.
const ALTERED_RECORDS: &str = r"
another body | warc_records | 6 | 张三 | 李四
another answering address | exhibits | 6 | 192.0.2.7 | 192.0.2.8
another moment | exhibits | 6 | WARC-Date: 2026-03-01 | WARC-Date: 2026-02-01
a moment after the sealing | times | 6 | WARC-Date: 2026 | WARC-Date: 2036
another header | exhibits | 6 | nginx | nginy
no block digest | warc_records | 6 | WARC-Block-Digest | WARC-Other-Digest
no payload digest | warc_records | 6 | WARC-Payload-Digest | WARC-Other-Digest
another file's record | warc_records | 6 | WARC-Warcinfo-ID: <urn:uuid: | WARC-Warcinfo-ID: <urn:uuid:0
another response's request | warc_records | 7 | WARC-Concurrent-To: <urn:uuid: | WARC-Concurrent-To: <urn:uuid:0
another request | warc_records | 7 | GET /Cert | GET /cert
a wrong length | warc_records | 1 | Content-Length: | Content-Length: 9
another WARC version | warc_records | 1 | WARC/1.1 | WARC/1.0
another type | warc_records | 1 | WARC-Type: response | WARC-Type: revisit
a field twice | warc_records | 1 | WARC-Type: response | WARC-Type: response\r\nWARC-Type: response
";

#[test]
fn the_records_of_the_warc() {
    for [situation, name, record, from, to] in table(ALTERED_RECORDS) {
        let to = to.replace("\\r\\n", "\r\n");
        records(situation, name, |all| {
            let record = &mut all[record.parse::<usize>().unwrap()];
            *record = pack(&swap_bytes(&unpack(record), from.as_bytes(), to.as_bytes()));
        });
    }
}

#[test]
fn index_and_pages() {
    let lines = |files: &mut Files, name: &str, alter: &dyn Fn(&mut Vec<String>)| {
        let text = String::from_utf8(file(files, name).clone()).unwrap();
        let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
        alter(&mut lines);
        *file(files, name) = lines.concat().into_bytes();
    };
    type Alteration = fn(&mut Vec<String>);
    let alterations: [(&str, Alteration); 5] = [
        ("a line dropped", |lines| drop(lines.remove(1))),
        ("lines exchanged", |lines| lines.swap(0, 1)),
        ("a line twice", |lines| lines.push(lines[0].clone())),
        ("another offset", |lines| {
            lines[1] = lines[1].replace("\"offset\": \"", "\"offset\": \"1");
        }),
        ("another URL", |lines| {
            lines[1] = lines[1].replace("www", "wwx");
        }),
    ];
    for (situation, alter) in alterations {
        inside(situation, Cover::Signatures, "index", |files| {
            lines(files, "index.cdxj", &alter);
        });
    }
    let alterations: [(&str, Alteration); 5] = [
        ("no header", |lines| drop(lines.remove(0))),
        ("no page", |lines| drop(lines.remove(1))),
        ("a page more", |lines| lines.push(lines[1].clone())),
        ("another URL", |lines| {
            lines[1] = lines[1].replace("zs-chaxun", "zs-other");
        }),
        ("another moment", |lines| {
            lines[1] = lines[1].replace("2026-03", "2026-02");
        }),
    ];
    for (situation, alter) in alterations {
        inside(situation, Cover::Signatures, "pages", |files| {
            lines(files, "pages.jsonl", &alter);
        });
    }
}

/// Situation, check that fails, file, what is replaced, by what.
const FORGERIES: &str = r#"
another visit | exhibits | case.json | "visit": "visit- | "visit": "visit-0
another format | packet_version | case.json | jianwei/case/1 | jianwei/case/2
sealed before the capture | times | case.json | "sealed": "2026-03 | "sealed": "2026-02
opened after the sealing | times | case.json | "opened": "2026-03 | "opened": "2026-04
referring to what came later | times | case.json | "captured": "2026-02 | "captured": "2036-02
another class | bag_info | case.json | fake_government_site | certificate_sale
not JSON | exhibits | case.json | { | [
another address | exhibits | visits.json | 192.0.2.7:443 | 192.0.2.9:443
another answer of the name server | exhibits | visits.json | 2001:db8::7 | 2001:db8::8
another beginning | exhibits | visits.json | "url": "http://www.zs-chaxun | "url": "http://www.zs-other
another body's digest | exhibits | visits.json | "body": { | "body": null, "x": {
a visit that ended before it began | times | visits.json | "finished": "2026-03-01T02:03:05 | "finished": "2026-03-01T02:03:01
a request after the visit | times | visits.json | "started": "2026-03-01T02:03:04.400 | "started": "2026-03-01T02:03:44.400
another score | exhibits | assessment.json | 0.97123 | 0.17123
another page text | exhibits | page-0001.txt | 张三 | 李四
another rendered page | exhibits | rendered-0001.html | rendered | Rendered
another official page | exhibits | reference.html | official | 0fficial
another time of the data package | times | datapackage.json | "created": "2026-03-01 | "created": "2026-03-02
a hole in the exhibit list | file_list | file-list.json | "no": 3 | "no": 4
an exhibit under another name | file_list | file-list.json | evidence/tls-chain.pem | evidence/visits.json
more than the list may say | file_list | file-list.json | "no": 3 | "x": 1, "no": 3
"#;

#[test]
fn what_the_packet_says_of_its_case() {
    for [situation, name, path, from, to] in table(FORGERIES) {
        inside(situation, Cover::Signatures, name, |files| {
            replace(files, path, from, to);
        });
    }
    inside(
        "another screenshot",
        Cover::Signatures,
        "exhibits",
        |files| {
            let other = file(files, "reference.png").clone();
            *file(files, "screenshot-0001.png") = other;
        },
    );
}

#[test]
fn digests_of_the_exhibit_list() {
    for name in ["md5", "sm3", "sha256", "bytes"] {
        let mut packet = Packet::open(&sealed());
        let mut list: serde_json::Value =
            serde_json::from_slice(file(&mut packet.wacz, "file-list.json")).unwrap();
        list[2][name] = list[3][name].clone();
        *file(&mut packet.wacz, "file-list.json") = serde_json::to_vec(&list).unwrap();
        found(
            name,
            &packet.close(Cover::Zip, &stranger(), |_| {}),
            "file_list",
        );
    }
}

#[test]
fn the_custody_record() {
    let custody = |situation: &str, alter: &dyn Fn(&mut Vec<String>)| {
        inside(situation, Cover::Signatures, "custody", |files| {
            let text = String::from_utf8(file(files, "custody.jsonl").clone()).unwrap();
            let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
            assert_eq!(lines.len(), 3);
            alter(&mut lines);
            *file(files, "custody.jsonl") = lines.concat().into_bytes();
        });
    };
    custody("the middle event removed", &|lines| drop(lines.remove(1)));
    custody("the first event removed", &|lines| drop(lines.remove(0)));
    custody("events exchanged", &|lines| lines.swap(0, 1));
    custody("an event twice", &|lines| lines.push(lines[2].clone()));
    custody("another reason", &|lines| {
        lines[1] = lines[1].replace("研判", "判断");
    });
    custody("another actor", &|lines| {
        lines[0] = lines[0].replace("\"open\"", "\"seal\"");
    });
    custody("an event after the sealing", &|lines| {
        lines[2] = lines[2].replace("2026-03", "2026-04");
    });
    custody("an event of another case", &|lines| {
        lines[2] = lines[2].replace("case-", "case-0");
    });
    custody("white space", &|lines| {
        lines[2] = lines[2].replacen(':', ": ", 1);
    });
    custody("no line end", &|lines| {
        lines[2] = lines[2].trim_end().to_owned();
    });
    custody("not JSON", &|lines| lines[2] = "hello\n".to_owned());
}
