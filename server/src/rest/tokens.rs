//! `auth/…`: access and refresh tokens.

use super::Problem;
use super::extract::Json;
use crate::auth::{
    ACCESS_MINUTES, ClientAddress, Credentials, Pair, Refused, TokenError, device_of,
};
use crate::services::Services;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::user::Caller;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What `auth/token` takes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SignInBody {
    /// Name of the account.
    login: String,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// What `auth/refresh` and `auth/revoke` take.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RefreshBody {
    /// As it was given out; each is good once.
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// What a client gets.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// For the header `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    /// For the next pair.
    refresh_token: String,
    /// Who signed in.
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

/// Signs in: a pair of tokens for a login and its password.
#[utoipa::path(post, path = "/auth/token", tag = "Sign-in",
    request_body(content = SignInBody, example = json!({ "login": "ana", "password": "demo-crossdock" })),
    responses((status = 200, description = "The pair.", body = TokenAnswer)))]
pub async fn issue(
    State(services): State<Services>,
    Extension(address): Extension<ClientAddress>,
    headers: HeaderMap,
    Json(body): Json<SignInBody>,
) -> Result<Json<TokenAnswer>, Problem> {
    let credentials = Credentials {
        login: body.login,
        password: body.password,
        address,
        device: format!("API: {}", device_of(&headers, Some(&address))),
    };
    let user = services.sign_in.check(credentials).await.map_err(refused)?;
    if user.password_due {
        return Err(Problem::password_due());
    }
    let pair = services.tokens.issue(user).await.map_err(invalid)?;
    Ok(Json(pair.into()))
}

/// The next pair; the old refresh token is spent.
#[utoipa::path(post, path = "/auth/refresh", tag = "Sign-in",
    request_body(content = RefreshBody),
    responses((status = 200, description = "The pair.", body = TokenAnswer)))]
pub async fn refresh(
    State(services): State<Services>,
    Json(body): Json<RefreshBody>,
) -> Result<Json<TokenAnswer>, Problem> {
    let token = body.refresh_token.expose_secret();
    let pair = services.tokens.rotate(token).await.map_err(invalid)?;
    Ok(Json(pair.into()))
}

/// Ends a sign-in.
#[utoipa::path(post, path = "/auth/revoke", tag = "Sign-in",
    request_body(content = RefreshBody),
    responses((status = 204, description = "Ended.")))]
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
