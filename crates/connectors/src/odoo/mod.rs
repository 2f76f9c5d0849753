//! Odoo, from 14 on: catalogue, partners, stock and transfers are read; what the floor did,
//! counts, products, bills of materials and recipes are written.

mod answer;
mod client;
mod company;
mod config;
mod mark;
mod orm;
mod pull;
mod push;
mod rights;
mod wire;

pub use config::{Missing, Protocol, Settings};

use crate::registry::ConnectorKind;
use crate::{
    Acceptance, BreakerState, Capability, CheckReport, Connector, Error, ErrorKind, PullRequest,
    PulledPage, PushRequest, Secrets, Services,
};
use async_trait::async_trait;
use client::{Ask, Cause, Client};
use company::OwnCompany;
use domain::item::ItemRecord;
use domain::push::PushKind;
use orm::Orm;
use push::Writing;
use serde_json::Value;
use std::time::Duration;

/// What the registry knows of it.
pub(crate) const KIND: ConnectorKind = ConnectorKind {
    kind: "odoo",
    label: "Odoo",
    capabilities: CAPABILITIES,
    secrets: &[config::API_KEY],
    older_names: &[("url", "base_url"), (config::PASSWORD, config::API_KEY)],
    address: |settings| Settings::parse(settings)?.address(),
    account: &["database", "username", "company_id"],
    capable: |_| CAPABILITIES,
    schema: || schemars::schema_for!(Settings),
    build: |settings, secrets, services| {
        let settings = Settings::parse(settings)?;
        Ok(Box::new(Odoo::new(settings, secrets, services)?))
    },
};

const CAPABILITIES: &[Capability] = &[
    Capability::PullItems,
    Capability::PullPartners,
    Capability::PullStock,
    Capability::PullDispatches,
    Capability::PullReceipts,
    Capability::FindItem,
    Capability::Push(PushKind::DocumentResult),
    Capability::Push(PushKind::Recipe),
    Capability::Push(PushKind::Bom),
    Capability::Push(PushKind::Stock),
    Capability::Push(PushKind::Product),
];

/// One user of one Odoo database.
#[derive(Debug)]
pub struct Odoo {
    settings: Settings,
    client: Client,
    own_company: OwnCompany,
    services: Services,
}

impl Odoo {
    /// Prepares the account; nothing is called yet.
    ///
    /// # Errors
    /// `rejected` when a setting or the key is missing or not allowed.
    pub fn new(settings: Settings, secrets: &Secrets, services: Services) -> Result<Self, Error> {
        settings.validate()?;
        Ok(Self {
            client: Client::new(&settings, secrets, services.clone())?,
            own_company: OwnCompany::default(),
            settings,
            services,
        })
    }

    fn orm<'a>(&'a self, operation: &'static str, correlation_id: &'a str) -> Orm<'a> {
        Orm {
            client: &self.client,
            cause: Cause {
                operation,
                correlation_id,
            },
        }
    }

    async fn writing<'a>(
        &'a self,
        operation: &'static str,
        request: &'a PushRequest,
    ) -> Result<Writing<'a>, Error> {
        let orm = self.orm(operation, &request.correlation_id);
        Ok(Writing {
            orm,
            settings: &self.settings,
            own_company: &self.own_company,
            major: self.client.server(orm.cause).await?.major,
            reference: &request.reference,
        })
    }
}

#[async_trait]
impl Connector for Odoo {
    fn capabilities(&self) -> &'static [Capability] {
        CAPABILITIES
    }

    async fn check(&self) -> Result<CheckReport, Error> {
        let id = (self.services.new_id)();
        let orm = self.orm("check", &id);
        let before = self.client.took_ms();
        self.client.forget().await;
        self.own_company.forget().await;
        let server = self.client.server(orm.cause).await?;
        orm.ask(Ask {
            model: "res.users",
            method: "context_get",
            ids: None,
            args: Vec::new(),
            context: Value::Null,
            reads: true,
        })
        .await?;
        let latency_ms = self.client.took_ms().saturating_sub(before);
        let found = rights::look_at(orm, server.major).await?;
        let how = match server.uid {
            None => "JSON-2",
            Some(_) => "JSON-RPC",
        };
        let version = &server.version;
        let database = &self.settings.database;
        if !found.blocking.is_empty() {
            return Err(Error::new(
                ErrorKind::Forbidden,
                "check",
                format!(
                    "Odoo {version} answers, but the user lacks {}. Give the user the rights of \
                     an Inventory user.",
                    found.blocking.join(", ")
                ),
            ));
        }
        let mut rights = match found.missing.as_slice() {
            [] => "every right that is needed is there".to_owned(),
            missing => format!("missing: {}", missing.join(", ")),
        };
        if let Some(lost) = &found.lost {
            rights = format!("{rights}; {lost}");
        }
        Ok(CheckReport {
            latency_ms,
            detail: format!("Odoo {version}, database {database}, over {how}; {rights}."),
        })
    }

    async fn pull(&self, request: &PullRequest) -> Result<PulledPage, Error> {
        let orm = self.orm(request.entity.as_str(), &request.correlation_id);
        pull::page(orm, &self.settings, request, (self.services.clock)()).await
    }

    async fn find_item(
        &self,
        code: &str,
        correlation_id: &str,
    ) -> Result<Option<ItemRecord>, Error> {
        match code.trim() {
            "" => Ok(None),
            code => pull::find_item(self.orm("find_item", correlation_id), code).await,
        }
    }

    async fn push(&self, request: &PushRequest) -> Result<Acceptance, Error> {
        push::push(self.writing("push", request).await?, request).await
    }

    async fn find_push(&self, request: &PushRequest) -> Result<Option<Acceptance>, Error> {
        push::find(self.writing("find_push", request).await?, request).await
    }

    fn longest_call(&self) -> Duration {
        self.client.longest_call()
    }

    fn breaker(&self) -> BreakerState {
        self.client.breaker()
    }
}
