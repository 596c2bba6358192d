//! Places for posts under way, per user: bounded before anything reaches a mailbox.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ids::UserId;
use crate::limits::POSTS_IN_FLIGHT_PER_USER;

/// See the [module](self).
#[derive(Default)]
pub(crate) struct PlacesOf {
    users: Mutex<BTreeMap<UserId, Arc<Semaphore>>>,
}

impl PlacesOf {
    /// A place for one more post of this user, if there is one.
    pub(crate) fn take(&self, user: UserId) -> Option<OwnedSemaphorePermit> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        // Users without a post under way need no entry; all places together bound those with one.
        if users.len() > crate::limits::POSTS_IN_FLIGHT {
            users.retain(|_, s| s.available_permits() < POSTS_IN_FLIGHT_PER_USER);
        }
        let places = users
            .entry(user)
            .or_insert_with(|| Arc::new(Semaphore::new(POSTS_IN_FLIGHT_PER_USER)));
        places.clone().try_acquire_owned().ok()
    }
}
