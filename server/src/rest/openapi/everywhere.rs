//! What routes have in common: errors, sign-in, tags of content, keys of writes.

use super::super::access::Access;
use super::super::routes::{Endpoint, JSON};
use axum::http::Method;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// An error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// HTTP status.
    status: u16,
    /// The status in words.
    title: String,
    /// What happened and what to do, for people.
    detail: String,
    /// A stable word, for programs.
    code: String,
    /// The part of the request that is to blame, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

const ERRORS: &[(u16, &str)] = &[
    (400, "The body is no JSON."),
    (401, "Nobody is signed in, or the token is no longer good."),
    (403, "The role does not grant it."),
    (404, "It does not exist, or not for this caller."),
    (406, "The client takes nothing this route makes."),
    (408, "It took too long."),
    (
        409,
        "Somebody was faster, it is in another state, or the Idempotency-Key is in use.",
    ),
    (413, "The body is too large."),
    (415, "The body is not sent as JSON."),
    (422, "The request can be read and makes no sense."),
    (429, "Too many tries; wait for Retry-After."),
    (500, "The fault is here; the log has the request's id."),
    (
        503,
        "The database is away or has no room; send the same again after Retry-After.",
    ),
];

/// A handler's operation with everything its layers add.
pub fn complete(mut operation: Value, endpoint: &Endpoint) -> Value {
    let reads = endpoint.method == Method::GET;
    let signed_in = endpoint.access != Access::Open;
    let has_body = !operation["requestBody"].is_null();
    let has_id = endpoint.path.contains('{');
    for (status, description) in ERRORS {
        let fits = match status {
            400 | 413 => !reads,
            415 => has_body,
            403 => signed_in || !reads,
            404 => has_id || signed_in,
            409 => !reads && signed_in,
            429 => endpoint.path == "/auth/token",
            _ => true,
        };
        if fits {
            operation["responses"][status.to_string()] = problem(description);
        }
    }
    if reads && endpoint.made == JSON {
        tag(&mut operation);
    } else if signed_in && !reads {
        parameter(&mut operation, "IdempotencyKey");
    }
    if has_body && !endpoint.path.starts_with("/sync/") {
        operation["requestBody"]["required"] = true.into();
    }
    operation["security"] = match signed_in {
        true => json!([{ "token": [] }, { "session": [] }]),
        false => json!([]),
    };
    operation
}

/// Names an operation once per path it answers at.
pub fn name(operation: &mut Value, endpoint: &Endpoint, alias: bool) {
    let mut id = endpoint.method.as_str().to_lowercase();
    for part in endpoint
        .path
        .split(['/', '-', '.'])
        .filter(|part| !part.is_empty())
    {
        id.push('_');
        id.push_str(part.trim_matches(['{', '}']));
    }
    if alias {
        id.push_str("_alias");
        let text = operation["summary"].as_str().unwrap_or_default();
        operation["summary"] = format!("{text} (older address)").into();
    }
    operation["operationId"] = id.into();
}

/// Adds what operations refer to.
pub fn add_components(document: &mut Value) {
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of /api/v1/auth/token." },
        "session": { "type": "apiKey", "in": "cookie", "name": crate::auth::COOKIE,
            "description": "The browser's session; changes besides need an Origin of ours." },
    });
    components["parameters"] = json!({
        "IfNoneMatch": { "name": "If-None-Match", "in": "header", "required": false,
            "description": "The ETag of the answer the client has; 304 when it is still true.",
            "schema": { "type": "string" } },
        "IdempotencyKey": { "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A new one for each intent. The same key with the same payload gets the stored answer for at least 24 hours; with another payload 409.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" } },
    });
}

fn problem(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/ProblemDetails" });
    json!({
        "description": description,
        "content": { "application/problem+json": { "schema": schema } },
    })
}

fn tag(operation: &mut Value) {
    operation["responses"]["200"]["headers"]["ETag"] = json!({
        "description": "Names the content.", "schema": { "type": "string" },
    });
    operation["responses"]["304"] = json!({ "description": "The client has it already." });
    parameter(operation, "IfNoneMatch");
}

fn parameter(operation: &mut Value, name: &str) {
    let reference = json!({ "$ref": format!("#/components/parameters/{name}") });
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.push(reference),
        None => operation["parameters"] = Value::Array(vec![reference]),
    }
}
