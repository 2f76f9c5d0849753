//! A line of the table.

use crate::rest::PREFIX;
use crate::rest::access::Access;
use crate::services::Services;
use axum::http::Method;
use axum::routing::MethodRouter;
use domain::permission::Permission as P;

/// What most routes answer.
pub const JSON: &str = "application/json";
pub(super) const JPEG: &str = domain::photo::CONTENT_TYPE;
pub(super) const CSV: &str = "text/csv";
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// One route.
pub struct Endpoint {
    /// GET, POST, PUT or DELETE.
    pub method: Method,
    /// Below the prefix.
    pub path: &'static str,
    /// What it demands.
    pub access: Access,
    /// Whether it also answers below `/api`, where older clients look for it.
    pub alias: bool,
    /// What it answers.
    pub made: &'static str,
    pub(super) handler: fn() -> MethodRouter<Services>,
}

impl Endpoint {
    pub(super) const fn new(
        method: Method,
        path: &'static str,
        access: Access,
        handler: fn() -> MethodRouter<Services>,
    ) -> Self {
        Self {
            method,
            path,
            access,
            alias: false,
            made: JSON,
            handler,
        }
    }

    pub(super) const fn making(mut self, made: &'static str) -> Self {
        self.made = made;
        self
    }

    pub(super) const fn with_alias(mut self) -> Self {
        self.alias = true;
        self
    }

    /// All full paths it answers.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = vec![format!("{PREFIX}{}", self.path)];
        if self.alias {
            paths.push(format!("/api{}", self.path));
        }
        paths
    }
}

pub(super) const fn read(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::GET, path, Access::Needs(permission), handler)
}

pub(super) const fn act(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::POST, path, Access::Needs(permission), handler)
}

pub(super) const fn replace(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::PUT, path, Access::Needs(permission), handler)
}

pub(super) const fn remove(
    path: &'static str,
    permission: P,
    handler: fn() -> MethodRouter<Services>,
) -> Endpoint {
    Endpoint::new(Method::DELETE, path, Access::Needs(permission), handler)
}

pub(super) const fn open(path: &'static str, handler: fn() -> MethodRouter<Services>) -> Endpoint {
    Endpoint::new(Method::POST, path, Access::Open, handler)
}
