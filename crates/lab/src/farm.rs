//! The farm: a lab with many plain hosts, for kill tests and benches.

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::site::{Kind, load_sites};
use crate::web::plain;
use crate::{Addresses, Error, Lab, LabSettings, SiteTruth, Truth};

mod prose;

/// The seller's mobile in the lab's page; each host of the farm has its own in its place.
const TEMPLATE_MOBILE: &str = "13900001002";

/// How large a farm is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarmSettings {
    /// Number of hosts, `h00001.farm.test` and so on.
    pub hosts: u32,
    /// Pages of each host, its first page included; at least 1.
    pub pages: u32,
    /// Every so many hosts one is guilty, by turns a fake and a seller; 0 for none.
    pub every: u32,
    /// How long each answer is held back, in milliseconds.
    pub latency_ms: u64,
    /// How large an innocent page is, in bytes.
    pub page_bytes: usize,
    /// Settings of the lab around the farm.
    pub lab: LabSettings,
}

impl Default for FarmSettings {
    fn default() -> Self {
        Self {
            hosts: 100,
            pages: 1,
            every: 20,
            latency_ms: 0,
            page_bytes: 60_000,
            lab: LabSettings::default(),
        }
    }
}

/// A running lab with many plain hosts; dropping it stops it.
#[derive(Debug)]
pub struct Farm {
    lab: Lab,
    fields: Fields,
}

impl Farm {
    /// Starts a lab whose name server and web servers know the farm's hosts as well.
    ///
    /// # Errors
    /// Returns [`Error`] as [`Lab::start_with`] does.
    pub async fn start(settings: FarmSettings) -> Result<Self, Error> {
        let around = settings.lab.clone();
        let fields = Fields::new(settings)?;
        let lab = Lab::with_fields(around, Some(fields.clone())).await?;
        Ok(Self { lab, fields })
    }

    /// Where the servers listen.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        self.lab.addresses()
    }

    /// The lab around the farm: its protected sites, mails, hits and canary.
    #[must_use]
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The farm's hosts, one a line.
    #[must_use]
    pub fn domain_list(&self) -> String {
        let mut list = String::new();
        for number in 1..=self.fields.settings.hosts {
            list.push_str(&name(number));
            list.push('\n');
        }
        list
    }

    /// What each host of the farm is; the lab's own sites are left out.
    #[must_use]
    pub fn truth(&self) -> Truth {
        let mut truth = Truth::default();
        for number in 1..=self.fields.settings.hosts {
            let (list, kind, note) = match self.fields.crop(number) {
                Crop::Fake => (&mut truth.fakes, "saved_copy", "农场：旧查询站整页另存"),
                Crop::Seller => (&mut truth.sellers, "open", "农场：公开售证"),
                Crop::Innocent => (&mut truth.innocents, "plain", "农场：普通网页"),
            };
            let host = name(number);
            let fake = kind == "saved_copy";
            list.push(SiteTruth {
                url: format!("http://{host}/"),
                host,
                kind: kind.to_owned(),
                note: note.to_owned(),
                imitates: self.fields.imitated.clone().filter(|_| fake),
                entrances: Vec::new(),
                listed: true,
                indexed: Vec::new(),
            });
        }
        truth
    }

    /// Stops every server and waits until their ports are free.
    pub async fn shutdown(self) {
        self.lab.shutdown().await;
    }
}

/// What grows on the farm's hosts.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    settings: FarmSettings,
    fake: String,
    seller: String,
    imitated: Option<jianwei_model::ProtectedId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Crop {
    Fake,
    Seller,
    Innocent,
}

impl Fields {
    fn new(settings: FarmSettings) -> Result<Self, Error> {
        let sites = load_sites()?;
        let page = |kind: Kind, making: &str| {
            let site = sites
                .values()
                .find(|site| site.sheet.kind == kind && site.sheet.making == making)
                .ok_or_else(|| missing(making))?;
            let path = site.sheet.url.splitn(4, '/').nth(3).unwrap_or_default();
            let html = site
                .text(&format!("/{path}"))
                .ok_or_else(|| missing(making))?;
            Ok((html.to_owned(), site.truth(&sites).imitates))
        };
        let (fake, imitated) = page(Kind::Fake, "saved_copy")?;
        let (seller, _) = page(Kind::Seller, "open")?;
        Ok(Self {
            settings,
            fake,
            seller,
            imitated,
        })
    }

