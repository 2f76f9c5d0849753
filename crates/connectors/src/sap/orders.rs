//! Process orders over OData: made, and marked for deletion when they are taken back.

use super::bill::{amount, material, rejected, unit};
use super::bills::written;
use super::client::{Ask, Client};
use super::config::Settings;
use super::products::{self, Products};
use super::{odata, refusal};
use crate::http::call::Answer;
use crate::{Acceptance, Direction, Error, ErrorKind};
use chrono::NaiveDate;
use domain::push::ProcessOrder;
use reqwest::Method;
use reqwest::header::IF_MATCH;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Where the service is.
const PATH: &str = "sap/opu/odata/sap/API_PROCESS_ORDER_2_SRV";
const PUSH: &str = "push";
/// The order type SAP delivers for process orders.
const USUAL_TYPE: &str = "PI01";
/// Longest plant, order type and production version.
const SHORT: usize = 4;

/// An order as SAP has room for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Order {
    material: String,
    plant: String,
    order_type: String,
    quantity: Decimal,
    unit: Option<String>,
    version: Option<String>,
    starts_on: Option<NaiveDate>,
}

impl Order {
    /// The order behind a command.
    ///
    /// # Errors
    /// `rejected` for what SAP has no room for, naming it, and when no plant is known.
    pub fn of(order: &ProcessOrder, settings: &Settings) -> Result<Self, Error> {
        let plant = unit(order.plant.as_deref()).or_else(|| unit(settings.plant.as_deref()));
        let plant = plant.ok_or_else(|| {
            rejected(
                "The process order names no plant: name it, or enter the usual one in the \
                 connection's settings.",
            )
        })?;
        let order_type = unit(order.order_type.as_deref());
        let made = Self {
            material: order.product_code.trim().to_owned(),
            plant,
            order_type: order_type.unwrap_or_else(|| USUAL_TYPE.to_owned()),
            quantity: order.quantity,
            unit: unit(order.uom.as_deref()),
            version: unit(order.production_version.as_deref()),
            starts_on: order.starts_on,
        };
        made.checked()
    }

    fn checked(self) -> Result<Self, Error> {
        material(&self.material)?;
        amount(&self.material, self.quantity)?;
        let version = self.version.as_deref().unwrap_or_default();
        for (name, text) in [
            ("plant", self.plant.as_str()),
            ("order_type", self.order_type.as_str()),
            ("production_version", version),
        ] {
            if text.chars().count() > SHORT {
                return Err(rejected(format!(
                    "{name} '{text}' is too long for SAP: at most {SHORT} characters."
                )));
            }
        }
        Ok(self)
    }

    /// What is sent, with the material's own unit where none is named.
    fn body(&self, base_unit: &str) -> Value {
        let mut body = json!({
            "ManufacturingOrderType": self.order_type,
            "Material": self.material,
            "ProductionPlant": self.plant,
            "TotalQuantity": written(self.quantity),
            "ProductionUnit": self.unit.as_deref().unwrap_or(base_unit),
        });
        if let Some(version) = &self.version {
            body["ProductionVersion"] = json!(version);
        }
        if let Some(day) = self.starts_on {
            body["MfgOrderPlannedStartDate"] = json!(odata::day(day));
        }
        body
    }
}

/// What is known of an order whose answer was lost. SAP gives it its number and keeps no word of
/// ours with it, so nobody but a person can tell it from others of the same material. Marking one
/// for deletion again changes nothing, so that is simply done again.
pub(super) fn find(direction: Direction) -> Result<Option<Acceptance>, Error> {
    match direction {
        Direction::Undo => Ok(None),
        Direction::Do => {
            let message = "SAP keeps no reference of ours with a process order.";
            Err(Error::new(ErrorKind::Unsupported, "find_push", message))
        }
    }
}

/// The service, for one command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orders<'a> {
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub correlation_id: &'a str,
}

impl Orders<'_> {
    /// Makes the order; SAP takes what goes in from the master recipe of its material.
    pub async fn make(&self, order: &Order) -> Result<Acceptance, Error> {
        let products = Products {
            client: self.client,
            settings: self.settings,
            correlation_id: self.correlation_id,
        };
        let materials = [order.material.as_str()];
        let facts = products.facts(&materials).await?;
        products::all_there(&materials, &facts)?;
        let known = facts.into_iter().flatten().next();
        let base_unit = known.map(|facts| facts.base_unit).unwrap_or_default();
        let body = order.body(&base_unit).to_string().into_bytes();
        let ask = Ask {
            body: Some(("application/json".into(), body)),
            ..self.write(format!("{PATH}/A_ProcessOrder_2"), String::new())
        };
        let (number, warnings) = self
            .client
            .ask(&ask, PATH, |answer| self.made(answer))
            .await?;
        Ok(Acceptance {
            detail: json!({
                "material": order.material, "plant": order.plant, "order_type": order.order_type,
            }),
            number,
            warnings,
        })
    }

    fn made(&self, answer: &Answer) -> Result<(String, Vec<String>), Error> {
        if let Some(error) = refusal::of_answer(PUSH, self.client.user(), answer) {
            return Err(error);
        }
        let row = odata::entity(&answer.body).map_err(|why| self.client.unreadable(PUSH, &why))?;
        let number = odata::text(&row, "ManufacturingOrder").ok_or_else(|| {
            self.client
                .unreadable(PUSH, "it does not name the order that was made")
        })?;
        Ok((number, super::warnings(answer)))
    }

    /// Marks an order that was made for deletion: SAP takes none away at once.
    pub async fn take_back(&self, accepted: Option<&Acceptance>) -> Result<Acceptance, Error> {
        let Some(accepted) = accepted else {
            return Err(rejected(
                "The number of the process order is not known: look for it in SAP and mark it for \
                 deletion there.",
            ));
        };
        let number = odata::literal(&accepted.number);
        let order = self.read(&number).await?;
        let query = odata::query(&[("ManufacturingOrder", number.as_str())]);
        let mut ask = self.write(format!("{PATH}/DeletionFlagOrder"), query);
        // SAP wants to know that nobody changed it meanwhile.
        ask.headers.push((IF_MATCH, odata::version(&order)));
        let read = |answer: &Answer| match refusal::of_answer(PUSH, self.client.user(), answer) {
            Some(error) => Err(error),
            None => Ok(super::warnings(answer)),
        };
        let warnings = self.client.ask(&ask, PATH, read).await?;
        Ok(Acceptance {
            number: accepted.number.clone(),
            warnings,
            detail: accepted.detail.clone(),
        })
    }

    async fn read(&self, number: &str) -> Result<Value, Error> {
        let path = format!("{PATH}/A_ProcessOrder_2({})", odata::encode(number));
        let ask = Ask::get(PUSH, self.correlation_id, path, String::new());
        let read = |answer: &Answer| match refusal::of_answer(PUSH, self.client.user(), answer) {
            Some(error) => Err(error),
            None => odata::entity(&answer.body).map_err(|why| self.client.unreadable(PUSH, &why)),
        };
        self.client.ask(&ask, PATH, read).await
    }

    fn write(&self, path: String, query: String) -> Ask<'_> {
        Ask {
            method: Method::POST,
            writes: true,
            guarded: true,
            ..Ask::get(PUSH, self.correlation_id, path, query)
        }
    }
}
