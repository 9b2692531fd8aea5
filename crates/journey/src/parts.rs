//! What the steps work with: the store, the door outward and each stage's tool.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jianwei_analyse::Analyser;
use jianwei_crawl::{Politeness, Visitor};
use jianwei_discover::QuerySeeds;
use jianwei_dispatch::{Mailer, Recipients, Templates};
use jianwei_evidence::{Environment, SealKey};
use jianwei_lookalike::Matcher;
use jianwei_model::ProtectedSite;
use jianwei_net::{Browser, Door};
use jianwei_store::Store;
use tokio::sync::mpsc::UnboundedSender;

use crate::{Notice, Settings, Tally};

/// Everything the steps need; made once by whoever starts a journey.
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// The only way out.
    pub door: Door,
    /// A browser, where the machine has one.
    pub browser: Result<Browser, String>,
    /// Makes visits.
    pub visitor: Visitor,
    /// When each host may be asked again.
    pub politeness: Mutex<Politeness>,
    /// Official sites.
    pub protected: Vec<ProtectedSite>,
    /// Matches host names against them.
    pub matcher: Arc<Matcher>,
    /// Assesses pages; what the store holds of references is added to `blank`.
    pub analyser: RwLock<Arc<Analyser>>,
    /// An analyser that knows no references yet.
    pub blank: Analyser,
    /// Configured sources.
    pub sources: jianwei_discover::Settings,
    /// What is asked of search engines.
    pub queries: QuerySeeds,
    /// Signs packets.
    pub seal_key: SealKey,
    /// What is known of this machine.
    pub environment: Environment,
    /// The unit in whose name packets are sealed.
    pub unit: String,
    /// Drafts letters.
    pub templates: Templates,
    /// Who letters go to.
    pub recipients: Recipients,
    /// Sends letters.
    pub mailer: Mailer,
    /// How fast and how widely.
    pub settings: Settings,
    /// Counts of what has been done.
    pub tally: Tally,
    /// Who is told.
    pub notices: Option<UnboundedSender<Notice>>,
}

impl Parts {
    /// The analyser as it is now; references may be added meanwhile without disturbing who holds it.
    pub(crate) fn current_analyser(&self) -> Arc<Analyser> {
        Arc::clone(&self.analyser.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn tell(&self, notice: Notice) {
        if let Some(notices) = &self.notices {
            // A watcher who has left no longer wants to be told.
            let _gone = notices.send(notice);
        }
    }
}
