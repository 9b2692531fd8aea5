//! `jianwei inspect`: one page, or many, through every signal.

use std::io::Read as _;
use std::path::Path;

use jianwei_analyse::{Analyser, Page};
use jianwei_crawl::Visitor;
use jianwei_model::{
    Assessment, Date, Decision, FrontierEntry, LeadId, Outcome, Priority, Rendering, Vantage,
    Visit, canonical_url, host_of,
};
use jianwei_net::{Browser, Door, decode};
use jianwei_store::now;
use serde_json::{Value, json};

use super::case::text;
use crate::arguments::{Global, Inspect, VantageName};
use crate::config::Config;
use crate::exit::{Failure, Found};
use crate::output::say;
use crate::progress::Progress;
use crate::setup::{Additions, Knowledge, browser};
use crate::{desk, output};

/// A saved page is read no further than this.
const FILE_CAP: u64 = 32 << 20;

/// What a saved page is taken to be found at when nobody says: a host that can be nobody's (RFC 2606).
const NOWHERE: &str = "http://unknown.invalid/";

pub(crate) async fn run(global: &Global, inspect: &Inspect) -> Result<Found, Failure> {
    let config = Config::load(global)?;
    let inspector = Inspector::open(&config, inspect).await?;
    if let Some(list) = &inspect.list {
        return inspector.inspect_list(global, inspect, list).await;
    }
    let target = inspect.target.as_deref().unwrap_or_default();
    let seen = inspector.inspect(target, inspect.as_url.as_deref()).await?;
    if global.json {
        output::json(&seen.to_json(&inspector.model));
    } else {
        seen.show();
    }
    Ok(found(seen.decision()))
}

struct Inspector {
    analyser: Analyser,
    model: String,
    visitor: Visitor,
    browser: Option<Result<Browser, String>>,
    vantage: Vantage,
}

/// One page with what was made of it.
struct Seen {
    url: String,
    final_url: String,
    outcome: Outcome,
    assessment: Option<Assessment>,
    rendering: Option<Rendering>,
}

impl Inspector {
    async fn open(config: &Config, inspect: &Inspect) -> Result<Self, Failure> {
        let mut analyser = Knowledge::load(&config.assets(), &Additions::default())?.analyser;
        if let Some(references) = desk::references(config).await? {
            for (reference, html) in &references.references {
                analyser.add_reference(reference, html);
            }
            for (page, html) in &references.background {
                analyser.add_background(page, html);
            }
        }
        let door = Door::open(&config.net).map_err(Failure::usage)?;
        let browser = if inspect.browser {
            Some(browser(&door).await)
        } else {
            None
        };
        Ok(Self {
            model: analyser.model_version(),
            analyser,
            visitor: Visitor::new(door, config.crawl.clone()),
            browser,
            vantage: vantage(inspect.vantage),
        })
    }

    async fn inspect(&self, target: &str, as_url: Option<&str>) -> Result<Seen, Failure> {
        if target.starts_with("http://") || target.starts_with("https://") {
            return self.inspect_url(target).await;
        }
        let bytes = if target == "-" {
            read_standard_input()?
        } else {
            read_file(Path::new(target))?
        };
        let url = as_url.unwrap_or(NOWHERE);
        let url = canonical_url(url)
            .ok_or_else(|| Failure::usage(format!("`{url}` is not an http or https URL")))?;
        if let Some(kind) = binary_kind(&bytes) {
            return Err(Failure::input(target, format!("is {kind}, not a page")));
        }
        let html = decode(&bytes, None).text;
        let assessment = self.assess(&url, &html);
        Ok(Seen {
            final_url: url.clone(),
            url,
            outcome: Outcome::Live,
            assessment: Some(assessment),
            rendering: None,
        })
    }

    async fn inspect_url(&self, target: &str) -> Result<Seen, Failure> {
        let url = canonical_url(target)
            .ok_or_else(|| Failure::usage(format!("`{target}` is not a URL with a host")))?;
        let entry = FrontierEntry {
            lead: LeadId::of(&url, "inspect"),
            url: url.clone(),
            priority: Priority::LOOKALIKE,
            round: 0,
            attempts: 0,
        };
        let capture = self.visitor.visit(&entry, self.vantage).await;
        let visit = &capture.visit;
        let bytes = |digest| {
            capture
                .blobs
                .iter()
                .find(|blob| blob.reference.digest == digest)
                .map(|blob| &blob.bytes)
        };
        let html = visit
            .document
            .as_ref()
            .and_then(|document| bytes(document.text.digest));
        let mut assessment =
            html.map(|html| self.assess(visit.final_url(), &String::from_utf8_lossy(html)));
        let rendering = self.render(visit, &mut assessment).await;
        let (final_url, outcome) = (visit.final_url().to_owned(), visit.outcome.clone());
        Ok(Seen {
            url,
            final_url,
            outcome,
            assessment,
            rendering,
        })
    }

    /// Renders the page where asked; the rendered page's assessment stands if it is the stronger one.
    async fn render(
        &self,
        visit: &Visit,
        assessment: &mut Option<Assessment>,
    ) -> Option<Rendering> {
        let browser = match self.browser.as_ref()? {
            Ok(browser) => browser,
            Err(reason) => {
                return Some(Rendering::Unknown {
                    reason: reason.clone(),
                });
            }
        };
        let (rendering, blobs) = browser.render(visit.final_url(), self.vantage).await;
        if let Rendering::Rendered { dom, .. } = &rendering
            && let Some(blob) = blobs
                .iter()
                .find(|blob| blob.reference.digest == dom.digest)
        {
            let rendered = self.assess(visit.final_url(), &String::from_utf8_lossy(&blob.bytes));
            if assessment
                .as_ref()
                .is_none_or(|first| rendered.top_score() > first.top_score())
            {
                *assessment = Some(rendered);
            }
        }
        Some(rendering)
    }

