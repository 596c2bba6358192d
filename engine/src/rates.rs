//! How often somebody may do something: one theoretical arrival time per key (GCRA), on the
//! monotonic clock, so that a jump of the wall clock changes nothing. The table is bounded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::ids::{ConversationId, UserId};
use crate::limits::{EXPORT_EVERY, RATES_TRACKED, SEARCH_BURST_SECONDS, TYPING_EVERY};

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Post(UserId),
    Typing(UserId, ConversationId),
    Export(UserId),
    Search(UserId),
}

/// See the [module](self).
pub(crate) struct Rates {
    posts_per_second: u32,
    searches_per_second: u32,
    /// When each would be idle again.
    arrivals: Mutex<BTreeMap<Key, Duration>>,
    /// Whose account is being deleted: they leave all their groups at once.
    leaving: Mutex<BTreeSet<UserId>>,
}

impl Rates {
    pub(crate) fn new(posts_per_second: u32, searches_per_second: u32) -> Self {
        Self {
            posts_per_second,
            searches_per_second,
            arrivals: Mutex::default(),
            leaving: Mutex::default(),
        }
    }

    /// One more post of `user`; `Err`: how long to wait.
    pub(crate) fn post(&self, user: UserId, now: Duration) -> Result<(), Duration> {
        let leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        if self.posts_per_second == 0 || leaving.contains(&user) {
            return Ok(());
        }
        let every = Duration::from_secs(1) / self.posts_per_second;
        // A burst of three seconds' worth.
        self.take(
            Key::Post(user),
            now,
            every,
            every * (self.posts_per_second * 3),
        )
    }

    /// One more typing signal of `user` there; `Err`: how long to wait.
    pub(crate) fn typing(
        &self,
        user: UserId,
        conversation: ConversationId,
        now: Duration,
    ) -> Result<(), Duration> {
        let key = Key::Typing(user, conversation);
        self.take(key, now, TYPING_EVERY, TYPING_EVERY)
    }

    /// One more export of `user`; `Err`: how long to wait.
    pub(crate) fn export(&self, user: UserId, now: Duration) -> Result<(), Duration> {
        // Two, so that one that broke off can be tried again.
        self.take(Key::Export(user), now, EXPORT_EVERY, 2 * EXPORT_EVERY)
    }

    /// Does not count the posts of `user` until the guard is dropped. `None`: that is so already.
    pub(crate) fn uncounted(&self, user: UserId) -> Option<Uncounted<'_>> {
        let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        leaving.insert(user).then_some(Uncounted(self, user))
    }

    /// One more search of `user`; `Err`: how long to wait.
    pub(crate) fn search(&self, user: UserId, now: Duration) -> Result<(), Duration> {
        if self.searches_per_second == 0 {
            return Ok(());
        }
        let every = Duration::from_secs(1) / self.searches_per_second;
        let burst = every * (self.searches_per_second * SEARCH_BURST_SECONDS);
        self.take(Key::Search(user), now, every, burst)
    }

    fn take(
        &self,
        key: Key,
        now: Duration,
        every: Duration,
        burst: Duration,
    ) -> Result<(), Duration> {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.len() >= RATES_TRACKED && !arrivals.contains_key(&key) {
            arrivals.retain(|_, idle_at| *idle_at > now);
            if arrivals.len() >= RATES_TRACKED {
                // Everyone tracked is busy: forget one rather than refuse a newcomer.
                arrivals.pop_first();
            }
        }
        let idle_at = arrivals.get(&key).copied().unwrap_or(now).max(now);
        let next = idle_at + every;
        if next > now + burst {
            return Err(next - now - burst);
        }
        arrivals.insert(key, next);
        Ok(())
    }
}

/// See [`Rates::uncounted`].
pub(crate) struct Uncounted<'a>(&'a Rates, UserId);

impl Drop for Uncounted<'_> {
    fn drop(&mut self) {
        let leaving = self.0.leaving.lock();
        leaving
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn ten_a_second_with_a_burst_of_thirty() {
        let rates = Rates::new(10, 2);
        let user = UserId(Uuid::from_u128(1));
        let now = Duration::from_secs(5);
        for _ in 0..30 {
            rates.post(user, now).unwrap();
        }
        let wait = rates.post(user, now).unwrap_err();
        assert_eq!(wait, Duration::from_millis(100));
        rates.post(user, now + wait).unwrap();
        assert!(rates.post(user, now + wait).is_err());
        rates.post(UserId(Uuid::from_u128(2)), now).unwrap();
    }

    #[test]
    fn two_searches_a_second_with_a_burst_of_twenty() {
        let rates = Rates::new(10, 2);
        let user = UserId(Uuid::from_u128(1));
        let now = Duration::from_secs(5);
        for _ in 0..20 {
            rates.search(user, now).unwrap();
        }
        let wait = rates.search(user, now).unwrap_err();
        assert_eq!(wait, Duration::from_millis(500));
        rates.search(user, now + wait).unwrap();
        rates.post(user, now).unwrap();
        assert!(Rates::new(0, 0).search(user, now).is_ok());
    }
}
