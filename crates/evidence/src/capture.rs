//! The WARC file of a packet: what each visit sent, received and saw.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use jianwei_model::{Hop, HopCause, Rendering, Resolution, Timestamp, TlsFacts, Visit};

use crate::Error;
use crate::head;
use crate::input::PacketInput;
use crate::protocol::{dns_text, outcome_text};
use crate::warc::{RecordDraft, RecordKind, WarcWriter, warc_fields};

/// The WARC file's name inside the WACZ.
pub(crate) const FILE_NAME: &str = "capture-0001.warc.gz";

/// The methods of the requests sent, and the WARC file's bytes.
pub(crate) struct Capture {
    pub(crate) bytes: Vec<u8>,
    pub(crate) methods: BTreeSet<String>,
}

/// Writes the records of all visits.
pub(crate) fn capture(input: &PacketInput) -> Result<Capture, Error> {
    let mut recorder = Recorder {
        input,
        writer: WarcWriter::new(Vec::new(), input.case.id.as_str()),
        seen: BTreeSet::new(),
        methods: BTreeSet::new(),
    };
    recorder.warcinfo()?;
    for visit in &input.visits {
        recorder.visit(visit)?;
    }
    Ok(Capture {
        bytes: recorder.writer.finish(),
        methods: recorder.methods,
    })
}

/// Where a screenshot of `url` is recorded, as Browsertrix does it.
pub(crate) fn view_urn(url: &str) -> String {
    format!("urn:view:{url}")
}

/// Where the certificate chain met at `url` is recorded.
pub(crate) fn tls_urn(url: &str) -> String {
    format!("urn:tls-chain:{url}")
}

struct Recorder<'a> {
    input: &'a PacketInput,
    writer: WarcWriter<Vec<u8>>,
    /// Answers and chains met again on a later hop are recorded once.
    seen: BTreeSet<(String, String)>,
    methods: BTreeSet<String>,
}

