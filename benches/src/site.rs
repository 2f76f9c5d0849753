//! What a bench's company looks like, and its wishes.

use crate::Failure;
use crate::postgres::Database;
use chrono::Utc;
use domain::mapping::{MappingAnswer, MappingFilter, MappingKind};
use domain::permission::Role;
use domain::sync::{Entity, SyncMode};
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};
use operations::connections::{Pulled, Sealing, ensure};
use operations::secrets::SecretKey;
use operations::users::NewUser;
use simulators::pantheon::Config;
use std::collections::BTreeMap;
use store::connections::NewConnection;
use store::{Scope, Store};

const WAREHOUSE: &str = "VELE_TEST";

/// The key of every bench.
pub(crate) fn secret_key() -> Result<SecretKey, Failure> {
    Ok(SecretKey::from_hex(&"5a".repeat(32))?)
}

/// A company with one connection.
pub(crate) struct Site {
    store: Store,
    caller: Caller,
    /// Its account at the upstream.
    pub(crate) connection: ConnectionId,
}

impl Site {
    /// Sets one up for that upstream; `rate` is in requests per second.
    pub(crate) async fn set_up(database: &Database, url: &str, rate: f64) -> Result<Self, Failure> {
        let store = database.store(2).await?;
        let caller = caller(&store).await?;
        let connection = connect(&store, &caller, url, rate).await?;
        Ok(Self {
            store,
            caller,
            connection,
        })
    }

    /// Leaves the wish for a sync; the engine finds it.
    pub(crate) async fn request(
        &self,
        entity: Entity,
        mode: SyncMode,
    ) -> Result<SyncRunId, Failure> {
        let (store, caller) = (&self.store, &self.caller);
        let now = Utc::now();
        Ok(
            operations::sync_runs::request(store, caller, self.connection, entity, mode, now)
                .await?,
        )
    }

    /// Fails unless the run is done; returns its figures.
    pub(crate) async fn figures(&self, run: SyncRunId) -> Result<domain::sync::SyncRun, Failure> {
        let run = store::sync_runs::get(&self.store, &self.caller, run).await?;
        if run.state != domain::sync::RunState::Done {
            let why = run.message.unwrap_or_default();
            return Err(format!("the sync ended as {}: {why}", run.state.as_str()).into());
        }
        Ok(run)
    }

    /// Says that an upstream site name means our warehouse, so that its lines are floor work.
    pub(crate) async fn map_warehouse(&self, name: &str) -> Result<(), Failure> {
        let (store, caller) = (&self.store, &self.caller);
        let mut tx = store.begin(Scope::from(caller)).await?;
        let (company, kind) = (caller.company_id, MappingKind::Warehouse);
        store::mappings::ask(
            &mut tx,
            company,
            self.connection,
            kind,
            &[name.to_owned()],
            Utc::now(),
        )
        .await?;
        tx.commit().await?;
        let of_names = MappingFilter {
            kind: Some(kind),
            ..MappingFilter::waiting()
        };
        for mapping in
            store::mappings::list(store, caller, &of_names, Default::default(), None, 100)
                .await?
                .rows
        {
            let answer = MappingAnswer::Means(WAREHOUSE.to_owned());
            operations::mappings::answer(store, caller, mapping.id, &answer, Utc::now()).await?;
        }
        Ok(())
    }

    /// Its admin.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Ends its connections to the database.
    pub(crate) async fn close(self) {
        self.store.pool().close().await;
    }
}

async fn caller(store: &Store) -> Result<Caller, Failure> {
    use operations::companies;
    let company = companies::ensure(store, "Bench").await?;
    let zone = "Europe/Belgrade";
    let warehouse = companies::ensure_warehouse(store, company, WAREHOUSE, "Bench", zone).await?;
    let units = [
        ("KOM", "piece", 0),
        ("PAK", "package", 0),
        ("KG", "kilogram", 3),
        ("M", "metre", 2),
    ];
    companies::put_uoms(store, company, &units).await?;
    let user = NewUser {
        login: "bench".to_owned(),
        name: "Bench".to_owned(),
        role: Role::Admin,
        password_hash: "none".to_owned(),
        password_temporary: false,
        team_id: None,
        warehouses: vec![warehouse],
    };
    let user_id = operations::users::ensure(store, company, &user, Utc::now()).await?;
    Ok(Caller {
        user_id,
        company_id: company,
        warehouses: user.warehouses,
        role: user.role,
        name: user.name,
        login: user.login,
        team_id: None,
        device: None,
    })
}

async fn connect(
    store: &Store,
    caller: &Caller,
    url: &str,
    rate: f64,
) -> Result<ConnectionId, Failure> {
    let account = Config::default();
    let warehouse = *caller.warehouses.first().ok_or("no warehouse")?;
    let connection = NewConnection {
        name: "Pantheon".to_owned(),
        kind: "pantheon".to_owned(),
        warehouse_id: warehouse,
        base_url: url.to_owned(),
        settings: serde_json::json!({
            "base_url": url,
            "username": account.username,
            "warehouse_code": WAREHOUSE,
            "rate_per_second": rate,
        }),
        secret_names: vec!["password".to_owned()],
    };
    let secrets = BTreeMap::from([("password".to_owned(), account.password)]);
    let sealing = Sealing {
        key: &secret_key()?,
        nonce: [7; 12],
        secrets: &secrets,
    };
    let company = caller.company_id;
    let everything: Pulled = |_, _| Entity::ALL.to_vec();
    Ok(ensure(store, company, &connection, sealing, everything, Utc::now()).await?)
}
