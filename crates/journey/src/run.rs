//! The loop that keeps the steps going until everything is done or someone says stop.

use std::sync::Arc;
use std::time::Duration;

use jianwei_model::Timestamp;
use jianwei_store::{QueueName, now};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::steps::{self, Job};
use crate::{Error, Parts};

/// How long a loop rests when it found nothing to do; longer each time, up to the longest rest.
const IDLE: Duration = Duration::from_millis(5);
const LONGEST_IDLE: Duration = Duration::from_millis(100);

/// Waiting work due later than this does not hold up a run that ends when all is done.
const NEAR_MS: i64 = 600_000;

/// Loops that assess: while one waits for the browser, others go on.
const ASSESSORS: usize = 3;

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    /// When the sources have been pulled once and nothing is left to do.
    Once,
    /// When nothing is left to do of what is in the store already.
    Finish,
    /// When it is told to stop.
    UntilStopped,
}

/// The queues before the last, in the order of the journey.
const BEFORE_DISPATCH: [QueueName; 6] = [
    QueueName::Admit,
    QueueName::Frontier,
    QueueName::Assess,
    QueueName::Open,
    QueueName::Seal,
    QueueName::Draft,
];

/// Runs every step until the mode's end or until `stop` turns true; visits in flight are finished first.
///
/// # Errors
/// When the store fails or a task dies; what was acknowledged until then is kept.
pub async fn run(
    parts: Arc<Parts>,
    mode: RunMode,
    stop: watch::Receiver<bool>,
) -> Result<(), Error> {
    let (end, ended) = watch::channel(false);
    let mut loops = JoinSet::new();
    loops.spawn(pull_loop(
        Arc::clone(&parts),
        mode,
        ended.clone(),
        end.clone(),
    ));
    loops.spawn(visit_loop(Arc::clone(&parts), ended.clone()));
    spawn_step(&mut loops, &parts, &ended, |parts| {
        Box::pin(async move { steps::admit::step(&parts).await })
    });
    for _ in 0..ASSESSORS {
        spawn_step(&mut loops, &parts, &ended, |parts| {
            Box::pin(async move { steps::assess::step(&parts).await })
        });
    }
    spawn_step(&mut loops, &parts, &ended, |parts| {
        Box::pin(async move { steps::open::step(&parts).await })
    });
    spawn_step(&mut loops, &parts, &ended, |parts| {
        Box::pin(async move { steps::seal::step(&parts).await })
    });
    spawn_step(&mut loops, &parts, &ended, |parts| {
        Box::pin(async move { steps::draft::step(&parts).await })
    });
    spawn_step(&mut loops, &parts, &ended, |parts| {
        Box::pin(async move { steps::dispatch::step(&parts).await })
    });
    loops.spawn(relay_stop(stop, end.clone(), ended));
    let mut outcome = Ok(());
    while let Some(joined) = loops.join_next().await {
        let result = joined.unwrap_or_else(|error| {
            Err(Error::Task {
                step: "run",
                reason: error.to_string(),
            })
        });
        if outcome.is_ok() {
            outcome = result;
        }
        if outcome.is_err() {
            end.send_replace(true);
        }
    }
    outcome
}

type StepFuture = std::pin::Pin<Box<dyn Future<Output = Result<usize, Error>> + Send>>;

fn spawn_step(
    loops: &mut JoinSet<Result<(), Error>>,
    parts: &Arc<Parts>,
    ended: &watch::Receiver<bool>,
    step: fn(Arc<Parts>) -> StepFuture,
) {
    let (parts, mut ended) = (Arc::clone(parts), ended.clone());
    loops.spawn(async move {
        let mut idle = IDLE;
        while !*ended.borrow() {
            if step(Arc::clone(&parts)).await? == 0 {
                rest(&mut ended, idle).await;
                idle = (idle * 2).min(LONGEST_IDLE);
            } else {
                idle = IDLE;
            }
        }
        Ok(())
    });
}

