//! Documents that are no work any more upstream: those that are known get the status they ended in, the
//! others were done elsewhere and make no work here. Lines, tasks and what was picked stay.

use super::Context;
use crate::Result;
use domain::document::{DocumentKind, EndedDocument};
use domain::live::Topic;
use domain::timeline::TimelineKind;
use store::Tx;
use store::documents::DocumentKey;
use store::timeline::NewEntries;

/// Gives known documents the status they ended in; returns how many had another one.
pub(crate) async fn follow_ended(
    tx: &mut Tx,
    context: &Context<'_>,
    kind: DocumentKind,
    ended: &[EndedDocument],
) -> Result<usize> {
    let keys: Vec<DocumentKey> = ended.iter().map(key).collect();
    let known = store::documents::existing(tx, context.connection.id, kind, &keys).await?;
    let followed: Vec<_> = ended
        .iter()
        .filter_map(|one| Some((known.get(&key(one))?.id, one.erp_status.as_str())))
        .collect();
    if followed.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = followed.iter().map(|(id, _)| id.0).collect();
    store::documents::lock(tx, &ids).await?;
    let changed = store::documents::end(tx, &followed, context.now).await?;
    let mut entries = NewEntries::default();
    let mut topics = vec![Topic::Documents];
    for (id, status) in &changed {
        let name = &context.connection.name;
        let text = format!("In {name} its status is {status} now.");
        entries.push(*id, TimelineKind::Edited, text);
        topics.push(Topic::Document(id.0));
    }
    if !changed.is_empty() {
        let (company, now) = (context.company, context.now);
        let actor = &context.connection.name;
        let call = Some(context.correlation_id);
        store::timeline::record(tx, company, &entries, actor, call, now).await?;
        store::live::publish(tx, company, None, &topics, "imported").await?;
    }
    Ok(changed.len())
}

/// By what a document is known.
pub(crate) fn key(ended: &EndedDocument) -> DocumentKey {
    let EndedDocument {
        number,
        doc_type,
        dated_on,
        ..
    } = ended;
    (number.clone(), doc_type.clone(), *dated_on)
}
