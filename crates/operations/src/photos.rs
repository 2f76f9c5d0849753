//! Photos of goods, each belonging to the act that reported them.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::permission::Permission;
use domain::photo::{MOST_BYTES, MOST_OF_AN_ACT, is_jpeg};
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{OperationId, PhotoId};
use serde_json::json;
use store::photos::{NewPhoto, Subject};
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// Keeps a photo of an act that stands. The same id with the same picture again changes nothing.
pub async fn add(
    store: &Store,
    caller: &Caller,
    operation: OperationId,
    id: PhotoId,
    content: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::WorkOnTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let subject = find(&mut tx, caller, operation).await?;
    check(content)?;
    store::documents::lock(&mut tx, &[subject.document_id.0]).await?;
    let photo = NewPhoto {
        id,
        company_id: caller.company_id,
        operation_id: operation,
        subject: &subject,
        content,
    };
    if store::photos::is_kept(&mut tx, &photo).await? {
        return Ok(());
    }
    if store::photos::count(&mut tx, operation).await? >= MOST_OF_AN_ACT {
        return Err(invalid("There are enough photos of this already."));
    }
    if !store::photos::add(&mut tx, &photo, now).await? {
        return Err(invalid("This photo's name belongs to another photo."));
    }
    tell(&mut tx, caller, &photo, now).await?;
    Ok(tx.commit().await?)
}

/// The act, if a photo may be added to it by the caller.
async fn find(tx: &mut Tx, caller: &Caller, operation: OperationId) -> Result<Subject> {
    let found = store::photos::subject(tx, caller, operation).await?;
    let subject = found.ok_or(Error::NotFound(domain::word!("operation")))?;
    if subject.user_id != caller.user_id {
        // The device keeps the photo until the one who took it signs in again.
        let text = "Somebody else did this. Only who did it adds a photo to it.";
        return Err(Error::Conflict(text.to_owned()));
    }
    if !subject.about_goods {
        return Err(invalid(
            "Photos belong to shortages and to unexpected goods.",
        ));
    }
    if !subject.stands {
        return Err(invalid("What this photo belongs to was not accepted."));
    }
    Ok(subject)
}

fn check(content: &[u8]) -> Result<()> {
    if content.len() > MOST_BYTES {
        return Err(invalid("This photo is too large. Take it again."));
    }
    if !is_jpeg(content) {
        return Err(invalid("This is not a photo. Take it again."));
    }
    Ok(())
}

fn invalid(sentence: &str) -> Error {
    Error::Invalid(sentence.to_owned())
}

async fn tell(
    tx: &mut Tx,
    caller: &Caller,
    photo: &NewPhoto<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (company, subject) = (caller.company_id, photo.subject);
    let text = match &subject.item_code {
        Some(item) => format!("Photo of {item}."),
        None => "Photo of the goods.".to_owned(),
    };
    let mut entries = NewEntries::default();
    entries.push(subject.document_id, TimelineKind::Photo, text);
    store::timeline::record(tx, company, &entries, &caller.name, None, now).await?;
    let kind = if subject.receipt {
        "receipt"
    } else {
        "dispatch"
    };
    let facts = json!({ "kind": kind, "item": subject.item_code, "bytes": photo.content.len() });
    audit::by_person(tx, caller, "PHOTO_ADDED", &subject.number, facts, now).await?;
    let topics = [Topic::Document(subject.document_id.0)];
    let site = Some(subject.warehouse_id);
    Ok(store::live::publish(tx, company, site, &topics, "photo").await?)
}
