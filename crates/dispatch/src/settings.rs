//! The `[dispatch]` section of the configuration.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Who sends and how. The default writes mails into a folder: nothing goes outside until someone configures it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The sending unit, which letters are written in the name of.
    pub sender: Sender,
    /// Domain of the `Message-ID`s; a domain of the sending unit.
    pub message_domain: String,
    /// How mails leave.
    pub transport: Transport,
    /// The greatest packet, in bytes, that is attached to a mail; a greater one is named by its digest.
    pub attach_limit_bytes: u64,
}

/// The sending unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sender {
    /// The unit's full name, as it signs.
    pub unit: String,
    /// The person or office to turn to.
    pub name: String,
    /// E-mail address letters come from.
    pub address: String,
    /// E-mail address answers go to; must be read by someone. The sending address when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Telephone for questions.
    pub phone: String,
    /// The unit's official website, where a recipient can find its published telephone and check the letter.
    pub website: String,
}

/// How mails leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Transport {
    /// Each mail is written as a file; for trying out, and for units that send by other means.
    Folder {
        /// The folder; made when missing.
        path: PathBuf,
    },
    /// Mails are handed to an SMTP server.
    Smtp(Smtp),
}

/// An SMTP server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Host name; its certificate must bear it.
    pub host: String,
    /// Port: usually 465 for `tls`, 587 for `starttls`.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User name; no authentication when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// File whose first line is the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// The password itself; prefer a file.
    #[serde(default, skip_serializing)]
    pub password: Option<Password>,
    /// PEM file with the certificate of an own certificate authority, trusted besides the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_certificate: Option<PathBuf>,
    /// Seconds to wait for the connection and for the answer to each step before the mail itself.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u64,
    /// Seconds to wait until the server has taken the mail itself over (RFC 5321, 4.5.3.2.6 wants 600).
    #[serde(default = "data_timeout_seconds")]
    pub data_timeout_seconds: u64,
}

/// How an SMTP connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after `STARTTLS`; a server without it gets no mail.
    Starttls,
    /// No protection; for labs and relays on the same machine, and never with a password to another machine.
    Plain,
}

/// A password that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// A password as read from somewhere.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sender: Sender::default(),
            message_domain: "unit.example".to_owned(),
            transport: Transport::Folder {
                path: PathBuf::from("jianwei-data/mail"),
            },
            attach_limit_bytes: 8 * 1024 * 1024,
        }
    }
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            unit: "示例单位".to_owned(),
            name: "示例联系人".to_owned(),
            address: "letters@unit.example".to_owned(),
            reply_to: None,
            phone: "000-00000000".to_owned(),
            website: "www.unit.example".to_owned(),
        }
    }
}

fn timeout_seconds() -> u64 {
    30
}

fn data_timeout_seconds() -> u64 {
    600
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_stays_in_the_house() {
        let settings: Settings = toml::from_str("").unwrap();
        assert_eq!(settings, Settings::default());
        assert!(matches!(settings.transport, Transport::Folder { .. }));
    }

    #[test]
    fn a_full_section_reads_and_an_unknown_key_is_refused() {
        let text = "[sender]\nunit = \"甲单位\"\n[transport]\nkind = \"smtp\"\nhost = \"mail.test\"\n\
                    port = 465\nsecurity = \"tls\"\nusername = \"u\"\npassword = \"geheim\"\n";
        let settings: Settings = toml::from_str(text).unwrap();
        assert!(!format!("{settings:?}").contains("geheim"));
        assert!(!toml::to_string(&settings).unwrap().contains("geheim"));
        let Transport::Smtp(smtp) = settings.transport else {
            panic!("smtp expected");
        };
        assert_eq!((smtp.timeout_seconds, smtp.data_timeout_seconds), (30, 600));
        for bogus in [
            "bogus = 1",
            "[sender]\nbogus = 1",
            "[transport]\nkind = \"folder\"\npath = \"x\"\nbogus = 1",
            "[transport]\nkind = \"smtp\"\nhost = \"h\"\nport = 1\nsecurity = \"tls\"\nbogus = 1",
        ] {
            assert!(toml::from_str::<Settings>(bogus).is_err(), "{bogus}");
        }
    }
}
