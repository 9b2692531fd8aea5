//! Behaviour of queues.

use std::collections::BTreeSet;

use jianwei_model::{Priority, Timestamp};
use jianwei_store::{Leased, Queue, QueueCounts, QueueName, Store};

use crate::at;

pub(crate) async fn jobs_come_by_priority_then_in_order_of_push(store: Store) {
    let queue = queue(&store);
    for (key, priority) in [("d", 30), ("c", 20), ("b", 30), ("a", 20), ("e", 10)] {
        push(&queue, key, priority, 0).await;
    }
    assert_eq!(keys(&lease(&queue, 5, 2).await), ["e", "c"]);
    assert_eq!(keys(&lease(&queue, 5, 9).await), ["a", "d", "b"]);
    assert_eq!(keys(&lease(&queue, 5, 9).await), [""; 0]);
    // Another queue of the same store is another queue.
    assert!(
        store
            .queue::<String>(QueueName::Seal)
            .push("a", &"x".into(), Priority::LIST, at(0))
            .await
            .unwrap()
    );
}

pub(crate) async fn a_key_is_in_the_queue_once(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 30, 0).await;
    let again = "again".to_owned();
    assert!(!queue.push("a", &again, Priority(1), at(0)).await.unwrap());
    let leased = lease(&queue, 1, 9).await;
    assert_eq!(
        (leased[0].item.as_str(), leased[0].priority),
        ("a!", Priority(30))
    );
    assert!(!queue.push("a", &again, Priority(1), at(0)).await.unwrap());
    assert!(queue.done(&leased[0]).await.unwrap());
    assert!(!queue.done(&leased[0]).await.unwrap());
    assert_eq!(queue.get("a").await.unwrap(), None);
    assert!(queue.push("a", &again, Priority(1), at(0)).await.unwrap());
    assert_eq!(queue.get("a").await.unwrap(), Some(again));
}

pub(crate) async fn a_job_waits_for_its_moment(store: Store) {
    let queue = queue(&store);
    push(&queue, "late", 10, 100).await;
    push(&queue, "soon", 30, 50).await;
    assert_eq!(counts(&queue, 49).await, (0, 2, 0));
    assert_eq!(keys(&lease(&queue, 49, 9).await), [""; 0]);
    assert_eq!(keys(&lease(&queue, 50, 9).await), ["soon"]);
    assert_eq!(keys(&lease(&queue, 99, 9).await), [""; 0]);
    assert_eq!(keys(&lease(&queue, 100, 9).await), ["late"]);
}

pub(crate) async fn an_ended_lease_is_handed_out_again(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 30, 0).await;
    let first = queue.lease(at(0), 10, 9).await.unwrap();
    assert_eq!(counts(&queue, 9).await, (0, 0, 1));
    assert_eq!(queue.lease(at(9), 10, 9).await.unwrap(), []);
    let second = queue.lease(at(10), 10, 9).await.unwrap();
    assert_eq!(keys(&second), ["a"]);
    assert_ne!(first, second);
    assert!(!queue.done(&first[0]).await.unwrap());
    assert!(!queue.defer(&first[0], &"x".into(), at(0)).await.unwrap());
    assert!(!queue.extend(&first[0], at(11), 99).await.unwrap());
    assert_eq!(queue.get("a").await.unwrap().as_deref(), Some("a!"));
    assert!(queue.done(&second[0]).await.unwrap());
    assert_eq!(counts(&queue, 99).await, (0, 0, 0));
}

pub(crate) async fn a_late_worker_who_was_not_overtaken_may_finish(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 30, 0).await;
    push(&queue, "b", 40, 0).await;
    let leased = queue.lease(at(0), 10, 2).await.unwrap();
    // Both leases have ended; only the first job is handed out again.
    assert_eq!(keys(&lease(&queue, 20, 1).await), ["a"]);
    assert_eq!(counts(&queue, 20).await, (1, 0, 1));
    assert!(!queue.done(&leased[0]).await.unwrap());
    assert!(queue.done(&leased[1]).await.unwrap());
    assert_eq!(counts(&queue, 20).await, (0, 0, 1));
}

pub(crate) async fn a_deferred_job_comes_back_changed(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 30, 0).await;
    push(&queue, "b", 30, 0).await;
    let leased = lease(&queue, 1, 1).await;
    assert!(
        queue
            .defer(&leased[0], &"changed".into(), at(50))
            .await
            .unwrap()
    );
    assert_eq!(counts(&queue, 2).await, (1, 1, 0));
    assert!(!queue.done(&leased[0]).await.unwrap());
    let due = lease(&queue, 50, 9).await;
    // It keeps its place before the job that was pushed after it.
    assert_eq!(keys(&due), ["a", "b"]);
    assert_eq!(due[0].item, "changed");
}

pub(crate) async fn an_extended_lease_ends_later(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 30, 0).await;
    let leased = queue.lease(at(0), 10, 1).await.unwrap();
    assert!(queue.extend(&leased[0], at(5), 20).await.unwrap());
    assert_eq!(keys(&lease(&queue, 24, 9).await), [""; 0]);
    assert_eq!(keys(&lease(&queue, 25, 9).await), ["a"]);
}

pub(crate) async fn a_lease_of_an_earlier_life_of_the_key_is_stale(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 30, 0).await;
    let first = lease(&queue, 0, 1).await;
    assert!(queue.done(&first[0]).await.unwrap());
    push(&queue, "a", 30, 0).await;
    let second = lease(&queue, 1, 1).await;
    assert!(!queue.done(&first[0]).await.unwrap());
    assert!(queue.done(&second[0]).await.unwrap());
}

