//! `auth/…`: access and refresh tokens.

use super::Problem;
use super::extract::Json;
use crate::auth::{ACCESS_MINUTES, ClientAddress, Credentials, Pair, Refused, TokenError};
use crate::services::Services;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use domain::user::Caller;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// What `auth/token` takes.
#[derive(Debug, Deserialize)]
pub struct SignInBody {
    login: String,
    password: SecretString,
}

/// What `auth/refresh` and `auth/revoke` take.
#[derive(Debug, Deserialize)]
pub struct RefreshBody {
    refresh_token: SecretString,
}

/// What a client gets.
#[derive(Serialize)]
pub struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    refresh_token: String,
    user: Caller,
}

impl From<Pair> for TokenAnswer {
    fn from(pair: Pair) -> Self {
        Self {
            access_token: pair.access.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: ACCESS_MINUTES * 60,
            refresh_token: pair.refresh.expose_secret().to_owned(),
            user: pair.user.caller.as_ref().clone(),
        }
    }
}

/// Signs in.
pub async fn issue(
    State(services): State<Services>,
    Extension(address): Extension<ClientAddress>,
    Json(body): Json<SignInBody>,
) -> Result<Json<TokenAnswer>, Problem> {
    let credentials = Credentials {
        login: body.login,
        password: body.password,
        address,
    };
    let user = services.sign_in.check(credentials).await.map_err(refused)?;
    let pair = services.tokens.issue(user).await.map_err(invalid)?;
    Ok(Json(pair.into()))
}

/// The next pair.
pub async fn refresh(
    State(services): State<Services>,
    Json(body): Json<RefreshBody>,
) -> Result<Json<TokenAnswer>, Problem> {
    let token = body.refresh_token.expose_secret();
    let pair = services.tokens.rotate(token).await.map_err(invalid)?;
    Ok(Json(pair.into()))
}

/// Ends a sign-in.
pub async fn revoke(
    State(services): State<Services>,
    Json(body): Json<RefreshBody>,
) -> Result<StatusCode, Problem> {
    let token = body.refresh_token.expose_secret();
    services.tokens.revoke(token).await.map_err(invalid)?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Wrong => Problem::new(
            StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "Login or password is wrong.",
        ),
        Refused::Throttled(wait) => {
            Problem::too_many(wait, "Too many failed sign-ins. Wait and try again.")
        }
        Refused::Unavailable(error) => Problem::internal(&error),
    }
}

fn invalid(error: TokenError) -> Problem {
    match error {
        TokenError::Invalid => Problem::new(
            StatusCode::UNAUTHORIZED,
            "invalid_token",
            "The token is not valid; sign in again.",
        ),
        other => Problem::internal(&other),
    }
}
