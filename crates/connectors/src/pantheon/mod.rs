//! PANTHEON through its WMS gateway: catalogue, partners, stock, dispatches and receipts, read only.

mod client;
mod config;
mod map;
mod page;
mod position;
mod time;
mod value;
mod wire;

pub use config::{Dialect, Settings};

use crate::registry::ConnectorKind;
use crate::{
    BreakerState, Capability, CheckReport, Connector, Error, ErrorKind, PullRequest, PulledPage,
    Records, Secrets, Services,
};
use async_trait::async_trait;
use client::{Client, Query};
use domain::document::DocumentKind;
use domain::item::ItemRecord;
use domain::sync::Entity;
use page::Read;
use position::{Position, Step};
use std::time::Duration;

/// What the registry knows of it.
pub(crate) const KIND: ConnectorKind = ConnectorKind {
    kind: "pantheon",
    label: "Pantheon",
    capabilities: CAPABILITIES,
    secrets: &[config::PASSWORD],
    older_names: &[],
    address: |settings| Settings::parse(settings)?.address(),
    account: &["username", "warehouse_code"],
    capable: |_| CAPABILITIES,
    schema: || schemars::schema_for!(Settings),
    build: |settings, secrets, services| {
        let settings = Settings::parse(settings)?;
        Ok(Box::new(Pantheon::new(settings, secrets, services)?))
    },
};

const CAPABILITIES: &[Capability] = &[
    Capability::PullItems,
    Capability::PullPartners,
    Capability::PullStock,
    Capability::PullDispatches,
    Capability::PullReceipts,
    Capability::FindItem,
];

/// One account at a Pantheon gateway.
#[derive(Debug)]
pub struct Pantheon {
    settings: Settings,
    client: Client,
    services: Services,
}

impl Pantheon {
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

    fn page_size(&self, asked: u32) -> u32 {
        match asked {
            0 => self.settings.page_size,
            asked => asked.min(self.settings.page_size),
        }
    }

    fn query(&self, request: &PullRequest, position: &Position) -> Query {
        let settings = &self.settings;
        let (method, filter) = match request.entity {
            Entity::Items => ("getIdentWMS", "adTimeChg"),
            Entity::Partners => ("GetSubjectWMS", "c.adTimeChg"),
            Entity::Stock => ("getStock", "c.adTimeChg"),
            Entity::Dispatches => ("GetIssueDocWMS", "m.adDate"),
            Entity::Receipts => ("GetReceiptDocWMS", "m.adDate"),
        };
        let zone = settings.time_zone;
        let since = request.since.map(|since| match request.entity {
            Entity::Items | Entity::Partners | Entity::Stock => time::change_filter(since, zone),
            Entity::Dispatches | Entity::Receipts => {
                time::day_filter(since, zone, settings.rescan_days)
            }
        });
        let first_day = settings.documents_from.map(|day| day.to_string());
        let since = match request.entity {
            Entity::Items | Entity::Partners | Entity::Stock => since,
            // Days written like this sort by their letters.
            Entity::Dispatches | Entity::Receipts => since.max(first_day),
        };
        Query {
            operation: request.entity.as_str(),
            method,
            filter: since.map(|since| (filter, ">=", since)),
            offset: position.offset,
            limit: self.page_size(request.page_size),
        }
    }
}

