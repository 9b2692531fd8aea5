//! A site: a folder of `sites/` named like its host, and what its `site.toml` says of it.

use std::collections::BTreeMap;

use jianwei_model::{ProtectedId, ProtectedSite, host_of};
use serde::Deserialize;

use crate::{Error, SiteTruth};

/// Every file of `sites/` and `protected/`, as path and bytes.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A host of the lab with its pages.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) host: String,
    pub(crate) sheet: Sheet,
    /// Path inside the folder and bytes as kept, always UTF-8 where it is text.
    pub(crate) files: BTreeMap<&'static str, &'static [u8]>,
}

/// The contents of a `site.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sheet {
    /// What the site really is.
    pub(crate) kind: Kind,
    /// How it is made, in snake case.
    pub(crate) making: String,
    /// What an analyst would say of it.
    pub(crate) note: String,
    /// The page that shows what it is.
    pub(crate) url: String,
    /// The protected site it imitates, or is.
    #[serde(default)]
    pub(crate) protected: Option<String>,
    /// For entrances: the host of the fake they lead to.
    #[serde(default)]
    pub(crate) leads_to: Option<String>,
    /// Whether its host stands in the domain list.
    #[serde(default)]
    pub(crate) listed: bool,
    /// Pages the search engine knows, as path and query.
    #[serde(default)]
    pub(crate) indexed: Vec<String>,
    /// In what encoding text leaves; the files themselves are UTF-8.
    #[serde(default)]
    pub(crate) encoding: Encoding,
    /// The `Content-Type` of its HTML.
    #[serde(default = "html_utf8")]
    pub(crate) content_type: String,
    /// Whether to compress for clients that ask for it.
    #[serde(default)]
    pub(crate) compress: bool,
    /// The `Server` header.
    #[serde(default = "nginx")]
    pub(crate) server: String,
    /// Whether its certificate is signed by itself rather than by the lab's authority.
    #[serde(default)]
    pub(crate) self_signed: bool,
    /// Whether every name below the host resolves and is served alike.
    #[serde(default)]
    pub(crate) subdomains: bool,
    /// Where its name points.
    #[serde(default)]
    pub(crate) resolves: Resolves,
    /// What it does instead of serving files.
    #[serde(default)]
    pub(crate) behaviour: Behaviour,
    /// Paths that are not simply files.
    #[serde(default)]
    pub(crate) routes: Vec<Route>,
}

/// What a site really is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Official,
    Fake,
    Entrance,
    Seller,
    Innocent,
    Hostile,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    Gbk,
}

/// What the name server says of a host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Resolves {
    /// 127.0.0.1.
    #[default]
    Loopback,
    /// 127.0.0.2, where only the canary listens.
    Forbidden,
    /// SERVFAIL.
    Fails,
    /// No answer at all.
    Silent,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Behaviour {
    #[default]
    Serve,
    TarPit,
    GzipBomb,
}

/// A path that is not simply a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    /// The path, exactly.
    pub(crate) path: String,
    /// What the query must contain; empty for any.
    #[serde(default)]
    pub(crate) query: String,
    /// The file to serve.
    #[serde(default)]
    pub(crate) file: Option<String>,
    /// Where to redirect.
    #[serde(default)]
    pub(crate) redirect: Option<String>,
    /// A text to serve as a QR code in SVG.
    #[serde(default)]
    pub(crate) qr: Option<String>,
    /// The status to answer with.
    #[serde(default)]
    pub(crate) status: Option<u16>,
}

