//! What is put on record about a capture: the case, the extraction record (取证笔录), the environment, the decision, the log of steps.

use std::collections::BTreeSet;

use jianwei_model::{Actor, Hop, Outcome, Rendering};
use serde::Serialize;
use serde_json::{Value, json};

use crate::capture::Capture;
use crate::input::PacketInput;
use crate::warc::one_line;

/// What is said where something is not known.
const UNKNOWN: &str = "unknown";

/// `evidence/capture-record.json`: the fields of an online extraction record, as far as they are known.
pub(crate) fn capture_record(input: &PacketInput, capture: &Capture) -> Value {
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
            "visits": input.visits.len(),
        },
        "request_methods": capture.methods,
        "changes": changes(input, capture),
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

/// In what the stored bytes differ from those on the wire.
fn changes(input: &PacketInput, capture: &Capture) -> Vec<String> {
    let mut changes: Vec<String> = capture
        .rewritten
        .iter()
        .map(|url| {
            format!(
                "{url} 的正文去除传输编码后保存，响应头中不再相符的字段以 X-Archive-Orig- 前缀保留"
            )
        })
        .collect();
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
