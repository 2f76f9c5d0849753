//! Barcodes that workers teach and leads decide about.

use super::text::Answered;
use crate::AppError;
use domain::TaughtBarcodeId;
use domain::taught_barcode::{TaughtBarcode, TaughtDecision, Teaching};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    crate::session::caller_with,
    crate::state::{store, store_and_now},
    domain::permission::Permission,
};

/// A scanned code is said to be the barcode of a line's item.
#[server(prefix = "/api/fn", endpoint = "taught-barcodes/teach", input = Json, output = Answered)]
pub async fn teach(teaching: Teaching) -> Result<(), AppError> {
    let caller = caller_with(Permission::WorkOnTasks).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::taught_barcodes::teach(&store, &caller, &teaching, now).await?)
}

/// Those that wait for a lead.
#[server(prefix = "/api/fn", endpoint = "taught-barcodes/waiting", input = Json, output = Answered)]
pub async fn waiting() -> Result<Vec<TaughtBarcode>, AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    Ok(store::taught_barcodes::waiting(&store()?, &caller).await?)
}

/// A lead's word.
#[server(prefix = "/api/fn", endpoint = "taught-barcodes/decide", input = Json, output = Answered)]
pub async fn decide(id: TaughtBarcodeId, decision: TaughtDecision) -> Result<(), AppError> {
    let caller = caller_with(Permission::AnswerMappings).await?;
    let (store, now) = store_and_now()?;
    Ok(operations::taught_barcodes::decide(&store, &caller, id, decision, now).await?)
}
