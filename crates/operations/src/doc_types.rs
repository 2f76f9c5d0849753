//! What the ERP's document types are called.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::doc_type::{Direction, LONGEST_NAME};
use domain::live::Topic;
use domain::permission::Permission;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId};
use serde_json::json;
use store::{Scope, Store};

/// Types that a connection is set up with: code, name, direction. One that is there keeps its name.
pub async fn put_known(
    store: &Store,
    company: CompanyId,
    connection: ConnectionId,
    types: &[(&str, &str, Direction)],
    by: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    for known in types {
        store::doc_types::ensure(&mut tx, company, connection, *known, by, now).await?;
    }
    Ok(tx.commit().await?)
}

/// A person says what a type is called.
pub async fn name(
    store: &Store,
    caller: &Caller,
    connection: ConnectionId,
    code: &str,
    name: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AnswerMappings)?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::Invalid(format!(
            "A name has 1 to {LONGEST_NAME} characters."
        )));
    }
    let company = caller.company_id;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let by = &caller.name;
    let before = store::doc_types::name(&mut tx, company, connection, code, name, by, now)
        .await?
        .ok_or(Error::NotFound("document type"))?;
    let facts = json!({ "before": before, "after": name });
    audit::by_person(&mut tx, caller, "DOCUMENT_TYPE_NAMED", code, facts, now).await?;
    store::live::publish(&mut tx, company, None, &[Topic::Documents], "named").await?;
    Ok(tx.commit().await?)
}
