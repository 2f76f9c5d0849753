//! Faults on demand: which requests they hit, and for how long.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer is right but late by `latency_ms`.
    Latency,
    /// 429, nothing is executed.
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500 with SAP's error body, nothing is executed.
    #[serde(rename = "500")]
    ServerError,
    /// 503 with a page in HTML, nothing is executed.
    #[serde(rename = "503")]
    Unavailable,
    /// Executed; the connection breaks in the middle of the answer.
    Cut,
    /// Executed; the answer ends early, as if it were whole.
    Malformed,
    /// 200 with a login page in HTML, as a proxy in front sends it; nothing is executed.
    HtmlLogin,
    /// Sessions and CSRF tokens end before the request is looked at.
    ExpiredSession,
    /// A write is executed, then the connection breaks before any of the answer.
    LostAnswer,
    /// A write is refused because somebody works on the record.
    Locked,
    /// A write is refused because the record changed: 412.
    Changed,
}

/// Which requests a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reads, batches of reads included.
    Read,
    /// Everything that changes something.
    Write,
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
    /// `read` or `write`; absent: both.
    #[serde(default)]
    pub on: Option<Access>,
    /// Delay of `latency`.
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
    /// Hits every request until removed.
    #[must_use]
    pub fn always(kind: FaultKind) -> Self {
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
    pub fn times(kind: FaultKind, count: u32) -> Self {
        Self {
            count: Some(count),
            ..Self::always(kind)
        }
    }

    /// Restricts the fault to reads or writes.
    #[must_use]
    pub fn on(mut self, access: Access) -> Self {
        self.on = Some(access);
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

    fn concerns(&self, access: Access) -> bool {
        use FaultKind::{Changed, Locked, LostAnswer};
        let writes_only = matches!(self.kind, LostAnswer | Locked | Changed);
        self.on.is_none_or(|on| on == access) && (!writes_only || access == Access::Write)
    }
}

/// What is to happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Spell {
    pub delay: Duration,
    pub fault: Option<FaultKind>,
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
    pub(crate) fn cast(&self, access: Access) -> Spell {
        let mut guard = self.inner();
        let (faults, random) = &mut *guard;
        let mut spell = Spell::default();
        for fault in faults.iter_mut().filter(|fault| fault.concerns(access)) {
            let late = fault.kind == FaultKind::Latency;
            if !late && spell.fault.is_some() {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            let spared = |share| random.random_range(0..1000) >= share;
            if fault.share.is_some_and(spared) {
                continue;
            }
            fault.count = fault.count.map(|count| count.saturating_sub(1));
            if late {
                spell.delay += Duration::from_millis(fault.latency_ms);
            } else {
                spell.fault = Some(fault.kind);
            }
        }
        faults.retain(|fault| fault.count != Some(0));
        spell
    }

    fn inner(&self) -> MutexGuard<'_, (Vec<Fault>, StdRng)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
