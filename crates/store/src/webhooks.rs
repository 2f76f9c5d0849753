//! `webhook_endpoints`.

use crate::error::word;
use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::webhook::{WebhookEndpoint, WebhookEvent, WebhookForm};
use domain::{CompanyId, WebhookId};

struct EndpointRow {
    id: i64,
    name: String,
    url: String,
    events: Vec<String>,
    active: bool,
    created_at: DateTime<Utc>,
    created_by: String,
    waiting: i64,
    dead: i64,
    delivered_at: Option<DateTime<Utc>>,
}

impl TryFrom<EndpointRow> for WebhookEndpoint {
    type Error = Error;
    fn try_from(row: EndpointRow) -> Result<Self> {
        let events = row.events.iter();
        let events = events.map(|event| word("webhook_endpoints", "events", event));
        Ok(Self {
            id: WebhookId(row.id),
            name: row.name,
            url: row.url,
            events: events.collect::<Result<Vec<WebhookEvent>>>()?,
            active: row.active,
            created_at: row.created_at,
            created_by: row.created_by,
            waiting: row.waiting,
            dead: row.dead,
            delivered_at: row.delivered_at,
        })
    }
}

macro_rules! select_endpoints {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            EndpointRow,
            r#"select e.id, e.name, e.url, e.events, e.active, e.created_at, e.created_by,
                      (select count(*) from erp_outbox o
                       where o.endpoint_id = e.id and o.status in ('pending', 'in_progress')) as "waiting!",
                      (select count(*) from erp_outbox o
                       where o.endpoint_id = e.id and o.status = 'dead') as "dead!",
                      (select o.processed_at from erp_outbox o
                       where o.endpoint_id = e.id and o.status = 'completed'
                       order by o.seq desc limit 1) as delivered_at
               from webhook_endpoints e
               where e.company_id = $1 and e.deleted_at is null "# + $rest
            $(, $argument)*
        )
    };
}

fn endpoints(rows: Vec<EndpointRow>) -> Result<Vec<WebhookEndpoint>> {
    rows.into_iter().map(WebhookEndpoint::try_from).collect()
}

/// The company's endpoints, by name; at most 200.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<WebhookEndpoint>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_endpoints!(
        "order by e.name, e.id
         limit 200",
        caller.company_id.0,
    )
    .fetch_all(tx.conn())
    .await?;
    endpoints(rows)
}

/// The same as pages, in the order they were set up.
pub async fn page(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<WebhookEndpoint>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_endpoints!(
        "and e.id > $2
         order by e.id
         limit $3",
        caller.company_id.0,
        after_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(endpoints(rows)?, limit, |row| row.id.to_string()))
}

/// One endpoint.
pub async fn get(store: &Store, caller: &Caller, id: WebhookId) -> Result<WebhookEndpoint> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    find(&mut tx, caller.company_id, id).await
}

/// One endpoint, in a transaction that changes it.
pub async fn find(tx: &mut Tx, company: CompanyId, id: WebhookId) -> Result<WebhookEndpoint> {
    let row = select_endpoints!("and e.id = $2", company.0, id.0)
        .fetch_optional(tx.conn())
        .await?;
    let what = "webhook endpoint";
    row.ok_or(Error::NotFound { what })?.try_into()
}

/// Adds an endpoint; its sealed secret follows, since it is bound to the id.
pub async fn create(
    tx: &mut Tx,
    company: CompanyId,
    form: &WebhookForm,
    by: &str,
    at: DateTime<Utc>,
) -> Result<WebhookId> {
    let id = sqlx::query_scalar!(
        "insert into webhook_endpoints (company_id, name, url, events, secret, active, created_at, created_by, updated_at)
         values ($1, $2, $3, $4, '', $5, $6, $7, $6) returning id",
        company.0,
        form.name.trim(),
        form.url.trim(),
        &words(form),
        form.active,
        at,
        by,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(WebhookId(id))
}

/// Replaces everything but the secret.
pub async fn update(
    tx: &mut Tx,
    company: CompanyId,
    id: WebhookId,
    form: &WebhookForm,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update webhook_endpoints set name = $3, url = $4, events = $5, active = $6, updated_at = $7
         where company_id = $1 and id = $2",
        company.0,
        id.0,
        form.name.trim(),
        form.url.trim(),
        &words(form),
        form.active,
        at,
    )
    .execute(tx.conn())
    .await?;
    // What waited for a switched-off endpoint may go.
    tx.queued();
    Ok(())
}

fn words(form: &WebhookForm) -> Vec<String> {
    let events = form.events.iter();
    events.map(|event| event.as_str().to_owned()).collect()
}

