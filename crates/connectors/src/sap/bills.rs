//! Bills of materials over OData: looked up, made, changed in one unit, taken away.

use super::batch::{self, Part, PartAnswer};
use super::bill::{self, Bill, Item, Key, Mark, Step};
use super::client::{Ask, Client};
use super::config::Settings;
use super::products::{self, Facts, Products};
use super::{odata, refusal};
use crate::http::call::Answer;
use crate::{Acceptance, Error, ErrorKind};
use reqwest::Method;
use reqwest::header::{ACCEPT, IF_MATCH};
use serde_json::{Value, json};
use std::time::Duration;

/// Where the service is.
pub(super) const PATH: &str = "sap/opu/odata/sap/API_BILL_OF_MATERIAL_SRV;v=0002";
/// People's word for it.
pub(super) const NAME: &str = "API_BILL_OF_MATERIAL_SRV";
const PUSH: &str = "push";
/// Fields that say which bill it is.
const HEADER_KEY: [&str; 7] = [
    "BillOfMaterial",
    "BillOfMaterialCategory",
    "BillOfMaterialVariant",
    "BillOfMaterialVersion",
    "EngineeringChangeDocument",
    "Material",
    "Plant",
];
/// Fields that say which item it is.
const ITEM_KEY: [&str; 8] = [
    "BillOfMaterial",
    "BillOfMaterialCategory",
    "BillOfMaterialVariant",
    "BillOfMaterialVersion",
    "BillOfMaterialItemNodeNumber",
    "HeaderChangeDocument",
    "Material",
    "Plant",
];

/// The service, for one command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bills<'a> {
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub correlation_id: &'a str,
}

/// A bill that is in SAP.
struct Found {
    header: Value,
    items: Vec<Item>,
    rows: Vec<Value>,
}

impl Found {
    fn number(&self) -> String {
        odata::text(&self.header, "BillOfMaterial").unwrap_or_default()
    }
}

