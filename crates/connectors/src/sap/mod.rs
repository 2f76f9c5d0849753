//! SAP: products are read, bills of materials and recipes are written, over OData or through
//! function modules over SOAP; process orders are made over OData.

mod accepted;
mod batch;
mod bill;
mod bills;
mod client;
mod config;
mod map;
mod mark;
mod modules;
mod odata;
mod orders;
mod password;
mod position;
mod products;
mod refusal;
mod session;
mod soap;
mod xml;

pub use config::{
    ChangeField, Commit, DateFormat, Marker, Mode, ProductService, Recipes, Settings,
};

use crate::http::call::Answer;
use crate::registry::ConnectorKind;
use crate::{
    Acceptance, BreakerState, Capability, CheckReport, Connector, Direction, Error, ErrorKind,
    PullRequest, PulledPage, PushRequest, Secrets, Services,
};
use async_trait::async_trait;
use bill::Bill;
use bills::Bills;
use client::Client;
use domain::item::ItemRecord;
use domain::push::{Push, PushKind, Recipe};
use domain::sync::Entity;
use mark::Mark;
use modules::{Modules, recipes};
use orders::{Order, Orders};
use products::Products;
use reqwest::header::CONTENT_TYPE;
use std::time::Duration;

/// What the registry knows of it.
pub(crate) const KIND: ConnectorKind = ConnectorKind {
    kind: "sap",
    label: "SAP",
    capabilities: OVER_ODATA,
    secrets: &[config::PASSWORD],
    older_names: &[],
    address: |settings| Settings::parse(settings)?.address(),
    account: &["client", "user"],
    capable: |settings| capabilities(Mode::of(settings)),
    schema: || schemars::schema_for!(Settings),
    build: |settings, secrets, services| {
        let settings = Settings::parse(settings)?;
        Ok(Box::new(Sap::new(settings, secrets, services)?))
    },
};

const OVER_ODATA: &[Capability] = &[
    Capability::PullItems,
    Capability::FindItem,
    Capability::Push(PushKind::Bom),
    Capability::Push(PushKind::Recipe),
    Capability::Push(PushKind::ProcessOrder),
];
/// The function modules list no materials by change.
const OVER_SOAP: &[Capability] = &[
    Capability::FindItem,
    Capability::Push(PushKind::Bom),
    Capability::Push(PushKind::Recipe),
];

fn capabilities(mode: Mode) -> &'static [Capability] {
    match mode {
        Mode::Odata => OVER_ODATA,
        Mode::SoapRfc => OVER_SOAP,
    }
}

/// One account at an SAP system.
#[derive(Debug)]
pub struct Sap {
    settings: Settings,
    client: Client,
    services: Services,
}

impl Sap {
    /// Prepares the account; nothing is called yet.
    ///
    /// # Errors
    /// `rejected` when a setting or the password is missing or not allowed.
    pub fn new(settings: Settings, secrets: &Secrets, services: Services) -> Result<Self, Error> {
        settings.validate()?;
        Ok(Self {
            client: Client::new(&settings, secrets, services.clone())?,
            settings,
            services,
        })
    }

    fn products<'a>(&'a self, correlation_id: &'a str) -> Products<'a> {
        Products {
            client: &self.client,
            settings: &self.settings,
            correlation_id,
        }
    }

    fn bills<'a>(&'a self, correlation_id: &'a str) -> Bills<'a> {
        Bills {
            client: &self.client,
            settings: &self.settings,
            correlation_id,
        }
    }

    fn modules<'a>(&'a self, correlation_id: &'a str) -> Modules<'a> {
        Modules {
            client: &self.client,
            settings: &self.settings,
            correlation_id,
        }
    }

    /// A process order is made, or marked for deletion.
    async fn push_order(
        &self,
        order: &domain::push::ProcessOrder,
        request: &PushRequest,
    ) -> Result<Acceptance, Error> {
        if self.settings.mode != Mode::Odata {
            let message = "Process orders are made over OData: choose it as interface.";
            return Err(Error::new(ErrorKind::Unsupported, "push", message));
        }
        let order = Order::of(order, &self.settings)?;
        let orders = Orders {
            client: &self.client,
            settings: &self.settings,
            correlation_id: &request.correlation_id,
        };
        match request.direction {
            Direction::Do => orders.make(&order).await,
            Direction::Undo => orders.take_back(request.accepted.as_ref()).await,
        }
    }

