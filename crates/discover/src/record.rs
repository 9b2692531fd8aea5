//! The form of a list, told from its first lines, and the entries of a line in that form.

use std::net::IpAddr;

use crate::entry::url_of;

/// Names of columns that hold what is looked for, the more telling ones first.
const COLUMNS: [&str; 12] = [
    "url",
    "网址",
    "链接",
    "link",
    "domain",
    "域名",
    "host",
    "hostname",
    "fqdn",
    "domain_name",
    "主机",
    "website",
];
/// Delimiters of tables, the commonest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Names that hosts files give to the machine itself.
const OWN_NAMES: [&str; 14] = [
    "localhost",
    "localhost.localdomain",
    "local",
    "broadcasthost",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-localnet",
    "ip6-mcastprefix",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-allhosts",
    "0.0.0.0",
    "127.0.0.1",
    "::1",
];

/// How the lines of a list are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// One host or URL a line.
    Plain,
    /// An address and the names it answers to.
    Hosts,
    /// A table.
    Table {
        /// What stands between its columns.
        delimiter: u8,
        /// The column that holds the entry; `None` until the first line that has one.
        column: Option<usize>,
        /// Whether the first line names the columns and is no entry.
        headed: bool,
    },
}

/// What one line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing to read: empty, a comment, a header.
    Nothing,
    /// URLs.
    Urls(Vec<String>),
    /// No host or URL where one should be, and why.
    Garbage(String),
}

impl Form {
    /// The form of a list that begins with these lines.
    pub(crate) fn of(first: &[&str]) -> Self {
        let lines: Vec<&str> = first
            .iter()
            .copied()
            .filter(|line| !is_silent(line))
            .collect();
        let Some(head) = lines.first() else {
            return Self::Plain;
        };
        let hosts = lines
            .iter()
            .filter(|line| hosts_names(line).is_some())
            .count();
        if hosts * 2 > lines.len() {
            return Self::Hosts;
        }
        for delimiter in DELIMITERS {
            if let Some(column) = fields(head, delimiter).and_then(|fields| named_column(&fields)) {
                return Self::Table {
                    delimiter,
                    column: Some(column),
                    headed: true,
                };
            }
        }
        let delimiter = DELIMITERS.into_iter().find(|delimiter| {
            let split = lines
                .iter()
                .filter(|line| has_entry_among(line, *delimiter))
                .count();
            split * 2 > lines.len()
        });
        match delimiter {
            Some(delimiter) => Self::Table {
                delimiter,
                column: None,
                headed: false,
            },
            None => Self::Plain,
        }
    }

    /// Reads one line that is not the header.
    pub(crate) fn read(&mut self, line: &str) -> Content {
        if is_silent(line) {
            return Content::Nothing;
        }
        match self {
            Self::Plain => {
                // A comment may follow an entry; a `#` within one begins a fragment.
                let entry = line.split_whitespace().next().unwrap_or_default();
                let rest = line.trim().strip_prefix(entry).unwrap_or_default().trim();
                if rest.is_empty() || rest.starts_with('#') {
                    content(entry)
                } else {
                    content(line)
                }
            }
            Self::Hosts => match hosts_names(line) {
                Some(names) => hosts_content(&names),
                None => content(line),
            },
            Self::Table {
                delimiter, column, ..
            } => {
                let Some(fields) = fields(line, *delimiter) else {
                    return Content::Garbage("a quotation mark is not closed".to_owned());
                };
                if column.is_none() {
                    *column = fields.iter().position(|field| url_of(field).is_some());
                }
                match column.map(|column| fields.get(column)) {
                    Some(Some(field)) => content(field),
                    Some(None) => Content::Garbage(format!("only {} columns", fields.len())),
                    None => Content::Garbage("no column holds a host or URL".to_owned()),
                }
            }
        }
    }
}

