//! Sign-in for the pages: what the app asks for, on the session layer.

use crate::auth::{
    Backend, ClientAddress, Credentials, Refused, Session, SessionUser, SignIn, badge,
    brought_along, device_of, password, program_of, session_key,
};
use crate::clock::Clock;
use crate::live::Hub;
use app::session::{Authenticator, SignInError, SignedIn};
use app::{AppError, ErrorCode};
use async_trait::async_trait;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use domain::UserId;
use domain::user::Caller;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use rand::TryRngCore as _;
use store::Store;
use tower_sessions::Expiry;
use tower_sessions::cookie::time::Duration;

/// Starts and ends browser sessions.
pub struct Sessions {
    /// Checks credentials.
    pub sign_in: SignIn,
    /// Its sockets end with the session.
    pub hub: Hub,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

#[async_trait]
impl Authenticator for Sessions {
    async fn sign_in(
        &self,
        parts: &Parts,
        login: &str,
        password: &str,
    ) -> Result<SignedIn, SignInError> {
        let mut session = session_of(parts).ok_or(SignInError::Unavailable)?;
        let credentials = Credentials {
            login: login.to_owned(),
            password: password.to_owned().into(),
            address: *address_of(parts).ok_or(SignInError::Unavailable)?,
            device: device_of(&parts.headers, address_of(parts)),
        };
        let user = self.sign_in.check(credentials).await.map_err(refused)?;
        // A new id whoever was signed in before: a planted cookie opens nothing.
        self.start(&mut session, &user, parts).await?;
        let language = brought_along(&self.store, &user.caller, &parts.headers).await;
        if let (Some(cookie), Some(response)) = (language, use_context::<ResponseOptions>()) {
            response.append_header(SET_COOKIE, cookie);
        }
        Ok(SignedIn {
            caller: user.caller.as_ref().clone(),
            password_due: user.password_due,
        })
    }

    async fn change_password(
        &self,
        parts: &Parts,
        caller: &Caller,
        old: &str,
        new: &str,
    ) -> Result<(), AppError> {
        let credentials = Credentials {
            login: caller.login.clone(),
            password: old.to_owned().into(),
            address: *address_of(parts).ok_or_else(AppError::internal)?,
            device: String::new(),
        };
        let confirmed = self.sign_in.confirm(credentials).await;
        confirmed.map_err(|error| match error {
            Refused::Wrong => AppError::new(ErrorCode::Invalid, "The present password is wrong."),
            other => refused(other).into(),
        })?;
        if old == new {
            let rule = "Choose a password other than the present one.";
            return Err(AppError::new(ErrorCode::Invalid, rule));
        }
        let hash = self.hash_password(new).await?;
        operations::users::change_own_password(&self.store, caller, &hash, self.clock.now())
            .await?;
        let row = store::users::find_enabled(&self.store, caller.user_id).await?;
        let user = row.map(SessionUser::of).ok_or_else(AppError::signed_out)?;
        let mut session = session_of(parts).ok_or_else(AppError::internal)?;
        if let Some(key) = session_key(&session) {
            self.hub.close_session(&key);
        }
        Ok(self.start(&mut session, &user, parts).await?)
    }

    async fn sign_in_screen(&self, parts: &Parts, screen: UserId) -> Result<(), AppError> {
        let row = store::users::find_enabled(&self.store, screen).await?;
        let user = row.map(SessionUser::of).ok_or_else(AppError::signed_out)?;
        let mut session = session_of(parts).ok_or_else(AppError::internal)?;
        self.start(&mut session, &user, parts).await?;
        let key = session_key(&session).ok_or_else(AppError::internal)?;
        store::sessions::keep_for_screen(&self.store, &key, self.clock.now()).await?;
        self.keep_screen(parts);
        Ok(())
    }

    fn keep_screen(&self, parts: &Parts) {
        if let Some(session) = session_of(parts) {
            let age = Duration::days(store::sessions::SCREEN_DAYS);
            // Marks the session as changed, so the answer sets the cookie.
            session.session.set_expiry(Some(Expiry::OnInactivity(age)));
        }
    }

    fn source(&self, parts: &Parts) -> Result<String, AppError> {
        let address = address_of(parts).ok_or_else(AppError::internal)?;
        Ok(address.throttle_key())
    }

    fn fresh_bytes(&self) -> Result<[u8; 38], AppError> {
        random_bytes()
    }

    fn one_time_password(&self) -> Result<String, AppError> {
        Ok(password::one_time(random_bytes()?))
    }

    async fn sign_out(&self, parts: &Parts) -> Result<(), AppError> {
        let mut session = session_of(parts).ok_or_else(AppError::internal)?;
        let key = session_key(&session);
        let user = session.logout().await.map_err(|error| {
            tracing::error!(error = ?error, "a session could not be ended");
            AppError::internal()
        })?;
        if let Some(key) = key {
            self.hub.close_session(&key);
        }
        if let (Some(user), Some(address)) = (user, address_of(parts)) {
            self.sign_in.signed_out(&user, address).await;
        }
        Ok(())
    }

    async fn hash_badge(&self, code: &str) -> Result<domain::user::Badge, AppError> {
        let hashed = badge::hash(code.to_owned(), random_bytes()?).await;
        hashed.map_err(|error| {
            tracing::error!(%error, "a badge could not be hashed");
            AppError::internal()
        })
    }

    async fn hash_password(&self, secret: &str) -> Result<String, AppError> {
        password::check_new(secret).map_err(|rule| {
            AppError::new(
                ErrorCode::Invalid,
                format!("This password does not do: {rule}."),
            )
        })?;
        let hashed = password::hash(secret.to_owned().into()).await;
        hashed.map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            AppError::internal()
        })
    }
}

fn random_bytes<const N: usize>() -> Result<[u8; N], AppError> {
    let mut bytes = [0; N];
    let filled = rand::rngs::OsRng.try_fill_bytes(&mut bytes);
    filled.map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        AppError::internal()
    })?;
    Ok(bytes)
}

impl Sessions {
    /// Starts a session under a new id, and notes where it was opened.
    async fn start(
        &self,
        session: &mut Session,
        user: &SessionUser,
        parts: &Parts,
    ) -> Result<(), SignInError> {
        log_in(session, user).await.map_err(|error| {
            tracing::error!(error = ?error, "a session could not be started");
            SignInError::Unavailable
        })?;
        if let (Some(key), Some(address)) = (session_key(session), address_of(parts)) {
            let (device, source) = (program_of(&parts.headers), address.ip.to_string());
            let noted = store::sessions::describe(&self.store, &key, &device, &source).await;
            if let Err(error) = noted {
                tracing::warn!(error = %crate::telemetry::chain(&error), "a session was not described");
            }
        }
        Ok(())
    }
}

async fn log_in(
    session: &mut Session,
    user: &SessionUser,
) -> Result<(), axum_login::Error<Backend>> {
    session.session.cycle_id().await?;
    session.login(user).await?;
    Ok(session.session.save().await?)
}

fn session_of(parts: &Parts) -> Option<Session> {
    parts.extensions.get::<Session>().cloned()
}

fn address_of(parts: &Parts) -> Option<&ClientAddress> {
    parts.extensions.get::<ClientAddress>()
}

fn refused(refused: Refused) -> SignInError {
    match refused {
        Refused::Wrong => SignInError::Wrong,
        Refused::Throttled(wait) => SignInError::Throttled {
            wait_seconds: wait.as_secs(),
        },
        Refused::Unavailable(error) => {
            tracing::error!(error = %crate::telemetry::chain(&error), "signing in failed");
            SignInError::Unavailable
        }
    }
}