pub(crate) async fn a_removed_job_is_gone_whatever_its_state(store: Store) {
    let queue = queue(&store);
    push(&queue, "leased", 10, 0).await;
    push(&queue, "ready", 30, 0).await;
    push(&queue, "delayed", 30, 99).await;
    let leased = lease(&queue, 1, 1).await;
    for key in ["leased", "ready", "delayed"] {
        assert!(queue.remove(key).await.unwrap(), "{key}");
        assert!(!queue.remove(key).await.unwrap(), "{key}");
    }
    assert!(!queue.done(&leased[0]).await.unwrap());
    assert_eq!(counts(&queue, 99).await, (0, 0, 0));
    assert_eq!(keys(&lease(&queue, 100, 9).await), [""; 0]);
}

pub(crate) async fn a_clock_set_back_brings_no_job_early(store: Store) {
    let queue = queue(&store);
    push(&queue, "a", 10, 50).await;
    push(&queue, "b", 30, 0).await;
    assert_eq!(counts(&queue, 60).await, (2, 0, 0));
    push(&queue, "c", 20, 55).await;
    assert_eq!(keys(&lease(&queue, 40, 9).await), ["b"]);
    assert_eq!(keys(&lease(&queue, 55, 9).await), ["a", "c"]);
}

pub(crate) async fn the_next_due_moment_is_that_of_delays_and_leases(store: Store) {
    let queue = queue(&store);
    assert_eq!(queue.next_due().await.unwrap(), None);
    push(&queue, "a", 30, 0).await;
    push(&queue, "b", 30, 70).await;
    assert_eq!(counts(&queue, 10).await, (1, 1, 0));
    assert_eq!(queue.next_due().await.unwrap(), Some(at(70)));
    let leased = queue.lease(at(10), 20, 1).await.unwrap();
    assert_eq!(queue.next_due().await.unwrap(), Some(at(30)));
    assert!(queue.done(&leased[0]).await.unwrap());
    assert_eq!(queue.next_due().await.unwrap(), Some(at(70)));
    assert_eq!(counts(&queue, 70).await, (1, 0, 0));
    assert_eq!(queue.next_due().await.unwrap(), None);
}

pub(crate) async fn jobs_are_listed_as_they_would_come(store: Store) {
    let queue = queue(&store);
    push(&queue, "later", 10, 90).await;
    push(&queue, "held", 10, 0).await;
    assert_eq!(keys(&lease(&queue, 5, 1).await), ["held"]);
    push(&queue, "second", 30, 0).await;
    push(&queue, "first", 20, 0).await;
    push(&queue, "soon", 10, 80).await;
    let listed = queue.list(9).await.unwrap();
    let listed: Vec<&str> = listed.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(listed, ["first", "second", "soon", "later", "held"]);
    assert_eq!(
        queue.list(3).await.unwrap()[2],
        ("soon".into(), "soon!".into())
    );
}

pub(crate) async fn a_long_item_is_kept_like_a_short_one(store: Store) {
    let queue = queue(&store);
    let long = "长".repeat(10_000);
    assert!(queue.push("a", &long, Priority::LIST, at(0)).await.unwrap());
    let leased = lease(&queue, 1, 1).await;
    assert_eq!(leased[0].item, long);
    assert!(
        queue
            .defer(&leased[0], &long.repeat(2), at(0))
            .await
            .unwrap()
    );
    assert_eq!(queue.get("a").await.unwrap(), Some(long.repeat(2)));
}

pub(crate) async fn workers_share_a_queue_without_doing_a_job_twice(store: Store) {
    let queue = queue(&store);
    let pushes = (0..400).map(|number| {
        let queue = queue.clone();
        tokio::spawn(async move { push(&queue, &format!("job-{number}"), 30, number % 7).await })
    });
    for task in pushes.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let workers = (0..8).map(|_| {
        let queue = queue.clone();
        tokio::spawn(async move {
            let mut worked = Vec::new();
            loop {
                let leased = lease(&queue, 10, 7).await;
                if leased.is_empty() {
                    return worked;
                }
                for job in leased {
                    assert!(queue.done(&job).await.unwrap());
                    worked.push(job.key);
                }
            }
        })
    });
    let mut worked = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        worked.extend(worker.await.unwrap());
    }
    assert_eq!(worked.len(), 400);
    assert_eq!(worked.into_iter().collect::<BTreeSet<_>>().len(), 400);
    assert_eq!(counts(&queue, 999).await, (0, 0, 0));
}

fn queue(store: &Store) -> Queue<String> {
    store.queue(QueueName::Frontier)
}

async fn push(queue: &Queue<String>, key: &str, priority: u8, not_before: i64) {
    let item = format!("{key}!");
    let pushed = queue
        .push(key, &item, Priority(priority), at(not_before))
        .await;
    assert!(pushed.unwrap(), "{key}");
}

async fn lease(queue: &Queue<String>, now: i64, limit: usize) -> Vec<Leased<String>> {
    queue.lease(at(now), 1000, limit).await.unwrap()
}

async fn counts(queue: &Queue<String>, now: i64) -> (u64, u64, u64) {
    let now: Timestamp = at(now);
    let QueueCounts {
        ready,
        delayed,
        leased,
    } = queue.counts(now).await.unwrap();
    (ready, delayed, leased)
}

fn keys(leased: &[Leased<String>]) -> Vec<&str> {
    leased.iter().map(|job| job.key.as_str()).collect()
}
