//! Who hears of a run.

use crate::{Error, Result};
use domain::SyncRunId;
use domain::live::Topic;
use domain::sync::Entity;
use store::Tx;

pub(super) fn lost_lease() -> Error {
    Error::Conflict("Another worker took this run over.".to_owned())
}

pub(super) async fn tell(
    tx: &mut Tx,
    company: domain::CompanyId,
    id: SyncRunId,
    entity: Entity,
    what: &str,
) -> Result<()> {
    let list = match entity {
        Entity::Items | Entity::Stock => Topic::Items,
        Entity::Partners => Topic::Partners,
        Entity::Dispatches | Entity::Receipts => Topic::Documents,
    };
    let topics = [Topic::SyncRun(id.0), Topic::Connections, list];
    Ok(store::live::publish(tx, company, None, &topics, what).await?)
}
