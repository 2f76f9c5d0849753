//! The vendor's names of methods, requests and refusals, exactly as they travel.

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The five data methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `getIdentWMS`, also `getIdent`.
    Items,
    /// `GetSubjectWMS`.
    Partners,
    /// `GetIssueDocWMS`.
    Dispatches,
    /// `GetReceiptDocWMS`.
    Receipts,
    /// `getStock`, also `GetStockWMS`.
    Stock,
}

impl Method {
    /// Recognises a method by its wire name, in any letter case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "getidentwms" | "getident" => Self::Items,
            "getsubjectwms" => Self::Partners,
            "getissuedocwms" => Self::Dispatches,
            "getreceiptdocwms" => Self::Receipts,
            "getstock" | "getstockwms" => Self::Stock,
            _ => return None,
        })
    }

    /// The wire name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Items => "getIdentWMS",
            Self::Partners => "GetSubjectWMS",
            Self::Dispatches => "GetIssueDocWMS",
            Self::Receipts => "GetReceiptDocWMS",
            Self::Stock => "GetStockWMS",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub username: String,
    pub password: String,
}

/// Body of `POST /get`.
#[derive(Deserialize)]
pub(crate) struct Query {
    pub method: String,
    #[serde(default)]
    pub filters: Option<Map<String, Value>>,
    #[serde(default)]
    pub offset: usize,
    #[serde(default = "max_limit")]
    pub limit: usize,
}

/// Query string of the older `GET /<method>`; `filters` is JSON text.
#[derive(Deserialize)]
pub(crate) struct LegacyQuery {
    #[serde(default)]
    pub filters: Option<String>,
    #[serde(default)]
    pub offset: usize,
    #[serde(default = "max_limit")]
    pub limit: usize,
}

/// Largest page, and the size of a page when the request names none.
pub(crate) fn max_limit() -> usize {
    1000
}

/// An answer that says no: status, the vendor's error code and its sentence.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    code: u32,
    message: String,
}

impl Refusal {
    pub fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub fn half_filter() -> Self {
        let message = "Each filter must have both operator and value";
        Self::new(StatusCode::BAD_REQUEST, 1004, message)
    }

    pub fn unknown_column(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            1005,
            format!("Invalid column name '{name}'"),
        )
    }

    pub fn unknown_operator(operator: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            1006,
            format!("Operator '{operator}' is not supported"),
        )
    }

    pub fn bad_value(column: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            1007,
            format!("Invalid value for column '{column}'"),
        )
    }

    pub fn bad_limit() -> Self {
        let message = format!("Limit must be between 1 and {}", max_limit());
        Self::new(StatusCode::BAD_REQUEST, 1008, message)
    }

    pub fn bad_body(error: &serde_json::Error) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            1001,
            format!("Invalid request body: {error}"),
        )
    }

    pub fn unknown_method(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            1002,
            format!("Unknown method '{name}'"),
        )
    }

    pub fn unknown_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, 404, "Route not found")
    }

    pub fn no_data() -> Self {
        Self::new(StatusCode::NOT_FOUND, 3011, "No data found")
    }

    pub fn bad_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 2001, "Invalid or expired token")
    }

    pub fn bad_login() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            2000,
            "Invalid username or password",
        )
    }

    pub fn too_fast() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, 4290, "Too many requests")
    }

    pub fn broken() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            5000,
            "Internal server error",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            error_code: u32,
            message: String,
            status: u16,
        }
        let body = Body {
            error_code: self.code,
            message: self.message,
            status: self.status.as_u16(),
        };
        (self.status, Json(body)).into_response()
    }
}
