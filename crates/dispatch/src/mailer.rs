//! The mailer: sends an approved letter and says what came of it.

use std::path::PathBuf;

use jianwei_model::{Attachment, Channel, DeliveryOutcome, Digest, Letter, Timestamp};

use crate::message::{Envelope, Mail};
use crate::smtp::{Server, is_local};
use crate::{Error, Settings, Transport, folder};

/// Sends letters by the configured transport.
pub struct Mailer {
    envelope: Envelope,
    way: Way,
}

/// One letter ready to leave: what was approved, and the bytes that go with it.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// The letter.
    pub letter: &'a Letter,
    /// The digest that was approved; a letter with another one does not leave.
    pub approved: Digest,
    /// The letter's attachments, in its order, with their bytes.
    pub attachments: &'a [(Attachment, Vec<u8>)],
}

enum Way {
    Folder(PathBuf),
    Smtp(Box<Server>),
}

impl Mailer {
    /// Checks the settings and reads password and certificate; connects to nothing.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the key, [`Error::Io`] for a file that cannot be read.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let envelope = Envelope::of(settings)?;
        let way = match &settings.transport {
            Transport::Folder { path } => Way::Folder(path.clone()),
            Transport::Smtp(smtp) => {
                if !is_local(&smtp.host) && is_example(&settings.sender.address) {
                    return Err(Error::Setting {
                        key: "sender.address".to_owned(),
                        reason: "still the example; set the sending unit before mailing".to_owned(),
                    });
                }
                Way::Smtp(Box::new(Server::open(smtp, &settings.message_domain)?))
            }
        };
        Ok(Self { envelope, way })
    }

    /// Sends a letter; `now` dates the mail and the proof.
    ///
    /// - `Delivered`: the server took it over (its words are the proof), or the file lies in the folder.
    /// - `Failed`: it certainly did not leave (no connection, TLS, authentication, a passing refusal, a full disk).
    /// - `Refused`: it never will: the server says so for good, or the parcel is not what was approved.
    /// - `Started`: all of it was sent by SMTP and no answer came; nobody knows, a person must find out, and it must
    ///   not be sent again meanwhile.
    ///
    /// Record the start of the delivery durably before calling this. Into a folder, repeating it changes nothing.
    pub async fn send(&self, parcel: &Parcel<'_>, now: Timestamp) -> DeliveryOutcome {
        let mail = match self.mail(parcel, now) {
            Ok(mail) => mail,
            Err(error) => return DeliveryOutcome::Refused { error },
        };
        match &self.way {
            Way::Smtp(server) => server.send(&mail).await.outcome(now),
            Way::Folder(path) => into_folder(path.clone(), parcel.approved, mail.bytes, now).await,
        }
    }

    /// Whether sending the same letter twice leaves one at the recipient's.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        matches!(self.way, Way::Folder(_))
    }

    fn mail(&self, parcel: &Parcel<'_>, now: Timestamp) -> Result<Mail, String> {
        let Parcel {
            letter,
            approved,
            attachments,
        } = parcel;
        let digest = letter.digest();
        if digest != *approved {
            return Err(format!(
                "letter `{}` has digest `{digest}`, but `{approved}` was approved",
                letter.id
            ));
        }
        if letter.recipient.channel != Channel::Mail {
            return Err(format!("letter `{}` does not go by mail", letter.id));
        }
        let given = attachments.iter().map(|(attachment, _)| attachment);
        if !given.eq(letter.attachments.iter()) {
            return Err(format!(
                "the attachments given are not those of letter `{}`",
                letter.id
            ));
        }
        for (attachment, bytes) in *attachments {
            if Digest::of(bytes) != attachment.file.digest {
                return Err(format!(
                    "the bytes of attachment `{}` do not have its digest",
                    attachment.name
                ));
            }
        }
        self.envelope.mail(letter, attachments, now)
    }
}

async fn into_folder(
    path: PathBuf,
    digest: Digest,
    mail: Vec<u8>,
    now: Timestamp,
) -> DeliveryOutcome {
    let written = tokio::task::spawn_blocking(move || folder::deliver(&path, &digest, &mail)).await;
    let error = match written {
        Ok(Ok(path)) => {
            return DeliveryOutcome::Delivered {
                at: now,
                proof: path.display().to_string(),
            };
        }
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    DeliveryOutcome::Failed { error }
}

fn is_example(address: &str) -> bool {
    [".example", ".invalid", ".test"]
        .iter()
        .any(|suffix| address.ends_with(suffix))
}
