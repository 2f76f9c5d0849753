//! What the modules that write are given, and how their work is committed.

use super::{Found, Modules, PUSH};
use crate::Error;
use crate::sap::bill::{Bill, Item, Line, Step};
use crate::sap::config::Commit;
use crate::sap::mark::{self, Mark};
use crate::sap::session::Session;
use crate::sap::soap::{self, Fields, Module, Results, Value, text};

impl<'a> Modules<'a> {
    pub(super) fn create(
        &self,
        bill: &Bill,
        mark: &Mark,
        base_of: &impl Fn(&str) -> String,
    ) -> Module<'a> {
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

    pub(super) fn maintain(
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
        let (mark_field, title_field) = mark::texts(self.settings.marker, "BOM_TEXT", "ALT_TEXT");
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

    pub(super) fn writing(
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
    pub(super) async fn write(&self, module: Module<'_>) -> Result<Results, Error> {
        if self.settings.commit == Commit::Module {
            return soap::call_or_refuse(self.client, &module).await;
        }
        self.write_in(&Session::default(), module).await
    }

    /// Calls a module that writes and commits in the session it opens.
    pub(super) async fn write_in(
        &self,
        session: &Session,
        module: Module<'_>,
    ) -> Result<Results, Error> {
        let module = Module {
            session: Some((session, "open")),
            ..module
        };
        let outcome = match soap::call_or_refuse(self.client, &module).await {
            Ok(results) => self
                .end(session, "BAPI_TRANSACTION_COMMIT")
                .await
                .map(|()| results),
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            // What was not committed ends with the session anyway: this only ends it sooner.
            let _ = self.end(session, "BAPI_TRANSACTION_ROLLBACK").await;
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
