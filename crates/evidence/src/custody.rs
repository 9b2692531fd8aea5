//! The custody record: the case's events, each line naming the digest of the line before, so that `sha256sum` alone checks it.

use jianwei_model::{CaseId, Digest, Event, GENESIS, Timestamp, canonical_json};
use serde::{Deserialize, Serialize};

/// One line. `prev` is the SHA-256 of the previous line's bytes without its line end, 64 zeros for the first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    event: serde_json::Value,
    prev: String,
    seq: u64,
}

/// The record of events, in the order of the log.
pub(crate) fn write(events: &[Event]) -> String {
    let mut out = String::new();
    let mut previous = GENESIS;
    for (seq, event) in (0..).zip(events) {
        let line = canonical_json(&Line {
            event: serde_json::to_value(event).unwrap_or_default(),
            prev: previous.hex(),
            seq,
        });
        previous = Digest::of(line.as_bytes());
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Reads the events and names every broken link. Also says between how many of them the log's own links could be followed.
pub(crate) fn read(text: &str, case: &CaseId, sealed: Timestamp) -> Reading {
    let mut reading = Reading::default();
    let mut previous = GENESIS;
    for (number, line) in (0_u64..).zip(text.split_terminator('\n')) {
        match event_of(line, number, previous) {
            Ok(event) => reading.take(event, case, sealed),
            Err(reason) => reading
                .faults
                .push(format!("line {}: {reason}", number + 1)),
        }
        previous = Digest::of(line.as_bytes());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        reading.faults.push("the last line is cut off".to_owned());
    }
    reading
}

/// What a custody record says.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) events: Vec<Event>,
    pub(crate) faults: Vec<String>,
    /// Pairs of events that follow each other in the log, so that its own link between them was checked.
    pub(crate) log_links: usize,
}

impl Reading {
    fn take(&mut self, event: Event, case: &CaseId, sealed: Timestamp) {
        let place = format!("event {}", event.sequence);
        if event.case.as_ref() != Some(case) {
            self.faults.push(format!("{place} belongs to another case"));
        }
        if event.at > sealed {
            self.faults
                .push(format!("{place} happened after the sealing"));
        }
        if event.sequence == 0 && event.previous != GENESIS {
            self.faults.push(format!(
                "{place} is the log's first but names a previous one"
            ));
        }
        if let Some(last) = self.events.last() {
            if event.sequence <= last.sequence {
                self.faults
                    .push(format!("{place} stands after event {}", last.sequence));
            } else if event.sequence == last.sequence + 1 {
                self.log_links += 1;
                if event.previous != last.digest() {
                    self.faults.push(format!(
                        "{place} does not name event {} as its previous",
                        last.sequence
                    ));
                }
            }
        }
        self.events.push(event);
    }
}

fn event_of(line: &str, number: u64, previous: Digest) -> Result<Event, String> {
    let parsed: Line =
        serde_json::from_str(line).map_err(|error| format!("not a custody line: {error}"))?;
    if canonical_json(&parsed) != line {
        return Err("not in canonical form".to_owned());
    }
    if parsed.seq != number {
        return Err(format!("numbered {}, not {number}", parsed.seq));
    }
    if parsed.prev != previous.hex() {
        return Err("does not name the digest of the line before".to_owned());
    }
    let event: Event = serde_json::from_value(parsed.event.clone())
        .map_err(|error| format!("not an event: {error}"))?;
    let same = serde_json::to_value(&event).is_ok_and(|value| value == parsed.event);
    same.then_some(event)
        .ok_or_else(|| "the event holds more than an event holds".to_owned())
}

#[cfg(test)]
mod tests {
    use jianwei_model::{Action, Actor, EventDraft};

    use super::*;

    fn events() -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for (index, sequence) in [3, 4, 9].into_iter().enumerate() {
            let previous = match events.last() {
                Some(last) if last.sequence + 1 == sequence => last.digest(),
                _ => Digest::of(b"someone else's event"),
            };
            let draft = EventDraft {
                at: Timestamp::from_millis(index as i64),
                actor: Actor::step("open"),
                action: Action::CaseConfirmed,
                case: Some(CaseId::from_text("case-1")),
                reason: "核实".into(),
                key: index.to_string(),
            };
            events.push(draft.into_event(sequence, previous));
        }
        events
    }

    fn faults(text: &str) -> Vec<String> {
        read(
            text,
            &CaseId::from_text("case-1"),
            Timestamp::from_millis(10),
        )
        .faults
    }

    #[test]
    fn a_record_reads_back() {
        let reading = read(
            &write(&events()),
            &CaseId::from_text("case-1"),
            Timestamp::from_millis(2),
        );
        assert_eq!(reading.faults, Vec::<String>::new());
        assert_eq!(reading.events, events());
        assert_eq!(reading.log_links, 1);
    }

    #[test]
    fn dropped_swapped_and_edited_lines_are_found() {
        let text = write(&events());
        let lines: Vec<&str> = text.lines().collect();
        let join = |lines: &[&str]| {
            lines
                .iter()
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        };
        assert!(!faults(&join(&[lines[0], lines[2]])).is_empty());
        assert!(!faults(&join(&[lines[1], lines[0], lines[2]])).is_empty());
        assert!(!faults(&text.replacen("核实", "误报", 1)).is_empty());
        assert!(!faults(text.trim_end()).is_empty());
        let mut forged = events();
        forged[0].reason = "另一个理由".into();
        assert!(
            faults(&write(&forged))[0].contains("previous"),
            "the log's own link breaks"
        );
    }
}
