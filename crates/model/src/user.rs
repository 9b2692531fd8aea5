//! Users of the console and the command line.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Login name: lower-case letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// The name others see.
    pub display: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// Password hash in PHC form (argon2id).
    pub password: String,
    /// Whether they are shut out.
    pub disabled: bool,
    /// When they were added.
    pub created: Timestamp,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 研判员: confirms and dismisses.
    Analyst,
    /// 审批员: approves what leaves.
    Approver,
    /// 管理员: manages users.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Analyst, Self::Approver, Self::Administrator];

    /// The name in configuration and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Analyst => "analyst",
            Self::Approver => "approver",
            Self::Administrator => "administrator",
        }
    }

    /// What an analyst reads.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Analyst => "研判员",
            Self::Approver => "审批员",
            Self::Administrator => "管理员",
        }
    }
}

impl User {
    /// Whether the user may act in `role`.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        !self.disabled && self.roles.contains(&role)
    }
}
