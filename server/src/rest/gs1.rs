//! `gs1`: what a label says.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller};
use crate::services::Services;
use axum::extract::State;
use chrono::NaiveDate;
use domain::gs1::{ElementString, Gs1Error};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which label.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// What the scanner sent, the bracketed form, `^` for FNC1, a GTIN or a GS1 Digital Link.
    #[param(max_length = 1000, example = "(01)04006381333931(10)L-7(17)271231")]
    data: String,
    /// One of several labels on the same goods: entries may need some of another label.
    #[param(example = false)]
    part: Option<bool>,
}

/// A label's entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct Label {
    /// The form that people read.
    text: String,
    /// In the order of the label.
    elements: Vec<Element>,
    /// The trade item, fourteen digits.
    gtin: Option<String>,
    /// Batch or lot.
    lot: Option<String>,
    /// Serial number.
    serial: Option<String>,
    /// Last day of safe use.
    expires_on: Option<NaiveDate>,
    /// Last day of best quality.
    best_before_on: Option<NaiveDate>,
}

/// One entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Element {
    /// Application identifier.
    ai: String,
    /// GS1's name of it.
    title: &'static str,
    /// As the label has it.
    value: String,
}

/// Reads a GS1 label, or says what is wrong with it.
#[utoipa::path(get, path = "/gs1", tag = "Catalogue", params(Wanted),
    responses((status = 200, description = "What the label says.", body = Label)))]
pub async fn read(
    State(services): State<Services>,
    _: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Label>, Problem> {
    let label = match wanted.part {
        Some(true) => ElementString::read(&wanted.data),
        _ => ElementString::parse(&wanted.data),
    };
    let label = label.map_err(|error: Gs1Error| Problem::invalid(error.to_string()))?;
    let today = services.clock.now().date_naive();
    Ok(Json(Label::of(&label, today)))
}

impl Label {
    fn of(label: &ElementString, today: NaiveDate) -> Self {
        let entry = |element: &domain::gs1::Element| Element {
            ai: element.ai.clone(),
            title: element.title(),
            value: element.value.clone(),
        };
        Self {
            text: label.to_string(),
            elements: label.elements().iter().map(entry).collect(),
            gtin: label.gtin().map(str::to_owned),
            lot: label.lot().map(str::to_owned),
            serial: label.serial().map(str::to_owned),
            expires_on: label.expiry(today),
            best_before_on: label.best_before(today),
        }
    }
}