impl Bills<'_> {
    /// Opens a session at the service; how long it took.
    pub async fn check(&self) -> Result<Duration, Error> {
        let session = self.client.session();
        self.client
            .fetch_token(session, self.correlation_id, PATH)
            .await
    }

    /// Makes the bill, or brings the one that is there up to date. What the reference has written
    /// before is answered, not written again.
    pub async fn put(&self, bill: &Bill, mark: &Mark) -> Result<Acceptance, Error> {
        let products = Products {
            client: self.client,
            settings: self.settings,
            correlation_id: self.correlation_id,
        };
        let materials = bill.materials();
        let facts = products.facts(&materials).await?;
        products::all_there(&materials, &facts)?;
        let units = Units {
            materials: &materials,
            facts: &facts,
        };
        let first = self.put_once(bill, mark, &units).await;
        match first {
            // Somebody was faster: what is there now decides.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                self.put_once(bill, mark, &units).await
            }
            outcome => outcome,
        }
    }

    async fn put_once(
        &self,
        bill: &Bill,
        mark: &Mark,
        units: &Units<'_>,
    ) -> Result<Acceptance, Error> {
        let written = match self.find(&bill.key).await? {
            Some(found) => {
                if let Some(made) = mark.found(&self.marked(&found)) {
                    return Ok(self.accepted(bill, found.number(), made, Vec::new()));
                }
                self.change(bill, mark, units, &found).await
            }
            None => self.create(bill, mark, units).await,
        };
        match written {
            // Taken, as far as can be told, but the answer says nothing: what is there tells.
            Err(error) if error.kind() == ErrorKind::Malformed => {
                self.look_up(bill, mark).await?.ok_or_else(|| {
                    Error::new(ErrorKind::Unavailable, PUSH, error.to_string()).caused_by(error)
                })
            }
            outcome => outcome,
        }
    }

    /// Whether the reference stands in the bill.
    pub async fn look_up(&self, bill: &Bill, mark: &Mark) -> Result<Option<Acceptance>, Error> {
        let Some(found) = self.find(&bill.key).await? else {
            return Ok(None);
        };
        let made = mark.found(&self.marked(&found));
        Ok(made.map(|made| self.accepted(bill, found.number(), made, Vec::new())))
    }

    /// Takes away a bill that this reference made. One that is gone is taken away.
    pub async fn take_back(
        &self,
        bill: &Bill,
        mark: &Mark,
        accepted: Option<&Acceptance>,
    ) -> Result<Acceptance, Error> {
        let known = accepted.map(|accepted| accepted.number.clone());
        let Some(found) = self.find(&bill.key).await? else {
            return Ok(self.accepted(bill, known.unwrap_or_default(), false, Vec::new()));
        };
        let number = found.number();
        may_be_taken_back(mark.found(&self.marked(&found)), &number)?;
        let mut headers = vec![(ACCEPT, "application/json".to_owned())];
        headers.extend(odata::etag(&found.header).map(|version| (IF_MATCH, version)));
        let ask = Ask {
            method: Method::DELETE,
            headers,
            writes: true,
            guarded: true,
            ..self.at(self.header_path(&found.header))
        };
        let read = |answer: &Answer| match refusal::of_answer(PUSH, self.client.user(), answer) {
            Some(error) => Err(error),
            None => Ok(super::warnings(answer)),
        };
        let warnings = self.client.ask(&ask, PATH, read).await?;
        Ok(self.accepted(bill, number, false, warnings))
    }

    /// Whether the bill is gone: what a lost answer to taking it back is judged by.
    pub async fn is_gone(&self, bill: &Bill) -> Result<bool, Error> {
        Ok(self.find(&bill.key).await?.is_none())
    }

    async fn find(&self, key: &Key) -> Result<Option<Found>, Error> {
        let filter = format!(
            "Material eq {} and Plant eq {} and BillOfMaterialVariantUsage eq {} and \
             BillOfMaterialCategory eq 'M'",
            odata::literal(&key.material),
            odata::literal(&key.plant),
            odata::literal(&key.usage),
        );
        let query = odata::query(&[
            ("$filter", filter.as_str()),
            ("$expand", "to_BillOfMaterialItem"),
        ]);
        let path = format!("{PATH}/MaterialBOM");
        let ask = Ask::get("find_bom", self.correlation_id, path, query);
        let read = |answer: &Answer| {
            if let Some(error) = refusal::of_answer("find_bom", self.client.user(), answer) {
                return Err(error);
            }
            odata::list(&answer.body)
                .and_then(|list| of_alternative(list.rows, key))
                .map_err(|why| self.client.unreadable("find_bom", &why))
        };
        self.client.ask(&ask, PATH, read).await
    }

    async fn create(
        &self,
        bill: &Bill,
        mark: &Mark,
        units: &Units<'_>,
    ) -> Result<Acceptance, Error> {
        let body = self.new_header(bill, mark, units);
        let ask = Ask {
            method: Method::POST,
            body: Some(("application/json".into(), body.to_string().into_bytes())),
            writes: true,
            guarded: true,
            ..self.at(format!("{PATH}/MaterialBOM"))
        };
        let read = |answer: &Answer| {
            if let Some(error) = refusal::of_answer(PUSH, self.client.user(), answer) {
                return Err(error);
            }
            let number = odata::entity(&answer.body)
                .ok()
                .and_then(|row| odata::text(&row, "BillOfMaterial"));
            let number = number.ok_or_else(|| {
                self.client
                    .unreadable(PUSH, "it does not name the bill that was made")
            })?;
            Ok((number, super::warnings(answer)))
        };
        let (number, warnings) = self.client.ask(&ask, PATH, read).await?;
        Ok(self.accepted(bill, number, true, warnings))
    }

    fn new_header(&self, bill: &Bill, mark: &Mark, units: &Units<'_>) -> Value {
        let items = bill.lines.iter().enumerate().map(|(at, line)| {
            let mut item = units.item(line);
            item["BillOfMaterialItemNumber"] = json!(format!("{:04}", (at + 1) * 10));
            item
        });
        let made = mark.made();
        let title = bill.title.as_deref().unwrap_or_default();
        let (header, alternative) = bill::texts(self.settings.marker, &made, title);
        let unit = bill.unit.clone();
        json!({
            "BillOfMaterialCategory": "M",
            "BillOfMaterialVariant": bill.key.alternative,
            "BillOfMaterialVariantUsage": bill.key.usage,
            "BillOfMaterialStatus": "1",
            "Material": bill.key.material,
            "Plant": bill.key.plant,
            "BOMHeaderBaseUnit": unit.unwrap_or_else(|| units.base_unit(&bill.key.material)),
            "BOMHeaderQuantityInBaseUnit": written(bill.quantity),
            "BOMHeaderText": header,
            "BOMAlternativeText": alternative,
            "HeaderValidityStartDate": odata::day(bill.valid_from),
            "to_BillOfMaterialItem": { "results": items.collect::<Vec<_>>() },
        })
    }

    /// Header and items in one unit: the mark stands there exactly when all of it does.
    async fn change(
        &self,
        bill: &Bill,
        mark: &Mark,
        units: &Units<'_>,
        found: &Found,
    ) -> Result<Acceptance, Error> {
        let mut parts = vec![self.changed_header(bill, mark, found)];
        let steps = bill.steps(&found.items, |material| units.base_unit(material));
        parts.extend(steps.iter().map(|step| part_of(step, units, found)));
        let ask = Ask {
            method: Method::POST,
            headers: vec![(ACCEPT, "multipart/mixed".into())],
            body: Some((batch::content_type(), batch::changes(&parts).into_bytes())),
            writes: true,
            guarded: true,
            ..self.at(format!("{PATH}/$batch"))
        };
        let read = |answer: &Answer| self.read_changes(answer, parts.len());
        let warnings = self.client.ask(&ask, PATH, read).await?;
        let made = mark.found(&mark.changed(&self.marked(found)));
        Ok(self.accepted(bill, found.number(), made == Some(true), warnings))
    }

    fn changed_header(&self, bill: &Bill, mark: &Mark, found: &Found) -> Part {
        let changed = mark.changed(&self.marked(found));
        let (mark_field, title_field) =
            bill::texts(self.settings.marker, "BOMHeaderText", "BOMAlternativeText");
        let mut body = json!({
            "BOMHeaderQuantityInBaseUnit": written(bill.quantity),
            mark_field: changed,
        });
        if let Some(unit) = &bill.unit {
            body["BOMHeaderBaseUnit"] = json!(unit);
        }
        if let Some(title) = &bill.title {
            body[title_field] = json!(title);
        }
        Part {
            method: "PATCH",
            path: format!("MaterialBOM{}", key_of(&found.header, &HEADER_KEY)),
            if_match: odata::etag(&found.header),
            body: Some(body),
        }
    }

    fn read_changes(&self, answer: &Answer, wanted: usize) -> Result<Vec<String>, Error> {
        let user = self.client.user();
        if let Some(error) = refusal::of_answer(PUSH, user, answer) {
            return Err(error);
        }
        let parts = batch::answers(super::content_type(answer), &answer.body)
            .map_err(|why| self.client.unreadable(PUSH, &why))?;
        let refused =
            |part: &PartAnswer| refusal::of_status(PUSH, user, part.status, part.body.as_bytes());
        if let Some(error) = parts.iter().find_map(refused) {
            return Err(error);
        }
        if parts.len() != wanted {
            let why = format!("it holds {} answers to {wanted} changes", parts.len());
            return Err(self.client.unreadable(PUSH, &why));
        }
        let warnings = parts.iter().map(|part| part.message.as_deref());
        Ok(warnings.flat_map(refusal::warnings).collect())
    }

    fn at(&self, path: String) -> Ask<'_> {
        Ask::get(PUSH, self.correlation_id, path, String::new())
    }

    fn header_path(&self, header: &Value) -> String {
        format!("{PATH}/MaterialBOM{}", key_of(header, &HEADER_KEY))
    }

    fn marked(&self, found: &Found) -> String {
        let text = |name| odata::text(&found.header, name).unwrap_or_default();
        let (header, alternative) = (text("BOMHeaderText"), text("BOMAlternativeText"));
        bill::texts(self.settings.marker, &header, &alternative)
            .0
            .to_owned()
    }

    fn accepted(
        &self,
        bill: &Bill,
        number: String,
        made: bool,
        warnings: Vec<String>,
    ) -> Acceptance {
        acceptance(&bill.key, number, made, warnings)
    }
}

