//! The company that is worked for, where the settings name none.

use super::client::Ask;
use super::orm::{Orm, Wanted};
use crate::{Error, ErrorKind};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// The user's own company, asked for once: the one Odoo gives to what the user makes.
#[derive(Debug, Default)]
pub(super) struct OwnCompany(Mutex<Option<i64>>);

impl OwnCompany {
    /// Its id.
    pub async fn id(&self, orm: Orm<'_>) -> Result<i64, Error> {
        let mut held = self.0.lock().await;
        if let Some(company) = *held {
            return Ok(company);
        }
        let company = match look_up(orm).await {
            Ok(Some(company)) => company,
            Ok(None) => return Err(untold(orm)),
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                return Err(untold(orm).caused_by(error));
            }
            Err(error) => return Err(error),
        };
        *held = Some(company);
        Ok(company)
    }

    /// Forgets it, so that it is asked for again.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

async fn look_up(orm: Orm<'_>) -> Result<Option<i64>, Error> {
    let Some(user) = user(orm).await? else {
        return Ok(None);
    };
    let domain = json!([["id", "=", user]]);
    let wanted = Wanted::all("res.users", domain, &["company_id"]);
    let rows = orm.search_read(&wanted).await?;
    let company = rows.first().and_then(|row| row.link("company_id"));
    Ok(company.map(|company| company.id))
}

/// The user's number, which JSON-2 does without.
async fn user(orm: Orm<'_>) -> Result<Option<i64>, Error> {
    if let Some(uid) = orm.client.server(orm.cause).await?.uid {
        return Ok(Some(uid));
    }
    let ask = Ask {
        model: "res.users",
        method: "context_get",
        ids: None,
        args: Vec::new(),
        context: Value::Null,
        reads: true,
    };
    Ok(orm.ask(ask).await?["uid"].as_i64())
}

fn untold(orm: Orm<'_>) -> Error {
    let message = "Odoo does not tell which company the user works for. Enter the company's id in \
                   the settings of the connection.";
    Error::new(ErrorKind::Rejected, orm.cause.operation, message).about("company_id")
}