    /// The number of the host called `name`.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let digits = name.strip_prefix('h')?.strip_suffix(".farm.test")?;
        let number = digits
            .parse()
            .ok()
            .filter(|number| digits == format!("{number:05}"))?;
        (1..=self.settings.hosts)
            .contains(&number)
            .then_some(number)
    }

    pub(crate) async fn answer(&self, number: u32, path: &str) -> Response<Body> {
        if self.settings.latency_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.settings.latency_ms)).await;
        }
        let Some(html) = self.html(number, path) else {
            return plain(StatusCode::NOT_FOUND, "no such page on this farm\n");
        };
        Response::builder()
            .header(header::SERVER, "nginx/1.20.1")
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .body(Body::from(html))
            .unwrap_or_default()
    }

    fn html(&self, number: u32, path: &str) -> Option<String> {
        if path == "/" {
            return Some(match self.crop(number) {
                Crop::Fake => self.fake.clone(),
                Crop::Seller => self.seller.replace(TEMPLATE_MOBILE, &mobile(number)),
                Crop::Innocent => self.innocent(number, 0),
            });
        }
        let page = path
            .strip_prefix("/p/")?
            .strip_suffix(".html")?
            .parse()
            .ok()?;
        (1..self.settings.pages)
            .contains(&page)
            .then(|| self.innocent(number, page))
    }

    fn crop(&self, number: u32) -> Crop {
        match self.settings.every {
            0 => Crop::Innocent,
            every if !number.is_multiple_of(every) => Crop::Innocent,
            every if (number / every).is_multiple_of(2) => Crop::Seller,
            _ => Crop::Fake,
        }
    }

    /// A page of everyday text, the same each time for the same host and page.
    fn innocent(&self, number: u32, page: u32) -> String {
        let mut random = StdRng::seed_from_u64(u64::from(number) << 32 | u64::from(page));
        let topic = prose::TOPICS
            .choose(&mut random)
            .copied()
            .unwrap_or_default();
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
             <title>{topic}（{number}-{page}）</title>\n<style>{}</style>\n</head>\n<body>\n<div class=\"top\">{topic}网</div>\n<ul class=\"nav\">",
            prose::STYLE
        );
        for next in 1..self.settings.pages {
            write_into(
                &mut html,
                format_args!("<li><a href=\"/p/{next}.html\">第{next}期</a></li>"),
            );
        }
        html.push_str("</ul>\n");
        while html.len() < self.settings.page_bytes {
            let heading = prose::HEADINGS
                .choose(&mut random)
                .copied()
                .unwrap_or_default();
            write_into(
                &mut html,
                format_args!("<div class=\"item\"><h3>{heading}</h3>\n<p>"),
            );
            for _ in 0..random.random_range(4..10) {
                html.push_str(
                    prose::SENTENCES
                        .choose(&mut random)
                        .copied()
                        .unwrap_or_default(),
                );
            }
            let views = random.random_range(30..4000);
            write_into(
                &mut html,
                format_args!("</p>\n<span class=\"meta\">阅读 {views}</span></div>\n"),
            );
        }
        html.push_str("<div class=\"foot\">本站内容为演示所写</div>\n</body>\n</html>\n");
        html
    }
}

/// The host of this number.
fn name(number: u32) -> String {
    format!("h{number:05}.farm.test")
}

/// A mobile of a form nobody has, different for every host below ten thousand.
fn mobile(number: u32) -> String {
    format!("1390000{:04}", number % 10_000)
}

fn missing(making: &str) -> Error {
    Error::File {
        file: "sites".to_owned(),
        reason: format!("no page made as `{making}` for the farm"),
    }
}

fn write_into(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    html.write_fmt(text).unwrap_or_default();
}
