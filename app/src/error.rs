//! What a server function answers when it cannot do what was asked.

use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use std::fmt;

/// Why, as far as a screen has to tell cases apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Nobody is signed in.
    SignedOut,
    /// The role does not grant it.
    Forbidden,
    /// It does not exist, or not for this caller.
    NotFound,
    /// Somebody or something was faster.
    Conflict,
    /// What was sent cannot be accepted.
    Invalid,
    /// Too many tries.
    Throttled,
    /// The server could not be reached.
    Offline,
    /// Our fault; the log has the chain.
    Internal,
}

impl ErrorCode {
    /// The HTTP status of the answer.
    pub fn status(self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Invalid => 422,
            Self::Throttled => 429,
            Self::Offline | Self::Internal => 500,
        }
    }
}

/// A code and one sentence that may be shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// Which case.
    pub code: ErrorCode,
    /// One sentence; carries nothing internal.
    pub message: String,
}

impl AppError {
    /// An error with its sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let error = Self {
            code,
            message: message.into(),
        };
        #[cfg(feature = "ssr")]
        error.set_status();
        error
    }

    /// Nobody is signed in.
    pub fn signed_out() -> Self {
        Self::new(ErrorCode::SignedOut, "Please sign in.")
    }

    /// The role does not grant it.
    pub fn forbidden() -> Self {
        Self::new(ErrorCode::Forbidden, "Your role does not allow this.")
    }

    /// Something that is not there, or not for this caller.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no such {what}."))
    }

    /// Our fault.
    pub fn internal() -> Self {
        Self::new(
            ErrorCode::Internal,
            "Something went wrong on the server. Try again; if it stays, tell your administrator.",
        )
    }

    /// Gives the HTTP answer the status of the code, where a request is being answered.
    #[cfg(feature = "ssr")]
    fn set_status(&self) {
        use axum::http::StatusCode;
        if let (Some(response), Ok(status)) = (
            leptos::prelude::use_context::<leptos_axum::ResponseOptions>(),
            StatusCode::from_u16(self.code.status()),
        ) {
            response.set_status(status);
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match error {
            E::Request(_) => Self::new(
                ErrorCode::Offline,
                "The server cannot be reached. Check the network; the page tries again.",
            ),
            E::Args(_) | E::MissingArg(_) => {
                Self::new(ErrorCode::Invalid, "The request could not be read.")
            }
            other => {
                #[cfg(feature = "ssr")]
                tracing::error!(error = %other, "server function");
                #[cfg(not(feature = "ssr"))]
                drop(other);
                Self::internal()
            }
        }
    }
}

#[cfg(feature = "ssr")]
impl From<store::Error> for AppError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { what } => Self::not_found(what),
            store::Error::Taken { .. } => {
                Self::new(ErrorCode::Conflict, "This name is already taken.")
            }
            store::Error::BadCursor => Self::new(
                ErrorCode::Invalid,
                "This place in the list is unknown: start from the first page.",
            ),
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "store");
                Self::internal()
            }
        }
    }
}

#[cfg(feature = "ssr")]
impl From<operations::Error> for AppError {
    fn from(error: operations::Error) -> Self {
        match error {
            operations::Error::NotFound(what) => Self::not_found(what),
            operations::Error::Forbidden(_) => Self::forbidden(),
            operations::Error::Invalid(sentence) => Self::new(ErrorCode::Invalid, sentence),
            operations::Error::Conflict(sentence) => Self::new(ErrorCode::Conflict, sentence),
            operations::Error::Store(error) => error.into(),
        }
    }
}
