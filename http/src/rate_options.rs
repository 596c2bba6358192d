//! The options that say how many requests there may be. Generous: they are there for programs that
//! run wild, not for people.

use std::num::NonZeroU32;

use clap::Args;

use crate::config::{Bound, number};

/// As typed.
#[derive(Debug, Clone, Args)]
pub(crate) struct RateOptions {
    /// Requests per user and second, ten times as many at once; 0 = unlimited
    #[arg(long, global = true, env = "WEBQQ_REQUEST_RATE", value_name = "NUMBER")]
    #[arg(default_value_t = 50, value_parser = number, help_heading = "Limits")]
    request_rate: u32,

    /// Requests per address (per /64 with IPv6) and second, ten times as many at once;
    /// 0 = unlimited
    #[arg(
        long,
        global = true,
        env = "WEBQQ_ADDRESS_REQUEST_RATE",
        value_name = "NUMBER"
    )]
    #[arg(default_value_t = 300, value_parser = number, help_heading = "Limits")]
    address_request_rate: u32,

    /// Of these, requests that change something (posts, uploads), per address and second, ten
    /// times as many at once; 0 = unlimited
    #[arg(
        long,
        global = true,
        env = "WEBQQ_ADDRESS_POST_RATE",
        value_name = "NUMBER"
    )]
    #[arg(default_value_t = 100, value_parser = number, help_heading = "Limits")]
    address_post_rate: u32,
}

/// What they mean; `None` is unlimited.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// Requests per user and second.
    pub requests_per_user: Bound,
    /// Requests per address and second.
    pub requests_per_address: Bound,
    /// Requests that change something, per address and second.
    pub changes_per_address: Bound,
}

impl From<RateOptions> for Rates {
    fn from(options: RateOptions) -> Self {
        Self {
            requests_per_user: NonZeroU32::new(options.request_rate),
            requests_per_address: NonZeroU32::new(options.address_request_rate),
            changes_per_address: NonZeroU32::new(options.address_post_rate),
        }
    }
}
