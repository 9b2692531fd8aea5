//! Visits: one look at a URL from one vantage, kept whole.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::{BlobRef, LeadId, Timestamp, VisitId};

/// How a visit looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vantage {
    /// A desktop browser with a Chinese locale.
    Desktop,
    /// WeChat's browser on a phone.
    WechatMobile,
    /// Baidu's crawler.
    SearchBot,
    /// A desktop browser that came from a Baidu result.
    FromBaidu,
}

/// One look at a URL from one vantage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Derived from URL, vantage and round.
    pub id: VisitId,
    /// The canonical URL that was asked for.
    pub url: String,
    /// How the visit looked from outside.
    pub vantage: Vantage,
    /// The lead that led here, if one did.
    pub lead: Option<LeadId>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// Every step of the redirect chain in order; the last is where it ended.
    pub hops: Vec<Hop>,
    /// The last page as text, where there was one.
    pub document: Option<Document>,
    /// What a browser showed.
    pub rendering: Rendering,
}

/// What came of a visit. What could not be known is never taken for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// A server answered with something to look at.
    Live,
    /// The name does not exist, or the server said the page is gone.
    Gone {
        /// Why, in a few English words.
        reason: String,
    },
    /// It could not be known: time-out, refused address, broken answer, limits.
    Unknown {
        /// Why, in a few English words.
        reason: String,
    },
}

/// One step of a redirect chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The URL asked for.
    pub url: String,
    /// What sent the visit here.
    pub cause: HopCause,
    /// When the request was sent.
    pub started: Timestamp,
    /// Milliseconds until the body was read.
    pub elapsed_ms: u64,
    /// How the name was resolved; `None` for an address in the URL.
    pub resolution: Option<Resolution>,
    /// The address that answered.
    pub peer: Option<SocketAddr>,
    /// The TLS session, for `https`.
    pub tls: Option<TlsFacts>,
    /// Status code; `None` when no answer came.
    pub status: Option<u16>,
    /// The request's head as sent.
    pub request_head: Option<BlobRef>,
    /// The answer's head as received, to the empty line.
    pub response_head: Option<BlobRef>,
    /// The answer's body, without transfer coding but with content coding.
    pub body: Option<BlobRef>,
    /// Why the body is not whole, if it is not: `length`, `time` or `disconnect`.
    pub truncated: Option<String>,
}

/// What sent a visit to a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HopCause {
    /// The visit began here.
    Start,
    /// An HTTP redirect.
    Http,
    /// `<meta http-equiv=refresh>`.
    MetaRefresh,
    /// A plain assignment to `location` in a script.
    Script,
}

/// A DNS answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The name asked for.
    pub name: String,
    /// The server asked, or `static` for a configured host.
    pub server: String,
    /// The addresses, in the order given.
    pub addresses: Vec<IpAddr>,
    /// Names on the way, where the answer held aliases.
    pub aliases: Vec<String>,
    /// Seconds the answer may be kept.
    pub ttl_seconds: u32,
    /// When it was asked.
    pub at: Timestamp,
}

/// A TLS session's facts. A certificate that does not verify is a fact, not a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFacts {
    /// Protocol version, such as `tls/1.3`.
    pub version: String,
    /// Cipher suite by its IANA name.
    pub cipher: String,
    /// The chain as sent, leaf first, PEM.
    pub chain: Option<BlobRef>,
    /// Subject of the leaf as text; hostile bytes are escaped.
    pub subject: String,
    /// Issuer of the leaf as text; hostile bytes are escaped.
    pub issuer: String,
    /// Names the leaf is for.
    pub names: Vec<String>,
    /// First moment of validity.
    pub not_before: Option<Timestamp>,
    /// Last moment of validity.
    pub not_after: Option<Timestamp>,
    /// `None` when the chain verifies against the public roots; otherwise why not.
    pub fault: Option<String>,
}

/// A page as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The page decoded to UTF-8; offsets of findings count bytes of this.
    pub text: BlobRef,
    /// The charset it was decoded from, by its WHATWG name.
    pub charset: String,
    /// What the charset was taken from: `bom`, `header`, `meta`, `detected` or `detected against declaration`.
    pub charset_from: String,
}

/// What a browser showed of the last page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Rendering {
    /// It was rendered.
    Rendered {
        /// The DOM after scripts ran, as UTF-8 HTML.
        dom: BlobRef,
        /// The viewport as PNG.
        screenshot: BlobRef,
        /// The browser's name and version.
        browser: String,
    },
    /// It was not, so nothing is known of it.
    Unknown {
        /// Why, in a few English words.
        reason: String,
    },
}

impl Vantage {
    /// The name in configuration and identifiers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::WechatMobile => "wechat_mobile",
            Self::SearchBot => "search_bot",
            Self::FromBaidu => "from_baidu",
        }
    }
}

impl Visit {
    /// The URL at which the visit ended.
    #[must_use]
    pub fn final_url(&self) -> &str {
        self.hops.last().map_or(&self.url, |hop| &hop.url)
    }
}

impl Outcome {
    /// An unknown outcome with its reason.
    #[must_use]
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown {
            reason: reason.into(),
        }
    }

    /// `live`, `gone` or `unknown`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Gone { .. } => "gone",
            Self::Unknown { .. } => "unknown",
        }
    }
}
