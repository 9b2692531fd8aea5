//! `jianwei run`: the steps with the configured sources, and the console.

use std::sync::Arc;
use std::time::Duration;

use jianwei_console::ConsoleState;
use jianwei_discover::ListSource;
use jianwei_journey::{Notice, Parts, RunMode, refresh_references};
use jianwei_store::{QueueName, Store, now};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;

use crate::arguments::{Global, Run, RunRole};
use crate::config::Config;
use crate::exit::{Failure, Found};
use crate::progress::Progress;
use crate::{desk, output, setup};

pub(crate) async fn run(global: &Global, run: &Run) -> Result<Found, Failure> {
    let mut config = Config::load(global)?;
    for path in &run.list {
        if !path.is_file() {
            return Err(Failure::input(path.display(), "there is no such file"));
        }
        let name = path.display().to_string();
        config.discover.lists.push(ListSource {
            name,
            path: path.clone(),
        });
    }
    // A port in use must be known before anything is begun.
    let listener = if run.role == RunRole::Worker || run.once {
        None
    } else {
        Some(listen(&config.console.listen).await?)
    };
    let stop = stop_on_signal();
    if run.role == RunRole::Console {
        let store = desk::open_store(&config.store.url).await?;
        let desk = tokio::spawn(desk::serve(store.clone(), config.store.url.clone()));
        let served = match listener {
            Some(listener) => serve_console(&config, store, listener, stop).await,
            None => Ok(()),
        };
        desk.abort();
        return served.map(|()| Found::Nothing);
    }
    let (notices, told) = unbounded_channel();
    let parts = Arc::new(setup::parts(&config, Some(notices)).await?);
    say_browser(&parts);
    let desk = tokio::spawn(desk::serve(parts.store.clone(), config.store.url.clone()));
    let watcher = tokio::spawn(watch(Arc::clone(&parts), told, Progress::print_aside));
    let mode = if run.once {
        RunMode::Once
    } else {
        RunMode::UntilStopped
    };
    let store = parts.store.clone();
    let console = async {
        match listener {
            Some(listener) => serve_console(&config, store, listener, stop.clone()).await,
            None => Ok(()),
        }
    };
    let outcome = side_by_side(work(&config, parts, mode, stop.clone()), console).await;
    watcher.abort();
    desk.abort();
    outcome.map(|()| Found::Nothing)
}

/// Works to the end; a console that fails meanwhile ends the run, one that was told to stop does not.
pub(super) async fn side_by_side(
    work: impl Future<Output = Result<(), Failure>>,
    console: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::pin!(work);
    tokio::select! {
        outcome = &mut work => outcome,
        served = console => match served {
            Ok(()) => work.await,
            Err(failure) => Err(failure),
        },
    }
}

/// Captures missing references where configured, then runs the steps to the mode's end.
pub(super) async fn work(
    config: &Config,
    parts: Arc<Parts>,
    mode: RunMode,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    if config.journey.capture_references {
        // It may take minutes, and whatever is kept by then stays kept.
        tokio::select! {
            refreshed = refresh_references(&parts) => refreshed.map_err(journey_failure)?,
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
    steps(parts, mode, stop).await
}

/// Runs the steps to the mode's end.
pub(super) async fn steps(
    parts: Arc<Parts>,
    mode: RunMode,
    stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    jianwei_journey::run(parts, mode, stop)
        .await
        .map_err(journey_failure)
}

fn journey_failure(error: jianwei_journey::Error) -> Failure {
    Failure::component("journey", error)
}

pub(super) async fn listen(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::component(&format!("console address `{address}`"), error)
            .hint("another program may listen there; choose another with `console.listen` in the configuration")
    })
}

pub(super) async fn serve_console(
    config: &Config,
    store: Store,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    if let Ok(address) = listener.local_addr() {
        eprintln!("console: http://{address}/");
    }
    let mut settings = config.console.clone();
    // This unit's own key is trusted here; a key of another unit must be named in the configuration.
    settings
        .trusted_keys
        .push(setup::seal_key(&config.evidence.key_file)?.id());
    let state = ConsoleState::new(store, settings);
    let told = async move {
        // A sender that is gone means the same: stop.
        let _ended = stop.wait_for(|stop| *stop).await;
    };
    jianwei_console::serve(listener, state, told)
        .await
        .map_err(|error| Failure::component("console", error))
}

/// A receiver that turns true on Ctrl-C or when the system asks the process to end.
pub(super) fn stop_on_signal() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            },
            Err(_) => {
                let _told = tokio::signal::ctrl_c().await;
            }
        }
        stop.send_replace(true);
        // Kept until the process ends: a sender that is dropped would say stop by itself.
        std::future::pending::<()>().await;
    });
    stopped
}

pub(super) fn say_browser(parts: &Parts) {
    if let Err(reason) = &parts.browser {
        eprintln!("browser: {reason}; what only a browser can see stays unknown");
    }
}

/// Shows what happens, a line for what matters by `show` and a moving line for the rest.
pub(super) async fn watch(
    parts: Arc<Parts>,
    mut told: UnboundedReceiver<Notice>,
    show: fn(&Progress, &str),
) {
    let progress = Progress::open_ended();
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            notice = told.recv() => match notice {
                Some(notice) => if let Some(line) = line_of(&notice) {
                    show(&progress, &line);
                },
                None => return,
            },
            _ = tick.tick() => progress.say(standing(&parts).await),
        }
    }
}

async fn standing(parts: &Parts) -> String {
    let frontier = parts
        .store
        .queue::<jianwei_model::FrontierEntry>(QueueName::Frontier);
    let waiting = frontier.counts(now()).await.map(|counts| {
        format!(
            "{} waiting, {} resting, {} in flight",
            counts.ready, counts.delayed, counts.leased
        )
    });
    format!(
        "{} leads  {} visits  {} assessed  {} cases  |  {}",
        parts.tally.leads(),
        parts.tally.visits(),
        parts.tally.assessed(),
        parts.tally.cases(),
        waiting.unwrap_or_default()
    )
}

/// What a person is told of a notice; `None` for what only fills the screen.
fn line_of(notice: &Notice) -> Option<String> {
    Some(match notice {
        Notice::Pulled { source, leads } => {
            format!("来源    {}：{leads} 条线索", output::plain(source))
        }
        Notice::SourceFailed { source, error } => {
            format!(
                "来源    {} 未能读取：{}",
                output::plain(source),
                output::plain(error)
            )
        }
        Notice::ReferenceKept { organisation, url } => format!("参照页  {organisation} {url}"),
        Notice::ReferenceFailed { url, reason } => {
            format!("参照页  {url} 未能采集：{}", output::plain(reason))
        }
        Notice::Opened {
            case,
            host,
            class,
            decision,
            organisation,
        } => format!(
            "立案    {case}  {}  {}（{}）{}",
            output::plain(host),
            class.chinese(),
            decision.chinese(),
            organisation
                .as_ref()
                .map(|name| format!(" 仿冒 {name}"))
                .unwrap_or_default()
        ),
        Notice::Delivered { letter, recipient } => format!("送达    {letter} → {recipient}"),
        Notice::Failed { step, item, error } => {
            format!("未成    {step} {item}：{}", output::plain(error))
        }
        Notice::Sealed { .. } | Notice::Drafted { .. } => return None,
    })
}
