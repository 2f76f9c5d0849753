//! The methods every model of Odoo has.

use super::answer::unreadable;
use super::client::{Ask, Cause, Client};
use super::wire::Row;
use crate::{Error, ErrorKind};
use serde_json::{Value, json};

/// Records read with one call when all of them are wanted.
const BATCH: usize = 1000;

/// Calls for one cause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orm<'a> {
    pub client: &'a Client,
    pub cause: Cause<'a>,
}

/// Which records, and what of them.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub model: &'static str,
    pub domain: Value,
    pub fields: &'a [&'a str],
    pub order: &'static str,
    pub limit: Option<usize>,
    /// Beyond language and company.
    pub context: Value,
}

impl<'a> Wanted<'a> {
    /// All records of the domain, in the order of their ids.
    pub fn all(model: &'static str, domain: Value, fields: &'a [&'a str]) -> Self {
        Self {
            model,
            domain,
            fields,
            order: "id",
            limit: None,
            context: Value::Null,
        }
    }
}

impl Orm<'_> {
    /// The records, with those of the fields that this server has.
    pub async fn search_read(&self, wanted: &Wanted<'_>) -> Result<Vec<Row>, Error> {
        let known = self.client.fields(self.cause, wanted.model).await?;
        let fields: Vec<&str> = wanted
            .fields
            .iter()
            .copied()
            .filter(|field| known.contains_key(*field))
            .collect();
        let answer = self
            .ask(Ask {
                model: wanted.model,
                method: "search_read",
                ids: None,
                args: vec![
                    ("domain", wanted.domain.clone()),
                    ("fields", json!(fields)),
                    ("offset", json!(0)),
                    ("limit", json!(wanted.limit)),
                    ("order", json!(wanted.order)),
                ],
                context: wanted.context.clone(),
                reads: true,
            })
            .await?;
        self.rows(answer)
    }

    /// All records of a domain, read batch by batch.
    pub async fn read_all(&self, wanted: Wanted<'_>) -> Result<Vec<Row>, Error> {
        let mut all: Vec<Row> = Vec::new();
        loop {
            let mut terms = wanted.domain.as_array().cloned().unwrap_or_default();
            if let Some(last) = all.last() {
                terms.push(json!(["id", ">", last.id()]));
            }
            let batch = Wanted {
                domain: Value::Array(terms),
                limit: Some(BATCH),
                order: "id",
                context: wanted.context.clone(),
                model: wanted.model,
                fields: wanted.fields,
            };
            let rows = self.search_read(&batch).await?;
            let complete = rows.len() < BATCH;
            all.extend(rows);
            if complete {
                return Ok(all);
            }
        }
    }

    /// Whether the model has this field here.
    pub async fn has_field(&self, model: &'static str, field: &str) -> Result<bool, Error> {
        let fields = self.client.fields(self.cause, model).await?;
        Ok(fields.contains_key(field))
    }

    /// Has the model's fields read again when they are asked for next.
    pub async fn forget_fields(&self, model: &'static str) {
        self.client.forget_fields(model).await;
    }

    /// How many decimals the model's field keeps here; none where it keeps a number as it is sent.
    pub async fn decimals(&self, model: &'static str, field: &str) -> Result<Option<u32>, Error> {
        let fields = self.client.fields(self.cause, model).await?;
        Ok(fields.get(field).copied().flatten())
    }

    /// Makes records; returns their ids in the same order.
    pub async fn create(
        &self,
        model: &'static str,
        records: Vec<Value>,
        context: Value,
    ) -> Result<Vec<i64>, Error> {
        let wanted = records.len();
        let answer = self
            .ask(Ask {
                model,
                method: "create",
                ids: None,
                args: vec![("vals_list", Value::Array(records))],
                context,
                reads: false,
            })
            .await?;
        let ids: Vec<i64> = match &answer {
            Value::Array(ids) => ids.iter().filter_map(Value::as_i64).collect(),
            id => id.as_i64().into_iter().collect(),
        };
        if ids.len() != wanted {
            return Err(unreadable(
                self.cause.operation,
                "it does not name the records that were made",
            ));
        }
        Ok(ids)
    }

    /// Changes records.
    pub async fn write(&self, model: &'static str, ids: &[i64], vals: Value) -> Result<(), Error> {
        self.ask(Ask {
            model,
            method: "write",
            ids: Some(ids),
            args: vec![("vals", vals)],
            context: Value::Null,
            reads: false,
        })
        .await
        .map(drop)
    }

    /// Deletes a record, or archives one that is used already; one that is gone stays so.
    pub async fn take_away(&self, model: &'static str, id: i64) -> Result<(), Error> {
        match self.act(model, "unlink", &[id], Value::Null).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            // It may answer with a note for people.
            Err(error) if error.kind() == ErrorKind::Rejected => self
                .act(model, "action_archive", &[id], Value::Null)
                .await
                .map(drop),
            Err(error) => Err(error),
        }
    }

    /// Calls a method without arguments on records.
    pub async fn act(
        &self,
        model: &'static str,
        method: &'static str,
        ids: &[i64],
        context: Value,
    ) -> Result<Value, Error> {
        self.ask(Ask {
            model,
            method,
            ids: Some(ids),
            args: Vec::new(),
            context,
            reads: false,
        })
        .await
    }

    /// Any call.
    pub async fn ask(&self, ask: Ask<'_>) -> Result<Value, Error> {
        self.client.ask(self.cause, &ask).await
    }

    fn rows(&self, answer: Value) -> Result<Vec<Row>, Error> {
        let Value::Array(rows) = answer else {
            return Err(unreadable(self.cause.operation, "it is no list of records"));
        };
        rows.into_iter()
            .map(|row| match row {
                Value::Object(fields) => Ok(Row(fields)),
                _ => Err(unreadable(self.cause.operation, "a record is no object")),
            })
            .collect()
    }
}
