//! Taking an answer back, so that people are asked again.

use super::{judge, tell};
use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::user::Caller;
use domain::{CompanyId, MappingId};
use serde_json::json;
use store::document_lines::Matching;
use store::mappings::StoredMapping;
use store::{Scope, Store, Tx};

/// Puts an answered value back among those that wait, as if nobody had answered: its documents are judged
/// again, what the floor began of them stays as it is, and items that a unit's answer brought stay too.
/// Returns the documents judged.
pub async fn ask_again(
    store: &Store,
    caller: &Caller,
    id: MappingId,
    now: DateTime<Utc>,
) -> Result<i64> {
    require(caller, Permission::AnswerMappings)?;
    let company = caller.company_id;
    let mut tx = store.begin(Scope::from(caller)).await?;
    // Taken first: imports hold it before they touch documents.
    store::document_lines::hold_matching(&mut tx, company, Matching::Answers).await?;
    let mapping = answered(&mut tx, company, id).await?;
    store::mappings::ask_again(&mut tx, id).await?;
    let judged = judge(&mut tx, caller, &mapping, None, now).await?;
    let facts = json!({
        "kind": mapping.kind.as_str(),
        "before": mapping.target,
        "ignored_before": mapping.ignored,
        "after": null,
    });
    let (action, external) = ("MAPPING_ASKED_AGAIN", &mapping.external);
    audit::by_person(&mut tx, caller, action, external, facts, now).await?;
    tell(&mut tx, company, "mapping_asked_again").await?;
    tx.commit().await?;
    Ok(judged)
}

/// The mapping, locked, with the answer that stands.
async fn answered(tx: &mut Tx, company: CompanyId, id: MappingId) -> Result<StoredMapping> {
    let mapping = store::mappings::lock(tx, company, id).await?;
    if mapping.target.is_none() && !mapping.ignored {
        let text = "Nobody answered this: it waits under Mappings already.";
        return Err(Error::Conflict(text.to_owned()));
    }
    Ok(mapping)
}
