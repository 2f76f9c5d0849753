//! Signing in: throttle, check, audit. The answer to a wrong password and to an unknown login is
//! the same, in words and in time.

use super::{ClientAddress, SessionUser, password};
use crate::clock::Clock;
use crate::settings::Throttle;
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::users::LoginRow;
use tokio::sync::Semaphore;

/// Passwords checked at once; each takes 19 MiB and a core.
const TURNS: usize = 2;
/// Longer names belong to nobody and would fill the failures table.
const LONGEST_LOGIN: usize = 200;

/// What was typed, and from where.
#[derive(Debug)]
pub struct Credentials {
    /// Login.
    pub login: String,
    /// Password.
    pub password: SecretString,
    /// The client.
    pub address: ClientAddress,
    /// Its name, for the audit.
    pub device: String,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Unknown login, wrong password or disabled: which one is not told.
    #[error("login or password is wrong")]
    Wrong,
    /// Too many failures.
    #[error("too many failed sign-ins; try again in {} minutes", .0.as_secs().div_ceil(60))]
    Throttled(Duration),
    /// The database does not answer.
    #[error("signing in is not possible at the moment")]
    Unavailable(#[source] store::Error),
}

/// Checks credentials.
#[derive(Debug, Clone)]
pub struct SignIn {
    store: Store,
    clock: Clock,
    throttle: Throttle,
    turns: Arc<Semaphore>,
}

impl SignIn {
    /// With those limits.
    pub fn new(store: Store, clock: Clock, throttle: Throttle) -> Self {
        Self {
            store,
            clock,
            throttle,
            turns: Arc::new(Semaphore::new(TURNS)),
        }
    }

    /// Whether this is still the password of somebody who is signed in already; failures count.
    pub async fn confirm(&self, credentials: Credentials) -> Result<(), Refused> {
        let _turn = self.turns.acquire().await;
        let keys = [
            format!("login:{}", credentials.login),
            credentials.address.throttle_key(),
        ];
        self.refuse_when_throttled(&keys).await?;
        let row = self.find(&credentials.login).await?;
        let enabled = row.as_ref().filter(|row| !row.disabled);
        let hash = enabled.map(|row| row.password_hash.clone());
        if password::verify(credentials.password, hash).await {
            return Ok(());
        }
        store::login_failures::record(&self.store, &keys, self.clock.now())
            .await
            .map_err(Refused::Unavailable)?;
        Err(Refused::Wrong)
    }

    /// The user, if the credentials are right and not throttled.
    pub async fn check(&self, credentials: Credentials) -> Result<SessionUser, Refused> {
        // Counted while holding the turn: many attempts at once do not slip past the limit.
        let _turn = self.turns.acquire().await;
        let login = credentials.login.trim().to_lowercase();
        let keys = [
            format!(
                "login:{}",
                login.chars().take(LONGEST_LOGIN).collect::<String>()
            ),
            credentials.address.throttle_key(),
        ];
        self.refuse_when_throttled(&keys).await?;
        let mut row = self.find(&login).await?;
        if let Some(row) = &mut row {
            row.caller.device = Some(credentials.device);
        }
        let enabled = row.as_ref().filter(|row| !row.disabled);
        let hash = enabled.map(|row| row.password_hash.clone());
        if password::verify(credentials.password, hash).await {
            if let Some(row) = row {
                return self.accept(row, &keys[0], &credentials.address).await;
            }
            return Err(Refused::Wrong);
        }
        self.record_failure(row.as_ref(), &login, &keys, &credentials.address)
            .await?;
        Err(Refused::Wrong)
    }

    async fn find(&self, login: &str) -> Result<Option<LoginRow>, Refused> {
        if login.is_empty() || login.len() > LONGEST_LOGIN {
            return Ok(None);
        }
        store::users::find_for_login(&self.store, login)
            .await
            .map_err(Refused::Unavailable)
    }

    async fn refuse_when_throttled(&self, keys: &[String; 2]) -> Result<(), Refused> {
        let since = self.clock.now() - self.throttle.window;
        let limits = [self.throttle.per_account, self.throttle.per_source];
        for (key, limit) in keys.iter().zip(limits) {
            let failures = store::login_failures::count(&self.store, key, since)
                .await
                .map_err(Refused::Unavailable)?;
            if failures >= limit {
                metrics::counter!("crossdock_sign_ins_total", "outcome" => "throttled")
                    .increment(1);
                return Err(Refused::Throttled(self.throttle.window));
            }
        }
        Ok(())
    }

    async fn accept(
        &self,
        row: LoginRow,
        account: &str,
        address: &ClientAddress,
    ) -> Result<SessionUser, Refused> {
        store::login_failures::clear(&self.store, account)
            .await
            .map_err(Refused::Unavailable)?;
        let user = SessionUser::of(row);
        self.audit("SIGN_IN", Some(&user), &user.caller.login, address)
            .await?;
        metrics::counter!("crossdock_sign_ins_total", "outcome" => "accepted").increment(1);
        Ok(user)
    }

    async fn record_failure(
        &self,
        row: Option<&LoginRow>,
        login: &str,
        keys: &[String; 2],
        address: &ClientAddress,
    ) -> Result<(), Refused> {
        store::login_failures::record(&self.store, keys, self.clock.now())
            .await
            .map_err(Refused::Unavailable)?;
        let subject: String = login.chars().take(LONGEST_LOGIN).collect();
        let user = row.map(|row| SessionUser::new(row.caller.clone(), row.auth_epoch));
        self.audit("SIGN_IN_FAILED", user.as_ref(), &subject, address)
            .await?;
        metrics::counter!("crossdock_sign_ins_total", "outcome" => "refused").increment(1);
        Ok(())
    }

    /// Notes a sign-out.
    pub async fn signed_out(&self, user: &SessionUser, address: &ClientAddress) {
        let noted = self
            .audit("SIGN_OUT", Some(user), &user.caller.login, address)
            .await;
        if let Err(error) = noted {
            tracing::warn!(error = %crate::telemetry::chain(&error), "a sign-out was not audited");
        }
    }

    async fn audit(
        &self,
        action: &str,
        user: Option<&SessionUser>,
        subject: &str,
        address: &ClientAddress,
    ) -> Result<(), Refused> {
        let details = json!({ "source": address.ip.to_string() });
        let caller = user.map(|user| user.caller.as_ref());
        operations::audit::record(
            &self.store,
            caller,
            action,
            subject,
            details,
            self.clock.now(),
        )
        .await
        .map_err(|error| match error {
            operations::Error::Store(error) => Refused::Unavailable(error),
            other => {
                tracing::error!(error = %other, "an audit entry was refused");
                Refused::Wrong
            }
        })
    }
}
