//! What goes to standard output and standard error.

use std::io::Write as _;

use comfy_table::{ContentArrangement, Table};
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;

/// Prints a line on standard output. A reader who has closed the pipe has seen enough; that is no failure.
macro_rules! say {
    ($($words:tt)*) => {
        $crate::output::line(&format!($($words)*))
    };
}
pub(crate) use say;

/// Writes one line to standard output.
pub(crate) fn line(text: &str) {
    write(&format!("{text}\n"));
}

/// Writes to standard output as it is.
pub(crate) fn write(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::debug!(%error, "standard output is closed");
    }
}

/// Prints a value as JSON.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) {
    say!(
        "{}",
        serde_json::to_string_pretty(value).unwrap_or_default()
    );
}

/// Prints rows under headers; nothing but the headers when there are none.
pub(crate) fn table(headers: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headers.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    say!(
        "{}",
        table
            .to_string()
            .lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// Text from outside as it may be shown on a terminal: control characters and bidi overrides are made visible.
pub(crate) fn plain(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

/// Starts logging to standard error: warnings, or more with `-v`; `JIANWEI_LOG` sets a filter.
pub(crate) fn start_logging(arguments: &Arguments) {
    let level = match arguments.global.verbose {
        0 => "error",
        1 => "jianwei=info,warn",
        2 => "jianwei=debug,info",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_env("JIANWEI_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
