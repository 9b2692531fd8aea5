//! Letter templates, and drafting a letter from facts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jianwei_model::{Channel, Class, Letter, LetterId, Recipient, Route, Timestamp};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;

use crate::draft::{LetterText, chinese_number};
use crate::error::{line_of, parse_toml, read_text};
use crate::{Error, LetterFacts, Sender, Settings, Statutes};

/// The files of a letter's folder.
const PARTS: [&str; 3] = ["letter.toml", "subject.txt", "body.txt"];

/// The letter templates with everything that is the same for every case.
pub struct Templates {
    environment: Environment<'static>,
    kinds: Vec<Kind>,
    statutes: Statutes,
    sender: Sender,
    attach_limit_bytes: u64,
}

/// One folder of `config/letters`.
pub(crate) struct Kind {
    pub(crate) name: String,
    folder: PathBuf,
    pub(crate) about: About,
}

/// A `letter.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    /// To what kind of body it goes.
    pub(crate) route: Route,
    /// How it travels.
    pub(crate) channel: Channel,
    /// Working days in which an answer is asked for.
    pub(crate) answer_working_days: u32,
    /// By class, the rules cited, in order.
    pub(crate) basis: BTreeMap<Class, toml::Spanned<Vec<String>>>,
}

impl Templates {
    /// Reads `statutes.toml` and every folder of `letters/` below the configuration folder, and tries each letter once.
    ///
    /// # Errors
    /// [`Error::Io`], and otherwise as [`Templates::parse`].
    pub fn load(config: &Path, settings: &Settings) -> Result<Self, Error> {
        let statutes = Statutes::load(&config.join("statutes.toml"))?;
        let mut files = Vec::new();
        for folder in folders(&config.join("letters"))? {
            for part in PARTS {
                let path = folder.join(part);
                let text = read_text(&path)?;
                files.push((path, text));
            }
        }
        Self::parse(statutes, &files, settings)
    }

    /// Reads letters from their files' texts, three in each letter's folder, and tries each letter once.
    ///
    /// # Errors
    /// [`Error::Config`] and [`Error::Template`] with file and line of what is wrong, including names that letters do
    /// not have and parts that are missing.
    pub fn parse(
        statutes: Statutes,
        files: &[(PathBuf, String)],
        settings: &Settings,
    ) -> Result<Self, Error> {
        let mut templates = Self {
            environment: environment(),
            kinds: Vec::new(),
            statutes,
            sender: settings.sender.clone(),
            attach_limit_bytes: settings.attach_limit_bytes,
        };
        let folders: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
        for folder in folders {
            templates.add(folder, files)?;
        }
        templates.try_all()?;
        Ok(templates)
    }

