//! Materials and bills of materials through function modules.

pub(super) mod recipes;
mod write;

use super::accepted::{acceptance, may_be_taken_back};
use super::bill::{self, Bill, Item, Key};
use super::client::Client;
use super::config::{Commit, Settings};
use super::mark::{self, Mark};
use super::products::{self, Facts};
use super::refusal;
use super::soap::{self, Module, Outcome, Results, Value, text};
use super::xml::Element;
use crate::{Acceptance, Error, ErrorKind};
use domain::item::ItemRecord;
use std::time::Duration;

const PUSH: &str = "push";
/// Longest material number of the older parameter.
const SHORT_MATERIAL: usize = 18;

/// The function modules, for one command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modules<'a> {
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub correlation_id: &'a str,
}

/// A bill that is in SAP.
struct Found {
    number: String,
    marked: String,
    /// Its first day as the user reads it, if it is told.
    begins: String,
    items: Vec<Item>,
}

impl<'a> Modules<'a> {
    /// Asks the system for its name; how long it took.
    pub async fn check(&self) -> Result<(Duration, String), Error> {
        let wanted = vec![("RFCSI_EXPORT", Value::Structure(Vec::new()))];
        let module = Module::read("check", self.correlation_id, "RFC_SYSTEM_INFO", wanted);
        let results = soap::call_or_refuse(self.client, &module).await?;
        let system = results.body.child("RFCSI_EXPORT");
        let name = system.map_or("", |system| system.value("RFCSYSID"));
        Ok((results.latency, name.to_owned()))
    }

    /// Whether materials may be read at all: asks for one that does not exist.
    pub async fn check_materials(&self) -> Result<(), Error> {
        self.material("check", "CROSSDOCK-CHECK").await.map(|_| ())
    }

    /// One material.
    pub async fn find(&self, code: &str) -> Result<Option<ItemRecord>, Error> {
        let Some(results) = self.material("find_item", code).await? else {
            return Ok(None);
        };
        let general = self.general("find_item", &results)?;
        let given = |name| Some(general.value(name).to_owned()).filter(|text| !text.is_empty());
        let missing = |what: &str| self.client.unreadable("find_item", what);
        Ok(Some(ItemRecord {
            code: code.to_owned(),
            name: given("MATL_DESC").ok_or_else(|| missing("the material has no description"))?,
            uom: given("BASE_UOM").ok_or_else(|| missing("the material has no base unit"))?,
            supplier: None,
            supplier_code: None,
            class: given("MATL_GROUP"),
            description: None,
            active: general.value("DEL_FLAG") != "X",
            barcodes: given("EAN_UPC").into_iter().collect(),
            packs: Vec::new(),
            changed_at: None,
        }))
    }

    /// Makes the bill, or brings the one that is there up to date. What the reference has written
    /// before is answered, not written again.
    pub async fn put(&self, bill: &Bill, mark: &Mark) -> Result<Acceptance, Error> {
        let materials = bill.materials();
        let long = materials
            .iter()
            .find(|code| code.chars().count() > SHORT_MATERIAL);
        if let Some(code) = long {
            return Err(Error::new(
                ErrorKind::Rejected,
                PUSH,
                format!(
                    "{code} is longer than the {SHORT_MATERIAL} characters that SAP's modules for bills take. Nothing \
                     was written: let the connection speak OData."
                ),
            ));
        }
        let facts = self.facts(&materials).await?;
        products::all_there(&materials, &facts)?;
        let base_of = |material: &str| {
            let at = materials.iter().position(|known| *known == material);
            let facts = at.and_then(|at| facts[at].as_ref());
            facts
                .map(|facts| facts.base_unit.clone())
                .unwrap_or_default()
        };
        let found = self.read(bill).await?;
        let made = found.as_ref().and_then(|found| mark.found(&found.marked));
        if let (Some(found), Some(made)) = (&found, made) {
            return Ok(acceptance(
                &bill.key,
                found.number.clone(),
                made,
                Vec::new(),
            ));
        }
        let module = match &found {
            Some(found) => {
                bill.may_change(self.settings.read_date(&found.begins))?;
                self.maintain(bill, mark, found, &base_of)
            }
            None => self.create(bill, mark, &base_of),
        };
        match self.write(module).await {
            Ok(results) => self.written(bill, mark, found, results).await,
            // Taken, as far as can be told, but the answer says nothing: what is there tells.
            Err(error) if error.kind() == ErrorKind::Malformed => {
                let found = self.look_up(bill, mark).await?;
                found.ok_or_else(|| {
                    Error::new(ErrorKind::Unavailable, PUSH, error.to_string()).caused_by(error)
                })
            }
            Err(error) => Err(error),
        }
    }

