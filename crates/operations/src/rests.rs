//! What a document lacks that was finished in part goes back to the floor: by a lead's word, or once by
//! itself where the site wants it. It is the document's task again, given to nobody.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::document::DocumentStatus;
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{DocumentId, WarehouseId};
use serde_json::json;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// A lead gives the rest of a document back to the floor, unless its ERP is told of the partial end already: an
/// ERP that takes results makes a backorder of the rest or cancels it, and takes no second result for the same
/// document, so the goods would be fetched twice or never booked.
pub async fn give_back(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::documents::lock(&mut tx, &[id.0]).await?;
    let document = store::documents::get(store, caller, id).await?.document;
    if document.status != DocumentStatus::Partial {
        return Err(Error::Conflict(
            "Only what a document lacks that was finished in part goes back to the floor."
                .to_owned(),
        ));
    }
    if store::rests::is_told(&mut tx, id).await? {
        return Err(Error::Conflict(
            "The ERP was told this result and deals with what is missing. If it did not take it, discard the result first."
                .to_owned(),
        ));
    }
    let lines = open_again(&mut tx, caller, id, now).await?;
    let facts = json!({ "kind": document.kind, "lines": lines });
    let number = &document.number;
    audit::by_person(&mut tx, caller, "REST_GIVEN_BACK", number, facts, now).await?;
    let (company, site) = (caller.company_id, document.warehouse_id);
    let mut topics = vec![
        Topic::Document(id.0),
        Topic::Documents,
        Topic::Tasks,
        Topic::Exceptions,
    ];
    topics.extend(site.map(|site| Topic::Board(site.0)));
    store::live::publish(&mut tx, company, site, &topics, "given_back").await?;
    Ok(tx.commit().await?)
}

/// Opens it again, due at the next cut-off like what arrives now, and writes that on the timeline; how many
/// lines.
pub(crate) async fn open_again(
    tx: &mut Tx,
    caller: &Caller,
    document: DocumentId,
    now: DateTime<Utc>,
) -> Result<u64> {
    let lines = store::rests::give_back(tx, document, now).await?;
    store::documents::recount(tx, &[document.0], now).await?;
    store::cut_off_plans::plan(tx, &[document.0], now).await?;
    let text = format!("What is missing is work again and waits for somebody, lines: {lines}.");
    let mut entries = NewEntries::default();
    entries.push(document, TimelineKind::Assigned, text);
    let (company, name) = (caller.company_id, &caller.name);
    store::timeline::record(tx, company, &entries, name, None, now).await?;
    Ok(lines)
}

/// Says whether the rest goes back by itself at a site.
pub async fn set_policy(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
    by_itself: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    if !caller.sees_warehouse(site) {
        return Err(Error::NotFound("warehouse"));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::rests::set_policy(&mut tx, caller.company_id, site, by_itself).await?;
    let (subject, facts) = (site.to_string(), json!({ "by_itself": by_itself }));
    audit::by_person(&mut tx, caller, "REST_POLICY_SET", &subject, facts, now).await?;
    Ok(tx.commit().await?)
}
