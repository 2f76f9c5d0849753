//! Accepting many suggestions at once.

use super::{apply, tell};
use crate::{Error, Result, require};
use chrono::{DateTime, Utc};
use domain::mapping::{Acceptance, LEAST_ACCEPTED, Mapping, MappingAnswer, MappingKind};
use domain::permission::Permission;
use domain::user::Caller;
use store::{Scope, Store};

/// What accepting the suggestions that are at least so many per cent alike would do.
pub async fn acceptable(
    store: &Store,
    caller: &Caller,
    kind: Option<MappingKind>,
    at_least: i16,
) -> Result<Acceptance> {
    require(caller, Permission::AnswerMappings)?;
    let waiting = suggested(store, caller, kind, at_least).await?;
    Ok(sum(&waiting))
}

/// Answers every waiting mapping with its suggestion, if that is at least so many per cent alike: all
/// of them or, when one cannot be applied, none. At most five hundred at a time.
pub async fn accept(
    store: &Store,
    caller: &Caller,
    kind: Option<MappingKind>,
    at_least: i16,
    now: DateTime<Utc>,
) -> Result<Acceptance> {
    require(caller, Permission::AnswerMappings)?;
    let waiting = suggested(store, caller, kind, at_least).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    for mapping in &waiting {
        if let Some(suggestion) = &mapping.suggestion {
            let answer = MappingAnswer::Means(suggestion.target.clone());
            apply(&mut tx, caller, mapping.id, &answer, now).await?;
        }
    }
    if !waiting.is_empty() {
        tell(&mut tx, caller.company_id, "mapping_answered").await?;
    }
    tx.commit().await?;
    Ok(sum(&waiting))
}

async fn suggested(
    store: &Store,
    caller: &Caller,
    kind: Option<MappingKind>,
    at_least: i16,
) -> Result<Vec<Mapping>> {
    if !(LEAST_ACCEPTED..=100).contains(&at_least) {
        let text = format!("Choose a likeness from {LEAST_ACCEPTED} to 100 per cent.");
        return Err(Error::Invalid(text));
    }
    Ok(store::mappings::waiting_with_suggestions(store, caller, kind, at_least).await?)
}

fn sum(mappings: &[Mapping]) -> Acceptance {
    mappings
        .iter()
        .fold(Acceptance::default(), |sum, mapping| Acceptance {
            mappings: sum.mappings + 1,
            documents: sum.documents + mapping.documents,
            items: sum.items + mapping.items,
        })
}
