//! Which form of an answer a client takes.

use super::Problem;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Middleware: answers 406 to a client that takes nothing this route makes.
pub async fn accept(State(made): State<&'static str>, request: Request, next: Next) -> Response {
    let mut headers = request.headers().get_all(ACCEPT).iter().peekable();
    let asked = headers.peek().is_some();
    let taken = headers
        .filter_map(|value| value.to_str().ok())
        .any(|value| takes(value, made));
    if asked && !taken {
        let detail = format!("This path answers {made}; say so in the Accept header.");
        return Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail).into_response();
    }
    next.run(request).await
}

fn takes(accept: &str, made: &str) -> bool {
    let family = made.split('/').next().unwrap_or_default();
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="));
            weight
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0)
        });
        let fits = kind == "*/*" || kind == made || kind.strip_suffix("/*") == Some(family);
        fits && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn a_client_gets_what_it_takes_and_nothing_else() {
        let json = "application/json";
        for fits in [
            "*/*",
            "application/json",
            "text/html, application/*;q=0.8",
            "text/html,*/*;q=0.1",
        ] {
            assert!(takes(fits, json), "{fits}");
        }
        for other in ["text/html", "application/json;q=0", "image/*", ""] {
            assert!(!takes(other, json), "{other}");
        }
    }
}
