//! The methods of models, as a caller over either protocol finds them.

use super::database::Database;
use super::fault::Refusal;
use super::schema::Kind;
use super::{domain, load, records, stock};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A call, whichever protocol it came over.
#[derive(Debug)]
pub(crate) struct Call {
    pub model: String,
    pub method: String,
    /// Records it works on.
    pub ids: Vec<i64>,
    /// Arguments by name.
    pub args: Map<String, Value>,
    pub context: Map<String, Value>,
}

/// Whether a method works on records, and the names of its arguments in order.
pub(crate) fn signature(method: &str) -> Option<(bool, &'static [&'static str])> {
    Some(match method {
        "search_read" => (false, &["domain", "fields", "offset", "limit", "order"]),
        "search" => (false, &["domain", "offset", "limit", "order"]),
        "search_count" => (false, &["domain", "limit"]),
        "name_search" => (false, &["name", "domain", "operator", "limit"]),
        "create" => (false, &["vals_list"]),
        "fields_get" => (false, &["allfields", "attributes"]),
        "load" => (false, &["fields", "data"]),
        "context_get" => (false, &[]),
        "check_access_rights" => (false, &["operation", "raise_exception"]),
        "has_access" => (true, &["operation"]),
        "read" => (true, &["fields", "load"]),
        "write" => (true, &["vals"]),
        "unlink"
        | "action_archive"
        | "action_apply_inventory"
        | "button_validate"
        | "action_assign"
        | "action_confirm"
        | "action_cancel"
        | "process"
        | "process_cancel_backorder" => (true, &[]),
        _ => return None,
    })
}

/// Whether a method of this name changes something.
pub(crate) fn changes(method: &str) -> bool {
    !matches!(
        method,
        "search_read"
            | "search"
            | "search_count"
            | "name_search"
            | "fields_get"
            | "context_get"
            | "check_access_rights"
            | "has_access"
            | "read"
    )
}

/// What calls are answered with.
pub(crate) struct Server<'a> {
    pub database: &'a mut Database,
    /// Rights the user lacks: model and operation.
    pub denied: &'a BTreeSet<(String, String)>,
}