/// Sets the sealed secret of a new endpoint.
pub async fn set_secret(tx: &mut Tx, id: WebhookId, sealed: &[u8]) -> Result<()> {
    sqlx::query!(
        "update webhook_endpoints set secret = $2 where id = $1",
        id.0,
        sealed
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the sealed secret; the one before signs too until then.
pub async fn replace_secret(
    tx: &mut Tx,
    id: WebhookId,
    sealed: &[u8],
    until: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update webhook_endpoints
         set previous_secret = secret, previous_until = $3, secret = $2
         where id = $1",
        id.0,
        sealed,
        until,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes an endpoint away and gives up what waits for it or is dead; returns how many messages were
/// given up, and whether one is being sent. Who queues for it at the same time either comes before,
/// and is given up too, or finds it gone.
pub async fn delete(
    tx: &mut Tx,
    company: CompanyId,
    id: WebhookId,
    by: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<(u64, bool)> {
    sqlx::query!(
        "select id from webhook_endpoints where company_id = $1 and id = $2 for update",
        company.0,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    sqlx::query!(
        "update webhook_endpoints set active = false, deleted_at = $3, updated_at = $3
         where company_id = $1 and id = $2",
        company.0,
        id.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    let given_up = sqlx::query!(
        "update erp_outbox
         set status = 'discarded', processed_at = $5, settled_by = $3, settled_reason = $4, updated_at = $5
         where company_id = $1 and endpoint_id = $2 and status in ('pending', 'dead')",
        company.0,
        id.0,
        by,
        reason,
        at,
    )
    .execute(tx.conn())
    .await?;
    // Now, and not before: all nodes wait for it, and there may be much to give up. Whoever took one of them before
    // still has its lease, since what came of it waits for this transaction.
    crate::outbox::hold_claims(tx).await?;
    let sending = sqlx::query_scalar!(
        r#"select exists (select from erp_outbox_leases
                          where company_id = $1 and lane = 'webhook:' || $2::bigint) as "sending!""#,
        company.0,
        id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((given_up.rows_affected(), sending))
}

/// The endpoints of a company that are told of an event; they stay until the transaction ends.
pub async fn listening(
    tx: &mut Tx,
    company: CompanyId,
    event: WebhookEvent,
) -> Result<Vec<WebhookId>> {
    let ids = sqlx::query_scalar!(
        "select id from webhook_endpoints where company_id = $1 and active and $2 = any(events)
         order by id
         for key share",
        company.0,
        event.as_str(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(WebhookId).collect())
}

/// Where to post, and the sealed secrets to sign with.
#[derive(Debug, Clone)]
pub struct EndpointForWork {
    /// Address.
    pub url: String,
    /// Sealed.
    pub secret: Vec<u8>,
    /// The one before, sealed, while it still signs.
    pub previous_secret: Option<Vec<u8>>,
}

/// One endpoint for the engine.
pub async fn for_work(
    store: &Store,
    company: CompanyId,
    id: WebhookId,
    now: DateTime<Utc>,
) -> Result<EndpointForWork> {
    let mut reading = store.read_of(company).await?;
    reading
        .optional(sqlx::query_as!(
            EndpointForWork,
            r#"select url, secret, case when previous_until > $3 then previous_secret end as previous_secret
               from webhook_endpoints where company_id = $1 and id = $2"#,
            company.0,
            id.0,
            now,
        ))
        .await?
        .ok_or(Error::NotFound {
            what: "webhook endpoint",
        })
}

/// Facts of documents, as events tell them.
#[derive(Debug, Clone)]
pub struct ToldDocument {
    /// Identity.
    pub id: i64,
    /// `dispatch` or `receipt`.
    pub kind: String,
    /// The ERP's number.
    pub number: String,
    /// The ERP's type.
    pub doc_type: String,
    /// The ERP's date.
    pub dated_on: chrono::NaiveDate,
    /// Where it stands.
    pub status: String,
    /// Site's code.
    pub warehouse: Option<String>,
    /// Recipient or sender.
    pub partner: Option<String>,
    /// Floor lines.
    pub lines_wms: i32,
    /// Done in full.
    pub lines_done: i32,
    /// With a reason.
    pub lines_short: i32,
    /// Waiting for a decision.
    pub conflicts: i32,
}

/// Facts of these documents.
pub async fn told_documents(tx: &mut Tx, ids: &[i64]) -> Result<Vec<ToldDocument>> {
    Ok(sqlx::query_as!(
        ToldDocument,
        r#"select d.id, d.kind, d.number, d.doc_type, d.dated_on, d.status, w.code as "warehouse?",
                  d.partner_name as partner, d.lines_wms, d.lines_done, d.lines_short, d.conflicts
           from documents d
           left join warehouses w on w.id = d.warehouse_id
           where d.id = any($1)
           order by d.id"#,
        ids,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// A floor line, as events tell it.
#[derive(Debug, Clone)]
pub struct ToldLine {
    /// Identity.
    pub id: i64,
    /// Document.
    pub document_id: i64,
    /// The ERP's key of the line.
    pub key: String,
    /// Item code.
    pub item: String,
    /// Item name.
    pub name: String,
    /// Unit.
    pub uom: String,
    /// Asked for.
    pub requested: rust_decimal::Decimal,
    /// Done.
    pub done: rust_decimal::Decimal,
    /// Why it is short.
    pub reason: Option<String>,
    /// In the worker's words.
    pub reason_text: Option<String>,
    /// What a person has to decide.
    pub conflict: Option<String>,
}

/// The floor lines of a document that are still on it, and those with a conflict.
pub async fn told_lines(tx: &mut Tx, documents: &[i64]) -> Result<Vec<ToldLine>> {
    Ok(sqlx::query_as!(
        ToldLine,
        "select id, document_id, line_key as key, item_code as item, item_name as name, uom, requested, done, reason,
                reason_text, conflict
         from document_lines
         where document_id = any($1) and ((wms_flag and removed_at is null) or conflict is not null)
         order by document_id, position, id
         limit 5000",
        documents,
    )
    .fetch_all(tx.conn())
    .await?)
}