async fn visit_loop(parts: Arc<Parts>, mut ended: watch::Receiver<bool>) -> Result<(), Error> {
    let mut visits = JoinSet::new();
    let mut idle = IDLE;
    while !*ended.borrow() {
        steps::visit::start_visits(&parts, &mut visits).await?;
        // Waits for a visit to end, but not long: other hosts may come due meanwhile.
        let soon = Instant::now() + LONGEST_IDLE;
        match timeout_at(soon, visits.join_next()).await {
            Ok(Some(joined)) => {
                flatten(joined)?;
                // Those that ended by now make room together: leases are cheaper by the dozen.
                while let Some(joined) = visits.try_join_next() {
                    flatten(joined)?;
                }
                idle = IDLE;
            }
            Ok(None) => {
                rest(&mut ended, idle).await;
                idle = (idle * 2).min(LONGEST_IDLE);
            }
            Err(_elapsed) => idle = IDLE,
        }
    }
    while let Some(joined) = visits.join_next().await {
        flatten(joined)?;
    }
    Ok(())
}

async fn pull_loop(
    parts: Arc<Parts>,
    mode: RunMode,
    mut ended: watch::Receiver<bool>,
    end: watch::Sender<bool>,
) -> Result<(), Error> {
    let every = Duration::from_secs(parts.settings.pull_every_minutes.max(1) * 60);
    while mode != RunMode::Finish && !*ended.borrow() {
        steps::discover::pull_sources(&parts).await?;
        if mode == RunMode::Once {
            break;
        }
        rest(&mut ended, every).await;
    }
    while !*ended.borrow() && !is_all_done(&parts).await? {
        rest(&mut ended, IDLE).await;
    }
    end.send_replace(true);
    Ok(())
}

/// Whether nothing is ready, held or due soon in any queue, and every approval has been followed.
async fn is_all_done(parts: &Parts) -> Result<bool, Error> {
    // In the order of the journey: every step pushes before it lets go, so what leaves a queue that was found quiet
    // can only be in one that is looked at later.
    for name in BEFORE_DISPATCH {
        if !is_queue_quiet(parts, name).await? {
            return Ok(false);
        }
    }
    let events = *parts.store.log().subscribe().borrow();
    if parts.store.cursor_get(steps::dispatch::CURSOR).await? < events {
        return Ok(false);
    }
    is_queue_quiet(parts, QueueName::Dispatch).await
}

async fn is_queue_quiet(parts: &Parts, name: QueueName) -> Result<bool, Error> {
    // Counting reads no item, so its type does not matter.
    let queue = parts.store.queue::<Job>(name);
    let moment = now();
    Ok(is_quiet(
        queue.counts(moment).await?,
        queue.next_due().await?,
        moment,
    ))
}

fn is_quiet(
    counts: jianwei_store::QueueCounts,
    next_due: Option<Timestamp>,
    moment: Timestamp,
) -> bool {
    let is_due_soon = next_due.is_some_and(|due| due.millis_since(moment) < NEAR_MS);
    counts.ready == 0 && counts.leased == 0 && !is_due_soon
}

async fn relay_stop(
    mut stop: watch::Receiver<bool>,
    end: watch::Sender<bool>,
    mut ended: watch::Receiver<bool>,
) -> Result<(), Error> {
    tokio::select! {
        // A sender that is gone can no longer say stop; the run then ends by itself.
        told = stop.wait_for(|stop| *stop) => if told.is_ok() {
            end.send_replace(true);
        },
        _ = ended.wait_for(|ended| *ended) => {}
    }
    Ok(())
}

async fn rest(ended: &mut watch::Receiver<bool>, time: Duration) {
    tokio::select! {
        () = sleep_until(Instant::now() + time) => {}
        _ = ended.wait_for(|ended| *ended) => {}
    }
}

fn flatten(joined: Result<Result<(), Error>, tokio::task::JoinError>) -> Result<(), Error> {
    joined.unwrap_or_else(|error| {
        Err(Error::Task {
            step: "visit",
            reason: error.to_string(),
        })
    })
}
