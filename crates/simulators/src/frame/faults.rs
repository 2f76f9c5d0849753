//! The faults in force, and what they do to a request.

use std::sync::Mutex;
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::fault::{Fault, Mishap};
use super::open;

/// What is to happen to one request.
#[derive(Debug)]
pub(crate) struct Spell<K> {
    /// Before the request is looked at.
    pub delay: Duration,
    /// What goes wrong besides.
    pub kind: Option<K>,
    /// The delay of what goes wrong, for kinds that take their time.
    pub lasting: Duration,
}

impl<K> Spell<K> {
    /// Lets the delay pass.
    pub async fn wait(&self) {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
    }
}

/// What is in force, and the dice for shares.
type Plan<K> = (Vec<Fault<K, <K as Mishap>::On>>, StdRng);

/// The faults in force.
pub struct Faults<K: Mishap>(Mutex<Plan<K>>);

impl<K: Mishap> Faults<K> {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new((Vec::new(), StdRng::seed_from_u64(seed))))
    }

    /// Adds a fault to those in force.
    pub fn add(&self, fault: Fault<K, K::On>) {
        open(&self.0).0.push(fault);
    }

    /// Removes every fault.
    pub fn clear(&self) {
        open(&self.0).0.clear();
    }

    /// The faults still in force.
    #[must_use]
    pub fn list(&self) -> Vec<Fault<K, K::On>> {
        open(&self.0).0.clone()
    }

    /// Decides what happens to a request: delays add up, of the rest the first one hits.
    pub(crate) fn cast(&self, request: K::Request<'_>) -> Spell<K> {
        let mut guard = open(&self.0);
        let (faults, random) = &mut *guard;
        let mut spell = Spell {
            delay: Duration::ZERO,
            kind: None,
            lasting: Duration::ZERO,
        };
        for fault in faults.iter_mut() {
            let late = fault.kind == K::LATENCY;
            let taken = !late && spell.kind.is_some();
            if taken || !K::concerns(fault, request) || !fault.strikes(random) {
                continue;
            }
            let lasting = Duration::from_millis(fault.latency_ms);
            if late {
                spell.delay += lasting;
            } else {
                (spell.kind, spell.lasting) = (Some(fault.kind), lasting);
            }
        }
        faults.retain(|fault| fault.count != Some(0));
        spell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Late,
        Slow,
        Broken,
    }

    impl Mishap for Kind {
        type On = String;
        type Request<'a> = &'a str;
        const LATENCY: Self = Self::Late;

        fn concerns(fault: &Fault<Self, String>, request: &str) -> bool {
            fault.on.as_deref().is_none_or(|on| on == request)
        }
    }

    fn in_force(faults: impl IntoIterator<Item = Fault<Kind, String>>) -> Faults<Kind> {
        let force = Faults::seeded(7);
        faults.into_iter().for_each(|fault| force.add(fault));
        force
    }

    #[test]
    fn delays_add_up_and_of_the_rest_the_first_one_hits() {
        let second = Duration::from_secs(1);
        let faults = in_force([
            Fault::always(Kind::Late).lasting(second),
            Fault::times(Kind::Slow, 1).lasting(second * 5),
            Fault::times(Kind::Broken, 1),
            Fault::always(Kind::Late).lasting(second * 2),
        ]);
        let first = faults.cast("read");
        assert_eq!(first.delay, second * 3);
        assert_eq!((first.kind, first.lasting), (Some(Kind::Slow), second * 5));
        assert_eq!(faults.cast("read").kind, Some(Kind::Broken));
        assert_eq!(faults.cast("read").kind, None);
        assert_eq!(faults.list().len(), 2, "what has hit enough is gone");
    }

    #[test]
    fn requests_that_are_not_meant_use_nothing_up() {
        let faults = in_force([Fault::times(Kind::Broken, 1).on("write").after(1)]);
        for (request, hit) in [
            ("read", None),
            ("write", None),
            ("read", None),
            ("write", Some(Kind::Broken)),
            ("write", None),
        ] {
            assert_eq!(faults.cast(request).kind, hit, "{request}");
        }
    }

    #[test]
    fn a_share_hits_about_that_many() {
        let faults = in_force([Fault::always(Kind::Broken).share(250)]);
        let hit = (0..1000).filter(|_| faults.cast("read").kind.is_some());
        assert!((200..300).contains(&hit.count()));
    }

    #[test]
    fn a_restriction_has_two_names_on_the_wire_and_unknown_ones_are_refused() {
        let read = |text: &str| serde_json::from_str::<Fault<Kind, String>>(text);
        for name in ["on", "method"] {
            let fault = read(&format!(r#"{{"kind":"slow","{name}":"write"}}"#)).unwrap();
            assert_eq!(fault.on.as_deref(), Some("write"));
            assert_eq!(
                (fault.count, fault.share, fault.latency_ms),
                (None, None, 3000)
            );
        }
        assert!(read(r#"{"kind":"slow","of":"write"}"#).is_err());
    }
}
