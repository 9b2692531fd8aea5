//! The action panel of a case: what this person may do now, and why not the rest.

use jianwei_casework::{Act, OpenStep, Refusal, decide, open_steps, routes};
use jianwei_model::{CaseState, Disposition, Role, User};

use crate::act::disposition_name;
use crate::dossier::Dossier;

/// Reasons analysts give most, put in by one click when a case is open.
const PHRASES: [Phrases; 2] = [
    (
        "确认常用语",
        [
            "域名不属该单位，页面照搬其查询页",
            "公开兜售假证并留有联系方式",
            "仿冒查询结果页，用于配合假证验证",
        ],
    ),
    (
        "排除常用语",
        [
            "属新闻报道或防骗提示",
            "为该单位正式网站",
            "正规培训机构，未见售假",
        ],
    ),
];

/// Reasons of one kind, with what they are for.
type Phrases = (&'static str, [&'static str; 3]);

/// What this person may do.
pub(crate) struct Panel {
    /// Whether the case is still to be judged; dismissing it is possible then too.
    pub(crate) confirm: bool,
    pub(crate) dismiss: bool,
    pub(crate) phrases: Vec<Phrases>,
    pub(crate) to_approve: usize,
    pub(crate) reopen: bool,
    pub(crate) dispositions: Vec<(String, &'static str)>,
    /// Whether recording a disposition is what comes next.
    pub(crate) dispose_first: bool,
    pub(crate) refusals: Vec<String>,
}

impl Panel {
    pub(crate) fn of(dossier: &Dossier, user: &User) -> Self {
        let view = &dossier.view;
        let may = |act: &Act| decide(view, user, act, "x").is_ok();
        let confirm = may(&Act::Confirm);
        let dismiss = may(&Act::Dismiss);
        let to_approve = dossier
            .letters
            .iter()
            .filter(|letter| {
                may(&Act::Approve {
                    letter: letter.id.clone(),
                    digest: letter.digest(),
                })
            })
            .count();
        let dispositions: Vec<_> = Disposition::ALL
            .into_iter()
            .filter(|disposition| {
                may(&Act::Dispose {
                    disposition: *disposition,
                })
            })
            .map(|disposition| (disposition_name(disposition), disposition.chinese()))
            .collect();
        let mut panel = Self {
            confirm,
            dismiss,
            phrases: if confirm {
                PHRASES.to_vec()
            } else {
                Vec::new()
            },
            to_approve,
            reopen: may(&Act::Reopen),
            dispositions,
            dispose_first: matches!(view.state, CaseState::Sent | CaseState::Acknowledged),
            refusals: Vec::new(),
        };
        panel.refusals = panel.why_not(dossier, user);
        panel
    }

    /// Why something that is due cannot be done by this person.
    fn why_not(&self, dossier: &Dossier, user: &User) -> Vec<String> {
        let mut refusals = Vec::new();
        for step in open_steps(&dossier.view) {
            let act = match step {
                OpenStep::Review => Act::Confirm,
                OpenStep::ReviewLetter { letter } => {
                    let Some(seen) = dossier.view.letters.get(&letter) else {
                        continue;
                    };
                    let digest = seen.digest;
                    Act::Approve { letter, digest }
                }
                _ => continue,
            };
            match decide(&dossier.view, user, &act, "x") {
                // That it is another role's work needs no saying.
                Ok(_) | Err(Refusal::Role { .. }) => {}
                Err(refusal) => refusals.push(refusal.chinese()),
            }
        }
        refusals.dedup();
        if refusals.is_empty() && self.is_empty() {
            refusals.push(match user.has(Role::Analyst) || user.has(Role::Approver) {
                true => "眼下没有需要您处理的事项。".into(),
                false => "您可以查看，不能处理案件。".into(),
            });
        }
        refusals
    }

    fn is_empty(&self) -> bool {
        !self.confirm
            && !self.dismiss
            && self.to_approve == 0
            && !self.reopen
            && self.dispositions.is_empty()
    }
}

/// What is still to be done by anyone, in one line.
pub(crate) fn steps(dossier: &Dossier) -> String {
    let mut words: Vec<String> = Vec::new();
    let writes = !routes(dossier.case.class).is_empty();
    for step in open_steps(&dossier.view) {
        let word = match step {
            OpenStep::DraftLetters if !writes => continue,
            OpenStep::ReviewLetter { .. } => "函件待审批".into(),
            OpenStep::SendLetter { failed: None, .. } => "函件待发出".into(),
            OpenStep::SendLetter { .. } => "函件待重发".into(),
            OpenStep::SettleSending { .. } => "发送结果待核实".into(),
            OpenStep::WithdrawLetter { .. } => "已发函件待更正".into(),
            other => other.chinese(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" · ")
}
