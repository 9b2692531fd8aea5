//! The SMTP transport: one connection per mail, each step watched, so that it is always known how far a mail got.

use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jianwei_model::{DeliveryOutcome, Timestamp};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::defang::one_line;
use crate::message::Mail;
use crate::{Error, Security, Smtp};

/// Seconds that are granted to a polite goodbye once the mail is over.
const QUIT_SECONDS: u64 = 2;
/// Most characters kept of a server's words.
const WORDS: usize = 500;

/// A configured SMTP server.
pub(crate) struct Server {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    step: Duration,
    data: Duration,
}

/// What came of one session.
pub(crate) enum Fate {
    /// The server took it over, in these words.
    Taken(String),
    /// It certainly did not leave.
    NotTaken(String),
    /// The server refuses it for good.
    Refused(String),
    /// All of it was sent and no answer came.
    Unknown(String),
}

impl Server {
    pub(crate) fn open(smtp: &Smtp, hello: &str) -> Result<Self, Error> {
        let password = password(smtp)?;
        let is_local = is_local(&smtp.host);
        if smtp.security == Security::Plain && password.is_some() && !is_local {
            return Err(refuse(
                "security",
                "`plain` would send the password in clear to another machine",
            ));
        }
        let tls = match smtp.security {
            Security::Plain => None,
            Security::Tls | Security::Starttls => Some(tls(smtp)?),
        };
        let credentials = match (&smtp.username, password) {
            (Some(username), Some(password)) => Some(Credentials::new(username.clone(), password)),
            (None, None) => None,
            (Some(_), None) => return Err(refuse("username", "a password is missing")),
            (None, Some(_)) => return Err(refuse("username", "a password is given without it")),
        };
        Ok(Self {
            host: smtp.host.clone(),
            port: smtp.port,
            security: smtp.security,
            tls,
            credentials,
            hello: ClientId::Domain(hello.to_owned()),
            step: Duration::from_secs(smtp.timeout_seconds.max(1)),
            data: Duration::from_secs(smtp.data_timeout_seconds.max(1)),
        })
    }

    pub(crate) async fn send(&self, mail: &Mail) -> Fate {
        let mut connection = match timeout(self.step, self.connect()).await {
            Ok(Ok(connection)) => connection,
            // Even a 5xx here is about us and our password, not about the letter.
            Ok(Err(error)) => return Fate::NotTaken(words(&error)),
            Err(_) => return Fate::NotTaken("timed out before the mail began".to_owned()),
        };
        let fate = match self.envelope(&mut connection, mail).await {
            Ok(()) => self.content(&mut connection, &mail.bytes).await,
            Err(fate) => fate,
        };
        let goodbye = Duration::from_secs(QUIT_SECONDS);
        if !matches!(fate, Fate::Unknown(_))
            && let Err(error) = timeout(goodbye, connection.quit()).await
        {
            tracing::debug!(%error, "the server did not say goodbye");
        }
        fate
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let server = (self.host.as_str(), self.port);
        let at_once = self.tls.clone().filter(|_| self.security == Security::Tls);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.step),
            &self.hello,
            at_once,
            None,
        )
        .await?;
        if self.security == Security::Starttls
            && let Some(tls) = self.tls.clone()
        {
            connection.starttls(tls, &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .await?;
        }
        Ok(connection)
    }

    /// Everything up to the server's leave to send the content; no content leaves before it.
    async fn envelope(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &Mail,
    ) -> Result<(), Fate> {
        let steps = async {
            connection
                .command(MailFrom::new(Some(mail.from.clone()), Vec::new()))
                .await?;
            connection
                .command(Rcpt::new(mail.to.clone(), Vec::new()))
                .await?;
            connection.command(Data).await
        };
        match timeout(self.step, steps).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(Fate::Refused(words(&error))),
            Ok(Err(error)) => Err(Fate::NotTaken(words(&error))),
            Err(_) => Err(Fate::NotTaken("timed out before the mail began".to_owned())),
        }
    }

    /// The content and its final dot. A server may take a mail over only after the dot, so whatever breaks before it
    /// was not taken, and whatever breaks after it without an answer is unknown.
    async fn content(&self, connection: &mut AsyncSmtpConnection, bytes: &[u8]) -> Fate {
        let dot_may_be_out = AtomicBool::new(false);
        let pieces = std::iter::once(bytes).chain(std::iter::from_fn(|| {
            dot_may_be_out.store(true, Ordering::Relaxed);
            None
        }));
        let answer = timeout(self.data, connection.message_iter(pieces)).await;
        let reason = match answer {
            Ok(Ok(response)) => return Fate::Taken(proof(&response)),
            Ok(Err(error)) if error.is_permanent() => return Fate::Refused(words(&error)),
            Ok(Err(error)) if error.is_transient() => return Fate::NotTaken(words(&error)),
            Ok(Err(error)) => words(&error),
            Err(_) => "timed out while the mail was sent".to_owned(),
        };
        if dot_may_be_out.load(Ordering::Relaxed) {
            Fate::Unknown(reason)
        } else {
            Fate::NotTaken(reason)
        }
    }
}

