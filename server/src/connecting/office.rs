//! Forms of connections for the pages.

use super::{Connecting, Refusal, Written, fields, treatment};
use app::AppError;
use app::state::ConnectionForms;
use async_trait::async_trait;
use connectors::registry;
use domain::connection::ConnectionDetail;
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
        let present = self.present(caller, id).await?;
        Ok(drawn(present.as_ref()))
    }

    async fn save(
        &self,
        caller: &Caller,
        id: Option<ConnectionId>,
        entered: EnteredConnection,
    ) -> Result<Result<ConnectionId, Misfit>, AppError> {
        let present = self.present(caller, id).await?;
        let written = match written(entered, present.as_ref()) {
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

impl Connecting {
    /// The connection that is changed; none where one is set up.
    async fn present(
        &self,
        caller: &Caller,
        id: Option<ConnectionId>,
    ) -> Result<Option<ConnectionDetail>, AppError> {
        match id {
            Some(id) => Ok(Some(
                store::connections::get(&self.store, caller, id).await?,
            )),
            None => Ok(None),
        }
    }
}

/// The form of this connection as it is; without one, those of every kind of system.
fn drawn(present: Option<&ConnectionDetail>) -> Vec<ConnectionForm> {
    let asked = |kind: &&registry::ConnectorKind| {
        present.is_none_or(|present| kind.kind == present.connection.kind)
    };
    let kinds = registry::kinds().iter().filter(asked);
    kinds.map(|kind| fields::form(kind, present)).collect()
}

fn written(
    entered: EnteredConnection,
    present: Option<&ConnectionDetail>,
) -> Result<Written, Misfit> {
    let forms = drawn(present);
    let form = forms.iter().find(|form| form.kind == entered.kind);
    let form = form.ok_or_else(|| Misfit::whole(word!("Choose one.")))?;
    let mut settings = fields::settings(form, &entered.values)?;
    let mut body = treatment::changed(form, &entered.values, present)?;
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
