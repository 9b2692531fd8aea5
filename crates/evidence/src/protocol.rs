//! What is put on record about a capture: the case, the extraction record (取证笔录), the environment, the decision, the log of steps.

use std::collections::BTreeSet;

use jianwei_model::{Actor, Case, Hop, Lead, Outcome, Reference, Rendering, Resolution, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::input::PacketInput;
use crate::warc::one_line;

/// What is said where something is not known.
const UNKNOWN: &str = "unknown";

/// `evidence/case.json`: what the packet is about and who sealed it when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) schema: String,
    pub(crate) case: Case,
    pub(crate) lead: Option<Lead>,
    pub(crate) reference: Option<Reference>,
    pub(crate) reference_source: Option<String>,
    pub(crate) unit: String,
    pub(crate) software: String,
    pub(crate) sealed: Timestamp,
}

impl CaseFile {
    pub(crate) const SCHEMA: &'static str = "jianwei/case/1";

    pub(crate) fn of(input: &PacketInput) -> Self {
        let exhibit = input.reference.as_ref();
        Self {
            schema: Self::SCHEMA.to_owned(),
            case: input.case.clone(),
            lead: input.lead.clone(),
            reference: exhibit.map(|exhibit| exhibit.reference.clone()),
            reference_source: exhibit.and_then(|exhibit| exhibit.source.clone()),
            unit: input.unit.clone(),
            software: input.software.clone(),
            sealed: input.sealed,
        }
    }
}

/// `evidence/capture-record.json`: the fields of an online extraction record, as far as they are known.
pub(crate) fn capture_record(input: &PacketInput, methods: &BTreeSet<String>) -> Value {
    let environment = &input.environment;
    let case = &input.case;
    json!({
        "schema": "jianwei/capture-record/1",
        "case_id": case.id,
        "cause": format!("涉嫌{}", case.class.chinese()),
        "basis": ["GA/T 1478-2018"],
        "unit": input.unit,
        "operators": operators(input),
        "witnesses": UNKNOWN,
        "time": {
            "start": known(input.visits.iter().map(|visit| visit.started).min()),
            "end": known(input.visits.iter().map(|visit| visit.finished).max()),
            "timezone": "+08:00",
            "clock": known(environment.clock.as_ref()),
        },
        "host": {
            "id": known(environment.host.as_ref()),
            "os": known(environment.os.as_ref()),
            "browser": browsers(input),
            "software": input.software,
            "software_digest": known(environment.software_digest),
            "config_digest": known(environment.config_digest),
            "egress": known(environment.egress),
        },
        "object": {
            "url": case.url,
            "host": case.host,
            "found_by": known(input.lead.as_ref()),
            "imitates": known(input.assessment.reference.as_ref()),
        },
        // Not `steps`: frictionless, and with it `wacz validate`, takes a top-level `steps` for a pipeline of its own.
        "process": steps(input),
        "hashing": {
            "algorithms": ["MD5", "SHA-256", "SM3"],
            "authoritative": "SHA-256",
            "tool": input.software,
            "result": "evidence/file-list.json",
        },
        "integrity": {
            "reproducible": UNKNOWN,
            "recaptures": input.visits.len().saturating_sub(1),
        },
        "request_methods": methods,
        "changes": changes(input),
        "signatures": "本记录由程序自动生成，未经人工签名",
    })
}

