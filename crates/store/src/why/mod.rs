//! What is known of a key from upstream, over all tables.

mod documents;
mod rows;

use crate::{Result, Scope, Store};
use domain::user::Caller;
use domain::why::Facts;

/// Rows of a kind that are read at most.
const MOST: i64 = 20;

/// Everything the caller may see about a key: an item's code or barcode, a partner's code, a
/// document's number.
pub async fn look_up(store: &Store, caller: &Caller, key: &str) -> Result<Facts> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let documents = documents::documents(&mut tx, caller, key).await?;
    Ok(Facts {
        items: rows::items(&mut tx, caller, key).await?,
        partners: rows::partners(&mut tx, caller, key).await?,
        lines: documents::lines(&mut tx, caller, key).await?,
        rejected: rows::rejected(&mut tx, caller, key).await?,
        mappings: rows::mappings(&mut tx, caller, key, &documents).await?,
        lookups: rows::lookups(&mut tx, caller, key).await?,
        entities: rows::entities(&mut tx, caller).await?,
        documents,
    })
}
