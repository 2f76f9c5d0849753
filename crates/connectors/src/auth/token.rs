//! Keeps the token of one account: one sign-in at a time, renewed before it ends.

use crate::{Error, ErrorKind};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// How long before its end a token is renewed.
const EARLY: Duration = Duration::from_secs(300);
/// Sign-ins without one accepted call in between; more could lock the account.
const IN_A_ROW: u32 = 3;
/// After so many, how long until the next.
const COOL_DOWN: TimeDelta = TimeDelta::seconds(60);

/// A token as the upstream gave it.
#[derive(Debug)]
pub(crate) struct Fresh {
    /// Shown with every call.
    pub secret: SecretString,
    /// Time it has from now on.
    pub life: Duration,
}

/// A token with the number of the sign-in it came from.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// Shown with every call.
    pub secret: SecretString,
    generation: u64,
}

type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The token of one account.
pub(crate) struct TokenCache {
    clock: Clock,
    state: Mutex<State>,
    /// Sign-ins finished, well or not: who waited for one takes its outcome.
    finished: AtomicU64,
    in_a_row: AtomicU32,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    failure: Option<Error>,
    last_at: Option<DateTime<Utc>>,
}

struct Held {
    token: Token,
    renew_at: DateTime<Utc>,
}

impl std::fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenCache").finish_non_exhaustive()
    }
}

