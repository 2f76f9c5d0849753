//! Sign-in for the pages: what the app asks for, on the session layer.

use crate::auth::{
    Backend, ClientAddress, Credentials, Refused, Session, SessionUser, SignIn, password,
    session_key,
};
use crate::live::Hub;
use app::session::{Authenticator, SignInError};
use app::{AppError, ErrorCode};
use async_trait::async_trait;
use axum::http::request::Parts;
use domain::user::Caller;

/// Starts and ends browser sessions.
pub struct Sessions {
    /// Checks credentials.
    pub sign_in: SignIn,
    /// Its sockets end with the session.
    pub hub: Hub,
}

#[async_trait]
impl Authenticator for Sessions {
    async fn sign_in(
        &self,
        parts: &Parts,
        login: &str,
        password: &str,
    ) -> Result<Caller, SignInError> {
        let mut session = session_of(parts).ok_or(SignInError::Unavailable)?;
        let credentials = Credentials {
            login: login.to_owned(),
            password: password.to_owned().into(),
            address: *address_of(parts).ok_or(SignInError::Unavailable)?,
        };
        let user = self.sign_in.check(credentials).await.map_err(refused)?;
        // A new id whoever was signed in before: a planted cookie opens nothing.
        start(&mut session, &user).await.map_err(|error| {
            tracing::error!(error = ?error, "a session could not be started");
            SignInError::Unavailable
        })?;
        Ok(user.caller.as_ref().clone())
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

async fn start(
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