impl Recorder<'_> {
    fn warcinfo(&mut self) -> Result<(), Error> {
        let input = self.input;
        let mut fields = vec![
            ("software", input.software.clone()),
            ("operator", input.unit.clone()),
            ("isPartOf", input.case.id.to_string()),
            ("format", "WARC file version 1.1".to_owned()),
            (
                "conformsTo",
                "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
                    .to_owned(),
            ),
        ];
        if let Some(host) = &input.environment.host {
            fields.push(("hostname", host.clone()));
        }
        if let Some(egress) = &input.environment.egress {
            fields.push(("ip", egress.to_string()));
        }
        self.writer.write(&RecordDraft {
            kind: RecordKind::Warcinfo,
            target: None,
            date: input.sealed,
            content_type: "application/warc-fields",
            fields: vec![("WARC-Filename", FILE_NAME.to_owned())],
            head: &[],
            payload: warc_fields(&fields).as_bytes(),
        })?;
        Ok(())
    }

    fn visit(&mut self, visit: &Visit) -> Result<(), Error> {
        for (index, hop) in visit.hops.iter().enumerate() {
            if let Some(resolution) = &hop.resolution {
                self.resolution(resolution)?;
            }
            if let Some(tls) = &hop.tls {
                self.chain(hop, tls)?;
            }
            let response = self.exchange(hop)?;
            self.metadata(visit, index, response)?;
        }
        if visit.hops.is_empty() {
            self.unanswered(visit)?;
        }
        if let Rendering::Rendered { screenshot, .. } = &visit.rendering {
            let payload = self.input.blob(screenshot, "a screenshot")?;
            self.resource(
                view_urn(visit.final_url()),
                visit.finished,
                &screenshot.media_type,
                payload,
            )?;
        }
        Ok(())
    }

    fn resolution(&mut self, resolution: &Resolution) -> Result<(), Error> {
        let target = format!("dns:{}", resolution.name);
        let text = dns_text(resolution);
        if !self.seen.insert((target.clone(), text.clone())) {
            return Ok(());
        }
        let server = resolution
            .server
            .parse::<SocketAddr>()
            .map(|address| address.ip())
            .or_else(|_| resolution.server.parse::<IpAddr>());
        self.writer.write(&RecordDraft {
            kind: RecordKind::Resource,
            target: Some(target),
            date: resolution.at,
            content_type: "text/dns",
            fields: server.map(address_field).into_iter().collect(),
            head: &[],
            payload: text.as_bytes(),
        })?;
        Ok(())
    }

    fn chain(&mut self, hop: &Hop, tls: &TlsFacts) -> Result<(), Error> {
        let Some(chain) = &tls.chain else {
            return Ok(());
        };
        let target = tls_urn(&hop.url);
        if !self.seen.insert((target.clone(), chain.digest.to_string())) {
            return Ok(());
        }
        let payload = self.input.blob(chain, "a certificate chain")?;
        self.resource(
            target,
            hop.started,
            "application/pem-certificate-chain",
            payload,
        )
    }

    fn resource(
        &mut self,
        target: String,
        date: Timestamp,
        media_type: &str,
        payload: &[u8],
    ) -> Result<(), Error> {
        self.writer.write(&RecordDraft {
            kind: RecordKind::Resource,
            target: Some(target),
            date,
            content_type: media_type,
            fields: Vec::new(),
            head: &[],
            payload,
        })?;
        Ok(())
    }

    /// Writes the response and, right behind it, the request; the response's identifier, where there was an answer.
    fn exchange(&mut self, hop: &Hop) -> Result<Option<String>, Error> {
        let mut response = None;
        if let Some(head) = &hop.response_head {
            let head = self.input.blob(head, "a response head")?;
            let body = match &hop.body {
                Some(body) => self.input.blob(body, "a response body")?,
                None => &[],
            };
            let mut fields: Vec<_> = hop
                .peer
                .map(|peer| address_field(peer.ip()))
                .into_iter()
                .collect();
            fields.extend(protocol_fields(hop, head));
            if let Some(why) = &hop.truncated {
                fields.push(("WARC-Truncated", truncation(why).to_owned()));
            }
            response = Some(self.writer.write(&RecordDraft {
                kind: RecordKind::Response,
                target: Some(hop.url.clone()),
                date: hop.started,
                content_type: "application/http;msgtype=response",
                fields,
                head: &head::stored(head, body.len() as u64),
                payload: body,
            })?);
        }
        if let Some(head) = &hop.request_head {
            let head = self.input.blob(head, "a request head")?;
            let method = head.split(|byte| *byte == b' ').next().unwrap_or_default();
            self.methods
                .insert(String::from_utf8_lossy(method).into_owned());
            let mut fields: Vec<_> = hop
                .peer
                .map(|peer| address_field(peer.ip()))
                .into_iter()
                .collect();
            fields.extend(response.clone().map(|id| ("WARC-Concurrent-To", id)));
            self.writer.write(&RecordDraft {
                kind: RecordKind::Request,
                target: Some(hop.url.clone()),
                date: hop.started,
                content_type: "application/http;msgtype=request",
                fields,
                head,
                payload: &[],
            })?;
        }
        Ok(response)
    }

    fn metadata(
        &mut self,
        visit: &Visit,
        index: usize,
        response: Option<String>,
    ) -> Result<(), Error> {
        let hop = &visit.hops[index];
        let mut fields = Vec::new();
        if let Some(before) = index.checked_sub(1) {
            fields.push(("via", visit.hops[before].url.clone()));
        }
        let path: String = visit.hops[..=index]
            .iter()
            .filter_map(|hop| hop_letter(hop.cause))
            .collect();
        fields.push(("hopsFromSeed", path));
        fields.push(("fetchTimeMs", hop.elapsed_ms.to_string()));
        fields.push(("visit", visit.id.to_string()));
        fields.push(("vantage", visit.vantage.as_str().to_owned()));
        if let Some(fault) = hop.tls.as_ref().and_then(|tls| tls.fault.as_ref()) {
            fields.push(("tlsFault", fault.clone()));
        }
        if index + 1 == visit.hops.len() {
            fields.push(("outcome", outcome_text(&visit.outcome)));
        }
        let refers = response.map(|id| ("WARC-Concurrent-To", id));
        self.fields_record(&hop.url, hop.started, refers, &fields)
    }

    fn unanswered(&mut self, visit: &Visit) -> Result<(), Error> {
        let fields = [
            ("visit", visit.id.to_string()),
            ("vantage", visit.vantage.as_str().to_owned()),
            ("outcome", outcome_text(&visit.outcome)),
        ];
        self.fields_record(&visit.url, visit.started, None, &fields)
    }

    fn fields_record(
        &mut self,
        url: &str,
        date: Timestamp,
        refers: Option<(&'static str, String)>,
        fields: &[(&str, String)],
    ) -> Result<(), Error> {
        self.writer.write(&RecordDraft {
            kind: RecordKind::Metadata,
            target: Some(url.to_owned()),
            date,
            content_type: "application/warc-fields",
            fields: refers.into_iter().collect(),
            head: &[],
            payload: warc_fields(fields).as_bytes(),
        })?;
        Ok(())
    }
}

fn address_field(address: IpAddr) -> (&'static str, String) {
    ("WARC-IP-Address", address.to_string())
}

fn protocol_fields(hop: &Hop, head: &[u8]) -> Vec<(&'static str, String)> {
    let version = head
        .split(|byte| matches!(byte, b' ' | b'\r' | b'\n'))
        .next();
    let version = match version.unwrap_or_default() {
        b"HTTP/1.0" => Some("http/1.0"),
        b"HTTP/1.1" => Some("http/1.1"),
        b"HTTP/2" | b"HTTP/2.0" => Some("h2"),
        _ => None,
    };
    let mut fields: Vec<_> = version
        .map(|version| ("WARC-Protocol", version.to_owned()))
        .into_iter()
        .collect();
    if let Some(tls) = &hop.tls {
        fields.push(("WARC-Protocol", tls.version.clone()));
        fields.push(("WARC-Cipher-Suite", tls.cipher.clone()));
    }
    fields
}

/// The values that WARC 1.1 section 5.13 knows.
fn truncation(why: &str) -> &'static str {
    match why {
        "length" => "length",
        "time" => "time",
        "disconnect" => "disconnect",
        _ => "unspecified",
    }
}

/// Hop types as crawlers write them: R for a redirect, X for a URL taken from a script.
fn hop_letter(cause: HopCause) -> Option<char> {
    match cause {
        HopCause::Start => None,
        HopCause::Http | HopCause::MetaRefresh => Some('R'),
        HopCause::Script => Some('X'),
    }
}
