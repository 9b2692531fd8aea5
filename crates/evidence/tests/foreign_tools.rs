//! The tools a stranger would use accept our packets: warcio, wacz, cdxj-indexer, bagit, openssl, and every command of `VERIFY.txt`.
//!
//! They are found in the folder that the environment variable `JIANWEI_PYTHON_TOOLS` names: the `bin` of a Python environment with
//! `wacz`, `warcio`, `cdxj-indexer`, `bagit` and `setuptools<81` installed.

mod sample;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jianwei_evidence::{PacketInput, SealedPacket, seal};
use tempfile::TempDir;

/// A sealed packet, unpacked in a folder of its own.
struct Unpacked {
    folder: TempDir,
    case: String,
}

fn tools() -> PathBuf {
    match env::var_os("JIANWEI_PYTHON_TOOLS") {
        Some(folder) => folder.into(),
        None => panic!(
            "set JIANWEI_PYTHON_TOOLS to the `bin` folder of a Python environment made with \
             `python3 -m venv DIR && DIR/bin/pip install wacz warcio cdxj-indexer bagit 'setuptools<81'` (`cargo xtask test` does so)"
        ),
    }
}

fn run(folder: &Path, command: &str) -> Output {
    let path = env::join_paths(
        std::iter::once(tools()).chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    );
    let output = Command::new("bash")
        .args(["-o", "pipefail", "-c", command])
        .current_dir(folder)
        .env("PATH", path.unwrap())
        .env("PYTHONWARNINGS", "ignore")
        .env("LC_ALL", "C.UTF-8")
        .output();
    output.unwrap_or_else(|error| panic!("bash cannot be run: {error}"))
}

fn accepts(folder: &Path, command: &str) -> String {
    let output = run(folder, command);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success(),
        "`{command}` refuses the packet: {said}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refuses(folder: &Path, command: &str) {
    let output = run(folder, command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success(),
        "`{command}` accepts what was altered: {said}"
    );
    assert!(
        !said.contains("command not found"),
        "`{command}` cannot be run: {said}"
    );
}

fn unpacked(input: &PacketInput) -> Unpacked {
    let SealedPacket {
        file, file_name, ..
    } = seal(input, &sample::key()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(&file_name), file).unwrap();
    accepts(
        folder.path(),
        &format!("python3 -m zipfile -e {file_name} ."),
    );
    Unpacked {
        folder,
        case: file_name.trim_end_matches(".zip").to_owned(),
    }
}

impl Unpacked {
    fn bag(&self) -> PathBuf {
        self.folder.path().join(&self.case)
    }

    fn commands(&self) -> Vec<String> {
        let text = fs::read_to_string(self.bag().join("VERIFY.txt")).unwrap();
        text.lines()
            .filter_map(|line| line.strip_prefix("    $ "))
            .map(str::to_owned)
            .collect()
    }

    fn warc(&self) -> PathBuf {
        accepts(
            &self.bag(),
            &format!("python3 -m zipfile -e data/{}.wacz wacz", self.case),
        );
        self.bag().join("wacz/archive/capture-0001.warc.gz")
    }
}

#[test]
fn every_command_of_the_instructions_passes() {
    let packet = unpacked(&sample::input());
    let commands = packet.commands();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in &commands {
        accepts(&packet.bag(), command);
    }
}

#[test]
fn the_instructions_find_an_altered_payload() {
    let packet = unpacked(&sample::input());
    let wacz = packet.bag().join(format!("data/{}.wacz", packet.case));
    let mut bytes = fs::read(&wacz).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&wacz, bytes).unwrap();
    let commands = packet.commands();
    for word in [
        "sha256sum --strict -c manifest",
        "openssl dgst -sm3",
        "bagit.py",
        ".wacz.sig",
    ] {
        let command = commands.iter().find(|command| command.contains(word));
        refuses(
            &packet.bag(),
            command.unwrap_or_else(|| panic!("no command with {word}")),
        );
    }
}

#[test]
fn pages_full_of_ragged_tables_stay_valid() {
    let mut input = sample::input();
    let html = "<html><title>a</title><table><tr><td>1<td>2</tr><tr><td>3<td>4<td>5</tr></table>a,b\n1,2,3\n\"</html>";
    let blob = jianwei_model::Blob::new(html.as_bytes().to_vec(), "text/html");
    let digest = blob.reference.digest;
    input.blobs.insert(digest, blob.bytes);
    if let Some(document) = &mut input.visits[0].document {
        document.text = blob.reference.clone();
    }
    if let jianwei_model::Rendering::Rendered { dom, .. } = &mut input.visits[0].rendering {
        *dom = blob.reference;
    }
    if let Some(exhibit) = &mut input.reference {
        exhibit.reference.html = digest;
    }
    let packet = unpacked(&input);
    accepts(
        &packet.bag(),
        &format!("wacz validate -f data/{}.wacz", packet.case),
    );
}