    /// The letter about `facts` to `recipient`, dated `now`. Equal input gives an equal letter.
    ///
    /// # Errors
    /// [`Error::NoTemplate`] for a class that is not written about on this route, [`Error::Channel`],
    /// [`Error::NoBasis`], [`Error::LiveLink`], and [`Error::Template`] when the template fails.
    pub fn draft(
        &self,
        facts: &LetterFacts,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Letter, Error> {
        let kind = self.kind(recipient.route, facts.class)?;
        if kind.about.channel != recipient.channel {
            return Err(Error::Channel {
                route: recipient.route,
                expected: kind.about.channel,
                found: recipient.channel,
            });
        }
        let basis = self.basis(kind, facts)?;
        let with_packet = recipient.channel == Channel::Queue
            || facts.packet.file.bytes <= self.attach_limit_bytes;
        let text = LetterText::new(facts, recipient, now, &self.sender)
            .with_basis(basis, kind.about.answer_working_days)
            .with_attachments(facts, with_packet);
        let subject = self.render(kind, "subject.txt", &text)?;
        let body = self.render(kind, "body.txt", &text)?;
        if subject.contains(&facts.url) || body.contains(&facts.url) {
            return Err(Error::LiveLink {
                letter: kind.name.clone(),
                url: facts.url.clone(),
            });
        }
        let mut attachments = vec![facts.summary.clone()];
        if with_packet {
            attachments.push(facts.packet.clone());
        }
        Ok(Letter {
            id: LetterId::of(&facts.case, recipient.route, &recipient.address),
            case: facts.case.clone(),
            template: kind.name.clone(),
            recipient: recipient.clone(),
            subject: one_line_subject(&subject),
            body: tidy_body(&body),
            attachments,
            drafted: now,
        })
    }

    fn add(&mut self, folder: &Path, files: &[(PathBuf, String)]) -> Result<(), Error> {
        let [about_file, subject, body] = PARTS;
        let file = folder.join(about_file);
        let text = text_of(files, &file)?;
        let about: About = parse_toml(&file, text)?;
        for rules in about.basis.values() {
            let unknown = rules.get_ref().iter().find(|id| !self.statutes.knows(id));
            if let Some(id) = unknown {
                return Err(Error::Config {
                    line: line_of(text, rules.span().start),
                    file,
                    reason: format!("`{id}` is not in statutes.toml"),
                });
            }
        }
        let name = folder
            .file_name()
            .map_or(String::new(), |name| name.to_string_lossy().into_owned());
        for part in [subject, body] {
            let path = folder.join(part);
            let source = text_of(files, &path)?;
            self.environment
                .add_template_owned(format!("{name}/{part}"), source.to_owned())
                .map_err(|error| template_error(path, &error))?;
        }
        self.kinds.push(Kind {
            name,
            folder: folder.to_owned(),
            about,
        });
        Ok(())
    }

    /// Renders every letter with and without optional facts, so that a misspelt name is found before a case needs it.
    fn try_all(&self) -> Result<(), Error> {
        for kind in &self.kinds {
            for class in kind.about.basis.keys() {
                for text in LetterText::samples(*class, &self.sender) {
                    self.render(kind, "subject.txt", &text)?;
                    self.render(kind, "body.txt", &text)?;
                }
            }
        }
        Ok(())
    }

    fn kind(&self, route: Route, class: Class) -> Result<&Kind, Error> {
        self.kinds
            .iter()
            .find(|kind| kind.about.route == route && kind.about.basis.contains_key(&class))
            .ok_or(Error::NoTemplate { class, route })
    }

    fn basis(&self, kind: &Kind, facts: &LetterFacts) -> Result<Vec<String>, Error> {
        let rules = kind.about.basis.get(&facts.class);
        let citations: Vec<String> = rules
            .into_iter()
            .flat_map(|rules| rules.get_ref())
            .filter_map(|id| self.statutes.citable(id, facts.conduct))
            .map(crate::Provision::citation)
            .collect();
        if citations.is_empty() {
            return Err(Error::NoBasis {
                letter: kind.name.clone(),
                day: facts.conduct,
            });
        }
        Ok(citations)
    }

    fn render(&self, kind: &Kind, part: &str, text: &LetterText) -> Result<String, Error> {
        self.environment
            .get_template(&format!("{}/{part}", kind.name))
            .and_then(|template| template.render(Serde(text)))
            .map_err(|error| template_error(kind.folder.join(part), &error))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    if let Ok(syntax) = syntax.build() {
        environment.set_syntax(syntax);
    }
    // Letters are plain text; nothing is to be escaped.
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_filter("chinese_number", chinese_number);
    environment
}

fn text_of<'a>(files: &'a [(PathBuf, String)], file: &Path) -> Result<&'a str, Error> {
    let found = files.iter().find(|(path, _)| path == file);
    found
        .map(|(_, text)| text.as_str())
        .ok_or_else(|| Error::Config {
            file: file.to_owned(),
            line: 1,
            reason: "the file is missing".to_owned(),
        })
}

/// The folders below `letters`, in the order of their names.
fn folders(letters: &Path) -> Result<Vec<PathBuf>, Error> {
    let io = |source| Error::Io {
        path: letters.to_owned(),
        source,
    };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(letters).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

fn template_error(file: PathBuf, error: &minijinja::Error) -> Error {
    let detail = error
        .detail()
        .map_or(String::new(), |text| format!(": {text}"));
    Error::Template {
        file,
        line: error.line().unwrap_or(1),
        reason: format!("{}{detail}", error.kind()),
    }
}

fn one_line_subject(subject: &str) -> String {
    crate::defang::one_line(subject, 200)
}

/// Lines without trailing space, never two empty ones in a row, one line end at the end.
fn tidy_body(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut empty_before = true;
    for line in body.lines() {
        let line = line.trim_end_matches([' ', '\t']);
        if line.is_empty() && empty_before {
            continue;
        }
        empty_before = line.is_empty();
        out.push_str(line);
        out.push('\n');
    }
    let kept = out.trim_end_matches('\n').len();
    out.truncate(kept);
    out.push('\n');
    out
}
