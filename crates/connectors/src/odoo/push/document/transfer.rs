//! A transfer: whose it is, how far it is, and what can be done with it.

use super::reasons::with_reasons;
use super::{MODEL, done_at_all};
use crate::odoo::config::Missing;
use crate::odoo::mark::{is_marked, marked};
use crate::odoo::orm::Wanted;
use crate::odoo::push::{Writing, rejected};
use crate::odoo::wire::Row;
use crate::{Acceptance, Error};
use domain::document::DocumentKind;
use domain::push::DocumentResult;
use serde_json::{Map, Value, json};

const FIELDS: &[&str] = &[
    "name",
    "state",
    "origin",
    "note",
    "picking_type_code",
    "company_id",
    "backorder_ids",
    "location_id",
    "location_dest_id",
];
const MOVE_FIELDS: &[&str] = &[
    "product_id",
    "product_uom",
    "product_uom_qty",
    "state",
    "quantity",
    "quantity_done",
    "move_line_ids",
    "location_id",
    "location_dest_id",
];

/// A transfer as it is in Odoo.
pub(super) struct Transfer {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) origin: Option<String>,
    pub(super) company: Option<i64>,
    /// As Odoo keeps them, formatted.
    notes: Option<String>,
    backorders: Vec<i64>,
}

impl Transfer {
    pub(super) async fn find(writing: Writing<'_>, result: &DocumentResult) -> Result<Self, Error> {
        let mut terms = vec![json!(["name", "=", result.number])];
        if let Some(company) = writing.settings.company_id {
            terms.push(json!(["company_id", "=", company]));
        }
        let wanted = Wanted::all(MODEL, Value::Array(terms), FIELDS);
        let rows = writing.orm.search_read(&wanted).await?;
        let [row] = rows.as_slice() else {
            return Err(rejected(match rows.len() {
                0 => format!("Odoo has no transfer {}.", result.number),
                _ => format!(
                    "Odoo has the transfer {} in more than one company: enter company_id in the \
                     settings.",
                    result.number
                ),
            }));
        };
        let wanted = match result.kind {
            DocumentKind::Dispatch => "outgoing",
            DocumentKind::Receipt => "incoming",
        };
        let code = row.text("picking_type_code");
        if code.is_some_and(|code| code != wanted) {
            return Err(rejected(format!(
                "{} is no {wanted} transfer in Odoo: its type was changed there.",
                result.number
            )));
        }
        Ok(Self {
            id: row.id(),
            name: result.number.clone(),
            state: row.text("state").unwrap_or_default(),
            origin: row.text("origin"),
            notes: row.text("note"),
            company: row.link("company_id").map(|company| company.id),
            backorders: row.ids("backorder_ids"),
        })
    }

    pub(super) fn is_ours(&self, writing: Writing<'_>) -> bool {
        is_marked(self.origin.as_deref(), writing.reference)
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(&*self.state, "done" | "cancel")
    }

    /// Whether everything was done that is to be done: nothing has to be validated of a transfer
    /// of which nothing was done and all of it waits.
    pub(super) fn is_settled(&self, writing: Writing<'_>, result: &DocumentResult) -> bool {
        match (done_at_all(result), writing.settings.missing) {
            (true, _) => self.state == "done",
            (false, Missing::Cancel) => self.is_over(),
            (false, Missing::Backorder) => self.is_ours(writing),
        }
    }

    pub(super) fn refuse_unless_open(&self) -> Result<(), Error> {
        let what = match &*self.state {
            "done" => "validated",
            "cancel" => "cancelled",
            "draft" => return Err(rejected(format!("{} is a draft in Odoo.", self.name))),
            _ => return Ok(()),
        };
        Err(rejected(format!(
            "{} was {what} in Odoo by somebody else. Compare what the floor did with what is \
             entered there, and discard this message.",
            self.name
        )))
    }

    pub(super) async fn moves(&self, writing: Writing<'_>) -> Result<Vec<Row>, Error> {
        let domain = json!([["picking_id", "=", self.id]]);
        let wanted = Wanted::all("stock.move", domain, MOVE_FIELDS);
        writing.orm.read_all(wanted).await
    }

    /// Quantities, reasons and our reference, in one transaction of Odoo's.
    pub(super) async fn mark(
        &self,
        writing: Writing<'_>,
        commands: Vec<Value>,
        result: &DocumentResult,
    ) -> Result<(), Error> {
        let moves = match writing.orm.has_field(MODEL, "move_ids").await? {
            true => "move_ids",
            false => "move_lines",
        };
        let mut values = Map::new();
        let origin = marked(self.origin.as_deref(), writing.reference);
        values.insert("origin".into(), json!(origin));
        let notes = with_reasons(writing.major, self.notes.as_deref(), result);
        if let Some(notes) = notes
            && writing.orm.has_field(MODEL, "note").await?
        {
            values.insert("note".into(), json!(notes));
        }
        if !commands.is_empty() {
            values.insert(moves.into(), Value::Array(commands));
        }
        writing
            .orm
            .write(MODEL, &[self.id], Value::Object(values))
            .await
    }

    /// Validates without the questions a person would be asked.
    pub(super) async fn validate(&self, writing: Writing<'_>) -> Result<Value, Error> {
        let mut context = json!({
            "skip_backorder": true, "skip_immediate": true, "skip_sms": true
        });
        if writing.settings.missing == Missing::Cancel {
            context["picking_ids_not_to_backorder"] = json!([self.id]);
        }
        writing
            .orm
            .act(MODEL, "button_validate", &[self.id], context)
            .await
    }

    pub(super) async fn cancel(&self, writing: Writing<'_>) -> Result<Value, Error> {
        writing
            .orm
            .act(MODEL, "action_cancel", &[self.id], Value::Null)
            .await
    }

    /// Numbers of the transfers that hold what was missing.
    pub(super) async fn backorders(&self, writing: Writing<'_>) -> Result<Vec<String>, Error> {
        if self.backorders.is_empty() {
            return Ok(Vec::new());
        }
        let domain = json!([["id", "in", self.backorders]]);
        let rows = writing
            .orm
            .search_read(&Wanted::all(MODEL, domain, &["name"]))
            .await?;
        Ok(rows.iter().filter_map(|row| row.text("name")).collect())
    }

    pub(super) fn acceptance(&self, warnings: Vec<String>, backorders: Vec<String>) -> Acceptance {
        Acceptance {
            number: self.name.clone(),
            warnings,
            detail: json!({
                "id": self.id, "state": self.state, "backorders": backorders,
            }),
        }
    }
}
