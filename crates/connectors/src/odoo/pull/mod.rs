//! Reading, page by page.
//!
//! Pages go by id, not by change time: Odoo keeps fractions of seconds it does not show, so that
//! a place inside a second cannot be named, and an offset skips rows when one changes meanwhile.
//! The newest change time is read before the first page, and is what the pass reports.

mod documents;
mod items;
mod partners;
mod sites;
mod stock;

pub(super) use items::find as find_item;

use super::config::Settings;
use super::orm::{Orm, Wanted};
use super::wire::{Row, time};
use crate::{Error, ErrorKind, PullRequest, PulledPage, Records, RefusedRow};
use chrono::{DateTime, TimeDelta, Utc};
use domain::document::{DocumentKind, EndedDocument};
use domain::sync::Entity;
use serde_json::{Value, json};
use std::collections::HashSet;

/// How far back a full pass looks for documents that ended: an ERP keeps those of years.
const FOLLOWED: TimeDelta = TimeDelta::days(7);

/// A page in our words.
pub(super) struct Page {
    pub records: Records,
    /// Documents that are no work any more.
    pub ended: Vec<EndedDocument>,
    pub refused: Vec<RefusedRow>,
    /// Rows on the wire.
    pub rows: usize,
    /// Id of the last row when there may be more.
    pub last: Option<i64>,
}

/// Where a pass is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// Ids up to this one were read.
    pub after: i64,
    /// The newest change when the pass began.
    pub until: Option<DateTime<Utc>>,
}

/// What a page is read with.
pub(super) struct Reading<'a> {
    pub orm: Orm<'a>,
    pub settings: &'a Settings,
    /// Rows changed since; the overlap is taken off already.
    pub since: Option<DateTime<Utc>>,
    /// Documents that ended since are followed: as far as `since`, and in a full pass a week.
    pub ended_since: DateTime<Utc>,
    pub position: Position,
    pub limit: usize,
}

/// Reads one page.
pub(super) async fn page(
    orm: Orm<'_>,
    settings: &Settings,
    request: &PullRequest,
    now: DateTime<Utc>,
) -> Result<PulledPage, Error> {
    let operation = request.entity.as_str();
    let since = request.since.map(|since| since - settings.overlap());
    let mut reading = Reading {
        orm,
        settings,
        since,
        ended_since: since.unwrap_or(now - FOLLOWED),
        position: Position::default(),
        limit: limit(settings, request.page_size),
    };
    reading.position = match &request.position {
        Some(text) => Position::parse(text, operation)?,
        None => Position {
            after: 0,
            until: newest(&reading, request.entity).await?,
        },
    };
    let page = match request.entity {
        Entity::Items => items::page(&reading).await?,
        Entity::Partners => partners::page(&reading).await?,
        Entity::Stock => stock::page(&reading).await?,
        Entity::Dispatches => documents::page(&reading, DocumentKind::Dispatch).await?,
        Entity::Receipts => documents::page(&reading, DocumentKind::Receipt).await?,
    };
    let until = reading.position.until;
    Ok(PulledPage {
        records: page.records,
        ended: page.ended,
        refused: page.refused,
        next: page.last.map(|after| Position { after, until }.text()),
        high_water: until.map(|until| until.min(now)),
        rows: page.rows,
        correlation_id: request.correlation_id.clone(),
    })
}

async fn newest(reading: &Reading<'_>, entity: Entity) -> Result<Option<DateTime<Utc>>, Error> {
    match entity {
        Entity::Items => {
            reading
                .newest("product.product", items::domain(reading))
                .await
        }
        Entity::Partners => reading.newest("res.partner", json!([])).await,
        Entity::Stock => reading.newest("stock.move.line", stock::moved()).await,
        Entity::Dispatches => documents::newest(reading, DocumentKind::Dispatch).await,
        Entity::Receipts => documents::newest(reading, DocumentKind::Receipt).await,
    }
}

fn limit(settings: &Settings, asked: u32) -> usize {
    let rows = match asked {
        0 => settings.page_size,
        asked => asked.min(settings.page_size),
    };
    usize::try_from(rows).unwrap_or(1)
}

