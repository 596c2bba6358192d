//! `webqq db`: the tables, and the epoch after a restore.

use webqq_engine::Engine;
use webqq_engine::ids::Epoch;
use webqq_engine::runtime::{Runtime, TokioRuntime};
use webqq_engine::store::postgres::PostgresStore;
use webqq_engine::store::sqlite::{Access, SqliteStore};

use super::block_on;
use crate::config::{Config, Db, Store};
use crate::server::open_store;

/// `webqq db …`
///
/// # Errors
/// One sentence that says what to do.
pub fn db(command: Db, config: &Config) -> Result<(), String> {
    match (command, &config.store) {
        (Db::Init, Store::Sqlite(path)) => {
            SqliteStore::open(path, Access::Writer).map_err(|error| format!("{error}."))?;
            println!("The tables are there.");
        }
        (Db::Init, Store::Postgres(url)) => {
            PostgresStore::init(url.expose()).map_err(|error| format!("{error}."))?;
            println!("The tables are there.");
        }
        (Db::NewEpoch, store) => {
            block_on(async {
                let store = open_store(store, Access::Writer).await?;
                let epoch = Epoch((TokioRuntime::default().random() >> 32) as u32);
                let given = store.new_epoch(epoch).await;
                store.close().await;
                given.map_err(|error| format!("{error}."))
            })?;
            println!("The log has a new epoch; every client starts over when it comes back.");
        }
        (Db::Reindex, store) => {
            block_on(async {
                let store = open_store(store, Access::Writer).await?;
                let made = Engine::builder(store.clone()).reindex().await;
                store.close().await;
                made.map_err(|error| format!("{error}."))
            })?;
            println!("The search index is made anew.");
        }
    }
    Ok(())
}