    async fn written(
        &self,
        bill: &Bill,
        mark: &Mark,
        before: Option<Found>,
        results: Results,
    ) -> Result<Acceptance, Error> {
        if self.settings.commit == Commit::Session {
            let found = self.look_up(bill, mark).await?;
            return found
                .map(|found| Acceptance {
                    warnings: warnings_of(&results),
                    ..found
                })
                .ok_or_else(no_session);
        }
        let made = before.is_none();
        let number = match before {
            Some(before) => before.number,
            None => results.body.value("BOM_NO").to_owned(),
        };
        Ok(acceptance(&bill.key, number, made, warnings_of(&results)))
    }

    /// Whether the reference stands in the bill.
    pub async fn look_up(&self, bill: &Bill, mark: &Mark) -> Result<Option<Acceptance>, Error> {
        let Some(found) = self.read(bill).await? else {
            return Ok(None);
        };
        let made = mark.found(&found.marked);
        Ok(made.map(|made| acceptance(&bill.key, found.number, made, Vec::new())))
    }

    /// Takes away a bill that this reference made. One that is gone is taken away.
    pub async fn take_back(
        &self,
        bill: &Bill,
        mark: &Mark,
        accepted: Option<&Acceptance>,
    ) -> Result<Acceptance, Error> {
        let Some(found) = self.read(bill).await? else {
            let known = accepted.map(|accepted| accepted.number.clone());
            let number = known.unwrap_or_default();
            return Ok(acceptance(&bill.key, number, false, Vec::new()));
        };
        may_be_taken_back(mark.found(&found.marked), &found.number)?;
        let module = self.writing("CSAP_MAT_BOM_DELETE", self.identity(bill));
        let results = self.write(module).await?;
        let warnings = warnings_of(&results);
        Ok(acceptance(&bill.key, found.number, false, warnings))
    }

    /// Whether the bill is gone.
    pub async fn is_gone(&self, bill: &Bill) -> Result<bool, Error> {
        Ok(self.read(bill).await?.is_none())
    }

    async fn facts(&self, materials: &[&str]) -> Result<Vec<Option<Facts>>, Error> {
        let mut facts = Vec::with_capacity(materials.len());
        for code in materials {
            facts.push(match self.material("materials", code).await? {
                Some(results) => {
                    let general = self.general("materials", &results)?;
                    Some(Facts {
                        base_unit: general.value("BASE_UOM").to_owned(),
                        deleted: general.value("DEL_FLAG") == "X",
                    })
                }
                None => None,
            });
        }
        Ok(facts)
    }

    /// A material, or that there is none: what else SAP says does not tell.
    async fn material(
        &self,
        operation: &'static str,
        code: &str,
    ) -> Result<Option<Results>, Error> {
        let name = match code.chars().count() > SHORT_MATERIAL {
            true => "MATERIAL_LONG",
            false => "MATERIAL",
        };
        let parameters = vec![(name, text(stored(code)))];
        let id = self.correlation_id;
        let module = Module::read(operation, id, "BAPI_MATERIAL_GET_DETAIL", parameters);
        match soap::call(self.client, &module).await? {
            Outcome::Done(results) => Ok(Some(results)),
            Outcome::Refused(said) | Outcome::Raised(said)
                if said.is_only(refusal::NO_MATERIAL) =>
            {
                Ok(None)
            }
            Outcome::Refused(said) => Err(refusal::of_read(operation, self.client.user(), &said)),
            // The module has no exceptions of its own.
            Outcome::Raised(said) => Err(refusal::failed(operation, &said)),
        }
    }