/// Whether a line says nothing in any form.
pub(crate) fn is_silent(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

fn content(entry: &str) -> Content {
    url_of(entry).map_or_else(
        || Content::Garbage(format!("`{}` is no host or URL", quoted(entry))),
        |url| Content::Urls(vec![url]),
    )
}

fn hosts_content(names: &[&str]) -> Content {
    let mut urls = Vec::new();
    for name in names
        .iter()
        .filter(|name| !OWN_NAMES.contains(&name.to_ascii_lowercase().as_str()))
    {
        match url_of(name) {
            Some(url) => urls.push(url),
            None => return content(name),
        }
    }
    if urls.is_empty() {
        Content::Nothing
    } else {
        Content::Urls(urls)
    }
}

/// The names behind the address of a line in hosts format.
fn hosts_names(line: &str) -> Option<Vec<&str>> {
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.split_whitespace();
    // An interface may stand behind the address: `fe80::1%lo0`.
    words.next()?.split('%').next()?.parse::<IpAddr>().ok()?;
    let names: Vec<&str> = words.collect();
    (!names.is_empty()).then_some(names)
}

fn has_entry_among(line: &str, delimiter: u8) -> bool {
    fields(line, delimiter).is_some_and(|fields| {
        fields.len() > 1 && fields.iter().any(|field| url_of(field).is_some())
    })
}

fn named_column(fields: &[String]) -> Option<usize> {
    let names: Vec<String> = fields
        .iter()
        .map(|field| field.trim().to_lowercase())
        .collect();
    COLUMNS
        .iter()
        .find_map(|column| names.iter().position(|name| name == column))
}

/// The fields of one record, which is one line; `None` when a quotation mark is not closed on it.
fn fields(line: &str, delimiter: u8) -> Option<Vec<String>> {
    if !line.contains('"') {
        return Some(
            line.split(char::from(delimiter))
                .map(|field| field.trim().to_owned())
                .collect(),
        );
    }
    // The reader closes an open quotation mark at the end without a word; one that is open swallows this line end.
    let closed = format!("{line}\n\u{1}");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .buffer_capacity(closed.len().max(1))
        .from_reader(closed.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().ok()?;
    match records.as_slice() {
        [record, _] => Some(record.iter().map(str::to_owned).collect()),
        _ => None,
    }
}

/// The beginning of an entry, fit for a message.
fn quoted(entry: &str) -> String {
    let mut text: String = entry
        .trim()
        .chars()
        .take(60)
        .flat_map(char::escape_debug)
        .collect();
    if entry.trim().chars().nth(60).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_told_from_the_first_lines() {
        let table = |delimiter, column, headed| Form::Table {
            delimiter,
            column,
            headed,
        };
        for (lines, form) in [
            (&["a.example", "b.example"][..], Form::Plain),
            (&[], Form::Plain),
            (&["# c", "", "0.0.0.0 a.example"], Form::Hosts),
            (
                &["127.0.0.1 localhost", "::1 localhost", "0.0.0.0\ta.example"],
                Form::Hosts,
            ),
            (&["rank,domain", "1,a.example"], table(b',', Some(1), true)),
            (
                &["序号\t域名\t备注", "1\ta.example\t"],
                table(b'\t', Some(1), true),
            ),
            (
                &["domain;url", "a.example;http://a.example/b"],
                table(b';', Some(1), true),
            ),
            (&["domain", "a.example"], table(b',', Some(0), true)),
            (&["1,a.example", "2,b.example"], table(b',', None, false)),
            (
                &["http://a.example/?a=1,2", "b.example", "c.example"],
                Form::Plain,
            ),
        ] {
            assert_eq!(Form::of(lines), form, "{lines:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_spoils_its_own_line_only() {
        assert_eq!(
            fields("\"a, b\",c", b','),
            Some(vec!["a, b".to_owned(), "c".to_owned()])
        );
        assert_eq!(
            fields("\"say \"\"x\"\"\",c", b','),
            Some(vec!["say \"x\"".to_owned(), "c".to_owned()])
        );
        assert_eq!(fields("\"a,b", b','), None);
    }
}