/// `evidence/env-check.json`: whether the machine saw the same network as others would.
pub(crate) fn environment_check(input: &PacketInput) -> Value {
    let environment = &input.environment;
    let resolutions: Vec<_> = hops(input)
        .filter_map(|hop| hop.resolution.as_ref())
        .collect();
    let servers: BTreeSet<&str> = resolutions
        .iter()
        .map(|resolution| resolution.server.as_str())
        .collect();
    let names: BTreeSet<&str> = resolutions
        .iter()
        .map(|resolution| resolution.name.as_str())
        .collect();
    let consistent = (servers.len() > 1).then(|| {
        names.iter().all(|name| {
            let answers: BTreeSet<Vec<_>> = resolutions
                .iter()
                .filter(|resolution| resolution.name == *name)
                .map(|resolution| {
                    let mut addresses = resolution.addresses.clone();
                    addresses.sort();
                    addresses
                })
                .collect();
            answers.len() == 1
        })
    });
    let tls: Vec<Value> = hops(input)
        .filter_map(|hop| {
            hop.tls
                .as_ref()
                .map(|tls| json!({"url": hop.url, "tls": tls}))
        })
        .collect();
    json!({
        "schema": "jianwei/env-check/1",
        "at": known(input.visits.iter().map(|visit| visit.started).min()),
        "hosts_file": {
            "digest": known(environment.hosts_file),
            "target_listed": known(environment.hosts_file_names_target),
        },
        "proxy": known(environment.proxy.as_ref()),
        "resolvers": known(Some(&environment.resolvers).filter(|resolvers| !resolvers.is_empty())),
        "dns": resolutions,
        "dns_consistent": known(consistent),
        "tls": tls,
        "egress": known(environment.egress),
        "clock": known(environment.clock.as_ref()),
        "control_fetch": UNKNOWN,
        "route": UNKNOWN,
        "malware_scan": UNKNOWN,
    })
}

/// `evidence/decision.json`: what the machine found for and against, and what it could not know.
pub(crate) fn decision(input: &PacketInput) -> Value {
    let assessment = &input.assessment;
    let (against, reasons): (Vec<_>, Vec<_>) = assessment
        .findings
        .iter()
        .partition(|finding| finding.contribution < 0.0);
    json!({
        "schema": "jianwei/decision/1",
        "finding": input.case.class.chinese(),
        "class": input.case.class,
        "decision": assessment.decision,
        "scores": assessment.scores,
        "model": known(input.environment.model.as_ref()),
        "reference": known(assessment.reference.as_ref()),
        "reasons": reasons,
        "counter_evidence": against,
        "contacts": assessment.contacts,
        "marks": assessment.marks,
        "not_known": not_known(input),
        "reviews": "人工复核在封存之后进行，以本证据包的摘要为对象，记录于处置日志",
    })
}

/// `logs/capture.log`: every step in order, one line each.
pub(crate) fn capture_log(input: &PacketInput) -> String {
    let mut out = String::new();
    for visit in &input.visits {
        let mut push =
            |at: Timestamp, text: String| out.push_str(&format!("{at} {}\n", one_line(&text)));
        push(
            visit.started,
            format!(
                "visit {} from {} of {}",
                visit.id,
                visit.vantage.as_str(),
                visit.url
            ),
        );
        for hop in &visit.hops {
            let peer = hop
                .peer
                .map_or_else(|| UNKNOWN.to_owned(), |peer| peer.to_string());
            let status = hop
                .status
                .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let truncated = hop
                .truncated
                .as_ref()
                .map(|why| format!(" truncated by {why}"))
                .unwrap_or_default();
            push(
                hop.started,
                format!(
                    "{} from {peer}: {status} in {} ms{truncated}",
                    hop.url, hop.elapsed_ms
                ),
            );
        }
        push(
            visit.finished,
            format!("visit {} {}", visit.id, outcome_text(&visit.outcome)),
        );
    }
    out.push_str(&format!(
        "{} sealed by {}\n",
        input.sealed,
        one_line(&input.software)
    ));
    out
}

/// A resolution as `text/dns`: the moment, then one resource record a line.
pub(crate) fn dns_text(resolution: &Resolution) -> String {
    let ttl = resolution.ttl_seconds;
    let mut out = format!("{}\n", resolution.at.to_fourteen_digits());
    let mut owner = resolution.name.as_str();
    for alias in &resolution.aliases {
        out.push_str(&format!("{owner}.\t{ttl}\tIN\tCNAME\t{alias}.\n"));
        owner = alias;
    }
    for address in &resolution.addresses {
        let kind = if address.is_ipv4() { "A" } else { "AAAA" };
        out.push_str(&format!("{owner}.\t{ttl}\tIN\t{kind}\t{address}\n"));
    }
    out
}