    /// The recipe of a command that is not written as a bill.
    fn recipe<'r>(&self, request: &'r PushRequest) -> Option<&'r Recipe> {
        match &request.push {
            Push::Recipe(recipe) if self.settings.recipes == Recipes::Module => Some(recipe),
            _ => None,
        }
    }

    async fn push_recipe(
        &self,
        recipe: &Recipe,
        request: &PushRequest,
    ) -> Result<Acceptance, Error> {
        if request.direction == Direction::Undo {
            return Err(recipes::take_back(request.accepted.as_ref()));
        }
        let mark = Mark::of(&request.reference);
        let modules = self.modules(&request.correlation_id);
        modules.make_recipe(recipe, &mark).await
    }

    fn bill(&self, request: &PushRequest) -> Result<(Bill, Mark), Error> {
        let now = (self.services.clock)();
        let bill = Bill::of(&request.push, &self.settings, now)?;
        Ok((bill, Mark::of(&request.reference)))
    }

    async fn check_odata(&self, id: &str) -> Result<CheckReport, Error> {
        let products = self.products(id);
        let read = products.check().await;
        // Another try with the same password could lock the user.
        if let Err(error) = &read
            && error.kind() == ErrorKind::Unauthorized
        {
            return Err(error.clone());
        }
        let opened = self.bills(id).check().await;
        let mut missing = Vec::new();
        let mut first = None;
        let took: Duration = [
            read.as_ref().map(|(took, _)| *took),
            opened.as_ref().copied(),
        ]
        .into_iter()
        .filter_map(Result::ok)
        .sum();
        let catalogue = read.as_ref().is_ok_and(|(_, any)| !any);
        for (name, error) in [(products.name(), read.err()), (bills::NAME, opened.err())] {
            let Some(error) = error else { continue };
            if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Forbidden) {
                return Err(error);
            }
            missing.push(format!("{name}: {error}"));
            first.get_or_insert(error);
        }
        if let (Some(error), 2) = (first, missing.len()) {
            return Err(error);
        }
        let mut detail = self.signed_in(self.client.system().as_deref());
        detail.push_str(match (catalogue, missing.is_empty()) {
            (true, _) => " The product master is empty.",
            (false, true) => " Products and bills of materials can be reached.",
            (false, false) => "",
        });
        for missing in missing {
            detail.push_str(&format!(" Not available: {missing}"));
        }
        Ok(report(took, detail))
    }

    async fn check_modules(&self, id: &str) -> Result<CheckReport, Error> {
        let modules = self.modules(id);
        let (took, system) = modules.check().await?;
        modules.check_materials().await?;
        let system = Some(system).filter(|system| !system.is_empty());
        let mut detail = self.signed_in(system.as_deref());
        detail.push_str(" Function modules over SOAP can be called.");
        Ok(report(took, detail))
    }

    fn signed_in(&self, system: Option<&str>) -> String {
        let (user, client) = (self.client.user(), &self.settings.client);
        match system {
            Some(system) => format!("Signed in to {system}, client {client}, as {user}."),
            None => format!("Signed in to client {client} as {user}."),
        }
    }
}

#[async_trait]
impl Connector for Sap {
    fn capabilities(&self) -> &'static [Capability] {
        capabilities(self.settings.mode)
    }

    async fn check(&self) -> Result<CheckReport, Error> {
        let id = (self.services.new_id)();
        self.client.try_again();
        match self.settings.mode {
            Mode::Odata => self.check_odata(&id).await,
            Mode::SoapRfc => self.check_modules(&id).await,
        }
    }

    async fn pull(&self, request: &PullRequest) -> Result<PulledPage, Error> {
        if request.entity != Entity::Items || self.settings.mode != Mode::Odata {
            let message = match request.entity {
                Entity::Items => {
                    "Function modules do not list products by change: choose OData as interface."
                        .to_owned()
                }
                entity => format!("{entity} are not read from SAP."),
            };
            let operation = request.entity.as_str();
            return Err(Error::new(ErrorKind::Unsupported, operation, message));
        }
        let now = (self.services.clock)();
        self.products(&request.correlation_id)
            .pull(request, now)
            .await
    }

    async fn find_item(
        &self,
        code: &str,
        correlation_id: &str,
    ) -> Result<Option<ItemRecord>, Error> {
        let code = code.trim();
        if code.is_empty() || code.chars().count() > 40 {
            return Ok(None);
        }
        match self.settings.mode {
            Mode::Odata => self.products(correlation_id).find(code).await,
            Mode::SoapRfc => self.modules(correlation_id).find(code).await,
        }
    }

    async fn push(&self, request: &PushRequest) -> Result<Acceptance, Error> {
        if let Push::ProcessOrder(order) = &request.push {
            return self.push_order(order, request).await;
        }
        if let Some(recipe) = self.recipe(request) {
            return self.push_recipe(recipe, request).await;
        }
        let (bill, mark) = self.bill(request)?;
        let id = &request.correlation_id;
        let accepted = request.accepted.as_ref();
        match (self.settings.mode, request.direction) {
            (Mode::Odata, Direction::Do) => self.bills(id).put(&bill, &mark).await,
            (Mode::Odata, Direction::Undo) => {
                self.bills(id).take_back(&bill, &mark, accepted).await
            }
            (Mode::SoapRfc, Direction::Do) => self.modules(id).put(&bill, &mark).await,
            (Mode::SoapRfc, Direction::Undo) => {
                self.modules(id).take_back(&bill, &mark, accepted).await
            }
        }
    }

    async fn find_push(&self, request: &PushRequest) -> Result<Option<Acceptance>, Error> {
        if let Push::ProcessOrder(_) = &request.push {
            return orders::find(request.direction);
        }
        if self.recipe(request).is_some() {
            return recipes::find(request.direction);
        }
        let (bill, mark) = self.bill(request)?;
        let id = &request.correlation_id;
        if request.direction == Direction::Do {
            return match self.settings.mode {
                Mode::Odata => self.bills(id).look_up(&bill, &mark).await,
                Mode::SoapRfc => self.modules(id).look_up(&bill, &mark).await,
            };
        }
        let gone = match self.settings.mode {
            Mode::Odata => self.bills(id).is_gone(&bill).await?,
            Mode::SoapRfc => self.modules(id).is_gone(&bill).await?,
        };
        let number = request.accepted.as_ref().map(|done| done.number.clone());
        let number = number.unwrap_or_default();
        Ok(gone.then(|| accepted::acceptance(&bill.key, number, false, Vec::new())))
    }

    fn longest_call(&self) -> Duration {
        self.client.longest_call()
    }

    fn breaker(&self) -> BreakerState {
        self.client.breaker()
    }
}

fn report(took: Duration, detail: String) -> CheckReport {
    CheckReport {
        latency_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        detail,
    }
}

fn content_type(answer: &Answer) -> &str {
    let kind = answer.headers.get(CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// Warnings SAP sends along with an answer.
fn warnings(answer: &Answer) -> Vec<String> {
    let header = answer.headers.get("sap-message");
    refusal::warnings(header.and_then(|header| header.to_str().ok()))
}
