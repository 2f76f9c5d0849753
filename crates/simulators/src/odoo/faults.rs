//! Faults on demand: which calls they hit, and for how long.

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
    /// 429, as a hosted front end sends it.
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500 in HTML, as a broken worker sends it.
    #[serde(rename = "500")]
    ServerError,
    /// 503, as a restart sends it.
    #[serde(rename = "503")]
    Unavailable,
    /// Nothing is done and no answer comes.
    Timeout,
    /// Nothing is done and the connection breaks.
    Cut,
    /// What was asked is done, and the connection breaks before the answer.
    LostAnswer,
    /// 200 with JSON that ends early.
    Malformed,
    /// The key is not accepted any more.
    ExpiredKey,
    /// Others hold the records: nothing is done.
    Locked,
}

impl FaultKind {
    /// All of them, for the panel.
    pub const ALL: [Self; 10] = [
        Self::Latency,
        Self::TooManyRequests,
        Self::ServerError,
        Self::Unavailable,
        Self::Timeout,
        Self::Cut,
        Self::LostAnswer,
        Self::Malformed,
        Self::ExpiredKey,
        Self::Locked,
    ];
}

/// A fault and the calls it applies to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// For this many matching calls; absent: until it is removed.
    #[serde(default)]
    pub count: Option<u32>,
    /// Only this share of the matching calls, in thousandths; absent: all of them.
    #[serde(default)]
    pub share: Option<u16>,
    /// A model, a method, `model/method`, `writes` for everything that changes something; absent:
    /// every call of a method.
    #[serde(default)]
    pub method: Option<String>,
    /// Delay of `latency`.
    #[serde(default = "default_latency")]
    pub latency_ms: u64,
    /// Lets this many matching calls pass first.
    #[serde(default)]
    pub after: u32,
}

fn default_latency() -> u64 {
    3000
}

impl Fault {
    /// Hits every call until removed.
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

    /// Hits the next `count` calls.
    #[must_use]
    pub fn times(kind: FaultKind, count: u32) -> Self {
        Self {
            count: Some(count),
            ..Self::always(kind)
        }
    }

    /// Restricts the fault to a model, a method, `model/method`, or `writes`.
    #[must_use]
    pub fn on(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Lets this many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }

    /// Sets the delay.
    #[must_use]
    pub fn lasting(mut self, delay: Duration) -> Self {
        self.latency_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    fn concerns(&self, model: &str, method: &str) -> bool {
        match self.method.as_deref() {
            None | Some("" | "*") => true,
            Some("writes") => super::methods::changes(method),
            Some(wanted) => match wanted.split_once('/') {
                Some(both) => both == (model, method),
                None => wanted == model || wanted == method,
            },
        }
    }
}

/// What is to happen to one call.
#[derive(Debug, Default)]
pub(crate) struct Spell {
    pub delay: Duration,
    pub kind: Option<FaultKind>,
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

    /// Decides what happens to a call: delays add up, of the rest the first one hits.
    pub(crate) fn cast(&self, model: &str, method: &str) -> Spell {
        let mut guard = self.inner();
        let (faults, random) = &mut *guard;
        let mut spell = Spell::default();
        let concerned = faults
            .iter_mut()
            .filter(|fault| fault.concerns(model, method));
        for fault in concerned {
            let late = fault.kind == FaultKind::Latency;
            if !late && spell.kind.is_some() {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            let passed = |share: u16, random: &mut StdRng| random.random_range(0..1000) >= share;
            if fault.share.is_some_and(|share| passed(share, random)) {
                continue;
            }
            fault.count = fault.count.map(|count| count.saturating_sub(1));
            match late {
                true => spell.delay += Duration::from_millis(fault.latency_ms),
                false => spell.kind = Some(fault.kind),
            }
        }
        faults.retain(|fault| fault.count != Some(0));
        spell
    }

    fn inner(&self) -> MutexGuard<'_, (Vec<Fault>, StdRng)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
