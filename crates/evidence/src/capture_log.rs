//! The log of a capture: every step in order, one line each.

use jianwei_model::{Outcome, Timestamp};

use crate::input::PacketInput;
use crate::warc::one_line;

/// The text of `logs/capture.log`.
pub(crate) fn text(input: &PacketInput) -> String {
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
                .map_or_else(|| "an unknown address".to_owned(), |peer| peer.to_string());
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

pub(crate) fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Live => "live".to_owned(),
        Outcome::Gone { reason } => format!("gone: {reason}"),
        Outcome::Unknown { reason } => format!("unknown: {reason}"),
    }
}
