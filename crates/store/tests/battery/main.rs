//! One battery of behaviour tests that runs over every engine.

mod blobs;
mod log;
mod queue;
mod records;

use jianwei_model::Timestamp;
use jianwei_store::Store;
use tempfile::TempDir;

/// Makes a test for each engine out of each function that takes a store.
macro_rules! battery {
    ($($area:ident: $($test:ident)+;)+) => {
        mod memory {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::$area::$test(jianwei_store::Store::open("memory:").await.unwrap()).await;
                }
            )+)+
        }

        mod sled {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let (_folder, store) = crate::open_sled().await;
                    crate::$area::$test(store).await;
                }
            )+)+
        }
    };
}

battery! {
    records:
        what_is_put_is_read_back
        insert_leaves_what_is_there
        of_many_inserts_of_one_key_one_wins
        no_update_is_lost
        update_may_not_change_the_key
        records_are_listed_in_key_order_and_pages
        the_count_follows_every_write
        a_long_record_is_kept_like_a_short_one
        cursors_begin_at_the_start;
    queue:
        jobs_come_by_priority_then_in_order_of_push
        a_key_is_in_the_queue_once
        a_job_waits_for_its_moment
        an_ended_lease_is_handed_out_again
        a_late_worker_who_was_not_overtaken_may_finish
        a_deferred_job_comes_back_changed
        an_extended_lease_ends_later
        a_lease_of_an_earlier_life_of_the_key_is_stale
        a_removed_job_is_gone_whatever_its_state
        a_clock_set_back_brings_no_job_early
        the_next_due_moment_is_that_of_delays_and_leases
        jobs_are_listed_as_they_would_come
        a_long_item_is_kept_like_a_short_one
        workers_share_a_queue_without_doing_a_job_twice;
    blobs:
        bytes_are_known_by_their_digest
        a_blob_put_by_many_at_once_is_one_blob;
    log:
        events_form_a_chain
        a_repeated_key_appends_nothing
        many_appenders_make_one_chain
        of_many_appends_of_one_key_one_wins
        events_are_found_by_case
        case_names_with_a_common_beginning_stay_apart
        followers_are_told_of_the_length;
}

/// A fresh sled store and the folder it lies in.
async fn open_sled() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sled:{}", folder.path().join("store").display());
    let store = Store::open(&url).await.unwrap();
    (folder, store)
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
