//! How often somebody may ask: by address, by user, by user name.
//!
//! A small rate limiter (GCRA) of our own: per key one moment at which everything used will be
//! regained. See `docs/decisions/0007-own-rate-limiter.md` and `0030-rates.md` beside it.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use uuid::Uuid;

use crate::address::{AddressKey, client_address};
use crate::app::App;
use crate::error::Problem;
use crate::listener::Connection;
use crate::rate_options::Rates as Options;

/// Keys remembered at once, about 4 MB. One is forgotten when it has regained everything. When that
/// many are in use at a time, keys that are not among them are refused until one is forgotten: an
/// attack from that many addresses must not get a free pass.
pub const KEYS: usize = 65_536;

/// The span that sign-ins are about, and the longest that anyone is told to wait.
const MINUTE: Duration = Duration::from_secs(60);

/// Seconds' worth of requests that may come at once: a page that starts asks for much.
const BURST_SECONDS: u32 = 10;

/// Wrong passwords for one user name and minute, from wherever; beyond, 429 for that name. Enough
/// for people, and for a guesser far too few.
pub const WRONG_PASSWORDS_PER_MINUTE: u32 = 60;

/// A full table is searched for keys to forget at most this often.
const SEARCH_EVERY: Duration = Duration::from_secs(1);

/// How long to wait before the next try can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    fn too_many_tries(self) -> Problem {
        Problem::too_many(
            "too_many_tries",
            "There were too many sign-ups and sign-ins; wait a little.",
            self.0,
        )
    }

    fn too_many_requests(self) -> Problem {
        Problem::too_many(
            "too_many_requests",
            "There were too many requests; wait a moment.",
            self.0,
        )
    }
}

/// A limit by key. Cheap to clone.
#[derive(Debug)]
pub struct Rate<K>(Option<Arc<Limiter<K>>>);

#[derive(Debug)]
struct Limiter<K> {
    /// Between two that come evenly.
    interval: Duration,
    /// How much may come at once.
    burst: Duration,
    capacity: usize,
    table: Mutex<Table<K>>,
}

#[derive(Debug)]
struct Table<K> {
    /// When the key will have regained everything.
    regained: HashMap<K, Instant>,
    /// Not searched again before this.
    next_search: Option<Instant>,
}

impl<K: Eq + Hash> Rate<K> {
    /// So many a minute, all of them at once if need be; `None` is unlimited.
    pub fn per_minute(rate: Option<NonZeroU32>) -> Self {
        Self::new(rate, MINUTE, MINUTE, KEYS)
    }

    /// So many a second, ten times as many at once; `None` is unlimited.
    pub fn per_second(rate: Option<NonZeroU32>) -> Self {
        let second = Duration::from_secs(1);
        Self::new(rate, second, second * BURST_SECONDS, KEYS)
    }

    fn new(rate: Option<NonZeroU32>, span: Duration, burst: Duration, capacity: usize) -> Self {
        Self(rate.map(|rate| {
            Arc::new(Limiter {
                interval: span / rate.get(),
                burst,
                capacity,
                table: Mutex::new(Table {
                    regained: HashMap::new(),
                    next_search: None,
                }),
            })
        }))
    }

    /// Counts one from `key`; refused ones are not counted.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check(&self, key: impl Into<K>) -> Result<(), RetryAfter> {
        match &self.0 {
            Some(limiter) => limiter.check(key.into(), Instant::now(), true),
            None => Ok(()),
        }
    }

    /// Whether one more would be let through; counts nothing.
    ///
    /// # Errors
    /// How long to wait.
    pub fn would(&self, key: impl Into<K>) -> Result<(), RetryAfter> {
        match &self.0 {
            Some(limiter) => limiter.check(key.into(), Instant::now(), false),
            None => Ok(()),
        }
    }
}

impl<K: Eq + Hash> Limiter<K> {
    fn check(&self, key: K, now: Instant, counts: bool) -> Result<(), RetryAfter> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let known = table.regained.get(&key).copied();
        if known.is_none() && table.regained.len() >= self.capacity {
            table.forget(now);
            if table.regained.len() >= self.capacity {
                return Err(RetryAfter(self.interval));
            }
        }
        // Who has regained everything (or is new) starts from now.
        let regained = known.map_or(now, |regained| regained.max(now)) + self.interval;
        let ahead = regained - now;
        if ahead > self.burst {
            return Err(RetryAfter(ahead - self.burst));
        }
        if counts {
            table.regained.insert(key, regained);
        }
        Ok(())
    }
}

impl<K> Table<K> {
    /// Forgets whoever has regained everything. A search looks at the whole table, so under an
    /// attack that keeps it full it is not done for every try.
    fn forget(&mut self, now: Instant) {
        if self.next_search.is_none_or(|next| now >= next) {
            self.regained.retain(|_, regained| *regained > now);
            self.next_search = Some(now + SEARCH_EVERY);
        }
    }
}

/// All limits of one server.
#[derive(Debug)]
pub(crate) struct Rates {
    /// Sign-ups, sign-ins, password checks by address.
    tries: Rate<AddressKey>,
    /// Wrong passwords by user name.
    wrong: Rate<String>,
    requests_of_address: Rate<AddressKey>,
    changes_of_address: Rate<AddressKey>,
    requests_of_user: Rate<Uuid>,
}

impl Rates {
    pub(crate) fn new(tries: Option<NonZeroU32>, options: &Options) -> Self {
        let wrong = tries.and(NonZeroU32::new(WRONG_PASSWORDS_PER_MINUTE));
        Self {
            tries: Rate::per_minute(tries),
            wrong: Rate::per_minute(wrong),
            requests_of_address: Rate::per_second(options.requests_per_address),
            changes_of_address: Rate::per_second(options.changes_per_address),
            requests_of_user: Rate::per_second(options.requests_per_user),
        }
    }

