//! Forms of connections for the pages.

use super::{Connecting, Refusal, Written, fields};
use app::AppError;
use app::state::ConnectionForms;
use async_trait::async_trait;
use connectors::registry;
use domain::connection_form::{ConnectionForm, EnteredConnection, Misfit, NAME};
use domain::sync::Entity;
use domain::user::Caller;
use domain::{ConnectionId, word};
use serde_json::Value;

#[async_trait]
impl ConnectionForms for Connecting {
    async fn forms(
        &self,
        caller: &Caller,
        id: Option<ConnectionId>,
    ) -> Result<Vec<ConnectionForm>, AppError> {
        let Some(id) = id else {
            let kinds = registry::kinds().iter();
            return Ok(kinds.map(|kind| fields::form(kind, None)).collect());
        };
        let present = store::connections::get(&self.store, caller, id).await?;
        let of_kind = |kind: &&registry::ConnectorKind| kind.kind == present.connection.kind;
        let kinds = registry::kinds().iter().filter(of_kind);
        Ok(kinds
            .map(|kind| fields::form(kind, Some(&present)))
            .collect())
    }

    async fn save(
        &self,
        caller: &Caller,
        id: Option<ConnectionId>,
        entered: EnteredConnection,
    ) -> Result<Result<ConnectionId, Misfit>, AppError> {
        let forms = self.forms(caller, id).await?;
        let written = match written(&forms, entered) {
            Ok(written) => written,
            Err(misfit) => return Ok(Err(misfit)),
        };
        let kept = match id {
            Some(id) => self.change(caller, id, written).await.map(|()| id),
            None => self.create(caller, written).await,
        };
        match kept {
            Ok(id) => Ok(Ok(id)),
            Err(refusal) => told(refusal).map(Err),
        }
    }

    fn pulled(&self, kind: &str, settings: &Value) -> Vec<Entity> {
        registry::pulled(kind, settings)
    }
}

fn written(forms: &[ConnectionForm], entered: EnteredConnection) -> Result<Written, Misfit> {
    let form = forms.iter().find(|form| form.kind == entered.kind);
    let form = form.ok_or_else(|| Misfit::whole(word!("Choose one.")))?;
    let mut settings = fields::settings(form, &entered.values)?;
    let mut body = serde_json::Map::new();
    if let Some(name) = settings.remove(NAME) {
        body.insert(NAME.to_owned(), name);
    }
    body.insert("adapter_type".to_owned(), entered.kind.into());
    body.insert("connection".to_owned(), settings.into());
    let written = Written::read(body)?;
    Ok(Written {
        warehouse_id: entered.warehouse_id,
        ..written
    })
}

/// What the form can show beside a field; anything else fails as everywhere.
fn told(refusal: Refusal) -> Result<Misfit, AppError> {
    match refusal {
        Refusal::Misfit(misfit) => Ok(misfit),
        Refusal::Operation(operations::Error::Store(store::Error::Taken { .. })) => {
            Ok(Misfit::at(NAME, word!("This name is already taken.")))
        }
        Refusal::Operation(operations::Error::Invalid(sentence)) => Ok(Misfit::whole(sentence)),
        Refusal::Operation(error) => Err(error.into()),
    }
}
