//! One SMTP conversation: what has been said, and what is answered next.

use super::{LARGEST, SMTP_PASSWORD, SMTP_USER};

/// What a client has said so far.
#[derive(Debug)]
pub(super) struct Session {
    state: State,
    tls: bool,
    upgraded: bool,
    authenticated: bool,
    sender: bool,
    recipients: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Commands,
    PlainAsked,
    LoginUser,
    LoginPassword { user_known: bool },
}

/// What the server does with a line.
pub(super) enum Reply {
    Say(String),
    Quit(String),
    Upgrade(String),
    Data(String),
}

impl Session {
    pub(super) fn new(tls: bool) -> Self {
        Self {
            state: State::Commands,
            tls,
            upgraded: false,
            authenticated: false,
            sender: false,
            recipients: 0,
        }
    }

    /// The session after STARTTLS: nothing said before counts, and there is no second greeting.
    pub(super) fn upgraded() -> Self {
        Self {
            upgraded: true,
            ..Self::new(true)
        }
    }

    pub(super) fn greeting(&self) -> Option<&'static str> {
        (!self.upgraded).then_some("220 mail.lab.test ESMTP\r\n")
    }

    pub(super) fn hear(&mut self, line: &str) -> Reply {
        let line = line.trim_end_matches(['\r', '\n']);
        match self.state {
            State::Commands => self.command(line),
            State::PlainAsked => {
                self.state = State::Commands;
                self.plain(line)
            }
            State::LoginUser => {
                let user_known = decode(line).as_deref() == Some(SMTP_USER.as_bytes());
                self.state = State::LoginPassword { user_known };
                say("334 UGFzc3dvcmQ6")
            }
            State::LoginPassword { user_known } => {
                self.state = State::Commands;
                let right = decode(line).as_deref() == Some(SMTP_PASSWORD.as_bytes());
                self.admit(user_known && right)
            }
        }
    }

    fn command(&mut self, line: &str) -> Reply {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello(),
            "HELO" => say("250 mail.lab.test"),
            "STARTTLS" if self.tls => say("503 5.5.1 TLS is on already"),
            "STARTTLS" => Reply::Upgrade("220 2.0.0 go ahead\r\n".to_owned()),
            "AUTH" => self.authenticate(rest),
            "MAIL" => self.mail(rest),
            "RCPT" => self.recipient(rest),
            "DATA" if !self.sender || self.recipients == 0 => say("503 5.5.1 say who first"),
            "DATA" => {
                self.reset();
                Reply::Data("354 end with a lone dot\r\n".to_owned())
            }
            "RSET" => {
                self.reset();
                say("250 2.0.0 forgotten")
            }
            "NOOP" => say("250 2.0.0 here"),
            "VRFY" => say("252 2.5.0 perhaps"),
            "QUIT" => Reply::Quit("221 2.0.0 goodbye\r\n".to_owned()),
            _ => say("500 5.5.2 not a command of this server"),
        }
    }

    fn hello(&mut self) -> Reply {
        self.reset();
        let upgrade = if self.tls { "" } else { "250-STARTTLS\r\n" };
        say(&format!(
            "250-mail.lab.test\r\n250-PIPELINING\r\n250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n\
             {upgrade}250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN"
        ))
    }

    fn authenticate(&mut self, rest: &str) -> Reply {
        if self.authenticated {
            return say("503 5.5.1 known already");
        }
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        match (mechanism.to_ascii_uppercase().as_str(), initial) {
            ("PLAIN", "") => {
                self.state = State::PlainAsked;
                say("334 ")
            }
            ("PLAIN", initial) => self.plain(initial),
            ("LOGIN", "") => {
                self.state = State::LoginUser;
                say("334 VXNlcm5hbWU6")
            }
            ("LOGIN", user) => {
                let user_known = decode(user).as_deref() == Some(SMTP_USER.as_bytes());
                self.state = State::LoginPassword { user_known };
                say("334 UGFzc3dvcmQ6")
            }
            _ => say("504 5.5.4 PLAIN or LOGIN"),
        }
    }

    fn plain(&mut self, encoded: &str) -> Reply {
        let right = decode(encoded).is_some_and(|bytes| {
            let mut parts = bytes.split(|byte| *byte == 0).skip(1);
            parts.next() == Some(SMTP_USER.as_bytes())
                && parts.next() == Some(SMTP_PASSWORD.as_bytes())
        });
        self.admit(right)
    }

    fn admit(&mut self, right: bool) -> Reply {
        self.authenticated = right;
        say(if right {
            "235 2.7.0 welcome"
        } else {
            "535 5.7.8 not that user or password"
        })
    }

    fn mail(&mut self, rest: &str) -> Reply {
        if !rest.to_ascii_uppercase().starts_with("FROM:<") {
            return say("501 5.5.4 MAIL FROM:<address>");
        }
        self.sender = true;
        self.recipients = 0;
        say("250 2.1.0 go on")
    }

    /// Addresses whose local part is `refused` or `busy` are answered so, for tests of failure.
    fn recipient(&mut self, rest: &str) -> Reply {
        let lower = rest.to_ascii_lowercase();
        let Some(address) = lower.strip_prefix("to:<") else {
            return say("501 5.5.4 RCPT TO:<address>");
        };
        if !self.sender {
            return say("503 5.5.1 MAIL first");
        }
        if address.starts_with("refused@") {
            return say("550 5.1.1 no such mailbox");
        }
        if address.starts_with("busy@") {
            return say("451 4.3.2 try again later");
        }
        self.recipients += 1;
        say("250 2.1.5 go on")
    }

    fn reset(&mut self) {
        self.sender = false;
        self.recipients = 0;
    }
}

fn say(text: &str) -> Reply {
    Reply::Say(format!("{text}\r\n"))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text.trim())
        .ok()
}
