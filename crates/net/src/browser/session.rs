//! One page in one browser process: started, shown, pictured, ended.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chromiumoxide::browser::{Browser as Process, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::browser::{
    SetDownloadBehaviorBehavior, SetDownloadBehaviorParams,
};
use chromiumoxide::cdp::browser_protocol::network::SetUserAgentOverrideParams;
use chromiumoxide::cdp::browser_protocol::page::{
    CaptureScreenshotFormat, EventJavascriptDialogOpening, EventLoadEventFired,
    HandleJavaScriptDialogParams, NavigateParams, StopLoadingParams,
};
use chromiumoxide::handler::viewport::Viewport;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Handler, Page};
use futures::StreamExt as _;
use jianwei_model::Vantage;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Inner, errands};

/// How long a loaded page may still change before its picture is taken.
const SETTLE: Duration = Duration::from_millis(400);

/// How long each single question to the browser may take.
const ANSWER: Duration = Duration::from_secs(4);

/// What a page showed.
pub(super) struct Shown {
    pub(super) dom: String,
    pub(super) screenshot: Vec<u8>,
}

/// Shows `url` and keeps what is seen; the error says in a few words why nothing could be seen.
pub(super) async fn show(browser: &Inner, url: &str, vantage: Vantage) -> Result<Shown, String> {
    let profile =
        Profile::make().map_err(|error| format!("no folder for a browser profile: {error}"))?;
    let (mut process, handler) = Process::launch(configuration(browser, profile.path(), vantage)?)
        .await
        .map_err(|error| format!("the browser did not start: {error}"))?;
    let mut tasks = JoinSet::new();
    tasks.spawn(pump(handler));
    let shown = in_process(browser, &process, &mut tasks, url, vantage).await;
    tasks.abort_all();
    // Whether it closes or must be killed, the process is gone before its profile is.
    let _closed = timeout(ANSWER, process.close()).await;
    let _killed = timeout(ANSWER, process.kill()).await;
    let _ended = timeout(ANSWER, process.wait()).await;
    shown
}

async fn in_process(
    browser: &Inner,
    process: &Process,
    tasks: &mut JoinSet<()>,
    url: &str,
    vantage: Vantage,
) -> Result<Shown, String> {
    let page = answered("open a page", process.new_page("about:blank")).await?;
    let no_downloads = SetDownloadBehaviorParams::new(SetDownloadBehaviorBehavior::Deny);
    answered("refuse downloads", process.execute(no_downloads)).await?;
    let agent = SetUserAgentOverrideParams::builder()
        .user_agent(browser.door.settings().user_agents.of(vantage))
        .accept_language("zh-CN,zh;q=0.9")
        .build()?;
    answered("set the user agent", page.execute(agent)).await?;
    dismiss_dialogs(&page, tasks).await?;
    errands::run(&page, browser.door.clone(), vantage, tasks).await?;
    navigate(browser, &page, url).await?;
    let dom = answered("read the DOM", page.content()).await?;
    let format = ScreenshotParams::builder()
        .format(CaptureScreenshotFormat::Png)
        .build();
    let screenshot = answered("take a picture", page.screenshot(format)).await?;
    Ok(Shown { dom, screenshot })
}

/// Goes to the page and waits until it has loaded, or until its time is over: then what is there counts.
async fn navigate(browser: &Inner, page: &Page, url: &str) -> Result<(), String> {
    let mut loaded = answered(
        "listen for the page",
        page.event_listener::<EventLoadEventFired>(),
    )
    .await?;
    let limit = Duration::from_millis(browser.settings.page_timeout_ms / 2);
    let went = timeout(limit, page.execute(NavigateParams::new(url))).await;
    match went {
        Ok(Ok(answer)) => {
            // The browser's own error page is not the site's.
            if let Some(error) = &answer.error_text {
                return Err(format!("the browser could not load the page: {error}"));
            }
        }
        Ok(Err(error)) => return Err(format!("the browser could not go to the page: {error}")),
        Err(_elapsed) => return Err("the page did not begin to load in time".to_owned()),
    }
    if timeout(limit, loaded.next()).await.is_err() {
        answered("stop loading", page.execute(StopLoadingParams::default())).await?;
    }
    sleep(SETTLE).await;
    Ok(())
}