pub(crate) fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Live => "live".to_owned(),
        Outcome::Gone { reason } => format!("gone: {reason}"),
        Outcome::Unknown { reason } => format!("unknown: {reason}"),
    }
}

fn known<T: Serialize>(value: Option<T>) -> Value {
    value
        .and_then(|value| serde_json::to_value(value).ok())
        .unwrap_or_else(|| UNKNOWN.into())
}

fn hops(input: &PacketInput) -> impl Iterator<Item = &Hop> {
    input.visits.iter().flat_map(|visit| &visit.hops)
}

fn operators(input: &PacketInput) -> Value {
    let actors: BTreeSet<&Actor> = input.events.iter().map(|event| &event.actor).collect();
    let listed: Vec<Value> = actors
        .into_iter()
        .map(|actor| match actor {
            Actor::Step(name) => {
                json!({"id": actor.to_string(), "role": "自动采集程序", "step": name})
            }
            Actor::User(name) => {
                json!({"id": actor.to_string(), "role": "操作人", "account": name})
            }
        })
        .collect();
    known(Some(listed).filter(|listed| !listed.is_empty()))
}

fn browsers(input: &PacketInput) -> Value {
    let names: BTreeSet<&str> = input
        .visits
        .iter()
        .filter_map(|visit| match &visit.rendering {
            Rendering::Rendered { browser, .. } => Some(browser.as_str()),
            Rendering::Unknown { .. } => None,
        })
        .collect();
    known(Some(names).filter(|names| !names.is_empty()))
}

fn steps(input: &PacketInput) -> Vec<Value> {
    let mut steps = Vec::new();
    for visit in &input.visits {
        for hop in &visit.hops {
            if let Some(resolution) = &hop.resolution {
                steps.push(json!({
                    "at": resolution.at, "action": "dns", "input": resolution.name, "tool": resolution.server,
                    "output": resolution.addresses, "output_sha256": UNKNOWN,
                }));
            }
            steps.push(json!({
                "at": hop.started, "action": "fetch", "input": hop.url, "tool": input.software,
                "output": known(hop.status), "output_sha256": known(hop.body.as_ref().map(|body| body.digest.hex())),
            }));
        }
        if let Rendering::Rendered {
            screenshot,
            browser,
            ..
        } = &visit.rendering
        {
            steps.push(json!({
                "at": visit.finished, "action": "render", "input": visit.final_url(), "tool": browser,
                "output": "screenshot", "output_sha256": screenshot.digest.hex(),
            }));
        }
    }
    for (number, step) in (1..).zip(&mut steps) {
        step["n"] = Value::from(number);
    }
    steps
}

fn changes(input: &PacketInput) -> Vec<String> {
    let mut changes = vec![
        "响应正文去除传输编码（Transfer-Encoding）后保存，原响应头以 X-Archive-Orig- 前缀保留"
            .to_owned(),
    ];
    for hop in hops(input) {
        if let Some(why) = &hop.truncated {
            changes.push(format!("{} 的正文不完整（{}）", hop.url, one_line(why)));
        }
    }
    changes
}

fn not_known(input: &PacketInput) -> Vec<String> {
    let mut out = Vec::new();
    for visit in &input.visits {
        if let Rendering::Unknown { reason } = &visit.rendering {
            out.push(format!(
                "{}: 未经浏览器渲染（{}）",
                visit.final_url(),
                one_line(reason)
            ));
        }
        if let Outcome::Unknown { reason } = &visit.outcome {
            out.push(format!(
                "{}: 采集结果未知（{}）",
                visit.url,
                one_line(reason)
            ));
        }
    }
    out
}

/// The page's title as text, at most 200 characters; empty where there is none.
pub(crate) fn title_of(html: &str) -> String {
    const LONGEST: usize = 200;
    let lower = html.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|open| {
        let start = open + lower[open..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        html.get(start..end)
    });
    let words: Vec<&str> = title.unwrap_or_default().split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}
