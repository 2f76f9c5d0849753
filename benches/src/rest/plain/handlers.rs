//! Its two routes: a page of a dispatch's lines, and a token for the bench.

use super::queries::{self, Caller, Line, Wanted};
use crate::Failure;
use axum::extract::{Path, Query, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::sync::Arc;
use uuid::Uuid;

const ISSUER: &str = "crossdock";
const AUDIENCE: &str = "crossdock-api";
/// How long a token is good.
const SECONDS: i64 = 900;
/// Rows of a page when nobody says how many, and at most.
const USUAL: u16 = 50;
const LARGEST: u16 = 200;

struct App {
    pool: PgPool,
    signing: EncodingKey,
    checking: DecodingKey,
    rules: Validation,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    epoch: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// What stands behind the question mark.
#[derive(Debug, Deserialize)]
struct Asked {
    after: Option<String>,
    limit: Option<u16>,
    #[serde(default)]
    only_wms: bool,
}

/// Lines, and where the next page begins.
#[derive(Debug, Serialize)]
struct Page {
    rows: Vec<Line>,
    next: Option<String>,
}

/// Routes over that database, with tokens of that key.
pub(super) fn router(pool: PgPool, key: &str) -> Router {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.leeway = 0;
    let app = App {
        pool,
        signing: EncodingKey::from_secret(key.as_bytes()),
        checking: DecodingKey::from_secret(key.as_bytes()),
        rules,
    };
    Router::new()
        .route("/api/v1/dispatches/{document}/items", get(items))
        .route("/token/{user}", get(token))
        .with_state(Arc::new(app))
}

async fn items(
    State(app): State<Arc<App>>,
    Path(document): Path<i64>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Json<Page>, StatusCode> {
    let caller = authenticated(&app, &headers).await?;
    let limit = asked.limit.unwrap_or(USUAL);
    let after = position(asked.after.as_deref()).filter(|_| (1..=LARGEST).contains(&limit));
    let wanted = Wanted {
        document,
        after: after.ok_or(StatusCode::UNPROCESSABLE_ENTITY)?,
        only_wms: asked.only_wms,
        rows: i64::from(limit) + 1,
    };
    let lines = queries::lines(&app.pool, &caller, &wanted).await;
    let lines = lines.map_err(broken)?;
    if lines.is_empty() {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(Json(page(lines, usize::from(limit))))
}

/// A token for the bench; a real service would ask for a password.
async fn token(
    State(app): State<Arc<App>>,
    Path(user): Path<i64>,
) -> Result<Json<Value>, StatusCode> {
    let found = queries::caller(&app.pool, user).await.map_err(broken)?;
    let now = Utc::now().timestamp();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: user.to_string(),
        epoch: found.ok_or(StatusCode::NOT_FOUND)?.auth_epoch,
        iat: now,
        exp: now + SECONDS,
        jti: Uuid::new_v4(),
    };
    let signed = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &app.signing);
    let signed = signed.map_err(|error| broken(error.into()))?;
    Ok(Json(json!({ "access_token": signed })))
}

async fn authenticated(app: &App, headers: &HeaderMap) -> Result<Caller, StatusCode> {
    let claims = claims(app, headers).ok_or(StatusCode::UNAUTHORIZED)?;
    let user = claims.sub.parse().map_err(|_| StatusCode::UNAUTHORIZED)?;
    let found = queries::caller(&app.pool, user).await.map_err(broken)?;
    found
        .filter(|caller| caller.auth_epoch == claims.epoch)
        .ok_or(StatusCode::UNAUTHORIZED)
}

fn claims(app: &App, headers: &HeaderMap) -> Option<Claims> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let token = jsonwebtoken::decode::<Claims>(token, &app.checking, &app.rules);
    Some(token.ok()?.claims)
}

/// Where a page begins; none for a cursor that nobody gave out.
fn position(after: Option<&str>) -> Option<(i32, i64)> {
    let Some(after) = after.filter(|after| !after.is_empty()) else {
        return Some((i32::MIN, 0));
    };
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(after).ok()?).ok()?;
    let (position, id) = text.split_once('~')?;
    Some((position.parse().ok()?, id.parse().ok()?))
}

/// One line more than wanted was asked for: whether there is another page.
fn page(mut rows: Vec<Line>, limit: usize) -> Page {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(cursor);
    Page { rows, next }
}

fn cursor(line: &Line) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}~{}", line.position, line.id))
}

fn broken(failure: Failure) -> StatusCode {
    eprintln!("plain handler: {failure}");
    StatusCode::INTERNAL_SERVER_ERROR
}
