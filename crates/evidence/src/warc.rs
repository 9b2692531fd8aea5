//! WARC 1.1 (ISO 28500:2017) records, one gzip member each.

use std::io::Write;

use flate2::{Compression, GzBuilder};
use jianwei_model::{Digest, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::Error;

/// The record types a packet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Warcinfo,
    Response,
    Request,
    Resource,
    Metadata,
}

/// A record before it has its identifier and digests.
pub(crate) struct RecordDraft<'a> {
    pub(crate) kind: RecordKind,
    pub(crate) target: Option<String>,
    pub(crate) date: Timestamp,
    pub(crate) content_type: &'a str,
    /// Further fields, in order.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// For HTTP messages the head; otherwise empty.
    pub(crate) head: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// Writes records one after the other.
pub(crate) struct WarcWriter<W: Write> {
    out: W,
    /// What tells this file's identifiers from those of other files.
    name: String,
    warcinfo: Option<String>,
    count: u64,
}

impl RecordKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Warcinfo => "warcinfo",
            Self::Response => "response",
            Self::Request => "request",
            Self::Resource => "resource",
            Self::Metadata => "metadata",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [
            Self::Warcinfo,
            Self::Response,
            Self::Request,
            Self::Resource,
            Self::Metadata,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }

    /// Whether records of this type carry a payload digest.
    pub(crate) fn has_payload(self) -> bool {
        matches!(self, Self::Response | Self::Resource)
    }
}

impl<W: Write> WarcWriter<W> {
    pub(crate) fn new(out: W, name: &str) -> Self {
        Self {
            out,
            name: name.to_owned(),
            warcinfo: None,
            count: 0,
        }
    }

    /// Writes a record and returns its identifier. The first must be the `warcinfo` that describes the file.
    pub(crate) fn write(&mut self, draft: &RecordDraft<'_>) -> Result<String, Error> {
        let block_digest = digest_of(&[draft.head, draft.payload]);
        let id = self.record_id(draft, &block_digest);
        let mut fields = vec![
            ("WARC-Type", draft.kind.as_str().to_owned()),
            ("WARC-Record-ID", id.clone()),
            ("WARC-Date", draft.date.to_string()),
        ];
        if let Some(target) = &draft.target {
            fields.push(("WARC-Target-URI", target.clone()));
        }
        if let Some(warcinfo) = &self.warcinfo {
            fields.push(("WARC-Warcinfo-ID", warcinfo.clone()));
        }
        fields.extend(draft.fields.iter().cloned());
        fields.push(("Content-Type", draft.content_type.to_owned()));
        if draft.kind.has_payload() {
            fields.push(("WARC-Payload-Digest", Digest::of(draft.payload).to_string()));
        }
        fields.push(("WARC-Block-Digest", block_digest.to_string()));
        let length = draft.head.len() + draft.payload.len();
        fields.push(("Content-Length", length.to_string()));
        self.put(&fields, draft)?;
        if draft.kind == RecordKind::Warcinfo {
            self.warcinfo = Some(id.clone());
        }
        self.count += 1;
        Ok(id)
    }

    pub(crate) fn finish(self) -> W {
        self.out
    }

    fn put(&mut self, fields: &[(&str, String)], draft: &RecordDraft<'_>) -> Result<(), Error> {
        let mut text = String::from("WARC/1.1\r\n");
        for (name, value) in fields {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(&one_line(value));
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        let mut member = GzBuilder::new()
            .mtime(0)
            .write(&mut self.out, Compression::default());
        for part in [text.as_bytes(), draft.head, draft.payload, b"\r\n\r\n"] {
            member
                .write_all(part)
                .map_err(Error::write("a WARC record"))?;
        }
        member.finish().map_err(Error::write("a WARC record"))?;
        Ok(())
    }

    /// A name-based UUID (RFC 9562, version 8 over SHA-256), so that sealing again names the same record.
    fn record_id(&self, draft: &RecordDraft<'_>, block: &Digest) -> String {
        let name = format!(
            "{} {} {} {} {} {block}",
            self.name,
            self.count,
            draft.kind.as_str(),
            draft.date,
            draft.target.as_deref().unwrap_or_default(),
        );
        let digest = Digest::of(name.as_bytes());
        let mut uuid = [0; 16];
        uuid.copy_from_slice(&digest.as_bytes()[..16]);
        uuid[6] = uuid[6] & 0x0f | 0x80;
        uuid[8] = uuid[8] & 0x3f | 0x80;
        let hex = hex::encode(uuid);
        format!(
            "<urn:uuid:{}-{}-{}-{}-{}>",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}

/// Text of `application/warc-fields`.
pub(crate) fn warc_fields(fields: &[(&str, String)]) -> String {
    fields
        .iter()
        .map(|(name, value)| format!("{name}: {}\r\n", one_line(value)))
        .collect()
}

/// Values stand on one line each; what would break it becomes a space.
pub(crate) fn one_line(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn digest_of(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Digest::from_bytes(hasher.finalize().into())
}
