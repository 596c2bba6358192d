//! Sign-ups and sign-ins per address and minute.
//!
//! The rule is GCRA: per address one point in time, the moment at which all that was used will be
//! regained. A try moves it on by one interval (a minute divided by the rate) and is refused when
//! that would put it more than a minute ahead. So a whole minute's worth may come at once, and no
//! minute sees more than twice the rate. The clock is monotonic: setting the machine's time
//! changes nothing.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{address::AddressKey, error::Problem};

/// Addresses remembered at once, about 4 MB. An address is forgotten when it has regained
/// everything. When that many are in use within one minute, addresses that are not among them are
/// refused until one is forgotten: an attack from that many addresses must not get a free pass.
pub const ADDRESSES: usize = 65_536;

/// The span that a rate is about, and the longest that anyone is told to wait.
const MINUTE: Duration = Duration::from_secs(60);

/// A full table is searched for addresses to forget at most this often.
const SEARCH_EVERY: Duration = Duration::from_secs(1);

/// How long to wait before the next try can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl From<RetryAfter> for Problem {
    fn from(RetryAfter(wait): RetryAfter) -> Self {
        Problem::too_many(
            "too_many_tries",
            "There were too many sign-ups and sign-ins from your address; wait a little.",
            wait,
        )
    }
}

/// The limit of one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AuthRate(Option<Arc<Limiter>>);

#[derive(Debug)]
struct Limiter {
    /// A minute divided by the rate.
    interval: Duration,
    capacity: usize,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    /// When the address will have regained everything.
    regained: HashMap<AddressKey, Instant>,
    /// Not searched again before this.
    next_search: Option<Instant>,
}

impl AuthRate {
    /// `per_minute` tries per address; `None` is unlimited.
    pub fn new(per_minute: Option<NonZeroU32>) -> Self {
        Self::with_capacity(per_minute, ADDRESSES)
    }

    fn with_capacity(per_minute: Option<NonZeroU32>, capacity: usize) -> Self {
        Self(per_minute.map(|rate| {
            Arc::new(Limiter {
                interval: MINUTE / rate.get(),
                capacity,
                table: Mutex::new(Table {
                    regained: HashMap::new(),
                    next_search: None,
                }),
            })
        }))
    }

    /// Counts one try from `address` (IPv6: from its /64); refused tries are not counted.
    pub fn check(&self, address: IpAddr) -> Result<(), RetryAfter> {
        match &self.0 {
            Some(limiter) => limiter.check(address.into(), Instant::now()),
            None => Ok(()),
        }
    }
}

impl Limiter {
    fn check(&self, address: AddressKey, now: Instant) -> Result<(), RetryAfter> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let known = table.regained.get(&address).copied();
        if known.is_none() && table.regained.len() >= self.capacity {
            table.forget(now);
            if table.regained.len() >= self.capacity {
                return Err(RetryAfter(self.interval));
            }
        }
        // Who has regained everything (or is new) starts from now.
        let regained = known.map_or(now, |regained| regained.max(now)) + self.interval;
        let ahead = regained - now;
        if ahead > MINUTE {
            return Err(RetryAfter(ahead - MINUTE));
        }
        table.regained.insert(address, regained);
        Ok(())
    }
}

impl Table {
    /// Forgets whoever has regained everything. A search looks at the whole table, so under an
    /// attack that keeps it full it is not done for every try.
    fn forget(&mut self, now: Instant) {
        if self.next_search.is_none_or(|next| now >= next) {
            self.regained.retain(|_, regained| *regained > now);
            self.next_search = Some(now + SEARCH_EVERY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_minute: u32, capacity: usize) -> AuthRate {
        AuthRate::with_capacity(NonZeroU32::new(per_minute), capacity)
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

    #[test]
    fn the_answer_says_when() {
        let problem = Problem::from(RetryAfter(Duration::from_millis(1500)));
        assert_eq!(
            (problem.status().as_u16(), problem.code()),
            (429, "too_many_tries")
        );
    }
}
