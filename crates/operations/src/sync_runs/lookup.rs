//! Items that documents name and the catalogue lacks.

use super::ClaimedRun;
use crate::import::Context;
use crate::{Result, audit, import};
use chrono::{DateTime, Utc};
use domain::item::ItemRecord;
use domain::live::Topic;
use serde_json::json;
use store::{Scope, Store};

/// Codes on open documents that match no item and were not asked for within 24 hours.
pub async fn due_lookups(
    store: &Store,
    claimed: &ClaimedRun,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let mut tx = store.begin(Scope::Company(claimed.run.company_id)).await?;
    let since = now - chrono::Duration::hours(24);
    Ok(store::lookups::due(&mut tx, claimed.connection.id, since, limit).await?)
}

/// Keeps the answer of an on-demand look-up, a miss too. A hit becomes an item and frees its lines; a
/// code the upstream does not know either is asked of people.
pub async fn record_lookup(
    store: &Store,
    claimed: &ClaimedRun,
    code: &str,
    found: Option<ItemRecord>,
    correlation_id: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let company = claimed.run.company_id;
    let connection = &claimed.connection;
    let mut tx = store.begin(Scope::Company(company)).await?;
    let hit = found.is_some();
    let context = Context {
        company,
        connection,
        remember: None,
        correlation_id,
        now,
    };
    let taken = match found {
        Some(record) => import::import_looked_up(&mut tx, &context, code, record).await?,
        None => false,
    };
    store::lookups::record(&mut tx, company, connection.id, code, hit, now).await?;
    let facts = json!({ "found": hit, "taken": taken, "correlation_id": correlation_id });
    audit::by_machine(
        &mut tx,
        company,
        &connection.name,
        "CATALOG_LOOKUP_API",
        code,
        facts,
        now,
    )
    .await?;
    if hit {
        let topics = [Topic::Items, Topic::Documents, Topic::Tasks];
        store::live::publish(&mut tx, company, None, &topics, "looked_up").await?;
    } else {
        let alike = store::mappings::suggest_item(&mut tx, company, connection.id, code).await?;
        let alike = alike.as_ref();
        if store::mappings::ask_about_item(&mut tx, company, connection.id, code, alike, now)
            .await?
        {
            store::live::publish(&mut tx, company, None, &[Topic::Mappings], "asked").await?;
        }
    }
    Ok(tx.commit().await?)
}