    fn assess(&self, url: &str, html: &str) -> Assessment {
        self.analyser.assess(&Page {
            url,
            html,
            day: Date::of(now()),
        })
    }

    async fn inspect_list(
        &self,
        global: &Global,
        inspect: &Inspect,
        list: &Path,
    ) -> Result<Found, Failure> {
        let text =
            std::fs::read_to_string(list).map_err(|error| Failure::input(list.display(), error))?;
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .collect();
        let progress = Progress::of(lines.len() as u64);
        let mut worst = Decision::None;
        let mut all = Vec::new();
        let mut unread = None;
        for line in lines {
            let (target, as_url) = line
                .split_once('\t')
                .map_or((line, None), |(target, url)| (target, Some(url.trim())));
            let result = self.inspect(target.trim(), as_url).await;
            worst = worst.max(result.as_ref().map_or(Decision::None, Seen::decision));
            match result {
                Ok(seen) if inspect.jsonl => progress.print(&seen.to_json(&self.model).to_string()),
                Ok(seen) if global.json => all.push(seen.to_json(&self.model)),
                Ok(seen) => progress.print(&seen.to_line(target)),
                Err(failure) => {
                    progress.print_aside(&format!("warning: {}", failure.to_parts().1));
                    unread = Some(failure);
                }
            }
            progress.advance();
        }
        if global.json && !inspect.jsonl {
            output::json(&all);
        }
        // Nothing is skipped silently: an entry that could not be read decides the exit code.
        unread.map_or(Ok(found(worst)), Err)
    }
}

impl Seen {
    fn decision(&self) -> Decision {
        self.assessment
            .as_ref()
            .map_or(Decision::None, |assessment| assessment.decision)
    }

    fn to_json(&self, model: &str) -> Value {
        let mut assessment = json!(self.assessment);
        // Why it was not assessed belongs where a reader looks first.
        if assessment.is_null() {
            assessment = json!({"class": null, "decision": "none", "findings": []});
        }
        json!({
            "url": self.url,
            "final_url": self.final_url,
            "host": host_of(&self.final_url),
            "outcome": self.outcome,
            "assessment": assessment,
            "rendering": self.rendering,
            "model": model,
        })
    }

    /// One line of a list of pages.
    fn to_line(&self, target: &str) -> String {
        let target = output::plain(target);
        match &self.assessment {
            Some(assessment) => format!(
                "{:6}  {:22}  {:.3} {:.3}  {target}",
                assessment.decision.as_str(),
                assessment.class.as_str(),
                assessment.scores.fake_government_site,
                assessment.scores.certificate_sale,
            ),
            None => format!(
                "{:6}  {:22}               {target}",
                "-",
                self.outcome.as_str()
            ),
        }
    }

    fn show(&self) {
        say!("网址    {}", output::plain(&self.final_url));
        if let Outcome::Gone { reason } | Outcome::Unknown { reason } = &self.outcome {
            say!(
                "结果    {}：{}",
                self.outcome.as_str(),
                output::plain(reason)
            );
        }
        if let Some(Rendering::Unknown { reason }) = &self.rendering {
            say!("渲染    未知：{}", output::plain(reason));
        }
        let Some(assessment) = &self.assessment else {
            return;
        };
        say!("类别    {}", assessment.class.chinese());
        say!("结论    {}", assessment.decision.chinese());
        say!(
            "得分    假冒政府网站 {:.3}  售卖假证 {:.3}",
            assessment.scores.fake_government_site,
            assessment.scores.certificate_sale
        );
        if let Some(reference) = &assessment.reference {
            say!(
                "近似    {} {} {:.3}",
                reference.organisation,
                output::plain(&reference.url),
                reference.score
            );
        }
        say!("");
        let rows = assessment.findings.iter().map(|finding| {
            let excerpt: String = output::plain(&finding.excerpt).chars().take(48).collect();
            let offset = finding
                .offset
                .map_or(String::new(), |offset| offset.to_string());
            vec![
                format!("{:+.2}", finding.contribution),
                finding.signal.clone(),
                finding.reason.clone(),
                excerpt,
                offset,
            ]
        });
        output::table(&["贡献", "信号", "理由", "原文", "位置"], rows.collect());
        for contact in &assessment.contacts {
            say!(
                "联系方式 {} {}",
                contact.kind.chinese(),
                text(&json!(contact.value))
            );
        }
    }
}

fn found(decision: Decision) -> Found {
    if decision >= Decision::Review {
        Found::Something
    } else {
        Found::Nothing
    }
}

fn vantage(name: VantageName) -> Vantage {
    match name {
        VantageName::Desktop => Vantage::Desktop,
        VantageName::WechatMobile => Vantage::WechatMobile,
        VantageName::SearchBot => Vantage::SearchBot,
        VantageName::FromBaidu => Vantage::FromBaidu,
    }
}

fn read_standard_input() -> Result<Vec<u8>, Failure> {
    read_capped(std::io::stdin().lock(), "-")
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| Failure::input(path.display(), error))?;
    read_capped(file, &path.display().to_string())
}

fn read_capped(from: impl std::io::Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    from.take(FILE_CAP + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::input(name, error))?;
    if bytes.len() as u64 > FILE_CAP {
        return Err(Failure::input(
            name,
            format!("is more than {} MiB", FILE_CAP >> 20),
        ));
    }
    Ok(bytes)
}

/// What a file is that is no page, by its first bytes.
fn binary_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 7] = [
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x1f\x8b", "a gzip file"),
        (b"\x7fELF", "a program"),
    ];
    KINDS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| *kind)
}
