//! What is done without serving, one file for each command; `webqq user` is in
//! [`user_commands`](crate::user_commands).

mod backup;
mod db;
mod progress;
mod records;
mod seed;
mod transfer;

pub use backup::backup;
pub use db::db;
pub use records::{import_irc, import_qq};
pub use seed::seed;
pub use transfer::{export, import};

pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| format!("The runtime does not start: {error}."))?;
    runtime.block_on(work)
}
