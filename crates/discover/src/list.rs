//! The leads of a list of hosts or URLs, streamed.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use jianwei_model::{Lead, LeadOrigin, Timestamp};

use crate::Error;
use crate::lines::{LINE_BYTES, Line, Lines};
use crate::record::{Content, Form, is_silent};

/// Lines from which the form of a list is told.
const FIRST_LINES: usize = 32;

/// Leads of a list, in the order of its lines; a line that names none is an error, and the iteration goes on.
pub struct ListLeads {
    path: PathBuf,
    source: String,
    found: Timestamp,
    form: Form,
    /// Whether the header is still to come.
    header_due: bool,
    /// Lines that were read to tell the form.
    first: VecDeque<Result<Line, std::io::Error>>,
    lines: Lines,
    /// Leads of a line that names several.
    waiting: VecDeque<Lead>,
}

/// Opens a list of hosts or URLs: one a line with `#` comments, a table, or hosts format, each also compressed with gzip.
///
/// The form is told from the first lines, compression from the first bytes. A table's column is the one headed
/// `url`, `domain`, `host`, `网址`, `域名` or the like, or without a header the first that holds a host or URL; a record is
/// one line. A bare host becomes `http://host/`. `source` is the name under which leads record the list.
///
/// # Errors
/// [`Error::Open`] when the file cannot be opened. The iterator yields [`Error::Line`] for a line that names no host, and
/// [`Error::BrokenOff`] once, as its last item, when the file cannot be read to its end.
pub fn open_list(path: &Path, source: &str, now: Timestamp) -> Result<ListLeads, Error> {
    let mut lines = Lines::open(path).map_err(|error| Error::Open {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    let mut first = VecDeque::new();
    let mut telling = 0;
    // Comments at the top do not count, but they are bounded too.
    while telling < FIRST_LINES && first.len() < 8 * FIRST_LINES {
        let Some(line) = lines.next_line() else { break };
        let counts = line
            .as_ref()
            .is_ok_and(|line| line.text.as_deref().is_some_and(|text| !is_silent(text)));
        telling += usize::from(counts);
        first.push_back(line);
    }
    let texts: Vec<&str> = first
        .iter()
        .flatten()
        .filter_map(|line| line.text.as_deref())
        .collect();
    let form = Form::of(&texts);
    let header_due = matches!(form, Form::Table { headed: true, .. });
    Ok(ListLeads {
        path: path.to_owned(),
        source: source.to_owned(),
        found: now,
        form,
        header_due,
        first,
        lines,
        waiting: VecDeque::new(),
    })
}

impl Iterator for ListLeads {
    type Item = Result<Lead, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(lead) = self.waiting.pop_front() {
                return Some(Ok(lead));
            }
            let line = match self.first.pop_front().or_else(|| self.lines.next_line())? {
                Ok(line) => line,
                Err(error) => return Some(Err(self.broken_off(&error))),
            };
            if let Err(error) = self.take(line) {
                return Some(Err(error));
            }
        }
    }
}

impl ListLeads {
    /// Puts the leads of a line into `waiting`.
    fn take(&mut self, line: Line) -> Result<(), Error> {
        let Line { number, text } = line;
        let Some(text) = text else {
            return Err(self.garbage(number, format!("longer than {LINE_BYTES} bytes")));
        };
        if self.header_due && !is_silent(&text) {
            self.header_due = false;
            return Ok(());
        }
        let urls = match self.form.read(&text) {
            Content::Nothing => return Ok(()),
            Content::Garbage(reason) => return Err(self.garbage(number, reason)),
            Content::Urls(urls) => urls,
        };
        for url in urls {
            let origin = LeadOrigin::List {
                source: self.source.clone(),
                line: number,
            };
            let lead = Lead::new(&url, origin, self.found).ok_or_else(|| {
                self.garbage(number, format!("`{url}` is no URL that can be visited"))
            })?;
            self.waiting.push_back(lead);
        }
        Ok(())
    }

    fn garbage(&self, line: u64, reason: String) -> Error {
        Error::Line {
            path: self.path.clone(),
            line,
            reason,
        }
    }

    fn broken_off(&self, error: &std::io::Error) -> Error {
        Error::BrokenOff {
            path: self.path.clone(),
            line: self.lines.number(),
            reason: error.to_string(),
        }
    }
}
