//! Bills of materials over OData: looked up, made, changed in one unit, taken away.

mod wire;

use super::accepted::{acceptance, may_be_taken_back};
use super::batch::{self, Part, PartAnswer};
use super::bill::{Bill, Key};
use super::client::{Ask, Client};
use super::config::Settings;
use super::mark::{self, Mark};
use super::products::{self, Products};
use super::{odata, refusal};
use crate::http::call::Answer;
use crate::{Acceptance, Error, ErrorKind};
use reqwest::Method;
use reqwest::header::{ACCEPT, IF_MATCH};
use serde_json::{Value, json};
use std::time::Duration;
use wire::{Found, Units, header_path, of_alternative, part_of};

pub(super) use wire::written;

/// Where the service is.
pub(super) const PATH: &str = "sap/opu/odata/sap/API_BILL_OF_MATERIAL_SRV;v=0002";
/// People's word for it.
pub(super) const NAME: &str = "API_BILL_OF_MATERIAL_SRV";
const PUSH: &str = "push";

/// The service, for one command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bills<'a> {
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub correlation_id: &'a str,
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
                    return Ok(acceptance(&bill.key, found.number(), made, Vec::new()));
                }
                let begins = odata::instant(&found.header, "HeaderValidityStartDate");
                bill.may_change(begins.map(|begins| begins.date_naive()))?;
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
        Ok(made.map(|made| acceptance(&bill.key, found.number(), made, Vec::new())))
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
            return Ok(acceptance(
                &bill.key,
                known.unwrap_or_default(),
                false,
                Vec::new(),
            ));
        };
        let number = found.number();
        may_be_taken_back(mark.found(&self.marked(&found)), &number)?;
        let mut headers = vec![(ACCEPT, "application/json".to_owned())];
        headers.push((IF_MATCH, odata::version(&found.header)));
        let ask = Ask {
            method: Method::DELETE,
            headers,
            writes: true,
            guarded: true,
            ..self.at(format!("{PATH}/{}", header_path(&found.header)))
        };
        let read = |answer: &Answer| match refusal::of_answer(PUSH, self.client.user(), answer) {
            Some(error) => Err(error),
            None => Ok(super::warnings(answer)),
        };
        let warnings = self.client.ask(&ask, PATH, read).await?;
        Ok(acceptance(&bill.key, number, false, warnings))
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
        Ok(acceptance(&bill.key, number, true, warnings))
    }

    fn new_header(&self, bill: &Bill, mark: &Mark, units: &Units<'_>) -> Value {
        let items = bill.lines.iter().enumerate().map(|(at, line)| {
            let mut item = units.item(line);
            item["BillOfMaterialItemNumber"] = json!(format!("{:04}", (at + 1) * 10));
            item
        });
        let made = mark.made();
        let title = bill.title.as_deref().unwrap_or_default();
        let (header, alternative) = mark::texts(self.settings.marker, &made, title);
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
        let mut parts = vec![self.changed_header(bill, mark, units, found)];
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
        Ok(acceptance(
            &bill.key,
            found.number(),
            made == Some(true),
            warnings,
        ))
    }

    fn changed_header(&self, bill: &Bill, mark: &Mark, units: &Units<'_>, found: &Found) -> Part {
        let changed = mark.changed(&self.marked(found));
        let (mark_field, title_field) =
            mark::texts(self.settings.marker, "BOMHeaderText", "BOMAlternativeText");
        let unit = bill.unit.clone();
        let mut body = json!({
            "BOMHeaderBaseUnit": unit.unwrap_or_else(|| units.base_unit(&bill.key.material)),
            "BOMHeaderQuantityInBaseUnit": written(bill.quantity),
            mark_field: changed,
        });
        if let Some(title) = &bill.title {
            body[title_field] = json!(title);
        }
        Part {
            method: "PATCH",
            path: header_path(&found.header),
            if_match: Some(odata::version(&found.header)),
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

    fn marked(&self, found: &Found) -> String {
        let text = |name| odata::text(&found.header, name).unwrap_or_default();
        let (header, alternative) = (text("BOMHeaderText"), text("BOMAlternativeText"));
        mark::texts(self.settings.marker, &header, &alternative)
            .0
            .to_owned()
    }
}
