//! What the demo found against what the lab really is.

use std::collections::BTreeSet;

use jianwei_casework::CaseView;
use jianwei_lab::{Lab, SiteTruth};
use jianwei_model::Class;
use jianwei_store::Store;
use serde::Serialize;

use crate::exit::Failure;
use crate::output;
use crate::output::say;

/// The closing table and what it comes to.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    rows: Vec<Row>,
    packets: usize,
    letters_delivered: usize,
    letters_waiting: usize,
    mails: usize,
    canary_touched: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    host: String,
    what: String,
    kind: String,
    result: Outcome,
    case: Option<String>,
    class: Option<Class>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Found,
    Missed,
    RightlyLeft,
    WronglyFlagged,
}

/// Judges every site of the lab by the cases in the store.
pub(crate) async fn judge(store: &Store, lab: &Lab) -> Result<Verdict, Failure> {
    let cases = store.cases().list(None, usize::MAX).await?;
    let truth = lab.truth();
    let mut rows = Vec::new();
    let mut accounted = BTreeSet::new();
    let groups: [(&str, bool, &[SiteTruth]); 5] = [
        ("假冒网站", true, &truth.fakes),
        ("售假网站", true, &truth.sellers),
        ("正常网站", false, &truth.innocents),
        ("官方网站", false, &truth.official),
        ("恶意主机", false, &truth.hostile),
    ];
    for (what, is_guilty, sites) in groups {
        for site in sites {
            let case = cases.iter().find(|case| site.answers_to(&case.host));
            accounted.extend(case.map(|case| case.id.clone()));
            let result = match (is_guilty, case.is_some()) {
                (true, true) => Outcome::Found,
                (true, false) => Outcome::Missed,
                (false, true) => Outcome::WronglyFlagged,
                (false, false) => Outcome::RightlyLeft,
            };
            rows.push(Row {
                host: site.host.clone(),
                what: what.to_owned(),
                kind: site.kind.clone(),
                result,
                case: case.map(|case| case.id.to_string()),
                class: case.map(|case| case.class),
            });
        }
    }
    // A case on a host that the lab does not know of is a wrong one too.
    for case in cases
        .iter()
        .filter(|case| !accounted.contains(&case.id) && !truth.is_guilty(&case.host))
    {
        rows.push(Row {
            host: case.host.clone(),
            what: "未知".to_owned(),
            kind: String::new(),
            result: Outcome::WronglyFlagged,
            case: Some(case.id.to_string()),
            class: Some(case.class),
        });
    }
    let mut letters_delivered = 0;
    let mut letters_waiting = 0;
    for case in &cases {
        let view = CaseView::of(&store.log().of_case(&case.id).await?);
        letters_delivered += view
            .letters
            .values()
            .filter(|letter| letter.is_delivered())
            .count();
        let waits = |letter: &&jianwei_casework::LetterView| {
            letter.approved.is_some() && !letter.is_delivered()
        };
        letters_waiting += view.letters.values().filter(waits).count();
    }
    Ok(Verdict {
        rows,
        packets: store.packets().list(None, usize::MAX).await?.len(),
        letters_delivered,
        letters_waiting,
        mails: lab.mails().len(),
        canary_touched: lab.canary_touched(),
    })
}

impl Verdict {
    /// Whether every fake and seller was found, nothing else was flagged, and what was approved has left.
    pub(crate) fn is_right(&self) -> bool {
        let is_wrong = |row: &Row| matches!(row.result, Outcome::Missed | Outcome::WronglyFlagged);
        !self.rows.iter().any(is_wrong)
            && !self.canary_touched
            && self.packets > 0
            && self.letters_delivered > 0
            && self.letters_waiting == 0
            && self.mails > 0
    }

    /// Prints the closing table.
    pub(crate) fn show(&self) {
        say!("");
        let rows = self.rows.iter().map(|row| {
            let result = match row.result {
                Outcome::Found => "查出",
                Outcome::Missed => "漏过 ✗",
                Outcome::RightlyLeft => "未列入",
                Outcome::WronglyFlagged => "误列 ✗",
            };
            let class = row.class.map_or("", Class::chinese);
            vec![
                row.what.clone(),
                output::plain(&row.host),
                row.kind.clone(),
                result.to_owned(),
                class.to_owned(),
            ]
        });
        output::table(
            &["实际", "主机", "做法", "结果", "立案类别"],
            rows.collect(),
        );
        let count = |outcome| self.rows.iter().filter(|row| row.result == outcome).count();
        say!(
            "\n查出 {}  漏过 {}  误列 {}  |  证据包 {}  送达函件 {}  其中邮件 {}  |  {}",
            count(Outcome::Found),
            count(Outcome::Missed),
            count(Outcome::WronglyFlagged),
            self.packets,
            self.letters_delivered,
            self.mails,
            if self.canary_touched {
                "禁止地址被访问 ✗"
            } else {
                "禁止地址未被访问"
            }
        );
    }
}