impl Server<'_> {
    /// Carries the call out, whole or not at all.
    pub fn call(&mut self, call: &Call, now: String) -> Result<Value, Refusal> {
        self.database.begin(now);
        let result = self.dispatch(call);
        if result.is_err() {
            self.database.roll_back();
        }
        result
    }

    fn dispatch(&mut self, call: &Call) -> Result<Value, Refusal> {
        let model = call.model.as_str();
        let arg = |name: &str| call.args.get(name).cloned().unwrap_or(Value::Null);
        let text = |name: &str| arg(name).as_str().unwrap_or_default().to_owned();
        if !matches!(
            &*call.method,
            "check_access_rights" | "has_access" | "fields_get" | "load"
        ) {
            self.allow(model, operation(&call.method))?;
        }
        match &*call.method {
            "search_read" => {
                let ids = self.search(call, &arg("domain"))?;
                self.read(call, &ids, &arg("fields"))
            }
            "search" => Ok(json!(self.search(call, &arg("domain"))?)),
            "search_count" => Ok(json!(self.search(call, &arg("domain"))?.len())),
            "name_search" => self.name_search(call, &text("name"), &arg("domain")),
            "read" => {
                for id in &call.ids {
                    self.database
                        .get(self.database.stored(model), *id)
                        .ok_or_else(|| Refusal::missing(model, *id))?;
                }
                self.read(call, &call.ids, &arg("fields"))
            }
            "fields_get" => Ok(self.fields_get(model, &arg("allfields"))),
            "context_get" => Ok(json!({ "lang": "en_US", "tz": false, "uid": 2 })),
            "check_access_rights" | "has_access" => {
                Ok(json!(self.allow(model, &text("operation")).is_ok()))
            }
            "create" => self.create(call, arg("vals_list")),
            "write" => self.write(call, &arg("vals")),
            "unlink" => self.unlink(call),
            "action_archive" => self.write(call, &json!({ "active": false })),
            "load" => Ok(load::load(
                self.database,
                self.denied,
                model,
                &arg("fields"),
                &arg("data"),
            )),
            other => self.act(call, other),
        }
    }

    fn act(&mut self, call: &Call, method: &str) -> Result<Value, Refusal> {
        let database = &mut *self.database;
        let (ids, context) = (&call.ids, &call.context);
        match (database.stored(&call.model), method) {
            ("stock.quant", "action_apply_inventory") => stock::apply(database, ids, context),
            ("stock.picking", "button_validate") => stock::validate(database, ids, context),
            ("stock.picking", "action_assign") => stock::assign(database, ids),
            ("stock.picking", "action_confirm") => stock::confirm(database, ids),
            ("stock.picking", "action_cancel") => stock::cancel(database, ids),
            ("stock.backorder.confirmation", "process" | "process_cancel_backorder") => {
                stock::answer_backorder(database, context, method == "process")
            }
            _ => Err(Refusal::attribute(format!(
                "The method '{}.{method}' does not exist",
                call.model
            ))),
        }
    }

    fn allow(&self, model: &str, operation: &str) -> Result<(), Refusal> {
        allowed(self.denied, model, operation)
    }

    fn search(&self, call: &Call, domain: &Value) -> Result<Vec<i64>, Refusal> {
        let everything = json!([]);
        let domain = match domain {
            Value::Null => &everything,
            domain => domain,
        };
        let archived_too = call.context.get("active_test") == Some(&json!(false));
        let mut ids = domain::search(self.database, &call.model, domain, archived_too)?;
        let order = call.args.get("order").and_then(Value::as_str);
        if let Some(order) = order {
            self.sort(&call.model, &mut ids, order)?;
        }
        let number = |name: &str| {
            let number = call.args.get(name).and_then(Value::as_u64);
            number.and_then(|number| usize::try_from(number).ok())
        };
        let offset = number("offset").unwrap_or(0);
        let limit = number("limit").filter(|limit| *limit > 0);
        let ids = ids.into_iter().skip(offset);
        Ok(ids.take(limit.unwrap_or(usize::MAX)).collect())
    }

    fn sort(&self, model: &str, ids: &mut [i64], order: &str) -> Result<(), Refusal> {
        let stored = self.database.stored(model);
        let mut keys = Vec::new();
        for part in order.split(',') {
            let mut words = part.split_whitespace();
            let name = words.next().unwrap_or_default();
            let falling = words
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case("desc"));
            keys.push((self.database.field(model, name)?.stored, falling));
        }
        ids.sort_by(|left, right| {
            let by = |(field, falling): &(&str, bool)| {
                let left = sort_key(&self.database.value(stored, *left, field));
                let right = sort_key(&self.database.value(stored, *right, field));
                let ordering = left
                    .0
                    .total_cmp(&right.0)
                    .then_with(|| left.1.cmp(&right.1));
                match falling {
                    true => ordering.reverse(),
                    false => ordering,
                }
            };
            keys.iter()
                .map(by)
                .find(|ordering| ordering.is_ne())
                .unwrap_or_else(|| left.cmp(right))
        });
        Ok(())
    }

    fn read(&self, call: &Call, ids: &[i64], fields: &Value) -> Result<Value, Refusal> {
        let model = &call.model;
        let stored = self.database.stored(model);
        let with_code = call.context.get("display_default_code") != Some(&json!(false));
        let named: Vec<&str> = fields
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut wanted = Vec::new();
        for name in &named {
            wanted.push((*name, self.database.field(model, name)?));
        }
        if named.is_empty() {
            let all = self.database.model(model).map(|model| &model.fields);
            wanted.extend(
                all.into_iter()
                    .flatten()
                    .map(|(name, field)| (*name, *field)),
            );
        }
        let rows = ids
            .iter()
            .filter(|id| self.database.get(stored, **id).is_some());
        let rows = rows.map(|id| {
            let mut row = Map::new();
            row.insert("id".into(), json!(id));
            for (name, field) in &wanted {
                let value = self.database.shown(stored, *id, field, with_code);
                row.insert((*name).to_owned(), value);
            }
            Value::Object(row)
        });
        Ok(rows.collect())
    }

    fn name_search(&self, call: &Call, name: &str, domain: &Value) -> Result<Value, Refusal> {
        let mut terms = domain.as_array().cloned().unwrap_or_default();
        let stored = self.database.stored(&call.model);
        if !name.is_empty() {
            let by = match self.database.field(&call.model, "default_code") {
                Ok(_) => json!([
                    "|",
                    ["name", "ilike", name],
                    ["default_code", "ilike", name]
                ]),
                Err(_) => json!([["name", "ilike", name]]),
            };
            terms.extend(by.as_array().cloned().unwrap_or_default());
        }
        let ids = self.search(call, &Value::Array(terms))?;
        let pairs = ids
            .into_iter()
            .map(|id| json!([id, self.database.display_name(stored, id, true)]));
        Ok(pairs.collect())
    }

    fn fields_get(&self, model: &str, wanted: &Value) -> Value {
        let wanted: Vec<&str> = wanted
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let all = self.database.model(model).map(|model| &model.fields);
        let fields = all
            .into_iter()
            .flatten()
            .filter(|(name, _)| wanted.is_empty() || wanted.contains(*name))
            .map(|(name, field)| {
                let mut told = json!({
                    "name": name,
                    "string": field.label,
                    "type": field.kind.word(),
                    "required": field.required,
                });
                if field.kind == Kind::Quantity {
                    told["digits"] = json!([16, self.database.decimals]);
                }
                ((*name).to_owned(), told)
            });
        Value::Object(fields.collect())
    }

    /// One record for an object, a list of them for a list.
    fn create(&mut self, call: &Call, values: Value) -> Result<Value, Refusal> {
        let one = values.is_object();
        let list = match values {
            Value::Array(list) => list,
            value => vec![value],
        };
        let mut ids = Vec::with_capacity(list.len());
        for values in &list {
            ids.push(records::create(
                self.database,
                &call.model,
                values,
                &call.context,
            )?);
        }
        Ok(match (one, ids.first()) {
            (true, Some(id)) => json!(id),
            _ => json!(ids),
        })
    }

    fn write(&mut self, call: &Call, values: &Value) -> Result<Value, Refusal> {
        for id in &call.ids {
            records::write(self.database, &call.model, *id, values)?;
        }
        Ok(json!(true))
    }

    fn unlink(&mut self, call: &Call) -> Result<Value, Refusal> {
        for id in &call.ids {
            records::unlink(self.database, &call.model, *id)?;
        }
        Ok(json!(true))
    }
}

/// Whether the user has a right.
pub(crate) fn allowed(
    denied: &BTreeSet<(String, String)>,
    model: &str,
    operation: &str,
) -> Result<(), Refusal> {
    match denied.contains(&(model.to_owned(), operation.to_owned())) {
        false => Ok(()),
        true => Err(Refusal::access(format!(
            "You are not allowed to {operation} '{model}' records.\n\nContact your \
             administrator to request access if necessary."
        ))),
    }
}

fn operation(method: &str) -> &'static str {
    match method {
        "create" => "create",
        "unlink" => "unlink",
        method if changes(method) => "write",
        _ => "read",
    }
}

/// Numbers before texts; nothing first.
fn sort_key(value: &Value) -> (f64, String) {
    match value {
        Value::Number(number) => (number.as_f64().unwrap_or_default(), String::new()),
        Value::String(text) => (0.0, text.clone()),
        Value::Bool(true) => (1.0, String::new()),
        _ => (0.0, String::new()),
    }
}
