//! One suite over every store: memory, SQLite, PostgreSQL. What must hold is in `conformance/`,
//! by area; here every case is run over every store, each time over an empty one.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what is wrong by where it panics"
)]

mod conformance;

use std::sync::Arc;

use conformance::Log;
use conformance::transfer::Place;
use webqq_engine::store::memory::MemoryStore;
use webqq_engine::store::postgres::{Access, PostgresStore};

fn memory() -> Log {
    let store = Arc::new(MemoryStore::default());
    let hook = store.clone();
    Log::new(store, ()).failing(move |fail| hook.fail_next_commit(fail))
}

/// A log in a new database of the server that all tests share. What a real server does to a
/// commit is in `postgres_faults/`.
async fn postgres() -> Log {
    let database = webqq_testkit::postgres::cluster().database();
    let url = database.url().to_owned();
    let init = url.clone();
    let made = tokio::task::spawn_blocking(move || PostgresStore::init(&init));
    made.await.unwrap().unwrap();
    let store = PostgresStore::open(&url, Access::Writer).await.unwrap();
    Log::new(Arc::new(store), database)
}

/// Makes a module of tests for each store, with one test for each case.
macro_rules! suite {
    (
        stores: { $($store:ident from $open:expr;)+ }
        cases: $cases:tt
    ) => {
        $(suite!(@store $store, $open, $cases);)+
    };
    (@store $store:ident, $open:expr, { $($area:ident: $($case:ident)+;)+ }) => {
        mod $store {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::conformance::$area::$case(&$open).await;
                }
            )+)+
        }
    };
}

suite! {
    stores: {
        in_memory from crate::memory();
        in_sqlite from crate::conformance::sqlite_only::log();
        in_postgres from crate::postgres().await;
    }
    cases: {
        appending:
            seqs_are_dense_and_positions_rise
            a_conflict_leaves_its_neighbours_alone
            a_retry_is_a_duplicate
            the_system_posts_too
            a_message_comes_back_as_it_was
            only_what_all_see_counts
            direct_and_own_conversations;
        group_names:
            a_name_is_taken_once
            names_change_hands
            group_names_that_look_alike;
        groups:
            the_last_place_is_given_once
            groups_per_user
            exactly_one_owner
            nobody_comes_or_goes_twice
            leaving_and_coming_back_at_once
            sharing_a_group
            a_group_comes_to_its_end
            pending_requests_are_seen;
        group_settings:
            settings_roles_mutes_and_states
            members_are_sorted;
        feed:
            the_feed_is_what_lies_within_the_stays
            shared_history_is_not_in_the_feed
            direct_messages_are_in_both_feeds
            messages_to_some_are_there_for_all
            conversations_interleave
            pages_are_cut
            too_far_and_ahead
            the_audience_of_positions;
        history:
            history_is_what_the_stays_show
            parts_of_history
            single_messages;
        reading:
            read_positions_move_forward
            read_positions_within_a_batch
            read_positions_freeze_on_leaving
            all_read_positions
            the_snapshot
            the_snapshot_of_what_was_left;
        mechanisms:
            maps_keep_entries
            notes_stand_on_messages
            a_recall_takes_the_body
            mentions_are_counted_apart
            companions_go_with_their_message;
        direct:
            rights_in_direct_conversations
            read_receipts;
        files:
            uploads_share_their_content
            uploads_have_a_limit_for_a_day
            who_may_have_a_file;
        collecting:
            references_hold_files
            collecting_is_judged_again
            avatars_are_held;
        people:
            user_names_are_unique
            bots_are_somebodys
            profiles
            sessions_are_found
            sessions_end
            a_new_password_ends_sessions
            the_session_limit_ends_the_oldest;
        accounts:
            look_alike_names_are_refused
            an_account_is_deleted
            accounts_are_found
            own_messages;
        administration:
            a_user_is_disabled
            the_last_administrator_stays
            a_user_is_made_by_command
            an_act_on_a_group_goes_with_its_message;
        finding:
            all_groups_are_found
            groups_are_found
            users_are_found;
        moderation:
            an_invitation_is_used_up
            invitations_are_bounded
            messages_are_reported
            reports_are_bounded
            reports_are_listed;
        batches:
            a_new_log
            a_new_epoch
            batches_are_numbered
            an_unknown_outcome_is_resolved
            an_abandoned_commit_is_resolved
            a_command_beside_the_server
            readers_during_commits
            a_closed_store_is_unavailable;
    }
}

/// The same random batches over all stores give the same answers everywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_agree_on_random_batches() {
    for seed in 1..=8 {
        let logs = [memory(), conformance::sqlite_only::log()];
        conformance::random::stores_agree(&logs, seed).await;
    }
}

/// Random uploads, messages, recalls and collecting over all stores.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_agree_on_random_files() {
    for seed in 1..=12 {
        let logs = [memory(), conformance::sqlite_only::log()];
        conformance::random_files::stores_agree(&logs, seed).await;
    }
    for seed in 101..=102 {
        let logs = [memory(), postgres().await];
        conformance::random_files::stores_agree(&logs, seed).await;
    }
}

/// As above; PostgreSQL answers slower, so fewer runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_agrees_on_random_batches() {
    for seed in 101..=102 {
        let logs = [memory(), postgres().await];
        conformance::random::stores_agree(&logs, seed).await;
    }
}

/// Everything moves from SQLite to PostgreSQL and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_moves_to_postgres_and_back() {
    for seed in 201..=203 {
        let (first, second, third) = (Place::sqlite(), postgres_place().await, Place::sqlite());
        conformance::transfer::round_trips(first, second, third, seed).await;
    }
}

/// Everything moves from PostgreSQL to SQLite and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_moves_to_sqlite_and_back() {
    let (first, second) = (postgres_place().await, Place::sqlite());
    conformance::transfer::round_trips(first, second, postgres_place().await, 301).await;
}

async fn postgres_place() -> Place {
    tokio::task::spawn_blocking(Place::postgres).await.unwrap()
}

#[test]
fn no_table_or_column_of_sqlite_is_forgotten() {
    conformance::transfer::nothing_is_forgotten(&conformance::transfer::of_sqlite());
}

#[test]
fn no_table_or_column_of_postgres_is_forgotten() {
    conformance::transfer::nothing_is_forgotten(&conformance::transfer::of_postgres());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_export_is_refused_with_file_and_line() {
    conformance::damaged::a_damaged_export_is_refused_with_file_and_line().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_goes_on_where_it_stopped() {
    conformance::interrupted::an_export_goes_on_where_it_stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_goes_on_where_it_stopped() {
    conformance::interrupted::an_import_goes_on_where_it_stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_refuses_is_said_with_its_file() {
    conformance::interrupted::what_the_store_refuses_is_said_with_its_file().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_transfer_at_a_time() {
    conformance::interrupted::one_at_a_time().await;
}

#[test]
fn every_column_of_every_table_moves() {
    let (sqlite, postgres) = (Place::sqlite(), Place::postgres_with_a_dictionary());
    conformance::transfer::every_column_of_every_table_moves(&sqlite, &postgres);
    let (sqlite, postgres) = (Place::sqlite(), Place::postgres_with_a_dictionary());
    conformance::transfer::every_column_of_every_table_moves(&postgres, &sqlite);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_store_holds_is_compared() {
    conformance::interrupted::what_the_store_holds_is_compared().await;
}
