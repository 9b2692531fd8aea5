//! A small SMTP server on loopback that keeps what it receives and fails where it is told to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// `\0user\0pass word` in base64.
pub(crate) const PLAIN_TOKEN: &str = "AHVzZXIAcGFzcyB3b3Jk";

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tls {
    #[default]
    None,
    Offered,
    AtOnce,
}

/// Where the server misbehaves.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// Answers this to `MAIL`, `RCPT`, `DATA`, or the final dot.
    Answer(&'static str, &'static str),
    /// Hangs up after the first bytes of the mail.
    HangsUpInTheMail,
    /// Takes the mail and hangs up without a word.
    HangsUpAfterTheDot,
    /// Takes the mail and stays silent.
    SilentAfterTheDot,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Script {
    pub(crate) tls: Tls,
    pub(crate) needs_auth: bool,
    pub(crate) trouble: Trouble,
}

#[derive(Clone)]
pub(crate) struct SmtpServer {
    pub(crate) address: SocketAddr,
    /// PEM of the certificate it shows.
    pub(crate) certificate: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    mails: Vec<Vec<u8>>,
    commands: Vec<String>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

enum End {
    Closed,
    StartTls,
}

impl SmtpServer {
    pub(crate) async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let server = Self {
            address: listener.local_addr().unwrap(),
            certificate: made.cert.pem(),
            seen: Arc::default(),
        };
        let seen = Arc::clone(&server.seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
                tokio::spawn(serve(Box::new(stream), acceptor, script, seen));
            }
        });
        server
    }

    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().mails.clone()
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.seen.lock().unwrap().commands.clone()
    }
}

async fn serve(
    stream: Box<dyn Stream>,
    acceptor: TlsAcceptor,
    script: Script,
    seen: Arc<Mutex<Seen>>,
) -> Option<()> {
    let secure = script.tls == Tls::AtOnce;
    let mut stream: Box<dyn Stream> = if secure {
        Box::new(acceptor.accept(stream).await.ok()?)
    } else {
        stream
    };
    stream.write_all(b"220 mx.test ready\r\n").await.ok()?;
    let mut io = BufStream::new(stream);
    if matches!(talk(&mut io, script, secure, &seen).await?, End::StartTls) {
        let stream: Box<dyn Stream> = Box::new(acceptor.accept(io.into_inner()).await.ok()?);
        talk(&mut BufStream::new(stream), script, true, &seen).await?;
    }
    Some(())
}

async fn talk(
    io: &mut BufStream<Box<dyn Stream>>,
    script: Script,
    secure: bool,
    seen: &Mutex<Seen>,
) -> Option<End> {
    let mut signed_in = false;
    loop {
        let mut line = String::new();
        if io.read_line(&mut line).await.ok()? == 0 {
            return Some(End::Closed);
        }
        let line = line.trim_end().to_owned();
        seen.lock().unwrap().commands.push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_owned();
        let mut answer = match verb.as_str() {
            "EHLO" if script.tls == Tls::Offered && !secure => {
                "250-mx.test\r\n250 STARTTLS".to_owned()
            }
            "EHLO" if script.needs_auth => "250-mx.test\r\n250 AUTH PLAIN LOGIN".to_owned(),
            "EHLO" => "250 mx.test".to_owned(),
            "STARTTLS" => "220 go on".to_owned(),
            "AUTH" if line == format!("AUTH PLAIN {PLAIN_TOKEN}") => {
                signed_in = true;
                "235 welcome".to_owned()
            }
            "AUTH" => "535 5.7.8 wrong password".to_owned(),
            "MAIL" if script.needs_auth && !signed_in => "530 sign in first".to_owned(),
            "DATA" => "354 go on".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        if let Trouble::Answer(at, text) = script.trouble
            && at == verb
        {
            text.clone_into(&mut answer);
        }
        io.write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
        io.flush().await.ok()?;
        match verb.as_str() {
            "STARTTLS" => return Some(End::StartTls),
            "QUIT" => return Some(End::Closed),
            "DATA" if answer.starts_with("354") => {
                if script.trouble == Trouble::HangsUpInTheMail {
                    let mut first = [0; 64];
                    io.read_exact(&mut first).await.ok()?;
                    return None;
                }
                let mail = content(io).await?;
                seen.lock().unwrap().mails.push(mail);
                let answer = match script.trouble {
                    Trouble::HangsUpAfterTheDot => return None,
                    Trouble::SilentAfterTheDot => {
                        let mut rest = Vec::new();
                        io.read_to_end(&mut rest).await.ok()?;
                        return None;
                    }
                    Trouble::Answer(".", text) => text,
                    _ => "250 2.0.0 queued as 4711",
                };
                io.write_all(format!("{answer}\r\n").as_bytes())
                    .await
                    .ok()?;
                io.flush().await.ok()?;
            }
            _ => {}
        }
    }
}

/// The mail up to the dot, with stuffed dots taken out.
async fn content(io: &mut BufStream<Box<dyn Stream>>) -> Option<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if io.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        if line == b".\r\n" {
            return Some(mail);
        }
        let unstuffed = line.strip_prefix(b".").unwrap_or(&line);
        mail.extend_from_slice(unstuffed);
    }
}
