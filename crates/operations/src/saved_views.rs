//! Lists as a person keeps them. Nobody else's work changes with them, so they are not audited.

use crate::{Error, Result, require};
use chrono::{DateTime, Utc};
use domain::SavedViewId;
use domain::permission::Permission;
use domain::saved_view::NewView;
use domain::user::Caller;
use store::{Scope, Store};

/// Keeps a view; one of the same name on the same page is replaced.
pub async fn save(
    store: &Store,
    caller: &Caller,
    view: NewView,
    now: DateTime<Utc>,
) -> Result<SavedViewId> {
    require(caller, Permission::ReadDocuments)?;
    let view = NewView {
        name: checked_name(&view.name)?,
        ..view
    };
    if !view.page.starts_with("/admin") || view.page.len() > 200 || view.query.len() > 2000 {
        return Err(Error::Invalid("This page cannot be kept.".to_owned()));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    let id = store::saved_views::save(&mut tx, caller, &view, now).await?;
    let id = id.ok_or_else(|| {
        Error::Conflict(format!(
            "{} views of a page are the most: delete one first.",
            store::saved_views::MOST
        ))
    })?;
    tx.commit().await?;
    Ok(id)
}

/// Gives a view another name.
pub async fn rename(store: &Store, caller: &Caller, id: SavedViewId, name: &str) -> Result<()> {
    require(caller, Permission::ReadDocuments)?;
    let name = checked_name(name)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    match store::saved_views::rename(&mut tx, caller, id, &name).await {
        Err(store::Error::Taken { .. }) => {
            return Err(Error::Conflict(format!(
                "There is a view '{name}' already."
            )));
        }
        other => other?,
    }
    Ok(tx.commit().await?)
}

/// Makes a view the one its page opens with, or takes that away.
pub async fn open_first(
    store: &Store,
    caller: &Caller,
    id: SavedViewId,
    first: bool,
) -> Result<()> {
    require(caller, Permission::ReadDocuments)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::saved_views::open_first(&mut tx, caller, id, first).await?;
    Ok(tx.commit().await?)
}

/// Takes a view away.
pub async fn delete(store: &Store, caller: &Caller, id: SavedViewId) -> Result<()> {
    require(caller, Permission::ReadDocuments)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::saved_views::delete(&mut tx, caller, id).await?;
    Ok(tx.commit().await?)
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 || name.contains('\0') {
        let rule = "A view's name has 1 to 60 characters.";
        return Err(Error::Invalid(rule.to_owned()));
    }
    Ok(name.to_owned())
}