/// Closes every dialog that a page opens, or it would wait for ever.
async fn dismiss_dialogs(page: &Page, tasks: &mut JoinSet<()>) -> Result<(), String> {
    let mut dialogs = answered(
        "listen for dialogs",
        page.event_listener::<EventJavascriptDialogOpening>(),
    )
    .await?;
    let page = page.clone();
    tasks.spawn(async move {
        while dialogs.next().await.is_some() {
            let dismissed = timeout(
                ANSWER,
                page.execute(HandleJavaScriptDialogParams::new(false)),
            )
            .await;
            tracing::debug!(
                ok = matches!(dismissed, Ok(Ok(_))),
                "a dialog of a page was dismissed"
            );
        }
    });
    Ok(())
}

/// Asks the browser one thing, within [`ANSWER`].
pub(super) async fn answered<T, E: std::fmt::Display>(
    what: &str,
    question: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    match timeout(ANSWER, question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(format!("the browser could not {what}: {error}")),
        Err(_elapsed) => Err(format!("the browser did not {what} in time")),
    }
}

/// Moves messages between us and the browser until it ends.
async fn pump(mut handler: Handler) {
    while let Some(message) = handler.next().await {
        if let Err(error) = message {
            tracing::debug!(%error, "the browser's connection ended");
            return;
        }
    }
}

fn configuration(
    browser: &Inner,
    profile: &Path,
    vantage: Vantage,
) -> Result<BrowserConfig, String> {
    let is_phone = vantage == Vantage::WechatMobile;
    let (width, height) = if is_phone { (412, 915) } else { (1280, 800) };
    let viewport = Viewport {
        width,
        height,
        emulating_mobile: is_phone,
        has_touch: is_phone,
        ..Viewport::default()
    };
    let launch_limit = Duration::from_millis(browser.settings.launch_timeout_ms);
    let mut builder = BrowserConfig::builder()
        .chrome_executable(&browser.executable)
        .new_headless_mode()
        .user_data_dir(profile)
        .viewport(viewport)
        .window_size(width, height)
        .launch_timeout(launch_limit)
        .enable_request_intercept()
        .disable_cache()
        // Nobody listens on the discard port of this machine: a connection that is not an errand goes nowhere.
        .arg(("proxy-server", "127.0.0.1:9"))
        .arg(("proxy-bypass-list", "<-loopback>"))
        .arg(("host-resolver-rules", "MAP * ~NOTFOUND"))
        .arg(("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"))
        .arg((
            "disable-features",
            "IsolateOrigins,site-per-process,OptimizationHints,MediaRouter,DialMediaRouteProvider",
        ))
        .arg("disable-site-isolation-trials")
        .arg("disable-gpu")
        .arg("disable-quic")
        .arg("disable-background-networking")
        .arg("disable-component-update")
        .arg("disable-sync")
        .arg("disable-dev-shm-usage")
        .arg("no-first-run")
        .arg("mute-audio")
        .arg("hide-scrollbars");
    if is_root() {
        // Chromium refuses to sandbox as root; run Jianwei as a user of its own to have the sandbox.
        builder = builder.no_sandbox();
    }
    builder.build()
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| {
        status.lines().any(|line| {
            line.strip_prefix("Uid:")
                .is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0"))
        })
    })
}

/// A fresh profile folder, removed with all that is in it.
struct Profile(PathBuf);

impl Profile {
    fn make() -> std::io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("jianwei-browser-{}-{number}", std::process::id()));
        // Left behind by a process of the same number that was killed.
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!(%error, "a browser profile was not removed");
        }
    }
}
