//! Faults on demand: which requests they hit, and for how long.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::wire::Method;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer is right but late by `latency_ms`.
    Latency,
    /// 429 although the pace was kept.
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500 with the vendor's error body.
    #[serde(rename = "500")]
    ServerError,
    /// The connection breaks in the middle of the body.
    Cut,
    /// 200 with JSON that ends early.
    Malformed,
    /// The caller's token is revoked: 401.
    ExpiredToken,
    /// The right body, dribbled over `latency_ms`.
    SlowBody,
    /// 200 with a login page in HTML, as a proxy in front sends it.
    HtmlLogin,
    /// 200 with `[]` although there are rows.
    EmptyPage,
    /// Half the rows that were asked for although there are more.
    ShortPage,
    /// The last row of the page is sent twice.
    DuplicateRow,
}

/// A fault and the requests it applies to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// For this many matching requests; absent: until it is removed.
    #[serde(default)]
    pub count: Option<u32>,
    /// Only this share of the matching requests, in thousandths; absent: all of them.
    #[serde(default)]
    pub share: Option<u16>,
    /// `login`, a data method in any spelling, or `*` for everything; absent: data methods only.
    #[serde(default)]
    pub method: Option<String>,
    /// Delay of `latency` and `slow_body`.
    #[serde(default = "default_latency")]
    pub latency_ms: u64,
    /// Lets this many matching requests pass first.
    #[serde(default)]
    pub after: u32,
}

fn default_latency() -> u64 {
    3000
}

impl Fault {
    /// Hits every data request until removed.
    #[must_use]
    pub fn always(kind: FaultKind) -> Self {
        Self {
            kind,
            count: None,
            share: None,
            method: None,
            latency_ms: default_latency(),
            after: 0,
        }
    }

    /// Hits the next `count` data requests.
    #[must_use]
    pub fn times(kind: FaultKind, count: u32) -> Self {
        Self {
            count: Some(count),
            ..Self::always(kind)
        }
    }

    /// Restricts the fault to one method: `login`, a data method, or `*` for everything.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
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

    fn concerns(&self, method: &str) -> bool {
        match self.method.as_deref() {
            None => method != "login",
            Some("*") => true,
            Some(wanted) if wanted.eq_ignore_ascii_case(method) => true,
            Some(wanted) => {
                Method::parse(wanted).is_some_and(|wanted| Method::parse(method) == Some(wanted))
            }
        }
    }
}

/// What is to happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Spell {
    pub delay: Duration,
    pub fault: Option<Fault>,
}

/// The faults in force.
pub struct Faults(Mutex<(Vec<Fault>, StdRng)>);

impl Faults {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new((Vec::new(), StdRng::seed_from_u64(seed))))
    }

    /// Adds a fault to those in force.
    pub fn add(&self, fault: Fault) {
        self.inner().0.push(fault);
    }

    /// Removes every fault.
    pub fn clear(&self) {
        self.inner().0.clear();
    }

    /// The faults still in force.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.inner().0.clone()
    }

    /// Decides what happens to a request: delays add up, of the rest the first one hits.
    pub(crate) fn cast(&self, method: &str) -> Spell {
        let mut guard = self.inner();
        let (faults, random) = &mut *guard;
        let mut spell = Spell::default();
        for fault in faults.iter_mut().filter(|fault| fault.concerns(method)) {
            let late = fault.kind == FaultKind::Latency;
            if !late && spell.fault.is_some() {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            if fault
                .share
                .is_some_and(|share| random.random_range(0..1000) >= share)
            {
                continue;
            }
            fault.count = fault.count.map(|count| count.saturating_sub(1));
            if late {
                spell.delay += Duration::from_millis(fault.latency_ms);
            } else {
                spell.fault = Some(fault.clone());
            }
        }
        faults.retain(|fault| fault.count != Some(0));
        spell
    }

    fn inner(&self) -> MutexGuard<'_, (Vec<Fault>, StdRng)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
