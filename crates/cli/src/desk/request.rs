//! Questions to the desk and their answers, as they cross the socket.

use jianwei_model::{Disposition, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a command asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Request {
    CaseList {
        state: Option<String>,
    },
    CaseShow {
        case: String,
    },
    CaseDo {
        case: String,
        user: String,
        password: String,
        reason: String,
        deed: Deed,
    },
    PacketFetch {
        case: String,
    },
    QueueNext,
    QueueAck {
        letter: String,
        receipt: String,
    },
    QueueList,
    LetterList,
    LetterShow {
        letter: String,
    },
    UserAdd {
        name: String,
        display: String,
        password: String,
        roles: Vec<Role>,
    },
    UserList,
    UserPasswd {
        name: String,
        password: String,
    },
    UserDisable {
        name: String,
    },
    References,
}

/// What a person does to a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub(crate) enum Deed {
    Confirm,
    Dismiss,
    Reopen,
    Approve { letter: Option<String> },
    Settle { letter: String, delivered: bool },
    Dispose { disposition: Disposition },
}

/// What the desk answers: a value to show, and files to write.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) value: Value,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Request {
    /// Whether the request makes sense on a machine that has no store yet.
    pub(crate) fn makes_store(&self) -> bool {
        matches!(self, Self::UserAdd { .. })
    }
}

impl Reply {
    pub(crate) fn value<T: Serialize>(value: &T) -> Self {
        Self {
            value: serde_json::to_value(value).unwrap_or_default(),
            files: Vec::new(),
        }
    }
}
