//! Servers on loopback that answer byte for byte what a test gives them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jianwei_model::{HopCause, Vantage};
use jianwei_net::{Door, Fetched, Request, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// What a raw server does after the request's head has come.
#[derive(Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// The same bytes over and over, until the client is gone.
    Endless(Vec<u8>),
    /// The same bytes every few milliseconds.
    Drip(Vec<u8>),
    /// Nothing more, with the connection left open.
    Hang,
}

/// A server that plays the same steps to everyone; the requests' heads are kept.
pub(crate) struct Raw {
    pub(crate) address: SocketAddr,
    pub(crate) heads: Arc<Mutex<Vec<String>>>,
}

pub(crate) async fn raw(steps: Vec<Step>) -> Raw {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let kept = heads.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(play(stream, steps.clone(), kept.clone()));
        }
    });
    Raw { address, heads }
}

async fn play(mut stream: TcpStream, steps: Vec<Step>, heads: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    heads.lock().unwrap().push(String::from_utf8(head).unwrap());
    for step in steps {
        match step {
            Step::Send(bytes) => drop(stream.write_all(&bytes).await),
            Step::Endless(bytes) => while stream.write_all(&bytes).await.is_ok() {},
            Step::Drip(bytes) => {
                let mut tick = tokio::time::interval(Duration::from_millis(5));
                while stream.write_all(&bytes).await.is_ok() {
                    tick.tick().await;
                }
            }
            Step::Hang => std::future::pending().await,
        }
    }
    // Reading on until the client is done keeps an unread request from resetting the connection.
    drop(stream.shutdown().await);
    drop(stream.read_to_end(&mut Vec::new()).await);
}

/// A server for one answer.
pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Raw {
    raw(vec![Step::Send(answer.into())]).await
}

/// A 200 with these header lines and this body, its length declared.
pub(crate) fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}\r\n");
    if headers.is_empty() {
        answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    }
    let mut answer = answer.into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// Settings for a lab: 127.0.0.1 alone is allowed, `*.test` lies there, port 80 is `port`.
pub(crate) fn lab(port: u16) -> Settings {
    let here = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    Settings {
        dns_servers: vec!["127.0.0.1:9".parse().unwrap()],
        static_hosts: BTreeMap::from([("*.test".into(), here)]),
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        port_map: BTreeMap::from([(80, port), (443, port)]),
        resolve_timeout_ms: 500,
        connect_timeout_ms: 1_000,
        answer_timeout_ms: 1_000,
        idle_timeout_ms: 400,
        total_timeout_ms: 2_000,
        ..Settings::default()
    }
}

pub(crate) async fn fetch(settings: &Settings, url: &str) -> Fetched {
    let door = Door::open(settings).unwrap();
    door.fetch(&request(url)).await
}

pub(crate) fn request(url: &str) -> Request {
    Request {
        url: url.into(),
        vantage: Vantage::Desktop,
        cause: HopCause::Start,
        referrer: None,
    }
}

/// Bytes of the blob that a reference names.
pub(crate) fn bytes_of<'a>(
    fetched: &'a Fetched,
    reference: Option<&jianwei_model::BlobRef>,
) -> &'a [u8] {
    let digest = reference.expect("a reference").digest;
    let found = fetched
        .blobs
        .iter()
        .find(|blob| blob.reference.digest == digest);
    &found.expect("its blob").bytes
}

/// A listener that nobody may ever reach.
pub(crate) struct Canary {
    listener: std::net::TcpListener,
}

impl Canary {
    pub(crate) fn new(address: &str) -> Self {
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self { listener }
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Connections wait in the backlog until they are accepted, so a touch cannot be missed.
    pub(crate) fn is_touched(&self) -> bool {
        self.listener.accept().is_ok()
    }
}

/// What a name server says to a question.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Aliases on the way, then addresses.
    Found(Vec<&'static str>, Vec<IpAddr>),
    Code(u8),
    Silence,
}

/// A name server that says the same of every name, and counts the questions.
pub(crate) async fn dns(answer: Answer) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = asked.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            if let Some(reply) = reply(&buffer[..length], &answer, &kept) {
                drop(socket.send_to(&reply, from).await);
            }
        }
    });
    (address, asked)
}

fn reply(question: &[u8], answer: &Answer, asked: &Mutex<Vec<String>>) -> Option<Vec<u8>> {
    let name_end = 12 + question[12..].iter().position(|byte| *byte == 0)? + 1;
    let kind = u16::from_be_bytes([question[name_end], question[name_end + 1]]);
    asked
        .lock()
        .unwrap()
        .push(text_name(&question[12..name_end]));
    let (aliases, addresses, code) = match answer {
        Answer::Found(aliases, addresses) => (aliases.as_slice(), addresses.as_slice(), 0),
        Answer::Code(code) => (&[][..], &[][..], *code),
        Answer::Silence => return None,
    };
    let mut owner = question[12..name_end].to_vec();
    let mut records = Vec::new();
    let mut count = 0u16;
    for alias in aliases {
        let target = wire_name(alias);
        records.extend(record(&owner, 5, &target));
        owner = target;
        count += 1;
    }
    for address in addresses {
        let data = match (address, kind) {
            (IpAddr::V4(v4), 1) => v4.octets().to_vec(),
            (IpAddr::V6(v6), 28) => v6.octets().to_vec(),
            _ => continue,
        };
        records.extend(record(&owner, kind, &data));
        count += 1;
    }
    let mut reply = question[..2].to_vec();
    reply.extend([0x81, 0x80 | code, 0, 1]);
    reply.extend(count.to_be_bytes());
    reply.extend([0, 0, 0, 0]);
    reply.extend(&question[12..name_end + 4]);
    reply.extend(records);
    Some(reply)
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = owner.to_vec();
    record.extend(kind.to_be_bytes());
    record.extend([0, 1, 0, 0, 0, 77]);
    record.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    record.extend(data);
    record
}

fn wire_name(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.') {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend(label.bytes());
    }
    wire.push(0);
    wire
}

fn text_name(wire: &[u8]) -> String {
    let mut name = String::new();
    let mut rest = wire;
    while let [length @ 1..=63, after @ ..] = rest {
        let (label, after) = after.split_at(usize::from(*length));
        name.push_str(std::str::from_utf8(label).unwrap());
        name.push('.');
        rest = after;
    }
    name
}