/// What is answered for a bill.
pub(super) fn acceptance(
    key: &Key,
    number: String,
    made: bool,
    warnings: Vec<String>,
) -> Acceptance {
    Acceptance {
        number,
        warnings,
        detail: json!({
            "material": key.material,
            "plant": key.plant,
            "usage": key.usage,
            "alternative": key.alternative,
            "made": made,
        }),
    }
}

/// Only a bill that the same reference made may be taken away.
pub(super) fn may_be_taken_back(made: Option<bool>, number: &str) -> Result<(), Error> {
    match made {
        Some(true) => Ok(()),
        Some(false) => Err(bill::rejected(format!(
            "Bill of materials {number} was there before and was changed; SAP keeps nothing to \
             go back to. Restore it in SAP, or send the bill that is wanted."
        ))),
        None => Err(bill::rejected(format!(
            "Bill of materials {number} was changed by somebody else since. Decide in SAP what is \
             to become of it."
        ))),
    }
}

/// The units of the materials that name none.
struct Units<'a> {
    materials: &'a [&'a str],
    facts: &'a [Option<Facts>],
}

impl Units<'_> {
    fn base_unit(&self, material: &str) -> String {
        let mut pairs = self.materials.iter().zip(self.facts);
        let facts = pairs.find(|(known, _)| **known == material);
        facts
            .and_then(|(_, facts)| facts.as_ref())
            .map(|facts| facts.base_unit.clone())
            .unwrap_or_default()
    }

    fn item(&self, line: &bill::Line) -> Value {
        let unit = line.unit.clone();
        json!({
            "BillOfMaterialItemCategory": line.category,
            "BillOfMaterialComponent": line.component,
            "BillOfMaterialItemQuantity": written(line.quantity),
            "BillOfMaterialItemUnit": unit.unwrap_or_else(|| self.base_unit(&line.component)),
            "IsProductionRelevant": true,
        })
    }
}

