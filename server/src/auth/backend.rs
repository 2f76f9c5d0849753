//! The session layer's view of users.

use super::{Credentials, Refused, SignIn};
use axum_login::{AuthUser, AuthnBackend};
use domain::UserId;
use domain::user::Caller;
use std::sync::Arc;
use store::Store;
use store::users::LoginRow;
use uuid::Uuid;

/// A browser's session.
pub type Session = axum_login::AuthSession<Backend>;

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct SessionUser {
    /// Who acts.
    pub caller: Arc<Caller>,
    /// Sessions of another epoch are dead: it changes with the password and when disabled.
    pub epoch: Uuid,
    /// Signed in with a password given by an administrator: may do nothing but replace it.
    pub password_due: bool,
}

impl SessionUser {
    /// With the epoch its sessions carry.
    pub fn new(caller: Caller, epoch: Uuid) -> Self {
        Self {
            caller: Arc::new(caller),
            epoch,
            password_due: false,
        }
    }

    /// As the table has it.
    pub fn of(row: LoginRow) -> Self {
        Self {
            caller: Arc::new(row.caller),
            epoch: row.auth_epoch,
            password_due: row.password_temporary,
        }
    }
}

impl AuthUser for SessionUser {
    type Id = i64;

    fn id(&self) -> i64 {
        self.caller.user_id.0
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.epoch.as_bytes()
    }
}

/// Finds users.
#[derive(Debug, Clone)]
pub struct Backend {
    store: Store,
    sign_in: SignIn,
}

impl Backend {
    /// Over those users.
    pub fn new(store: Store, sign_in: SignIn) -> Self {
        Self { store, sign_in }
    }
}

impl AuthnBackend for Backend {
    type User = SessionUser;
    type Credentials = Credentials;
    type Error = Refused;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<SessionUser>, Refused> {
        self.sign_in.check(credentials).await.map(Some)
    }

    async fn get_user(&self, id: &i64) -> Result<Option<SessionUser>, Refused> {
        let found = store::users::find_enabled(&self.store, UserId(*id))
            .await
            .map_err(Refused::Unavailable)?;
        Ok(found.map(SessionUser::of))
    }
}