#[async_trait]
impl Connector for Pantheon {
    fn capabilities(&self) -> &'static [Capability] {
        CAPABILITIES
    }

    async fn check(&self) -> Result<CheckReport, Error> {
        let id = (self.services.new_id)();
        let signed_in = self.client.sign_in(&id).await?;
        let query = Query {
            operation: "check",
            method: "getIdentWMS",
            filter: None,
            offset: 0,
            limit: 1,
        };
        let zone = self.settings.time_zone;
        let read = |text: &str| page::read(text, |row| map::item(row, zone));
        let (page, took) = self.client.query(&query, &id, read).await?;
        let found = match page.rows {
            0 => "holds no item",
            _ => "can be read",
        };
        Ok(CheckReport {
            latency_ms: u64::try_from((signed_in + took).as_millis()).unwrap_or(u64::MAX),
            detail: format!(
                "Signed in as {}; the catalogue {found}.",
                self.settings.username
            ),
        })
    }

    async fn pull(&self, request: &PullRequest) -> Result<PulledPage, Error> {
        let position = Position::parse(request.position.as_deref(), request.entity.as_str())?;
        let query = self.query(request, &position);
        let zone = self.settings.time_zone;
        let id = &request.correlation_id;
        let client = &self.client;
        let documents = async |kind: DocumentKind| {
            let read = |text: &str| page::read(text, |row| map::document(row, kind));
            let (page, _) = client.query(&query, id, read).await?;
            Ok::<_, Error>(page.map(Records::Documents))
        };
        let page = match request.entity {
            Entity::Items => {
                let read = |text: &str| page::read(text, |row| map::item(row, zone));
                client.query(&query, id, read).await?.0.map(Records::Items)
            }
            Entity::Partners => {
                let read = |text: &str| page::read(text, |row| map::partner(row, zone));
                client
                    .query(&query, id, read)
                    .await?
                    .0
                    .map(Records::Partners)
            }
            Entity::Stock => {
                let read = |text: &str| page::read(text, |row| map::stock(row, zone));
                client.query(&query, id, read).await?.0.map(Records::Stock)
            }
            Entity::Dispatches => documents(DocumentKind::Dispatch).await?,
            Entity::Receipts => documents(DocumentKind::Receipt).await?,
        };
        let step = position.next(&page, query.limit, query.operation)?;
        Ok(self.pulled(page, step, request))
    }

    async fn find_item(
        &self,
        code: &str,
        correlation_id: &str,
    ) -> Result<Option<ItemRecord>, Error> {
        let code = code.trim();
        if code.is_empty() {
            return Ok(None);
        }
        let query = Query {
            operation: "find_item",
            method: "getIdentWMS",
            filter: Some(("acIdent", "=", code.to_owned())),
            offset: 0,
            limit: 10,
        };
        let zone = self.settings.time_zone;
        let read = |text: &str| page::read(text, |row| map::item(row, zone));
        let (page, _) = self.client.query(&query, correlation_id, read).await?;
        found(code, page)
    }

    fn longest_call(&self) -> Duration {
        self.client.longest_call()
    }

    fn breaker(&self) -> BreakerState {
        self.client.breaker()
    }
}

impl Pantheon {
    fn pulled(&self, page: Read<Records>, step: Step, request: &PullRequest) -> PulledPage {
        let (page, next) = match step {
            Step::On(next) => (page, Some(next)),
            Step::Complete => (page, None),
            Step::Repeated => (page.without_rows(), None),
        };
        let now = (self.services.clock)();
        let zone = self.settings.time_zone;
        // A date in the future (a planned delivery, a wrong clock) must not carry the cursor past
        // rows that are still to come.
        let high_water = match request.entity {
            Entity::Items | Entity::Partners | Entity::Stock => {
                page.latest.map(|latest| latest.min(now))
            }
            Entity::Dispatches | Entity::Receipts => page
                .latest_day
                .map(|day| time::midnight(day.min(time::day_of(now, zone)), zone)),
        };
        PulledPage {
            records: page.records,
            ended: Vec::new(),
            refused: page.refused,
            next,
            high_water,
            rows: page.rows,
            correlation_id: request.correlation_id.clone(),
        }
    }
}

impl Read<Records> {
    /// The same without what was read before.
    fn without_rows(self) -> Self {
        Self {
            refused: Vec::new(),
            ..self.map(|records| records.emptied())
        }
    }
}

/// The item of exactly this code. The vendor compares without regard to letter case; rows that
/// differ by more mean that the filter was not applied, and say nothing about the code.
fn found(code: &str, page: Read<Vec<ItemRecord>>) -> Result<Option<ItemRecord>, Error> {
    let mut near = None;
    for item in page.records {
        if item.code == code {
            return Ok(Some(item));
        }
        if item.code.eq_ignore_ascii_case(code) {
            near = Some(item);
        }
    }
    let refused = page.refused.first().map(|row| row.reason.as_str());
    match (near, refused) {
        (Some(item), _) => Ok(Some(item)),
        (None, None) if page.rows == 0 => Ok(None),
        (None, refused) => Err(Error::new(
            ErrorKind::Malformed,
            "find_item",
            format!(
                "Pantheon's answer to the question for item '{code}' cannot be used: {}",
                refused.unwrap_or("it holds other items only.")
            ),
        )),
    }
}
