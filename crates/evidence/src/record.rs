//! WARC records read back strictly: one record to a gzip member, nothing between, every digest true.

use std::io::Read as _;

use flate2::bufread::GzDecoder;
use jianwei_model::{Digest, Timestamp};

use crate::head;
use crate::warc::RecordKind;

/// The most a record may unpack to.
const RECORD_CAP_BYTES: u64 = 512 << 20;
/// The most all records of a file may unpack to.
const FILE_CAP_BYTES: u64 = 8 << 30;
/// The members' heads as our writer makes them: deflate, no extra fields in which to hide something, no time.
const MEMBER_HEAD: [u8; 8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0];

/// What is kept of a record after its bytes have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) kind: RecordKind,
    /// Named fields in order.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) date: Timestamp,
    /// Where its gzip member begins.
    pub(crate) offset: u64,
    /// How long its gzip member is.
    pub(crate) length: u64,
    /// Digest of its gzip member.
    pub(crate) member: Digest,
    pub(crate) block: Digest,
    pub(crate) payload: Digest,
    pub(crate) http: Option<HttpFacts>,
    /// In what the record contradicts itself.
    pub(crate) faults: Vec<String>,
}

/// What is kept of an HTTP response's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpFacts {
    pub(crate) status: String,
    pub(crate) content_type: Option<String>,
    /// Digests of the heads as received that may have been stored like this.
    pub(crate) originals: Vec<Digest>,
}

impl Record {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn target(&self) -> &str {
        self.field("WARC-Target-URI").unwrap_or_default()
    }

    pub(crate) fn id(&self) -> &str {
        self.field("WARC-Record-ID").unwrap_or_default()
    }
}

/// Reads all records of a `.warc.gz` file, up to the first that cannot be read.
pub(crate) fn read(bytes: &[u8]) -> (Vec<Record>, Option<String>) {
    let mut records = Vec::new();
    let mut offset = 0;
    let mut unpacked = 0_u64;
    while offset < bytes.len() {
        match member(&bytes[offset..]) {
            Ok((content, length)) => {
                unpacked = unpacked.saturating_add(content.len() as u64);
                if unpacked > FILE_CAP_BYTES {
                    let reason = format!("the records unpack to more than {FILE_CAP_BYTES} bytes");
                    return (records, Some(reason));
                }
                let packed = &bytes[offset..offset + length];
                match parse(&content, offset as u64, packed) {
                    Ok(record) => records.push(record),
                    Err(reason) => return (records, Some(at(offset, &reason))),
                }
                offset += length;
            }
            Err(reason) => return (records, Some(at(offset, &reason))),
        }
    }
    (records, None)
}

fn at(offset: usize, reason: &str) -> String {
    format!("record at byte {offset}: {reason}")
}

/// One gzip member's content, and how many bytes the member takes.
fn member(bytes: &[u8]) -> Result<(Vec<u8>, usize), String> {
    if !bytes.starts_with(&MEMBER_HEAD) {
        return Err("no plain gzip member begins here".to_owned());
    }
    let mut decoder = GzDecoder::new(bytes);
    let mut content = Vec::new();
    decoder
        .by_ref()
        .take(RECORD_CAP_BYTES + 1)
        .read_to_end(&mut content)
        .map_err(|error| format!("the gzip member is broken: {error}"))?;
    if content.len() as u64 > RECORD_CAP_BYTES {
        return Err(format!("unpacks to more than {RECORD_CAP_BYTES} bytes"));
    }
    let left = decoder.into_inner().len();
    Ok((content, bytes.len() - left))
}

fn parse(content: &[u8], offset: u64, packed: &[u8]) -> Result<Record, String> {
    let (fields, block_start) = named_fields(content)?;
    let get = |name: &str| {
        fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| format!("`{name}` is missing"))
    };
    let kind = get("WARC-Type")?;
    let kind = RecordKind::parse(kind).ok_or_else(|| format!("unexpected type `{kind}`"))?;
    let date: Timestamp = get("WARC-Date")?
        .parse()
        .map_err(|error| format!("WARC-Date: {error}"))?;
    get("WARC-Record-ID")?;
    let length: usize = get("Content-Length")?
        .parse()
        .map_err(|_| "`Content-Length` is not a number".to_owned())?;
    let rest = &content[block_start..];
    if rest.len().checked_sub(4) != Some(length) || !rest.ends_with(b"\r\n\r\n") {
        return Err("the gzip member does not end with its record".to_owned());
    }
    let block = &rest[..length];
    let (payload, http) = if kind == RecordKind::Response {
        let start = head::payload_start(block);
        let (head, payload) = block.split_at(start);
        (payload, Some(http_facts(head, payload.len() as u64)))
    } else {
        (block, None)
    };
    let mut record = Record {
        kind,
        date,
        offset,
        length: packed.len() as u64,
        member: Digest::of(packed),
        block: Digest::of(block),
        payload: Digest::of(payload),
        http,
        faults: Vec::new(),
        fields,
    };
    record.faults = contradictions(&record);
    Ok(record)
}

fn http_facts(head: &[u8], body_bytes: u64) -> HttpFacts {
    HttpFacts {
        status: head::status(head),
        content_type: head::header(head, "content-type"),
        originals: head::originals(head, body_bytes),
    }
}

fn named_fields(content: &[u8]) -> Result<(Vec<(String, String)>, usize), String> {
    let end = content
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or("the record's head does not end")?;
    let text = std::str::from_utf8(&content[..end])
        .map_err(|_| "the record's head is not UTF-8".to_owned())?;
    let mut lines = text.split("\r\n");
    if lines.next() != Some("WARC/1.1") {
        return Err("does not begin with `WARC/1.1`".to_owned());
    }
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        let (name, value) = line
            .split_once(": ")
            .filter(|(name, value)| !name.is_empty() && !value.contains(char::is_control))
            .ok_or_else(|| format!("`{}` is not a named field", line.escape_debug()))?;
        let repeated = fields
            .iter()
            .any(|(field, _)| field.eq_ignore_ascii_case(name));
        if repeated && !matches!(name, "WARC-Protocol" | "WARC-Concurrent-To") {
            return Err(format!("`{}` stands twice", name.escape_debug()));
        }
        fields.push((name.to_owned(), value.to_owned()));
    }
    Ok((fields, end + 4))
}

fn contradictions(record: &Record) -> Vec<String> {
    let mut faults = Vec::new();
    let mut compare = |name: &str, actual: &Digest, required: bool| match record.field(name) {
        Some(claimed) if claimed == actual.to_string() => {}
        Some(_) => faults.push(format!("its `{name}` is not the digest of its bytes")),
        None if required => faults.push(format!("it has no `{name}`")),
        None => {}
    };
    compare("WARC-Block-Digest", &record.block, true);
    compare(
        "WARC-Payload-Digest",
        &record.payload,
        record.kind.has_payload(),
    );
    if record.kind != RecordKind::Warcinfo && record.field("WARC-Target-URI").is_none() {
        faults.push("it has no `WARC-Target-URI`".to_owned());
    }
    faults
}