#[test]
fn warcio_checks_every_digest() {
    let packet = unpacked(&sample::input());
    let warc = packet.warc();
    let said = accepts(
        &packet.bag(),
        &format!("warcio check -v {}", warc.display()),
    );
    assert_eq!(said.matches("digest pass").count(), 11, "{said}");
    assert!(!said.contains("no digest"), "{said}");
}

#[test]
fn the_index_is_the_one_cdxj_indexer_makes() {
    let packet = unpacked(&sample::input());
    let warc = packet.warc();
    let theirs = accepts(
        &packet.bag(),
        &format!("cdxj-indexer -s -p -d {}", warc.display()),
    );
    let ours = fs::read_to_string(packet.bag().join("wacz/indexes/index.cdxj")).unwrap();
    assert_eq!(ours, theirs);
    assert_eq!(ours.lines().count(), 5);
}

#[test]
fn hostile_heads_do_not_break_the_tools() {
    let mut input = sample::input();
    let heads = [
        "HTTP/1.1 200 OK\r\n\t\r\nContent-Type: text/html\r\nTransfer-Encoding:\r\n chunked\r\nX: \u{a0}\r\n\r\n".as_bytes().to_vec(),
        b"HTTP/1.1 200 \xd6\xd0\xce\xc4\r\nX-Archive-Orig-A: b\r\nContent-Length: 1\r\nContent-Length: 2\r\nContent-Type: text/plain\n\n".to_vec(),
    ];
    for (hop, head) in input.visits[0].hops.iter_mut().zip(heads) {
        let blob = jianwei_model::Blob::new(head, "message/http");
        hop.response_head = Some(blob.reference.clone());
        input.blobs.insert(blob.reference.digest, blob.bytes);
    }
    let packet = unpacked(&input);
    let warc = packet.warc();
    accepts(&packet.bag(), &format!("warcio check {}", warc.display()));
    let theirs = accepts(
        &packet.bag(),
        &format!("cdxj-indexer -s -p -d {}", warc.display()),
    );
    let ours = fs::read_to_string(packet.bag().join("wacz/indexes/index.cdxj")).unwrap();
    assert_eq!(ours, theirs);
    let verification = jianwei_evidence::verify(
        &seal(&input, &sample::key()).unwrap().file,
        &jianwei_evidence::VerifyOptions::default(),
    );
    assert!(verification.holds(), "{verification:#?}");
}

#[test]
fn the_anonymous_signature_is_one_that_openssl_verifies() {
    let packet = unpacked(&sample::input());
    packet.warc();
    let script = r"
import base64, json
signed = json.load(open('wacz/datapackage-digest.json'))['signedData']
raw = base64.b64decode(signed['signature'])
assert len(raw) == 96, len(raw)
def integer(part):
    part = part.lstrip(b'\0')
    part = (b'\0' if part[0] & 0x80 else b'') + part
    return b'\x02' + bytes([len(part)]) + part
body = integer(raw[:48]) + integer(raw[48:])
open('hash.sig', 'wb').write(b'\x30' + bytes([len(body)]) + body)
open('hash.txt', 'w').write(signed['hash'])
open('hash.pub', 'wb').write(base64.b64decode(signed['publicKey']))
";
    fs::write(packet.bag().join("unwrap.py"), script).unwrap();
    accepts(&packet.bag(), "python3 unwrap.py");
    accepts(
        &packet.bag(),
        "openssl pkey -pubin -inform DER -in hash.pub -out hash.pem && openssl dgst -sha256 -verify hash.pem -signature hash.sig hash.txt",
    );
}

#[test]
fn the_exhibit_list_is_a_table_that_spreadsheets_can_open() {
    let packet = unpacked(&sample::input());
    let script = "import csv,sys\n\
        rows=list(csv.reader(open('data/固定清单.csv',encoding='utf-8-sig',newline='')))\n\
        sys.exit(len({len(r) for r in rows})!=1 or len(rows)<15 or any(c[:1] in tuple('=+-@\\t\\r') for r in rows for c in r))";
    fs::write(packet.bag().join("table.py"), script).unwrap();
    accepts(&packet.bag(), "python3 table.py");
}
