//! Materials and bills of materials through function modules.

use super::bill::{self, Bill, Item, Key, Line, Mark, Step};
use super::bills::{acceptance, may_be_taken_back};
use super::client::{Client, Session};
use super::config::{Commit, Settings};
use super::products::{self, Facts};
use super::soap::{self, Fields, Module, Outcome, Results, Value, text};
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
            Some(found) => self.maintain(bill, mark, found, &base_of),
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

    async fn material(
        &self,
        operation: &'static str,
        code: &str,
    ) -> Result<Option<Results>, Error> {
        let name = match code.chars().count() > SHORT_MATERIAL {
            true => "MATERIAL_LONG",
            false => "MATERIAL",
        };
        let parameters = vec![(name, text(code))];
        let id = self.correlation_id;
        let module = Module::read(operation, id, "BAPI_MATERIAL_GET_DETAIL", parameters);
        match soap::call(self.client, &module).await? {
            Outcome::Done(results) => Ok(Some(results)),
            Outcome::Refused(_) | Outcome::Raised(_) => Ok(None),
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
            Outcome::Raised(_) | Outcome::Refused(_) => return Ok(None),
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
            marked: bill::texts(self.settings.marker, texts.0, texts.1)
                .0
                .to_owned(),
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

    fn create(&self, bill: &Bill, mark: &Mark, base_of: &impl Fn(&str) -> String) -> Module<'a> {
        let items = bill.lines.iter().enumerate().map(|(at, line)| {
            let number = format!("{:04}", (at + 1) * 10);
            self.new_item(number, line, base_of)
        });
        let mut header = self.header(bill, mark.made(), base_of);
        header.push(("BOM_STATUS", "01".into()));
        let mut parameters = self.identity(bill);
        parameters.push(("FL_DEFAULT_VALUES", text("X")));
        parameters.push(("I_STKO", Value::Structure(header)));
        parameters.push(("T_STPO", Value::Table(items.collect())));
        self.writing("CSAP_MAT_BOM_CREATE", parameters)
    }

    fn maintain(
        &self,
        bill: &Bill,
        mark: &Mark,
        found: &Found,
        base_of: &impl Fn(&str) -> String,
    ) -> Module<'a> {
        let steps = bill.steps(&found.items, base_of);
        let items = steps.iter().map(|step| match step {
            Step::Add(number, line) => self.new_item(number.clone(), line, base_of),
            Step::Change(at, line) => {
                let mut row = identified(&found.items[*at]);
                row.push(("COMP_QTY", self.settings.user_number(line.quantity)));
                row.push(("COMP_UNIT", unit_of(line, base_of)));
                row
            }
            Step::Remove(at) => {
                let mut row = identified(&found.items[*at]);
                row.push(("FLDELETE", "X".into()));
                row
            }
        });
        let header = self.header(bill, mark.changed(&found.marked), base_of);
        let mut parameters = self.identity(bill);
        parameters.push(("FL_NEW_ITEM", text("X")));
        parameters.push(("I_STKO", Value::Structure(header)));
        parameters.push(("T_STPO", Value::Table(items.collect())));
        self.writing("CSAP_MAT_BOM_MAINTAIN", parameters)
    }

    fn header(&self, bill: &Bill, mark: String, base_of: &impl Fn(&str) -> String) -> Fields {
        let (mark_field, title_field) = bill::texts(self.settings.marker, "BOM_TEXT", "ALT_TEXT");
        let unit = bill.unit.clone();
        let mut header = vec![
            ("BASE_QUAN", self.settings.user_number(bill.quantity)),
            (
                "BASE_UNIT",
                unit.unwrap_or_else(|| base_of(&bill.key.material)),
            ),
            (mark_field, mark),
        ];
        header.extend(bill.title.clone().map(|title| (title_field, title)));
        header
    }

    fn new_item(&self, number: String, line: &Line, base_of: &impl Fn(&str) -> String) -> Fields {
        vec![
            ("ITEM_CATEG", line.category.clone()),
            ("ITEM_NO", number),
            ("COMPONENT", line.component.clone()),
            ("COMP_QTY", self.settings.user_number(line.quantity)),
            ("COMP_UNIT", unit_of(line, base_of)),
            ("REL_PROD", "X".into()),
        ]
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

    fn writing(
        &self,
        name: &'static str,
        mut parameters: Vec<(&'static str, Value)>,
    ) -> Module<'a> {
        if self.settings.commit == Commit::Module {
            parameters.push(("FL_COMMIT_AND_WAIT", text("X")));
        }
        Module {
            writes: true,
            ..Module::read(PUSH, self.correlation_id, name, parameters)
        }
    }

    /// Calls a module that writes, as one unit: by itself, or with the commit in the same session.
    async fn write(&self, module: Module<'_>) -> Result<Results, Error> {
        if self.settings.commit == Commit::Module {
            return soap::call_or_refuse(self.client, &module).await;
        }
        let session = Session::default();
        let module = Module {
            session: Some((&session, "open")),
            ..module
        };
        let outcome = match soap::call_or_refuse(self.client, &module).await {
            Ok(results) => self
                .end(&session, "BAPI_TRANSACTION_COMMIT")
                .await
                .map(|()| results),
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // What was not committed ends with the session anyway: this only ends it sooner.
            let _ = self.end(&session, "BAPI_TRANSACTION_ROLLBACK").await;
        }
        outcome
    }

    async fn end(&self, session: &Session, name: &'static str) -> Result<(), Error> {
        let parameters = match name {
            "BAPI_TRANSACTION_COMMIT" => vec![("WAIT", text("X"))],
            _ => Vec::new(),
        };
        let module = Module {
            writes: true,
            session: Some((session, "close")),
            ..Module::read(PUSH, self.correlation_id, name, parameters)
        };
        soap::call_or_refuse(self.client, &module).await.map(|_| ())
    }
}

fn unit_of(line: &Line, base_of: &impl Fn(&str) -> String) -> String {
    let unit = line.unit.clone();
    unit.unwrap_or_else(|| base_of(&line.component))
}

fn identified(item: &Item) -> Fields {
    vec![
        ("ID_ITEM_NO", item.number.clone()),
        ("ID_COMP", item.component.clone()),
        ("ID_ITM_CTG", item.category.clone()),
    ]
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
