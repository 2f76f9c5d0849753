//! Writing: one command, done or taken back.

mod before;
mod bom;
mod document;
mod external;
mod lots;
mod precision;
mod product;
mod products;
mod stock;

pub(super) use external::MODEL as EXTERNAL_IDS;
pub(super) use lots::model as lot_model;

use super::company::OwnCompany;
use super::config::Settings;
use super::orm::Orm;
use crate::{Acceptance, Direction, Error, ErrorKind, PushRequest};
use domain::push::Push;
use products::Known;

/// What a command is written with.
#[derive(Clone, Copy)]
pub(super) struct Writing<'a> {
    pub orm: Orm<'a>,
    pub settings: &'a Settings,
    /// For when neither the settings nor the product names a company.
    pub own_company: &'a OwnCompany,
    /// Odoo's main version.
    pub major: u32,
    /// Ours.
    pub reference: &'a str,
}

impl Writing<'_> {
    /// The company that is worked for with a product: the setting's, else the product's, else the user's own.
    async fn company(self, product: &Known) -> Result<i64, Error> {
        match self.settings.company_id.or(product.company) {
            Some(company) => Ok(company),
            None => self.own_company.id(self.orm).await,
        }
    }
}

/// Writes the command, unless it was written before, or takes it back.
pub(super) async fn push(writing: Writing<'_>, request: &PushRequest) -> Result<Acceptance, Error> {
    match request.direction {
        Direction::Undo => undo(writing, request).await,
        Direction::Do => match find(writing, request).await? {
            Some(found) => {
                adopt(writing, request, &found).await?;
                Ok(match &request.push {
                    // Whoever is in doubt asks before it writes.
                    Push::Product(_) | Push::Bom(_) | Push::Recipe(_) => before::unchanged(found),
                    _ => found,
                })
            }
            None => write(writing, request).await,
        },
    }
}

/// Whether the command was written under its reference; for taking back, whether that was done.
pub(super) async fn find(
    writing: Writing<'_>,
    request: &PushRequest,
) -> Result<Option<Acceptance>, Error> {
    let undo = request.direction == Direction::Undo;
    let by_state = !matches!(request.push, Push::DocumentResult(_));
    if undo && by_state && request.accepted.is_none() {
        return Ok(None);
    }
    match (&request.push, &request.accepted) {
        (Push::DocumentResult(result), _) if undo => document::find_undone(writing, result).await,
        (Push::DocumentResult(result), _) => document::find(writing, result).await,
        (Push::Stock(_), Some(accepted)) if undo => stock::find_undone(writing, accepted).await,
        (Push::Stock(count), _) => stock::find(writing, count).await,
        (Push::Bom(_) | Push::Recipe(_), Some(accepted)) if undo => {
            bom::find_undone(writing, accepted).await
        }
        (Push::Bom(bom), _) => bom::find(writing, &bom::Wanted::from(bom)).await,
        (Push::Recipe(recipe), _) => bom::find(writing, &bom::Wanted::from(recipe)).await,
        (Push::Product(_), Some(accepted)) if undo => product::find_undone(writing, accepted).await,
        (Push::Product(product), _) => product::find(writing, product).await,
        (Push::ProcessOrder(_), _) => Err(unsupported(&request.push)),
    }
}

/// What is there as it should be may be somebody else's work; then it is known as ours from now on.
async fn adopt(
    writing: Writing<'_>,
    request: &PushRequest,
    found: &Acceptance,
) -> Result<(), Error> {
    match &request.push {
        Push::Bom(bom) => bom::adopt(writing, &bom::Wanted::from(bom), found).await,
        Push::Recipe(recipe) => bom::adopt(writing, &bom::Wanted::from(recipe), found).await,
        _ => Ok(()),
    }
}

async fn write(writing: Writing<'_>, request: &PushRequest) -> Result<Acceptance, Error> {
    match &request.push {
        Push::DocumentResult(result) => document::write(writing, result).await,
        Push::Stock(count) => stock::write(writing, count).await,
        Push::Bom(bom) => bom::write(writing, &bom::Wanted::from(bom)).await,
        Push::Recipe(recipe) => bom::write(writing, &bom::Wanted::from(recipe)).await,
        Push::Product(product) => product::write(writing, product).await,
        Push::ProcessOrder(_) => Err(unsupported(&request.push)),
    }
}

async fn undo(writing: Writing<'_>, request: &PushRequest) -> Result<Acceptance, Error> {
    if let Push::DocumentResult(result) = &request.push {
        return document::undo(writing, result).await;
    }
    let Some(accepted) = &request.accepted else {
        return Err(rejected(
            "What was there before is not known, so that it cannot be put back. Correct it in Odoo.",
        ));
    };
    match &request.push {
        Push::Stock(count) => stock::undo(writing, count, accepted).await,
        Push::Product(_) => product::undo(writing, accepted).await,
        Push::ProcessOrder(_) => Err(unsupported(&request.push)),
        _ => bom::undo(writing, accepted).await,
    }
}

fn unsupported(push: &Push) -> Error {
    let message = format!("Odoo does not accept '{}' from here.", push.kind().as_str());
    Error::new(ErrorKind::Unsupported, "push", message)
}

/// Refused by us, before or instead of Odoo.
pub(super) fn rejected(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, "push", message)
}
