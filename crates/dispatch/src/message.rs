//! A letter as a mail: headers, text and attachments.

use std::time::{Duration, UNIX_EPOCH};

use jianwei_model::{Attachment, Letter, Timestamp};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Body, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, address::AddressError};

use crate::{Error, Settings};

/// What is the same in every mail.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    from: Mailbox,
    reply_to: Mailbox,
    domain: String,
}

/// A mail ready to leave.
pub(crate) struct Mail {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

impl Envelope {
    pub(crate) fn of(settings: &Settings) -> Result<Self, Error> {
        let sender = &settings.sender;
        let unit = header_text(&sender.unit).map_err(|reason| setting("sender.unit", reason))?;
        let from = address(&sender.address).map_err(|reason| setting("sender.address", reason))?;
        let reply_to = match &sender.reply_to {
            Some(text) => address(text).map_err(|reason| setting("sender.reply_to", reason))?,
            None => from.clone(),
        };
        let domain = &settings.message_domain;
        if !is_domain(domain) {
            let reason = format!("`{domain}` is not a domain name");
            return Err(setting("message_domain", reason));
        }
        Ok(Self {
            from: Mailbox::new(Some(unit.clone()), from),
            reply_to: Mailbox::new(Some(unit), reply_to),
            domain: domain.clone(),
        })
    }

    /// The mail of `letter`, dated `now`.
    ///
    /// The same letter has the same `Message-ID` however often it is made, so that a recipient sees a repetition as one.
    pub(crate) fn mail(
        &self,
        letter: &Letter,
        attachments: &[(Attachment, Vec<u8>)],
        now: Timestamp,
    ) -> Result<Mail, String> {
        let to = address(&letter.recipient.address)?;
        let digest = letter.digest();
        let case = header_token(letter.case.as_str())?;
        let message_id = format!("<{}.{case}@{}>", &digest.hex()[..16], self.domain);
        let seconds = u64::try_from(now.millis() / 1000).unwrap_or(0);
        let mut body = MultiPart::mixed()
            .boundary(format!("=_jianwei_{}", digest.hex()))
            .singlepart(SinglePart::plain(letter.body.clone()));
        for (attachment, bytes) in attachments {
            body = body.singlepart(part(attachment, bytes)?);
        }
        let message = Message::builder()
            .from(self.from.clone())
            .reply_to(self.reply_to.clone())
            .to(Mailbox::new(
                Some(header_text(&letter.recipient.name)?),
                to.clone(),
            ))
            .subject(header_text(&letter.subject)?)
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(message_id))
            .raw_header(raw("Auto-Submitted", "no")?)
            .raw_header(raw("X-Jianwei-Case", case)?)
            .raw_header(raw("X-Jianwei-Letter-Digest", &digest.to_string())?)
            .multipart(body)
            .map_err(|error| error.to_string())?;
        Ok(Mail {
            from: self.from.email.clone(),
            to,
            bytes: message.formatted(),
        })
    }
}

fn part(attachment: &Attachment, bytes: &[u8]) -> Result<SinglePart, String> {
    let name = &attachment.name;
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !plain {
        return Err(format!(
            "attachment name `{}` is not plain ASCII",
            name.escape_default()
        ));
    }
    let media_type = &attachment.file.media_type;
    let content_type = ContentType::parse(media_type)
        .map_err(|_| format!("`{}` is not a media type", media_type.escape_default()))?;
    // Base64 keeps every byte; other encodings may touch line ends.
    let content = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64)
        .map_err(|_| format!("attachment `{name}` cannot be encoded"))?;
    Ok(Part::new(name.clone()).body(content, content_type))
}

fn raw(name: &'static str, value: &str) -> Result<HeaderValue, String> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| error.to_string())?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

/// A text for a header; line ends and other control characters could begin another header.
fn header_text(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(format!(
            "`{}` is empty or has control characters",
            text.escape_debug()
        ));
    }
    Ok(text.to_owned())
}

fn header_token(text: &str) -> Result<&str, String> {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if plain {
        Ok(text)
    } else {
        Err(format!("`{}` is not an identifier", text.escape_debug()))
    }
}

fn address(text: &str) -> Result<Address, String> {
    let refused =
        |reason: &str| format!("`{}` is not a mail address: {reason}", text.escape_debug());
    if !text.is_ascii() || text.chars().any(char::is_control) {
        return Err(refused("not plain ASCII"));
    }
    text.parse()
        .map_err(|error: AddressError| refused(&error.to_string()))
}

fn is_domain(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
}

fn setting(key: &str, reason: String) -> Error {
    Error::Setting {
        key: key.to_owned(),
        reason,
    }
}
