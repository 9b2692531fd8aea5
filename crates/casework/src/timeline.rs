//! The timeline: every event of a case as a line an analyst reads.

use jianwei_model::{Action, Actor, Event, Timestamp};

/// One line of a case's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event's place in the log.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, in Chinese.
    pub text: String,
    /// Why, in the actor's words; may be empty.
    pub reason: String,
    /// Whether the event counts: one that broke the rules is shown and changes nothing.
    pub counted: bool,
}

impl Entry {
    pub(crate) fn of(event: &Event, counted: bool) -> Self {
        Self {
            sequence: event.sequence,
            at: event.at,
            actor: event.actor.clone(),
            text: describe(&event.action),
            reason: event.reason.clone(),
            counted,
        }
    }
}

/// What an action is, in Chinese, for timelines and audit lists.
#[must_use]
pub fn describe(action: &Action) -> String {
    match action {
        Action::SourcePulled { source, leads } => format!("拉取来源“{source}”，得线索{leads}条"),
        Action::CaseOpened { class, host, .. } => {
            format!("立案：{host}，疑似{}", class.chinese())
        }
        Action::PacketSealed { packet, .. } => format!("封存证据包（{}）", packet.hex()),
        Action::LetterDrafted { letter, .. } => format!("拟制函件{letter}"),
        Action::CaseConfirmed => "确认案件".to_owned(),
        Action::CaseDismissed => "排除案件".to_owned(),
        Action::CaseReopened => "重新立案".to_owned(),
        Action::LetterApproved { letter, .. } => format!("批准函件{letter}"),
        Action::LetterRejected { letter } => format!("退回函件{letter}"),
        Action::DeliveryStarted { letter, .. } => format!("开始发送函件{letter}"),
        Action::LetterDelivered { letter, proof, .. } => {
            format!("函件{letter}已送达：{proof}")
        }
        Action::DeliveryFailed { letter, error } => format!("函件{letter}发送失败：{error}"),
        Action::PacketAcknowledged { letter, receipt } => {
            format!("函件{letter}已签收，回执：{receipt}")
        }
        Action::DispositionRecorded { disposition } => {
            format!("登记处置结果：{}", disposition.chinese())
        }
        Action::EvidenceRead { what, .. } => format!("查阅证据：{what}"),
        Action::UserAdded { user, .. } => format!("新增用户{user}"),
        Action::UserDisabled { user } => format!("停用用户{user}"),
        Action::PasswordSet { user } => format!("设置用户{user}的密码"),
        Action::SignedIn => "登录".to_owned(),
        Action::SignInFailed { user } => format!("登录失败：{user}"),
    }
}
