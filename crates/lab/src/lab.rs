//! The lab: every server started on loopback, and what they saw.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jianwei_model::ProtectedSite;
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinHandle;

use crate::canary::Canary;
use crate::farm::Fields;
use crate::search::Index;
use crate::site::Kind;
use crate::smtp::{First, Mailbox};
use crate::tls::{Authority, TlsListener};
use crate::web::Scheme;
use crate::world::{LOOPBACK, World};
use crate::{Error, Truth, dns, search, smtp, web};

/// What may be chosen when a lab starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabSettings {
    /// A folder to which received mails are written too, as `0001.eml` and so on; made if missing.
    pub mail_folder: Option<PathBuf>,
}

/// Where the lab's servers listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Name server, UDP.
    pub dns: SocketAddr,
    /// Web server; stands for port 80 of every host.
    pub http: SocketAddr,
    /// Web server within TLS; stands for port 443 of every host.
    pub https: SocketAddr,
    /// The search engine's address as SearXNG has it, such as `http://127.0.0.1:40001/search`.
    pub search_url: String,
    /// Mail sink; offers STARTTLS and AUTH with [`SMTP_USER`](crate::SMTP_USER).
    pub smtp: SocketAddr,
    /// Mail sink within TLS from the first byte.
    pub smtps: SocketAddr,
    /// Where nobody may connect.
    pub canary: SocketAddr,
}

/// A running lab; dropping it stops it.
#[derive(Debug)]
pub struct Lab {
    pub(crate) world: Arc<World>,
    addresses: Addresses,
    authority_pem: String,
    mailbox: Arc<Mailbox>,
    canary: Canary,
    tasks: Vec<JoinHandle<()>>,
}

impl Lab {
    /// Starts every server on a port of the system's choice.
    ///
    /// # Errors
    /// Returns [`Error`] when a port cannot be had or a site's file is not valid.
    pub async fn start() -> Result<Self, Error> {
        Self::start_with(LabSettings::default()).await
    }

    /// Starts every server with `settings`.
    ///
    /// # Errors
    /// Returns [`Error`] when a port cannot be had, a site's file is not valid or the mail folder cannot be made.
    pub async fn start_with(settings: LabSettings) -> Result<Self, Error> {
        Self::with_fields(settings, None).await
    }

    pub(crate) async fn with_fields(
        settings: LabSettings,
        fields: Option<Fields>,
    ) -> Result<Self, Error> {
        if let Some(path) = &settings.mail_folder {
            std::fs::create_dir_all(path).map_err(|source| Error::MailFolder {
                path: path.clone(),
                source,
            })?;
        }
        let world = Arc::new(World::new(fields)?);
        let authority = Arc::new(Authority::new(Arc::clone(&world))?);
        let mailbox = Arc::new(Mailbox::new(settings.mail_folder));
        let sockets = Sockets::bind().await?;
        let canary = Canary::bind([sockets.http.1.port(), sockets.https.1.port()])?;
        let addresses = sockets.addresses(&canary);
        let authority_pem = authority.pem();
        let tasks = sockets.serve(&world, authority, &mailbox)?;
        Ok(Self {
            world,
            addresses,
            authority_pem,
            mailbox,
            canary,
            tasks,
        })
    }

    /// Where the servers listen.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The lab's protected sites, as `seeds/protected/` would hold them.
    #[must_use]
    pub fn protected(&self) -> Vec<ProtectedSite> {
        self.world.protected.clone()
    }

    /// What each site really is.
    #[must_use]
    pub fn truth(&self) -> Truth {
        self.world.truth()
    }

    /// A domain list with comments: the hosts that no search leads to, among innocent ones.
    #[must_use]
    pub fn domain_list(&self) -> String {
        let mut list = String::from("# 近期新增域名（节选）\n# 一行一个，# 后为说明\n\n");
        for site in self.world.sites.values().filter(|site| site.sheet.listed) {
            list.push_str(&site.host);
            if site.sheet.kind == Kind::Hostile {
                list.push_str("    # 访问异常，待核");
            }
            list.push('\n');
        }
        list
    }

    /// The messages received so far, oldest first, as sent but for dot-stuffing.
    #[must_use]
    pub fn mails(&self) -> Vec<Vec<u8>> {
        self.mailbox.mails()
    }

    /// Whether anyone ever connected to the canary.
    #[must_use]
    pub fn canary_touched(&self) -> bool {
        self.canary.touched()
    }

    /// The certificate of the lab's authority in PEM, for clients that are to trust it.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// How often each URL was asked for over HTTP and HTTPS.
    #[must_use]
    pub fn hits(&self) -> BTreeMap<String, u64> {
        self.world.hits()
    }

    /// Stops every server and waits until their ports are free.
    pub async fn shutdown(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            if let Err(error) = task.await
                && !error.is_cancelled()
            {
                tracing::warn!(%error, "a server of the lab had failed");
            }
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Bound sockets, each with its address.
struct Sockets {
    dns: (UdpSocket, SocketAddr),
    http: (TcpListener, SocketAddr),
    https: (TcpListener, SocketAddr),
    search: (TcpListener, SocketAddr),
    smtp: (TcpListener, SocketAddr),
    smtps: (TcpListener, SocketAddr),
}

impl Sockets {
    async fn bind() -> Result<Self, Error> {
        let address = SocketAddr::from((LOOPBACK, 0));
        let fault = |source| Error::Bind {
            server: "name",
            address,
            source,
        };
        let socket = UdpSocket::bind(address).await.map_err(fault)?;
        let bound = socket.local_addr().map_err(fault)?;
        Ok(Self {
            dns: (socket, bound),
            http: listen("web").await?,
            https: listen("web").await?,
            search: listen("search").await?,
            smtp: listen("mail").await?,
            smtps: listen("mail").await?,
        })
    }

    fn addresses(&self, canary: &Canary) -> Addresses {
        Addresses {
            dns: self.dns.1,
            http: self.http.1,
            https: self.https.1,
            search_url: format!("http://{}/search", self.search.1),
            smtp: self.smtp.1,
            smtps: self.smtps.1,
            canary: canary.address(),
        }
    }

    fn serve(
        self,
        world: &Arc<World>,
        authority: Arc<Authority>,
        mailbox: &Arc<Mailbox>,
    ) -> Result<Vec<JoinHandle<()>>, Error> {
        let tls = authority.server_config()?;
        let secure = TlsListener::new(self.https.0, Arc::clone(&tls), self.https.1);
        let index = Arc::new(Index::new(world));
        Ok(vec![
            dns::spawn(self.dns.0, Arc::clone(world)),
            web::spawn(self.http.0, Scheme("http"), Arc::clone(world)),
            web::spawn(secure, Scheme("https"), Arc::clone(world)),
            search::spawn(self.search.0, index),
            smtp::spawn(
                self.smtp.0,
                Arc::clone(&tls),
                Arc::clone(mailbox),
                First::Plain,
            ),
            smtp::spawn(self.smtps.0, tls, Arc::clone(mailbox), First::Tls),
        ])
    }
}

async fn listen(server: &'static str) -> Result<(TcpListener, SocketAddr), Error> {
    let address = SocketAddr::from((LOOPBACK, 0));
    let fault = |source| Error::Bind {
        server,
        address,
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(fault)?;
    let bound = listener.local_addr().map_err(fault)?;
    Ok((listener, bound))
}
