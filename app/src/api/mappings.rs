//! What upstream values mean here.

use super::text::Answered;
use crate::AppError;
use domain::MappingId;
use domain::mapping::{Mapping, MappingAnswer};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Answered and unanswered values, those a person owes first.
#[server(prefix = "/api/fn", endpoint = "mappings/list", input = Json, output = Answered)]
pub async fn list(unanswered_only: bool) -> Result<Vec<Mapping>, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    Ok(store::mappings::list(&store()?, &caller, unanswered_only).await?)
}

/// Answers one; returns how many documents were recalculated.
#[server(prefix = "/api/fn", endpoint = "mappings/answer", input = Json, output = Answered)]
pub async fn answer(id: MappingId, answer: MappingAnswer) -> Result<i64, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::mappings::answer(&store, &caller, id, &answer, now).await?)
}