impl TokenCache {
    /// Empty.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
            finished: AtomicU64::new(0),
            in_a_row: AtomicU32::new(0),
        }
    }

    /// The token, signing in when there is none or its time is nearly over. While one caller signs
    /// in the others wait and take what comes of it.
    pub async fn get<F>(&self, sign_in: impl FnOnce() -> F) -> Result<Token, Error>
    where
        F: Future<Output = Result<Fresh, Error>>,
    {
        self.get_other_than(None, sign_in).await
    }

    /// A token other than this one, which was refused.
    pub async fn renew<F>(
        &self,
        refused: &Token,
        sign_in: impl FnOnce() -> F,
    ) -> Result<Token, Error>
    where
        F: Future<Output = Result<Fresh, Error>>,
    {
        self.get_other_than(Some(refused.generation), sign_in).await
    }

    /// Signs in whatever is held.
    pub async fn replace<F>(&self, sign_in: impl FnOnce() -> F) -> Result<Token, Error>
    where
        F: Future<Output = Result<Fresh, Error>>,
    {
        let state = self.state.lock().await;
        self.sign_in(state, sign_in).await
    }

    /// A call with the token was accepted.
    pub fn worked(&self) {
        self.in_a_row.store(0, Ordering::Relaxed);
    }

    async fn get_other_than<F>(
        &self,
        refused: Option<u64>,
        sign_in: impl FnOnce() -> F,
    ) -> Result<Token, Error>
    where
        F: Future<Output = Result<Fresh, Error>>,
    {
        let before = self.finished.load(Ordering::Acquire);
        let state = self.state.lock().await;
        if let Some(held) = &state.held
            && Some(held.token.generation) != refused
            && (self.clock)() < held.renew_at
        {
            return Ok(held.token.clone());
        }
        if let Some(failure) = &state.failure
            && self.finished.load(Ordering::Acquire) != before
        {
            return Err(failure.clone());
        }
        self.sign_in(state, sign_in).await
    }

    async fn sign_in<F>(
        &self,
        mut state: MutexGuard<'_, State>,
        sign_in: impl FnOnce() -> F,
    ) -> Result<Token, Error>
    where
        F: Future<Output = Result<Fresh, Error>>,
    {
        self.check_cool_down(&state)?;
        let outcome = sign_in().await;
        let now = (self.clock)();
        let generation = self.finished.fetch_add(1, Ordering::AcqRel) + 1;
        state.last_at = Some(now);
        match outcome {
            Ok(fresh) => {
                self.in_a_row.fetch_add(1, Ordering::Relaxed);
                let token = Token {
                    secret: fresh.secret,
                    generation,
                };
                state.failure = None;
                state.held = Some(Held {
                    token: token.clone(),
                    renew_at: now + renew_after(fresh.life),
                });
                Ok(token)
            }
            Err(error) => {
                if error.kind() == ErrorKind::Unauthorized {
                    self.in_a_row.fetch_add(1, Ordering::Relaxed);
                }
                state.held = None;
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    fn check_cool_down(&self, state: &State) -> Result<(), Error> {
        let cool = state
            .last_at
            .is_none_or(|last| (self.clock)() - last >= COOL_DOWN);
        if cool {
            self.in_a_row.store(0, Ordering::Relaxed);
        }
        if self.in_a_row.load(Ordering::Relaxed) < IN_A_ROW {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Unauthorized,
            "login",
            "Signing in was tried 3 times in a row without one call being accepted. To keep the \
             account from being locked, the next try waits a minute. Check user name and password.",
        ))
    }
}

/// Five minutes before the end, or at half of a life of less than ten.
fn renew_after(life: Duration) -> TimeDelta {
    let after = life.saturating_sub(EARLY).max(life / 2);
    // A life beyond a century is a mistake upstream; the token is renewed on refusal instead.
    TimeDelta::from_std(after).map_or(TimeDelta::days(36_500), |after| {
        after.min(TimeDelta::days(36_500))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicI64;

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(minutes * 60)
    }

    fn fresh(life: Duration) -> Fresh {
        Fresh {
            secret: SecretString::from("t"),
            life,
        }
    }

    fn cache() -> (Arc<AtomicI64>, TokenCache) {
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = seconds.clone();
        let now = move || DateTime::from_timestamp(clock.load(Ordering::Relaxed), 0).unwrap();
        (seconds, TokenCache::new(Arc::new(now)))
    }

    #[test]
    fn renewal_is_five_minutes_early_or_at_half_a_short_life() {
        assert_eq!(renew_after(minutes(60)), TimeDelta::minutes(55));
        assert_eq!(renew_after(minutes(10)), TimeDelta::minutes(5));
        assert_eq!(renew_after(minutes(4)), TimeDelta::minutes(2));
        assert!(renew_after(Duration::MAX) > TimeDelta::days(365));
    }

    #[tokio::test]
    async fn a_token_is_used_until_five_minutes_before_its_end() {
        let (seconds, cache) = cache();
        let first = cache.get(async || Ok(fresh(minutes(60)))).await.unwrap();
        seconds.store(54 * 60, Ordering::Relaxed);
        let same = cache.get(async || panic!("no sign-in")).await.unwrap();
        assert_eq!(same.generation, first.generation);
        seconds.store(55 * 60, Ordering::Relaxed);
        let next = cache.get(async || Ok(fresh(minutes(60)))).await.unwrap();
        assert_ne!(next.generation, first.generation);
    }

    #[tokio::test]
    async fn callers_who_waited_share_a_failed_sign_in() {
        let (_, cache) = cache();
        let refused = || async {
            tokio::task::yield_now().await;
            Err(Error::new(ErrorKind::Unauthorized, "login", "refused"))
        };
        let all = [0; 10].map(|_| cache.get(refused));
        for outcome in futures::future::join_all(all).await {
            assert_eq!(outcome.unwrap_err().to_string(), "refused");
        }
        assert_eq!(cache.finished.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn after_three_sign_ins_in_a_row_a_minute_passes_first() {
        let (seconds, cache) = cache();
        for _ in 0..3 {
            cache
                .replace(async || Ok(fresh(minutes(60))))
                .await
                .unwrap();
        }
        let error = cache.replace(async || panic!("no sign-in")).await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Unauthorized);
        seconds.store(60, Ordering::Relaxed);
        cache
            .replace(async || Ok(fresh(minutes(60))))
            .await
            .unwrap();
        cache.worked();
        for _ in 0..3 {
            cache
                .replace(async || Ok(fresh(minutes(60))))
                .await
                .unwrap();
        }
    }
}
