//! Progress on standard error: a moving line on a terminal, nothing elsewhere.

use std::time::Duration;

use crate::output::say;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that says what is going on.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A line for work whose amount is not known.
    pub(crate) fn open_ended() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// A bar for `total` pieces of work.
    pub(crate) fn of(total: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} {msg}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// One more piece is done.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// What the line says from now on.
    pub(crate) fn say(&self, message: String) {
        self.bar.set_message(message);
    }

    /// Prints a line of data above the progress without tearing it.
    pub(crate) fn print(&self, line: &str) {
        self.bar.suspend(|| say!("{line}"));
    }
}

impl Progress {
    /// Prints a remark on standard error without tearing the progress.
    pub(crate) fn print_aside(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
