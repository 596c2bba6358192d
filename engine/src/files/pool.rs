//! How many pictures at once. Unpacking takes a core and a lot of memory, and whoever sends many
//! large ones could take all of both. So a few are worked on, within a budget of memory that the
//! head of each file says how much it will take of; some wait; beyond that it is 503.

use std::sync::Arc;

use bytes::Bytes;
use image::ImageFormat;
use tokio::sync::Semaphore;

use super::picture::{Made, Unmade, cost};
use super::storage::Result as Stored;
use crate::limits::{PICTURE_MEMORY_MIB, PICTURES_AT_ONCE, PICTURES_WAITING};

/// What came of work on a picture.
pub(crate) enum Worked {
    /// It was made.
    Made(Made),
    /// It was not.
    Unmade(Unmade),
    /// Too many are waiting.
    Busy,
}

/// See the [module](self).
pub(crate) struct Pool {
    /// Working and waiting together: no permit, no place in the line.
    places: Arc<Semaphore>,
    working: Arc<Semaphore>,
    memory: Arc<Semaphore>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PICTURES_AT_ONCE + PICTURES_WAITING)),
            working: Arc::new(Semaphore::new(PICTURES_AT_ONCE)),
            memory: Arc::new(Semaphore::new(PICTURE_MEMORY_MIB)),
        }
    }
}

impl Pool {
    /// Works on one picture when it is its turn. `load` reads the file; it is not in memory while
    /// it waits.
    pub(crate) async fn work(
        &self,
        format: ImageFormat,
        load: impl Future<Output = Stored<Bytes>>,
        work: fn(&[u8], ImageFormat) -> Result<Made, Unmade>,
    ) -> Stored<Worked> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return Ok(Worked::Busy);
        };
        let Ok(turn) = self.working.clone().acquire_owned().await else {
            return Ok(Worked::Busy);
        };
        let bytes = load.await?;
        let cost = match cost(&bytes, format) {
            Ok(mib) => u32::try_from(mib).unwrap_or(u32::MAX),
            Err(unmade) => return Ok(Worked::Unmade(unmade)),
        };
        let Ok(memory) = self.memory.clone().acquire_many_owned(cost).await else {
            return Ok(Worked::Busy);
        };
        // The permits go along: whoever gives up does not free the core that still works.
        let working = tokio::task::spawn_blocking(move || {
            let made = work(&bytes, format);
            drop((memory, turn, place));
            made
        });
        Ok(match working.await {
            Ok(Ok(made)) => Worked::Made(made),
            Ok(Err(unmade)) => Worked::Unmade(unmade),
            Err(error) => {
                // A mistake in a decoder must cost no more than this picture.
                tracing::warn!(%error, "a picture could not be worked on");
                Worked::Unmade(Unmade::NotOne)
            }
        })
    }
}
