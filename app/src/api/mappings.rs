//! What upstream values mean here.

use super::text::Answered;
use crate::AppError;
use domain::MappingId;
use domain::mapping::{
    Acceptance, Mapping, MappingAnswer, MappingFilter, MappingKind, MappingSort,
};
use domain::page::{Cursor, Page};
use domain::sort::Sort;
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE,
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// Answered and unanswered values that fit.
#[server(prefix = "/api/fn", endpoint = "mappings/list", input = Json, output = Answered)]
pub async fn list(
    #[server(default)] filter: MappingFilter,
    #[server(default)] sort: Sort<MappingSort>,
    after: Option<Cursor>,
) -> Result<Page<Mapping>, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let after = after.as_ref();
    Ok(store::mappings::list(&store()?, &caller, &filter, sort, after, PAGE).await?)
}

/// How many answers people owe.
#[server(prefix = "/api/fn", endpoint = "mappings/count", input = Json, output = Answered)]
pub async fn count() -> Result<i64, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    Ok(store::mappings::count_unanswered(&store()?, &caller).await?)
}

/// The codes a value of a kind can mean; none for items, which are too many to list.
#[server(prefix = "/api/fn", endpoint = "mappings/choices", input = Json, output = Answered)]
pub async fn choices() -> Result<Vec<(MappingKind, String, String)>, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    Ok(store::mappings::choices(&store()?, &caller).await?)
}

/// Answers one; returns how many documents were recalculated.
#[server(prefix = "/api/fn", endpoint = "mappings/answer", input = Json, output = Answered)]
pub async fn answer(id: MappingId, answer: MappingAnswer) -> Result<i64, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::mappings::answer(&store, &caller, id, &answer, now).await?)
}

/// Takes an answer back, so that people are asked again; returns how many documents were recalculated.
#[server(prefix = "/api/fn", endpoint = "mappings/ask_again", input = Json, output = Answered)]
pub async fn ask_again(id: MappingId) -> Result<i64, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::mappings::ask_again(&store, &caller, id, now).await?)
}

/// What accepting the suggestions that are at least so many per cent alike would do.
#[server(prefix = "/api/fn", endpoint = "mappings/acceptable", input = Json, output = Answered)]
pub async fn acceptable(kind: Option<MappingKind>, at_least: i16) -> Result<Acceptance, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    Ok(operations::mappings::acceptable(&store()?, &caller, kind, at_least).await?)
}

/// Accepts them; returns what that did.
#[server(prefix = "/api/fn", endpoint = "mappings/accept", input = Json, output = Answered)]
pub async fn accept(kind: Option<MappingKind>, at_least: i16) -> Result<Acceptance, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::mappings::accept(&store, &caller, kind, at_least, now).await?)
}