    fn general<'r>(
        &self,
        operation: &'static str,
        results: &'r Results,
    ) -> Result<&'r Element, Error> {
        let general = results.body.child("MATERIAL_GENERAL_DATA");
        general.ok_or_else(|| {
            self.client
                .unreadable(operation, "it has no MATERIAL_GENERAL_DATA")
        })
    }

    /// The bill that is there. The module raises a bare exception when there is none, and for other
    /// reasons too: SAP then refuses to make a second one under the same key.
    async fn read(&self, bill: &Bill) -> Result<Option<Found>, Error> {
        let mut parameters = self.identity(bill);
        parameters.push(("T_STPO", Value::Table(Vec::new())));
        parameters.push(("T_STKO", Value::Table(Vec::new())));
        let id = self.correlation_id;
        let module = Module::read("find_bom", id, "CSAP_MAT_BOM_READ", parameters);
        let results = match soap::call(self.client, &module).await? {
            Outcome::Done(results) => results,
            Outcome::Raised(_) => return Ok(None),
            Outcome::Refused(said) => {
                return Err(refusal::of_read("find_bom", self.client.user(), &said));
            }
        };
        let items = soap::rows(&results.body, "T_STPO");
        let Some(header) = soap::rows(&results.body, "T_STKO").first() else {
            return Ok(None);
        };
        let numbers = std::iter::once(header).chain(items);
        let number = numbers
            .map(|row| row.value("BOM_NO"))
            .find(|number| !number.is_empty());
        let texts = (header.value("BOM_TEXT"), header.value("ALT_TEXT"));
        Ok(Some(Found {
            number: number.map_or_else(|| named(&bill.key), str::to_owned),
            marked: mark::texts(self.settings.marker, texts.0, texts.1)
                .0
                .to_owned(),
            begins: header.value("VALID_FROM").to_owned(),
            items: items
                .iter()
                .map(|row| self.item(row))
                .collect::<Result<_, _>>()?,
        }))
    }

    fn item(&self, row: &Element) -> Result<Item, Error> {
        let quantity = self.settings.read_number(row.value("COMP_QTY"));
        let quantity = quantity.ok_or_else(|| {
            let why = format!(
                "a quantity is written {}, which is not the format of the settings",
                row.value("COMP_QTY")
            );
            self.client.unreadable("find_bom", &why)
        })?;
        Ok(Item {
            number: row.value("ITEM_NO").to_owned(),
            component: row.value("COMPONENT").to_owned(),
            category: row.value("ITEM_CATEG").to_owned(),
            quantity,
            unit: row.value("COMP_UNIT").to_owned(),
        })
    }

    fn identity(&self, bill: &Bill) -> Vec<(&'static str, Value)> {
        let key = &bill.key;
        vec![
            ("MATERIAL", text(&key.material)),
            ("PLANT", text(&key.plant)),
            ("BOM_USAGE", text(&key.usage)),
            ("ALTERNATIVE", text(format!("{:0>2}", key.alternative))),
            ("VALID_FROM", text(self.settings.user_date(bill.valid_from))),
        ]
    }
}

/// A material's number as SAP keeps it: what is digits alone has zeros before it. BAPIs take it so, while the modules of
/// bills take it as people write it.
fn stored(code: &str) -> String {
    match code.len() <= SHORT_MATERIAL && code.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("{code:0>SHORT_MATERIAL$}"),
        false => code.to_owned(),
    }
}

fn named(key: &Key) -> String {
    let (material, plant) = (&key.material, &key.plant);
    format!("{material}/{plant}/{}/{}", key.usage, key.alternative)
}

fn warnings_of(results: &Results) -> Vec<String> {
    let mut warnings = results.warnings.clone();
    if results.body.value("FL_WARNING") == "X" {
        let warning = "SAP wrote it with warnings; they are in its application log (transaction \
                       SLG1, object CAPI).";
        warnings.push(warning.into());
    }
    warnings
}

fn no_session() -> Error {
    bill::rejected(
        "SAP took the bill of materials and confirmed it, but it is not there: this system keeps \
         no session between calls over SOAP. Set 'Commit by' to 'module' in the connection's \
         settings.",
    )
}