/// What a request gets.
pub(crate) enum Found<'a> {
    File(&'a str, &'static [u8], u16),
    Redirect(&'a str, u16),
    Qr(&'a str),
    Missing,
}

impl Site {
    /// What `path` with `query` gets; routes come before files.
    pub(crate) fn find(&self, path: &str, query: &str) -> Found<'_> {
        let route = self.sheet.routes.iter().find(|route| {
            route.path == path && (route.query.is_empty() || query.contains(&route.query))
        });
        let Some(route) = route else {
            return self.file(path.trim_start_matches('/'), 200);
        };
        match route {
            Route {
                redirect: Some(to),
                status,
                ..
            } => Found::Redirect(to, status.unwrap_or(302)),
            Route { qr: Some(text), .. } => Found::Qr(text),
            Route {
                file: Some(file),
                status,
                ..
            } => self.file(file, status.unwrap_or(200)),
            _ => Found::Missing,
        }
    }

    /// Whether its pages are reached under `https`.
    pub(crate) fn scheme(&self) -> &str {
        self.sheet.url.split(':').next().unwrap_or("http")
    }

    /// The page as readers see it, in UTF-8.
    pub(crate) fn text(&self, path_and_query: &str) -> Option<&'static str> {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        match self.find(path, query) {
            Found::File(_, bytes, _) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    pub(crate) fn truth(&self, all: &BTreeMap<String, Self>) -> SiteTruth {
        let entrances = all
            .values()
            .filter(|site| site.sheet.leads_to.as_deref() == Some(&self.host))
            .map(|site| site.host.clone());
        let origin = format!("{}://{}", self.scheme(), self.host);
        SiteTruth {
            host: self.host.clone(),
            url: self.sheet.url.clone(),
            kind: self.sheet.making.clone(),
            note: self.sheet.note.clone(),
            imitates: self.sheet.protected.clone().map(ProtectedId::from_text),
            entrances: entrances.collect(),
            listed: self.sheet.listed,
            indexed: self
                .sheet
                .indexed
                .iter()
                .map(|path| format!("{origin}{path}"))
                .collect(),
        }
    }

    fn file(&self, path: &str, status: u16) -> Found<'_> {
        let path = if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        match self.files.get_key_value(path.as_str()) {
            // The sheet is the lab's own, not part of the site.
            Some((name, bytes)) if *name != "site.toml" => Found::File(name, bytes, status),
            _ => Found::Missing,
        }
    }
}

/// All sites by host.
pub(crate) fn load_sites() -> Result<BTreeMap<String, Site>, Error> {
    let mut folders: BTreeMap<&str, BTreeMap<&'static str, &'static [u8]>> = BTreeMap::new();
    for (name, bytes) in FILES {
        if let Some((host, path)) = name
            .strip_prefix("sites/")
            .and_then(|name| name.split_once('/'))
        {
            folders.entry(host).or_default().insert(path, bytes);
        }
    }
    let mut sites = BTreeMap::new();
    for (host, files) in folders {
        let name = format!("sites/{host}/site.toml");
        let bytes = files.get("site.toml").copied().unwrap_or_default();
        let sheet: Sheet = parse(&name, bytes)?;
        if host_of(&sheet.url).as_deref() != Some(host) {
            return Err(Error::File {
                file: name,
                reason: format!("`url` is `{}`, which is not on this host", sheet.url),
            });
        }
        let host = host.to_owned();
        sites.insert(host.clone(), Site { host, sheet, files });
    }
    Ok(sites)
}

/// The protected sites, ids filled in.
pub(crate) fn load_protected() -> Result<Vec<ProtectedSite>, Error> {
    let mut protected = Vec::new();
    for (name, bytes) in FILES {
        let id = name
            .strip_prefix("protected/")
            .and_then(|file| file.strip_suffix(".toml"));
        if let Some(id) = id {
            let mut site: ProtectedSite = parse(name, bytes)?;
            site.id = ProtectedId::from_text(id);
            protected.push(site);
        }
    }
    Ok(protected)
}

fn parse<T: for<'de> Deserialize<'de>>(name: &str, bytes: &[u8]) -> Result<T, Error> {
    let fault = |reason: String| Error::File {
        file: name.to_owned(),
        reason,
    };
    let text = std::str::from_utf8(bytes).map_err(|error| fault(error.to_string()))?;
    toml::from_str(text).map_err(|error| fault(error.to_string()))
}

fn html_utf8() -> String {
    "text/html; charset=utf-8".to_owned()
}

fn nginx() -> String {
    "nginx/1.20.1".to_owned()
}
