//! A fault: what goes wrong, with which requests, and for how many of them.

use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What can go wrong with a system.
pub trait Mishap: Copy + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What a fault may be restricted to.
    type On: Clone + Serialize + DeserializeOwned + Send + 'static;
    /// What of a request decides whether a fault hits it.
    type Request<'a>: Copy;
    /// The answer is right but late by the fault's delay.
    const LATENCY: Self;

    /// Whether a fault is meant for this request.
    fn concerns(fault: &Fault<Self, Self::On>, request: Self::Request<'_>) -> bool;
}

/// A fault and the requests it applies to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault<K, T> {
    /// What goes wrong.
    pub kind: K,
    /// For this many matching requests; absent: until it is removed.
    pub count: Option<u32>,
    /// Only this share of the matching requests, in thousandths; absent: all of them.
    pub share: Option<u16>,
    /// What it is restricted to, in the system's own terms; absent: what the system takes for usual.
    #[serde(alias = "method")]
    pub on: Option<T>,
    /// Delay of what is late or slow.
    #[serde(default = "default_latency")]
    pub latency_ms: u64,
    /// Lets this many matching requests pass first.
    #[serde(default)]
    pub after: u32,
}

fn default_latency() -> u64 {
    3000
}

impl<K, T> Fault<K, T> {
    /// Hits every request until removed.
    #[must_use]
    pub fn always(kind: K) -> Self {
        Self {
            kind,
            count: None,
            share: None,
            on: None,
            latency_ms: default_latency(),
            after: 0,
        }
    }

    /// Hits the next `count` requests.
    #[must_use]
    pub fn times(kind: K, count: u32) -> Self {
        Self {
            count: Some(count),
            ..Self::always(kind)
        }
    }

    /// Restricts the fault to some of the requests.
    #[must_use]
    pub fn on(mut self, requests: impl Into<T>) -> Self {
        self.on = Some(requests.into());
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Sets the delay.
    #[must_use]
    pub fn lasting(mut self, delay: Duration) -> Self {
        self.latency_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Hits only this share of the matching requests, in thousandths.
    #[must_use]
    pub fn share(mut self, per_mille: u16) -> Self {
        self.share = Some(per_mille);
        self
    }

    /// Whether it hits a request it is meant for; counts the request.
    pub(super) fn strikes(&mut self, random: &mut StdRng) -> bool {
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        let spared = |share: u16| random.random_range(0..1000_u16) >= share;
        if self.share.is_some_and(spared) {
            return false;
        }
        self.count = self.count.map(|count| count.saturating_sub(1));
        true
    }
}
