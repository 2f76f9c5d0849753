//! `timeline_entries`.

use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::timeline::{TimelineEntry, TimelineKind};
use domain::user::Caller;
use domain::{CompanyId, DocumentId};
use uuid::Uuid;

struct EntryRow {
    id: i64,
    at: DateTime<Utc>,
    kind: String,
    actor: String,
    text: String,
    correlation_id: Option<String>,
    message_id: Option<Uuid>,
}

impl TryFrom<EntryRow> for TimelineEntry {
    type Error = Error;
    fn try_from(row: EntryRow) -> Result<Self> {
        let kind = TimelineKind::parse(&row.kind).ok_or(Error::Inconsistent {
            table: "timeline_entries",
            column: "kind",
            value: row.kind,
        })?;
        Ok(Self {
            id: row.id,
            at: row.at,
            kind,
            actor: row.actor,
            text: row.text,
            correlation_id: row.correlation_id,
            message_id: row.message_id,
        })
    }
}

macro_rules! select_entries {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            EntryRow,
            "select e.id, e.at, e.kind, e.actor, e.text, e.correlation_id, e.message_id
             from timeline_entries e
             join documents d on d.id = e.document_id
             where e.document_id = $1 and e.company_id = $2
               and (d.warehouse_id is null or d.warehouse_id = any($3)) " + $rest
            $(, $argument)*
        )
    };
}

/// Oldest first, at most the newest 500.
pub async fn list(
    store: &Store,
    caller: &Caller,
    document: DocumentId,
) -> Result<Vec<TimelineEntry>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_entries!(
        "order by e.id desc
         limit 500",
        document.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    // Every document has the entry of its import; none means out of sight.
    if rows.is_empty() {
        return Err(Error::NotFound { what: "document" });
    }
    rows.into_iter()
        .rev()
        .map(TimelineEntry::try_from)
        .collect()
}

/// All of it as pages, oldest first.
pub async fn page(
    store: &Store,
    caller: &Caller,
    document: DocumentId,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<TimelineEntry>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_entries!(
        "and e.id > $4
         order by e.id
         limit $5",
        document.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
        after_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Page::cut(rows, limit, |row| row.id.to_string()).try_map(TimelineEntry::try_from)
}

/// Entries to add, one per document.
#[derive(Debug, Default)]
pub struct NewEntries {
    documents: Vec<i64>,
    kinds: Vec<String>,
    texts: Vec<String>,
    messages: Vec<Option<Uuid>>,
}

impl NewEntries {
    /// Adds one.
    pub fn push(&mut self, document: DocumentId, kind: TimelineKind, text: String) {
        self.add(document, kind, text, None);
    }

    /// Adds one that tells of an outbox message.
    pub fn push_of(
        &mut self,
        message: Uuid,
        document: DocumentId,
        kind: TimelineKind,
        text: String,
    ) {
        self.add(document, kind, text, Some(message));
    }

    fn add(
        &mut self,
        document: DocumentId,
        kind: TimelineKind,
        text: String,
        message: Option<Uuid>,
    ) {
        self.documents.push(document.0);
        self.messages.push(message);
        self.kinds.push(kind.as_str().to_owned());
        self.texts.push(text);
    }
}

/// Adds entries in one statement.
pub async fn record(
    tx: &mut Tx,
    company: CompanyId,
    entries: &NewEntries,
    actor: &str,
    correlation_id: Option<&str>,
    at: DateTime<Utc>,
) -> Result<()> {
    if entries.documents.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into timeline_entries (company_id, document_id, at, kind, actor, text, correlation_id,
                                       message_id)
         select $1, e.document, $2, e.kind, $3, e.text,
                coalesce($4, nullif(current_setting('crossdock.correlation', true), '')), e.message
         from unnest($5::bigint[], $6::text[], $7::text[], $8::uuid[]) as e (document, kind, text, message)",
        company.0,
        at,
        actor,
        correlation_id,
        &entries.documents,
        &entries.kinds,
        &entries.texts,
        &entries.messages as &[Option<Uuid>],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
