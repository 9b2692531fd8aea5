//! The mail sink: an SMTP server that keeps what it receives and sends nothing on.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

mod session;

use session::{Reply, Session};

/// The user the mail sink knows.
pub const SMTP_USER: &str = "jianwei";
/// That user's password.
pub const SMTP_PASSWORD: &str = "lab-mail-0000";

/// Largest message, in bytes.
pub(crate) const LARGEST: usize = 32 << 20;
/// Longest line of a command or a message, in bytes.
const LONGEST_LINE: u64 = 64 << 10;

/// Where received messages are kept.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    mails: Mutex<Vec<Vec<u8>>>,
    folder: Option<PathBuf>,
}

impl Mailbox {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            mails: Mutex::default(),
            folder,
        }
    }

    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        self.mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn keep(&self, mail: Vec<u8>) -> io::Result<()> {
        let number = {
            let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
            mails.push(mail.clone());
            mails.len()
        };
        match &self.folder {
            Some(folder) => tokio::fs::write(folder.join(format!("{number:04}.eml")), mail).await,
            None => Ok(()),
        }
    }
}

/// What a client's first byte belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum First {
    /// The conversation; the client may ask for TLS by STARTTLS.
    Plain,
    /// The TLS handshake.
    Tls,
}

/// Takes mail on `listener` until the handle is aborted.
pub(crate) fn spawn(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    mailbox: Arc<Mailbox>,
    first: First,
) -> JoinHandle<()> {
    let acceptor = TlsAcceptor::from(tls);
    tokio::spawn(async move {
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                continue;
            };
            let (acceptor, mailbox) = (acceptor.clone(), Arc::clone(&mailbox));
            tokio::spawn(async move {
                let talk = match first {
                    First::Plain => plain_first(stream, acceptor, &mailbox).await,
                    First::Tls => tls_first(stream, acceptor, &mailbox).await,
                };
                log(peer, talk);
            });
        }
    })
}

async fn tls_first(
    stream: tokio::net::TcpStream,
    acceptor: TlsAcceptor,
    mailbox: &Mailbox,
) -> io::Result<()> {
    let mut stream = BufReader::new(acceptor.accept(stream).await?);
    converse(&mut stream, Session::new(true), mailbox)
        .await
        .map(drop)
}

async fn plain_first(
    stream: tokio::net::TcpStream,
    acceptor: TlsAcceptor,
    mailbox: &Mailbox,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    if converse(&mut stream, Session::new(false), mailbox).await? {
        // What came in the clear behind STARTTLS is dropped with the buffer, as RFC 3207 asks.
        let mut stream = BufReader::new(acceptor.accept(stream.into_inner()).await?);
        converse(&mut stream, Session::upgraded(), mailbox).await?;
    }
    Ok(())
}

fn log(peer: SocketAddr, result: io::Result<()>) {
    if let Err(error) = result {
        tracing::debug!(%peer, %error, "a mail client left early");
    }
}

/// Talks until the client leaves; `true` when it asked for TLS and was told to go ahead.
async fn converse<S>(stream: &mut S, mut session: Session, mailbox: &Mailbox) -> io::Result<bool>
where
    S: AsyncRead + AsyncWrite + AsyncBufReadExt + Unpin,
{
    if let Some(greeting) = session.greeting() {
        stream.write_all(greeting.as_bytes()).await?;
        stream.flush().await?;
    }
    loop {
        let Some(line) = read_line(stream).await? else {
            return Ok(false);
        };
        let reply = session.hear(&String::from_utf8_lossy(&line));
        let (text, end) = match reply {
            Reply::Say(text) => (text, None),
            Reply::Quit(text) => (text, Some(false)),
            Reply::Upgrade(text) => (text, Some(true)),
            Reply::Data(text) => {
                stream.write_all(text.as_bytes()).await?;
                stream.flush().await?;
                (receive(stream, mailbox).await?, None)
            }
        };
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await?;
        if let Some(upgrade) = end {
            return Ok(upgrade);
        }
    }
}

/// Reads a message up to the line with a lone dot and keeps it.
async fn receive<S>(stream: &mut S, mailbox: &Mailbox) -> io::Result<String>
where
    S: AsyncRead + AsyncBufReadExt + Unpin,
{
    let mut mail = Vec::new();
    let mut too_large = false;
    loop {
        let Some(line) = read_line(stream).await? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if line == b".\r\n" || line == b".\n" {
            break;
        }
        // A line that begins with a dot travels with one more (RFC 5321, 4.5.2).
        let line = line.strip_prefix(b".").unwrap_or(&line);
        too_large |= mail.len() + line.len() > LARGEST;
        if !too_large {
            mail.extend_from_slice(line);
        }
    }
    if too_large {
        return Ok("552 5.3.4 message too large\r\n".to_owned());
    }
    mailbox.keep(mail).await?;
    Ok("250 2.0.0 kept\r\n".to_owned())
}

/// A line with its end; `None` when the client has left.
async fn read_line<S>(stream: &mut S) -> io::Result<Option<Vec<u8>>>
where
    S: AsyncRead + AsyncBufReadExt + Unpin,
{
    let mut line = Vec::new();
    let length = stream
        .take(LONGEST_LINE)
        .read_until(b'\n', &mut line)
        .await?;
    match (length, line.last()) {
        (0, _) => Ok(None),
        (_, Some(b'\n')) => Ok(Some(line)),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a line without an end",
        )),
    }
}
