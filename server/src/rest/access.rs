//! Who may call what. Every route names its access; there is none without.

use super::Problem;
use super::extract::RestCaller;
use crate::auth::{ClientAddress, Session, SessionUser, TokenError, device_of};
use crate::services::Services;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::permission::Permission;
use std::sync::Arc;

/// What a route demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: signing in.
    Open,
    /// A signed-in caller whose role grants this.
    Needs(Permission),
}

/// Middleware: lets in who may, and tells the route who it is.
pub async fn admit(
    State((services, access)): State<(Services, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let Access::Needs(permission) = access else {
        return next.run(request).await;
    };
    let token = request.headers().get(AUTHORIZATION).cloned();
    let session = request.extensions().get::<Session>().cloned();
    match caller(&services, token, session).await {
        Ok(user) if user.caller.may(permission) => {
            let mut caller = user.caller.as_ref().clone();
            let address = request.extensions().get::<ClientAddress>();
            caller.device = Some(format!("API: {}", device_of(request.headers(), address)));
            request
                .extensions_mut()
                .insert(RestCaller(Arc::new(caller)));
            next.run(request).await
        }
        Ok(_) => Problem::forbidden().into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// A token counts before the cookie: a client that sends one means it.
async fn caller(
    services: &Services,
    token: Option<HeaderValue>,
    session: Option<Session>,
) -> Result<SessionUser, Problem> {
    let Some(token) = token else {
        let user = session.and_then(|session| session.user);
        let user = user.ok_or_else(Problem::unauthorized)?;
        return if user.password_due {
            Err(Problem::password_due())
        } else {
            Ok(user)
        };
    };
    let token = token.to_str().ok().and_then(bearer);
    let token = token.ok_or_else(Problem::unauthorized)?;
    services
        .tokens
        .check(token)
        .await
        .map_err(|error| match error {
            TokenError::Store(error) => Problem::from(error),
            _ => Problem::unauthorized(),
        })
}

/// The token of an `Authorization` header.
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bearer_tokens_are_read() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer "), None);
    }
}