/// A quantity as version 2 writes it.
fn written(quantity: rust_decimal::Decimal) -> String {
    format!("{quantity:.3}")
}

fn part_of(step: &Step<'_>, units: &Units<'_>, found: &Found) -> Part {
    let item_path = |at: usize| format!("MaterialBOMItem{}", key_of(&found.rows[at], &ITEM_KEY));
    match step {
        Step::Change(at, line) => {
            let whole = units.item(line);
            Part {
                method: "PATCH",
                path: item_path(*at),
                if_match: odata::etag(&found.rows[*at]),
                body: Some(json!({
                    "BillOfMaterialItemQuantity": whole["BillOfMaterialItemQuantity"],
                    "BillOfMaterialItemUnit": whole["BillOfMaterialItemUnit"],
                })),
            }
        }
        Step::Add(number, line) => {
            let mut body = units.item(line);
            body["BillOfMaterialItemNumber"] = json!(number);
            for field in HEADER_KEY {
                // The items' own key calls the change document by another name.
                if field != "EngineeringChangeDocument" {
                    body[field] = found.header[field].clone();
                }
            }
            Part {
                method: "POST",
                path: "MaterialBOMItem".into(),
                if_match: None,
                body: Some(body),
            }
        }
        Step::Remove(at) => Part {
            method: "DELETE",
            path: item_path(*at),
            if_match: odata::etag(&found.rows[*at]),
            body: None,
        },
    }
}

fn key_of(row: &Value, fields: &[&str]) -> String {
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|field| (*field, row[*field].as_str().unwrap_or_default()))
        .collect();
    odata::key(&pairs)
}

/// The bill of the wanted alternative among all of a material.
fn of_alternative(rows: Vec<Value>, key: &Key) -> Result<Option<Found>, String> {
    let header = rows.into_iter().find(|row| {
        let alternative = odata::text(row, "BillOfMaterialVariant").unwrap_or_default();
        bill::short(&alternative) == key.alternative
            && odata::text(row, "BillOfMaterialVersion").is_none()
            && odata::text(row, "Material")
                .is_some_and(|material| bill::same_material(&material, &key.material))
            && !odata::flag(row, "IsMarkedForDeletion")
    });
    let Some(header) = header else {
        return Ok(None);
    };
    if odata::text(&header, "BillOfMaterial").is_none() {
        return Err("a bill of materials has no number".into());
    }
    let mut rows: Vec<Value> = odata::expanded(&header, "to_BillOfMaterialItem").to_vec();
    rows.retain(|row| !odata::flag(row, "IsDeleted"));
    let items = rows.iter().map(item).collect::<Result<_, _>>()?;
    Ok(Some(Found {
        header,
        items,
        rows,
    }))
}

fn item(row: &Value) -> Result<Item, String> {
    let text = |name| odata::text(row, name).unwrap_or_default();
    Ok(Item {
        number: text("BillOfMaterialItemNumber"),
        component: text("BillOfMaterialComponent"),
        category: text("BillOfMaterialItemCategory"),
        quantity: odata::decimal(row, "BillOfMaterialItemQuantity")
            .ok_or("an item has no quantity")?,
        unit: text("BillOfMaterialItemUnit"),
    })
}
