//! An answer before it is put on the wire, and the ways faults spoil it.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::frame::spoil;

pub(crate) const JSON: &str = "application/json;charset=utf-8";
const HTML: &str = "text/html;charset=utf-8";

/// What messages say in English, and in German.
const GERMAN: [(&str, &str); 4] = [
    (
        "does not exist or is not activated",
        "ist nicht vorhanden oder nicht aktiviert",
    ),
    ("is being processed by user", "wird bearbeitet von Benutzer"),
    (
        "You have no authorization to change bills of material",
        "Sie haben keine Berechtigung, Stücklisten zu ändern",
    ),
    (
        "Resource not found for the key given",
        "Zum angegebenen Schlüssel gibt es keine Ressource",
    ),
];

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub status: u16,
    pub kind: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            kind: JSON.into(),
            headers: Vec::new(),
            body: body.to_string(),
        }
    }

    pub fn nothing() -> Self {
        Self {
            status: 204,
            ..Self::default()
        }
    }

    /// SAP's pages for what never reached an application are in HTML.
    pub fn html(status: u16, title: &str) -> Self {
        Self {
            status,
            kind: HTML.into(),
            headers: Vec::new(),
            body: format!(
                "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
            ),
        }
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            kind: "text/plain;charset=utf-8".into(),
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// A refusal in the shape of OData version 2.
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        let body = json!({"error": {
            "code": code,
            "message": {"lang": "en", "value": message},
            "innererror": {
                "transactionid": "4A5C0000000000000000000000000000",
                "errordetails": [
                    {"code": code, "message": message, "propertyref": "", "severity": "error", "target": ""},
                    {"code": "/IWBEP/CX_MGW_BUSI_EXCEPTION", "message": "An exception was raised",
                     "propertyref": "", "severity": "error", "target": ""}]
            }
        }});
        Self::json(status, &body)
    }

    /// There is no such record.
    pub fn absent() -> Self {
        Self::refusal(
            404,
            "/IWBEP/CM_MGW_RT/020",
            "Resource not found for the key given",
        )
    }

    /// The service is not switched on.
    pub fn inactive(service: &str) -> Self {
        let message =
            format!("No service found for namespace '', name '{service}', version '0001'");
        Self::refusal(404, "/IWFND/MED/170", &message)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same to a user who signed in in German; answers of batches, whose parts tell their lengths,
    /// stay in English.
    pub fn in_german(mut self) -> Self {
        if !self.kind.starts_with("multipart/") {
            for (english, german) in GERMAN {
                self.body = self.body.replace(english, german);
            }
        }
        self
    }

    pub fn accepted(&self) -> bool {
        self.status < 400
    }

    /// As it is.
    pub fn whole(self) -> Response<Body> {
        let body = Body::from(self.body.clone());
        self.around(body)
    }

    /// The first two thirds, sent as if they were all.
    pub fn malformed(self) -> Response<Body> {
        let mut end = self.body.len() * 2 / 3;
        while !self.body.is_char_boundary(end) {
            end -= 1;
        }
        let body = Body::from(self.body[..end].to_owned());
        self.around(body)
    }

    /// Promises the whole body, sends this share of it in hundredths, and breaks the connection.
    pub fn cut(self, share: usize) -> Response<Body> {
        let bytes = self.body.as_bytes();
        let sent = Bytes::copy_from_slice(&bytes[..bytes.len() * share / 100]);
        let length = self.body.len().max(1).to_string();
        // An answer without a body would be whole already.
        let status = if self.status == 204 { 200 } else { self.status };
        let promised = Self { status, ..self };
        promised
            .with("content-length", length)
            .around(spoil::breaking(sent))
    }

    fn around(self, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = response.headers_mut();
        if let Ok(kind) = HeaderValue::from_str(&self.kind)
            && !self.kind.is_empty()
        {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
