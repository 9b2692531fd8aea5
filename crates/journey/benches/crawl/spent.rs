//! What a way costs: time by the clock, and processor time of the client and of the farm.

use std::future::Future;
use std::time::Instant;

use crate::farm::Farmhand;

/// Linux counts processor time for user programs in hundredths of a second on every architecture.
const TICKS_A_SECOND: f64 = 100.0;

/// The cost of one round, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    /// By the clock.
    pub(crate) seconds: f64,
    /// Processor time of this process, user and system.
    pub(crate) client: f64,
    /// Processor time of the farm.
    pub(crate) farm: f64,
}

impl Spent {
    /// The headings of [`Spent::line`].
    pub(crate) const HEADINGS: &'static str = "                                 seconds    pages/s   client CPU s   pages/client CPU s   farm CPU s";

    /// One line of the table, for a way over `pages` pages.
    pub(crate) fn line(&self, way: &str, pages: u32) -> String {
        let pages = f64::from(pages);
        format!(
            "{way:<31} {:>8.2} {:>10.1} {:>14.2} {:>20.1} {:>12.2}",
            self.seconds,
            pages / self.seconds,
            self.client,
            pages / self.client,
            self.farm,
        )
    }
}

/// Runs `work` and says what it cost.
pub(crate) async fn measure<T>(farm: &Farmhand, work: impl Future<Output = T>) -> (Spent, T) {
    let (client, server) = (processor_time("self"), processor_time(&farm.process()));
    let start = Instant::now();
    let result = work.await;
    let spent = Spent {
        seconds: start.elapsed().as_secs_f64(),
        client: processor_time("self") - client,
        farm: processor_time(&farm.process()) - server,
    };
    (spent, result)
}

/// User and system time of a process so far, in seconds (proc(5), fields 14 and 15 of `stat`).
fn processor_time(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The second field is the program's name in parentheses, which may hold blanks.
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    ticks as f64 / TICKS_A_SECOND
}
