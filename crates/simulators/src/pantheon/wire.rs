//! The vendor's names: requests, rows and refusals exactly as they travel.

use std::fmt;
use std::io::Write;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::records::{Document, Item, Line, Partner};
use super::stock;
use crate::spread::roll;

/// Width of `Naziv`: shorter titles arrive padded with spaces.
const TITLE_WIDTH: usize = 40;

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

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemRow<'a> {
    ident: &'a str,
    naziv: String,
    aktivan: &'static str,
    dobavljac: &'a str,
    dob_sifra: &'a str,
    prim_klasif: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sek_klasif: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tezina: Option<Value>,
    #[serde(rename = "JM")]
    jm: String,
    opis: Option<&'a str>,
    barkodovi: Vec<BarcodeRow<'a>>,
    #[serde(rename = "adTimeChg")]
    changed: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BarcodeRow<'a> {
    barkod: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PartnerRow<'a> {
    id_subjekta: u32,
    naziv_subjekta: String,
    naziv2_subjekta: &'a str,
    drzava: &'a str,
    grad: &'a str,
    adresa: &'a str,
    #[serde(rename = "PIB")]
    pib: &'a str,
    telefon1: &'a str,
    telefon2: &'a str,
    skladiste: &'static str,
    kupac: &'static str,
    dobavljac: &'static str,
    #[serde(rename = "adTimeChg", skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DocumentRow<'a> {
    broj_dokumenta: &'a str,
    tip_dokumenta: &'a str,
    datum_dokumenta: String,
    nas_objekat: &'a str,
    primalac1: &'a str,
    primalac2: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    posiljalac: Option<&'a str>,
    odgovorna_osoba: &'a str,
    status_dokumenta: &'a str,
    napomena: Option<&'a str>,
    objekti: Vec<LineRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LineRow<'a> {
    poz: u32,
    ident: &'a str,
    naziv: &'a str,
    kolicina: Value,
    #[serde(rename = "JM")]
    jm: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StockRow<'a> {
    ident: &'a str,
    objekti: Vec<ShelfRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShelfRow<'a> {
    objekat: &'a str,
    zaliha: Value,
}

pub(crate) fn write_item(item: &Item, out: &mut Vec<u8>) {
    let barkodovi = item
        .barcodes
        .iter()
        .map(|barkod| BarcodeRow { barkod })
        .collect();
    let row = ItemRow {
        ident: &item.code,
        naziv: format!("{:<TITLE_WIDTH$}", item.title),
        aktivan: flag(item.active),
        dobavljac: &item.supplier,
        dob_sifra: &item.supplier_code,
        prim_klasif: item.class,
        sek_klasif: item.extra.map(|(class, _)| class),
        tezina: item.extra.map(|(_, weight)| number(weight)),
        jm: format!("{:<3}", item.unit),
        opis: item.description.as_deref(),
        barkodovi,
        changed: local_time(item.changed_at, &item.code),
    };
    write(&row, out);
}

pub(crate) fn write_partner(partner: &Partner, out: &mut Vec<u8>) {
    let row = PartnerRow {
        id_subjekta: partner.id,
        naziv_subjekta: format!("{:<30}", partner.name),
        naziv2_subjekta: "",
        drzava: partner.country,
        grad: partner.city,
        adresa: &partner.address,
        pib: &partner.tax_number,
        telefon1: &partner.phone,
        telefon2: "",
        skladiste: flag(partner.roles.warehouse),
        kupac: flag(partner.roles.customer),
        dobavljac: flag(partner.roles.supplier),
        changed: partner
            .shows_change
            .then(|| local_time(partner.changed_at, &partner.id.to_string())),
    };
    write(&row, out);
}

pub(crate) fn write_document(document: &Document, out: &mut Vec<u8>) {
    let row = DocumentRow {
        broj_dokumenta: &document.number,
        tip_dokumenta: document.doc_type,
        datum_dokumenta: document.on.to_string(),
        nas_objekat: &document.warehouse,
        primalac1: &document.recipient,
        primalac2: "",
        posiljalac: document.sender.as_deref(),
        odgovorna_osoba: document.person,
        status_dokumenta: document.status,
        napomena: document.note.as_deref(),
        objekti: document.lines.iter().map(line_row).collect(),
    };
    write(&row, out);
}

pub(crate) fn write_stock(item: &Item, out: &mut Vec<u8>) {
    let objekti = stock::by_warehouse(item)
        .map(|(objekat, zaliha)| ShelfRow {
            objekat,
            zaliha: number(zaliha),
        })
        .collect();
    write(
        &StockRow {
            ident: &item.code,
            objekti,
        },
        out,
    );
}

fn line_row(line: &Line) -> LineRow<'_> {
    // One line in seven sends its quantity as text, whatever its item.
    let as_text = roll(&format!("{}{}", line.code, line.position), 7) == 0;
    let kolicina = if as_text {
        Value::String(decimal_text(line.quantity))
    } else {
        number(line.quantity)
    };
    LineRow {
        poz: line.position,
        ident: &line.code,
        naziv: &line.title,
        kolicina,
        jm: line.unit,
    }
}

fn flag(set: bool) -> &'static str {
    if set { "T" } else { "F" }
}

/// Local time with a space or a `T`; which of them stays the same for a key.
fn local_time(at: NaiveDateTime, key: &str) -> String {
    let format = if roll(key, 4) == 0 {
        "%Y-%m-%dT%H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    at.format(format).to_string()
}

/// `4` is sent as `4.0`, as a float column prints it.
fn decimal_text(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() == 0 {
        format!("{value}.0")
    } else {
        value.to_string()
    }
}

fn number(value: Decimal) -> Value {
    let text = decimal_text(value);
    text.parse().map_or(Value::String(text), Value::Number)
}

fn write(row: &impl Serialize, out: &mut Vec<u8>) {
    if let Err(error) = serde_json::to_writer(&mut *out, row) {
        // Rows are plain structs of text and numbers, which always serialise.
        tracing::error!(%error, "a row could not be written");
        let _ = out.write_all(b"null");
    }
}