impl Reading<'_> {
    /// The newest change time among the records of a domain.
    pub async fn newest(
        &self,
        model: &'static str,
        domain: Value,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let wanted = Wanted {
            order: "write_date desc, id desc",
            limit: Some(1),
            context: json!({ "active_test": false }),
            ..Wanted::all(model, domain, &["write_date"])
        };
        let rows = self.orm.search_read(&wanted).await?;
        Ok(rows.first().and_then(|row| row.instant("write_date")))
    }

    /// The next rows of a model: those of the domain, changed since, with higher ids.
    pub async fn next_rows(
        &self,
        model: &'static str,
        domain: Value,
        fields: &[&str],
        context: Value,
    ) -> Result<(Vec<Row>, Option<i64>), Error> {
        let mut terms = domain.as_array().cloned().unwrap_or_default();
        if let Some(since) = self.since {
            terms.push(json!(["write_date", ">=", time(since)]));
        }
        self.next_of(model, terms, fields, context).await
    }

    /// The same with the term for changes among the others already.
    pub async fn next_of(
        &self,
        model: &'static str,
        mut terms: Vec<Value>,
        fields: &[&str],
        context: Value,
    ) -> Result<(Vec<Row>, Option<i64>), Error> {
        if self.position.after > 0 {
            terms.push(json!(["id", ">", self.position.after]));
        }
        let wanted = Wanted {
            limit: Some(self.limit),
            context,
            ..Wanted::all(model, Value::Array(terms), fields)
        };
        let rows = self.orm.search_read(&wanted).await?;
        let last = rows.last().map(Row::id);
        let more = rows.len() >= self.limit;
        Ok((rows, last.filter(|_| more)))
    }

    /// The term that leaves out what belongs to other companies.
    pub fn own_company(&self) -> Vec<Value> {
        match self.settings.company_id {
            Some(company) => vec![json!(["company_id", "in", [false, company]])],
            None => Vec::new(),
        }
    }
}

impl Position {
    fn text(self) -> String {
        match self.until {
            Some(until) => format!("{}:{}", self.after, until.timestamp()),
            None => format!("{}:", self.after),
        }
    }

    fn parse(text: &str, operation: &'static str) -> Result<Self, Error> {
        let read = || {
            let (after, until) = text.split_once(':')?;
            let until = match until {
                "" => None,
                seconds => Some(DateTime::from_timestamp(seconds.parse().ok()?, 0)?),
            };
            Some(Self {
                after: after.parse().ok()?,
                until,
            })
        };
        read().ok_or_else(|| {
            let message = format!(
                "The place to go on from, \"{text}\", is not one of Odoo's. Start a new run."
            );
            Error::new(ErrorKind::Rejected, operation, message)
        })
    }
}

/// Puts rows into our words; those that do not fit, and those whose key came before, are refused
/// one by one.
pub(super) fn each<T>(
    rows: &[Row],
    key: impl Fn(&T) -> &str,
    map: impl Fn(&Row) -> Result<T, String>,
) -> (Vec<T>, Vec<RefusedRow>) {
    let mut seen = HashSet::with_capacity(rows.len());
    let (mut records, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let outcome = map(row).and_then(|record| match seen.insert(key(&record).to_owned()) {
            true => Ok(record),
            false => Err(format!(
                "Another record of Odoo has the same key {}: give each its own.",
                key(&record)
            )),
        });
        match outcome {
            Ok(record) => records.push(record),
            Err(reason) => refused.push(refuse(row, reason)),
        }
    }
    (records, refused)
}

/// A row that is not taken over, as it came.
pub(super) fn refuse(row: &Row, reason: String) -> RefusedRow {
    let key = ["default_code", "ref", "name"]
        .iter()
        .find_map(|field| row.text(field));
    RefusedRow {
        external_key: match key {
            Some(key) => key.chars().take(100).collect(),
            None => row.id().to_string(),
        },
        reason,
        payload: storable(Value::Object(row.0.clone())),
    }
}

/// Without U+0000 and without exponents, which a database column refuses.
fn storable(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Number(number) if number.to_string().contains(['e', 'E']) => {
            Value::String(number.to_string())
        }
        Value::Array(values) => values.into_iter().map(storable).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, storable(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_inside_a_pass_survives_its_writing() {
        let at = DateTime::from_timestamp(1_764_000_000, 0);
        for position in [
            Position {
                after: 12,
                until: at,
            },
            Position {
                after: 0,
                until: None,
            },
        ] {
            assert_eq!(
                Position::parse(&position.text(), "items").unwrap(),
                position
            );
        }
        for text in ["", "12", "x:1", "1:x", "1000:full:A"] {
            let error = Position::parse(text, "items").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rejected, "{text}");
        }
    }
}