impl Fate {
    /// As an outcome. An unknown fate stays [`DeliveryOutcome::Started`]: a person must find out.
    pub(crate) fn outcome(self, at: Timestamp) -> DeliveryOutcome {
        match self {
            Self::Taken(proof) => DeliveryOutcome::Delivered { at, proof },
            Self::NotTaken(error) => DeliveryOutcome::Failed { error },
            Self::Refused(error) => DeliveryOutcome::Refused { error },
            Self::Unknown(reason) => {
                tracing::warn!(reason, "nobody knows whether a letter left");
                DeliveryOutcome::Started
            }
        }
    }
}

/// Whether `host` is this machine.
pub(crate) fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn proof(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), lines.join(" ")), WORDS)
}

fn words(error: &SmtpError) -> String {
    one_line(&error.to_string(), WORDS)
}

fn tls(smtp: &Smtp) -> Result<TlsParameters, Error> {
    let mut builder =
        TlsParameters::builder(smtp.host.clone()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(path) = &smtp.root_certificate {
        let pem = read(path)?;
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(|error| {
            let reason = format!("`{}` is no certificate: {error}", path.display());
            refuse("root_certificate", &reason)
        })?;
        builder = builder.add_root_certificate(certificate);
    }
    builder
        .build()
        .map_err(|error| refuse("root_certificate", &error.to_string()))
}

fn password(smtp: &Smtp) -> Result<Option<String>, Error> {
    let given = [
        smtp.password_file.is_some(),
        smtp.password_env.is_some(),
        smtp.password.is_some(),
    ];
    if given.into_iter().filter(|is_given| *is_given).count() > 1 {
        let reason = "give only one of `password_file`, `password_env` and `password`";
        return Err(refuse("password", reason));
    }
    if let Some(path) = &smtp.password_file {
        let text = read(path)?;
        let first = text.lines().next().unwrap_or_default();
        if first.is_empty() {
            let reason = format!("`{}` begins with an empty line", path.display());
            return Err(refuse("password_file", &reason));
        }
        return Ok(Some(first.to_owned()));
    }
    if let Some(name) = &smtp.password_env {
        return match std::env::var(name) {
            Ok(value) if !value.is_empty() => Ok(Some(value)),
            _ => Err(refuse("password_env", &format!("`{name}` is not set"))),
        };
    }
    Ok(smtp
        .password
        .as_ref()
        .map(|password| password.reveal().to_owned()))
}

fn read(path: &Path) -> Result<String, Error> {
    crate::error::read_text(path)
}

fn refuse(key: &str, reason: &str) -> Error {
    Error::Setting {
        key: format!("transport.{key}"),
        reason: reason.to_owned(),
    }
}
