//! The browser: Chromium shows a page while every request it makes goes through the door.
//!
//! The browser itself connects to nothing: each request is paused, made by the [`Door`] under its guard and caps, and
//! answered with what came. What slips past that (sockets, sub-resources of workers) finds a proxy that is not there.

mod errands;
mod session;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use jianwei_model::{Blob, Rendering, Vantage};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::settings::BrowserSettings;
use crate::{Door, Error};

/// Names under which systems ship Chromium.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Pages shown at once; each has a browser process of its own.
const TURNS: usize = 2;

/// A browser that renders pages, one fresh profile and process for each. Cheap to clone.
#[derive(Clone)]
pub struct Browser(Arc<Inner>);

struct Inner {
    executable: PathBuf,
    version: String,
    settings: BrowserSettings,
    door: Door,
    turns: Semaphore,
}

impl Browser {
    /// Finds the browser and asks for its version.
    ///
    /// # Errors
    /// [`Error::NoBrowser`] says why pages cannot be rendered: switched off, not installed, or not answering.
    pub async fn find(door: &Door) -> Result<Self, Error> {
        let settings = door.settings().browser.clone();
        if !settings.enabled {
            return Err(Error::NoBrowser {
                reason: "switched off in the configuration".to_owned(),
            });
        }
        let executable = match &settings.path {
            Some(path) if path.is_file() => path.clone(),
            Some(path) => {
                return Err(Error::NoBrowser {
                    reason: format!("`{}` is not there", path.display()),
                });
            }
            None => installed().ok_or_else(|| Error::NoBrowser {
                reason: "no Chromium is installed".to_owned(),
            })?,
        };
        let version = ask_version(
            &executable,
            Duration::from_millis(settings.launch_timeout_ms),
        )
        .await?;
        let inner = Inner {
            executable,
            version,
            settings,
            door: door.clone(),
            turns: Semaphore::new(TURNS),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// The browser's name and version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// Shows the page at `url` as `vantage` and keeps the DOM after scripts ran and the viewport's picture.
    ///
    /// Never fails: what could not be shown is [`Rendering::Unknown`] with the reason, within the configured time.
    pub async fn render(&self, url: &str, vantage: Vantage) -> (Rendering, Vec<Blob>) {
        let Ok(_turn) = self.0.turns.acquire().await else {
            return unknown("the browser is closed");
        };
        let limit = self.0.settings.launch_timeout_ms + self.0.settings.page_timeout_ms;
        match timeout(
            Duration::from_millis(limit),
            session::show(&self.0, url, vantage),
        )
        .await
        {
            Err(_elapsed) => unknown("the browser did not finish in time"),
            Ok(Err(reason)) => unknown(&reason),
            Ok(Ok(shown)) => {
                let dom = Blob::new(shown.dom.into_bytes(), "text/html");
                let screenshot = Blob::new(shown.screenshot, "image/png");
                let rendering = Rendering::Rendered {
                    dom: dom.reference.clone(),
                    screenshot: screenshot.reference.clone(),
                    browser: self.0.version.clone(),
                };
                (rendering, vec![dom, screenshot])
            }
        }
    }
}

fn unknown(reason: &str) -> (Rendering, Vec<Blob>) {
    (
        Rendering::Unknown {
            reason: reason.to_owned(),
        },
        Vec::new(),
    )
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    PROGRAMS.iter().find_map(|program| {
        folders
            .iter()
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
    })
}

async fn ask_version(executable: &Path, limit: Duration) -> Result<String, Error> {
    let fault = |reason: String| Error::NoBrowser {
        reason: format!("`{}`: {reason}", executable.display()),
    };
    let asked = Command::new(executable)
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(limit, asked)
        .await
        .map_err(|_elapsed| fault("no answer in time".to_owned()))?
        .map_err(|error| fault(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.lines().next().unwrap_or_default().trim();
    if version.is_empty() {
        Err(fault("it does not say its version".to_owned()))
    } else {
        Ok(version.to_owned())
    }
}
