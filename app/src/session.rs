//! Who is signed in, on both sides.

use crate::AppError;
use crate::load::{Loader, load};
use crate::routes;
use crate::site_time::SiteTime;
use domain::company::Warehouse;
use domain::permission::{Permission, Role};
use domain::user::Caller;
use domain::{TeamId, UserId, WarehouseId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The signed-in person as the browser knows them. Buttons follow it; the server decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerView {
    /// The login.
    pub user_id: UserId,
    /// What was typed at the login.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The team of a worker.
    pub team_id: Option<TeamId>,
    /// Sites in scope.
    pub warehouses: Vec<WarehouseId>,
}

impl CallerView {
    /// Whether the role grants it.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.grants(permission)
    }

    /// The page a person starts on.
    pub fn home(&self) -> &'static str {
        routes::home_of(self.role)
    }
}

impl From<Caller> for CallerView {
    fn from(caller: Caller) -> Self {
        Self {
            user_id: caller.user_id,
            login: caller.login,
            name: caller.name,
            role: caller.role,
            team_id: caller.team_id,
            warehouses: caller.warehouses,
        }
    }
}

/// The signed-in person with what every page shows: sites and how to write instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Who.
    pub caller: CallerView,
    /// Sites in scope, by name.
    pub warehouses: Vec<Warehouse>,
    /// Site time of the first of them.
    pub site: SiteTime,
}

/// Who looks at the page; none when signed out. The same on server and client from the first
/// render on.
#[derive(Debug, Clone)]
pub struct Viewer(pub Option<CallerView>);

/// Whether the person at the page has yet to replace a password given by an administrator; nothing
/// else opens before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MustChoosePassword(pub bool);

/// Whether the person must choose a password first.
pub fn must_choose_password() -> bool {
    use_context::<MustChoosePassword>().is_some_and(|must| must.0)
}

/// The viewer of this page.
pub fn viewer() -> Option<CallerView> {
    use_context::<Viewer>().and_then(|viewer| viewer.0)
}

/// Whether the viewer's role grants it; decides what is shown, never what is allowed.
pub fn viewer_may(permission: Permission) -> bool {
    viewer().is_some_and(|viewer| viewer.may(permission))
}

/// Puts the viewer and the session's details in context, once, at the root.
pub(crate) fn provide_viewer() {
    let viewer = SharedValue::new(current_view).into_inner();
    let signed_in = viewer.is_some();
    provide_context(Viewer(viewer));
    let must = SharedValue::new(password_due).into_inner();
    provide_context(MustChoosePassword(must));
    let info = load(
        move || signed_in,
        |signed_in| async move {
            if signed_in {
                crate::api::session::who().await
            } else {
                // Not `AppError::signed_out()`: the sign-in page itself is no failure.
                Err(AppError {
                    code: crate::ErrorCode::SignedOut,
                    message: String::new(),
                })
            }
        },
    );
    provide_context(info);
}

/// The session's details as every page awaits them.
pub type SessionLoader = Loader<SessionInfo>;

/// The session's details.
pub fn use_session() -> SessionLoader {
    expect_context::<SessionLoader>()
}

fn current_view() -> Option<CallerView> {
    #[cfg(feature = "ssr")]
    return current().map(CallerView::from);
    #[cfg(not(feature = "ssr"))]
    None
}

fn password_due() -> bool {
    #[cfg(feature = "ssr")]
    return due().is_some();
    #[cfg(not(feature = "ssr"))]
    false
}

#[cfg(feature = "ssr")]
pub use server_side::*;

#[cfg(feature = "ssr")]
mod server_side {
    use super::*;
    use axum::http::request::Parts;

    /// What the server's session layer puts into every request's extensions.
    #[derive(Debug, Clone)]
    pub struct CurrentCaller(pub Option<Caller>);

    /// What the session is called in the table; beside [`CurrentCaller`].
    #[derive(Debug, Clone)]
    pub struct CurrentSession(pub Option<String>);

    /// The session of the request being answered.
    pub fn session_key() -> Option<String> {
        use_context::<Parts>()?
            .extensions
            .get::<CurrentSession>()?
            .0
            .clone()
    }

    pub(super) fn current() -> Option<Caller> {
        use_context::<Parts>()?
            .extensions
            .get::<CurrentCaller>()?
            .0
            .clone()
    }

    /// Who is signed in with a password that must be replaced first; beside [`CurrentCaller`],
    /// which is nobody then.
    #[derive(Debug, Clone)]
    pub struct PasswordDue(pub Option<Caller>);

    pub(super) fn due() -> Option<Caller> {
        use_context::<Parts>()?
            .extensions
            .get::<PasswordDue>()?
            .0
            .clone()
    }

    /// The signed-in person, also one who must choose a password first.
    pub fn caller_or_due() -> Result<Caller, AppError> {
        current().or_else(due).ok_or_else(AppError::signed_out)
    }

    /// The signed-in person; the first line of every server function.
    pub async fn caller() -> Result<Caller, AppError> {
        current().ok_or_else(AppError::signed_out)
    }

    /// The signed-in person, if the role grants it.
    pub async fn caller_with(permission: Permission) -> Result<Caller, AppError> {
        let caller = caller().await?;
        if caller.may(permission) {
            Ok(caller)
        } else {
            Err(AppError::forbidden())
        }
    }

    /// Why somebody was not signed in.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SignInError {
        /// Login or password is wrong, or the login is disabled.
        Wrong,
        /// Too many failures.
        Throttled {
            /// Until the next try, seconds.
            wait_seconds: u64,
        },
        /// Our fault; already logged.
        Unavailable,
    }

    /// Who came in.
    #[derive(Debug, Clone)]
    pub struct SignedIn {
        /// The person.
        pub caller: Caller,
        /// Must choose a password first.
        pub password_due: bool,
    }

    /// Sessions and passwords; the server implements it.
    #[async_trait::async_trait]
    pub trait Authenticator: Send + Sync {
        /// Checks the password and starts a session under a new id.
        async fn sign_in(
            &self,
            parts: &Parts,
            login: &str,
            password: &str,
        ) -> Result<SignedIn, SignInError>;

        /// Replaces the person's own password, ends all sessions of the old one and starts a new one.
        async fn change_password(
            &self,
            parts: &Parts,
            caller: &Caller,
            old: &str,
            new: &str,
        ) -> Result<(), AppError>;

        /// Makes this browser a paired screen: a session that lives on from its last use.
        async fn sign_in_screen(&self, parts: &Parts, screen: UserId) -> Result<(), AppError>;

        /// Sends a screen its cookie again, so that the browser keeps it as long as the session. The
        /// session's id stays: an answer that gets lost must not unpair a screen.
        fn keep_screen(&self, parts: &Parts);

        /// Where the request comes from, as one key per customer of a network.
        fn source(&self, parts: &Parts) -> Result<String, AppError>;

        /// Bytes nobody can guess.
        fn fresh_bytes(&self) -> Result<[u8; 38], AppError>;

        /// A password to be given once and replaced at the first sign-in.
        fn one_time_password(&self) -> Result<String, AppError>;

        /// Ends the session.
        async fn sign_out(&self, parts: &Parts) -> Result<(), AppError>;

        /// The hash to store for a badge that unlocks a handheld.
        async fn hash_badge(&self, code: &str) -> Result<domain::user::Badge, AppError>;

        /// The hash to store for a new password.
        async fn hash_password(&self, password: &str) -> Result<String, AppError>;
    }
}