    /// One more try of this address to sign up or in.
    pub(crate) fn try_from(&self, address: IpAddr) -> Result<(), Problem> {
        let tries = self.tries.check(address);
        tries.map_err(RetryAfter::too_many_tries)
    }

    /// Whether a password for this user name is worth looking at.
    pub(crate) fn may_guess(&self, username: &str) -> Result<(), Problem> {
        let wrong = self.wrong.would(username);
        wrong.map_err(RetryAfter::too_many_tries)
    }

    /// A password for this user name was wrong.
    pub(crate) fn guessed_wrong(&self, username: &str) {
        let _next_time = self.wrong.check(username);
    }

    /// One more request of this user.
    pub(crate) fn request_of(&self, user: Uuid) -> Result<(), Problem> {
        let request = self.requests_of_user.check(user);
        request.map_err(RetryAfter::too_many_requests)
    }

    fn request_from(&self, address: IpAddr, is_change: bool) -> Result<(), Problem> {
        let request = self.requests_of_address.check(address);
        request.map_err(RetryAfter::too_many_requests)?;
        if is_change {
            let change = self.changes_of_address.check(address);
            change.map_err(RetryAfter::too_many_requests)?;
        }
        Ok(())
    }
}

/// Middleware around the API: requests by address. The stream is not refused, because
/// `EventSource` gives up for good on an error status; it is bounded by connections and by user.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Connection>().map(|c| c.peer);
    let is_stream = request.uri().path() == "/stream";
    if let (Some(peer), false) = (peer, is_stream) {
        let address = client_address(peer, request.headers(), app.trusted_proxies());
        let is_change = !request.method().is_safe();
        if let Err(problem) = app.rates().request_from(address, is_change) {
            return problem.into_response();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_minute: u32, capacity: usize) -> Rate<AddressKey> {
        Rate::new(NonZeroU32::new(per_minute), MINUTE, MINUTE, capacity)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    async fn pass(seconds: f64) {
        tokio::time::advance(Duration::from_secs_f64(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_minutes_worth_may_come_at_once_and_is_regained_one_by_one() {
        let rate = rate(3, 8);
        let a = ip("10.0.0.1");
        for _ in 0..3 {
            assert_eq!(rate.check(a), Ok(()));
        }
        assert_eq!(rate.check(a), Err(RetryAfter(Duration::from_secs(20))));
        pass(19.0).await;
        assert_eq!(rate.check(a), Err(RetryAfter(Duration::from_secs(1))));
        pass(1.0).await;
        assert_eq!(rate.check(a), Ok(()), "refused tries must not count");
        assert!(rate.check(a).is_err());
        pass(3600.0).await;
        for _ in 0..3 {
            assert_eq!(rate.check(a), Ok(()));
        }
        assert!(
            rate.check(a).is_err(),
            "an hour's rest must not buy more than a minute's worth"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_are_counted_apart_and_ipv6_by_its_network() {
        let rate = rate(1, 8);
        assert!(rate.check(ip("10.0.0.1")).is_ok());
        assert!(rate.check(ip("10.0.0.2")).is_ok());
        assert!(rate.check(ip("::ffff:10.0.0.1")).is_err());
        assert!(rate.check(ip("2001:db8::1")).is_ok());
        assert!(rate.check(ip("2001:db8::2")).is_err());
        assert!(rate.check(ip("2001:db8:0:1::1")).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_table_refuses_strangers_until_someone_is_forgotten() {
        let rate = rate(2, 2);
        let (a, b, c) = (ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3"));
        assert!(rate.check(a).is_ok());
        pass(10.0).await;
        assert!(rate.check(b).is_ok());
        assert!(rate.check(c).is_err());
        assert!(rate.check(b).is_ok(), "whoever is known goes on");
        pass(20.0).await;
        assert!(
            rate.check(c).is_ok(),
            "the first has regained everything by now"
        );
        assert!(rate.check(a).is_err());
        assert_eq!(rate.0.unwrap().table.lock().unwrap().regained.len(), 2);
    }

    #[test]
    fn zero_is_unlimited() {
        let rate = rate(0, 1);
        for _ in 0..1_000 {
            assert!(rate.check(ip("10.0.0.1")).is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn ten_seconds_worth_of_requests_may_come_at_once() {
        let rate: Rate<Uuid> = Rate::per_second(NonZeroU32::new(5));
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for _ in 0..50 {
            assert_eq!(rate.check(one), Ok(()));
        }
        assert_eq!(rate.would(one), Err(RetryAfter(Duration::from_millis(200))));
        assert!(rate.check(one).is_err());
        assert_eq!(rate.check(other), Ok(()));
        pass(1.0).await;
        for _ in 0..5 {
            assert_eq!(rate.would(one), Ok(()), "asking counts nothing");
            assert_eq!(rate.check(one), Ok(()));
        }
        assert!(rate.check(one).is_err());
    }

    #[test]
    fn only_wrong_passwords_count_by_user_name() {
        let options = Options::default();
        let rates = Rates::new(NonZeroU32::new(1), &options);
        for _ in 0..WRONG_PASSWORDS_PER_MINUTE {
            assert!(rates.may_guess("lili").is_ok());
            rates.guessed_wrong("lili");
        }
        let problem = rates.may_guess("lili").unwrap_err();
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (429, "too_many_tries")
        );
        assert!(rates.may_guess("bob").is_ok());
    }
}
