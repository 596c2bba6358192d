//! Searching, through a whole engine over every store: memory, SQLite, PostgreSQL. What must hold
//! is in `search/`, by area; here every case is run over every store, each time over an empty one.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what is wrong by where it panics"
)]

mod search;

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
                    crate::search::$area::$case($open).await;
                }
            )+)+
        }
    };
}

suite! {
    stores: {
        in_memory from crate::search::Home::memory();
        in_sqlite from crate::search::Home::sqlite();
        in_postgres from crate::search::Home::postgres().await;
    }
    cases: {
        finding:
            words_characters_and_signs
            a_real_chat_in_pages
            what_a_plain_look_finds
            by_conversation_sender_and_time
            a_kind_of_ones_own;
        seeing:
            what_history_shows
            what_is_meant_for_some
            nothing_that_was_recalled
            more_conversations_than_fit;
        index:
            it_goes_on_where_it_was
            it_is_made_anew
            another_cutter_makes_it_anew
            a_step_is_taken_once
            a_stretch_is_kept_to;
    }
}

/// How long a search takes does not depend on the store.
#[tokio::test]
async fn a_search_that_takes_too_long_says_where_to_go_on() {
    search::time::a_search_that_takes_too_long_says_where_to_go_on().await;
}

#[tokio::test]
async fn a_page_goes_on_in_its_own_log_only() {
    search::time::a_page_goes_on_in_its_own_log_only().await;
}

#[tokio::test]
async fn who_searches_too_fast_waits() {
    search::time::who_searches_too_fast_waits().await;
}

#[tokio::test(start_paused = true)]
async fn an_index_that_is_behind_says_so() {
    search::time::an_index_that_is_behind_says_so().await;
}
