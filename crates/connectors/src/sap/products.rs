//! The product master over OData: pages of it, one product, and what a bill of materials needs.

use super::batch::{self, Part};
use super::client::{Ask, Client};
use super::config::{ChangeField, ProductService, Settings};
use super::odata::{self, List, Version};
use super::position::Position;
use super::{map, refusal};
use crate::http::call::Answer;
use crate::{Error, ErrorKind, PullRequest, PulledPage};
use chrono::{DateTime, TimeDelta, Utc};
use domain::item::ItemRecord;
use reqwest::Method;
use reqwest::header::ACCEPT;
use std::time::Duration;

const PATH_V2: &str = "sap/opu/odata/sap/API_PRODUCT_SRV";
const PATH_V4: &str = "sap/opu/odata4/sap/api_product/srvd_a2x/sap/product/0002";
/// Read again at each delta: changes are committed after the time they carry.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);
/// Reads in one `$batch`.
const TOGETHER: usize = 50;

/// What a bill of materials needs to know of a material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub base_unit: String,
    pub deleted: bool,
}

/// The service of the settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Products<'a> {
    pub client: &'a Client,
    pub settings: &'a Settings,
    pub correlation_id: &'a str,
}

impl Products<'_> {
    /// Where the service is.
    pub fn path(&self) -> &'static str {
        match self.version() {
            Version::V2 => PATH_V2,
            Version::V4 => PATH_V4,
        }
    }

    /// People's word for it.
    pub fn name(&self) -> &'static str {
        match self.version() {
            Version::V2 => "API_PRODUCT_SRV",
            Version::V4 => "api_product",
        }
    }

    fn version(&self) -> Version {
        match self.settings.products {
            ProductService::V2 => Version::V2,
            ProductService::V4 => Version::V4,
        }
    }

    fn set(&self) -> String {
        let set = match self.version() {
            Version::V2 => "A_Product",
            Version::V4 => "Product",
        };
        format!("{}/{set}", self.path())
    }

    fn one(&self, code: &str) -> String {
        format!("{}({})", self.set(), odata::encode(&odata::literal(code)))
    }

    /// Which fields and which descriptions.
    fn shape(&self) -> [(&'static str, &'static str); 2] {
        match (self.version(), self.settings.changes_by) {
            (Version::V2, ChangeField::DateTime) => [
                (
                    "$select",
                    "Product,BaseUnit,ProductGroup,ProductStandardID,IsMarkedForDeletion,\
                     LastChangeDate,LastChangeDateTime,to_Description",
                ),
                ("$expand", "to_Description"),
            ],
            (Version::V2, ChangeField::Date) => [
                (
                    "$select",
                    "Product,BaseUnit,ProductGroup,ProductStandardID,IsMarkedForDeletion,\
                     LastChangeDate,to_Description",
                ),
                ("$expand", "to_Description"),
            ],
            (Version::V4, _) => [
                (
                    "$select",
                    "Product,BaseUnit,ProductGroup,ProductStandardID,IsMarkedForDeletion,\
                     LastChangeDate,LastChangeDateTime",
                ),
                ("$expand", "_ProductDescription"),
            ],
        }
    }

    /// One page, in order of the product numbers. Pages are asked for by the last number, not by a
    /// count, so that products that come and go meanwhile shift nothing.
    pub async fn pull(
        &self,
        request: &PullRequest,
        now: DateTime<Utc>,
    ) -> Result<PulledPage, Error> {
        let position = Position::parse(request.position.as_deref())?;
        let (path, query) = match &position {
            Position::Link(path, query) => (path.clone(), query.clone()),
            Position::Start => (self.set(), self.query(request, None)),
            Position::After(code) => (self.set(), self.query(request, Some(code))),
        };
        let list = self.list("items", &path, query).await?;
        let next = self.next(&position, &path, &list)?;
        Ok(map::page(list.rows, next, self.settings, now, request))
    }

    fn query(&self, request: &PullRequest, after: Option<&str>) -> String {
        let version = self.version();
        let mut conditions = Vec::new();
        if let Some(since) = request.since {
            conditions.push(match self.settings.changes_by {
                ChangeField::DateTime => {
                    odata::since("LastChangeDateTime", since - OVERLAP, version)
                }
                ChangeField::Date => odata::since_day("LastChangeDate", since, version),
            });
        }
        if let Some(after) = after {
            conditions.push(format!("Product gt {}", odata::literal(after)));
        }
        let conditions = conditions.join(" and ");
        let most = self.settings.page_size;
        let top = match request.page_size {
            0 => most,
            asked => asked.min(most),
        };
        let top = top.to_string();
        let mut pairs = self.shape().to_vec();
        pairs.extend([("$orderby", "Product"), ("$top", top.as_str())]);
        if !conditions.is_empty() {
            pairs.push(("$filter", conditions.as_str()));
        }
        odata::query(&pairs)
    }

    async fn list(
        &self,
        operation: &'static str,
        path: &str,
        query: String,
    ) -> Result<List, Error> {
        let ask = Ask::get(operation, self.correlation_id, path, query);
        let read = |answer: &Answer| match self.refusal(operation, answer) {
            Some(error) => Err(error),
            None => {
                odata::list(&answer.body).map_err(|why| self.client.unreadable(operation, &why))
            }
        };
        self.client.ask(&ask, self.path(), read).await
    }

    fn refusal(&self, operation: &'static str, answer: &Answer) -> Option<Error> {
        refusal::of_answer(operation, self.client.user(), answer)
    }

    /// Where the pass goes on: where the server says, else behind the last row; an empty page ends
    /// it.
    fn next(&self, position: &Position, path: &str, list: &List) -> Result<Option<String>, Error> {
        if let Some(link) = &list.next {
            let (path, query) = self.client.followed(link, path).ok_or_else(|| {
                self.client
                    .unreadable("items", "its next page lies outside of base_url")
            })?;
            let next = Position::Link(path, query);
            if *position == next {
                return Err(self.client.unreadable("items", "its next page is itself"));
            }
            return Ok(Some(next.to_string()));
        }
        let Some(last) = list.rows.last() else {
            return Ok(None);
        };
        let last = odata::text(last, "Product").ok_or_else(|| {
            self.client
                .unreadable("items", "its last row has no Product")
        })?;
        let next = Position::After(last);
        if *position == next {
            let why = "it serves the same page again: the filter on Product is not applied";
            return Err(self.client.unreadable("items", why));
        }
        Ok(Some(next.to_string()))
    }

    /// One product by its number.
    pub async fn find(&self, code: &str) -> Result<Option<ItemRecord>, Error> {
        let query = odata::query(&self.shape());
        let ask = Ask::get("find_item", self.correlation_id, self.one(code), query);
        let read = |answer: &Answer| {
            if answer.status == 404 && is_absence(&answer.body) {
                return Ok(None);
            }
            if let Some(error) = self.refusal("find_item", answer) {
                return Err(error);
            }
            let row = odata::entity(&answer.body)
                .map_err(|why| self.client.unreadable("find_item", &why))?;
            let item = map::item(&row, &self.settings.lang).map_err(|why| {
                self.client
                    .unreadable("find_item", why.trim_end_matches('.'))
            })?;
            Ok(Some(item))
        };
        self.client.ask(&ask, self.path(), read).await
    }

    /// What is known of each material, in the order asked; none for those SAP does not have.
    pub async fn facts(&self, materials: &[&str]) -> Result<Vec<Option<Facts>>, Error> {
        let mut facts = Vec::with_capacity(materials.len());
        for some in materials.chunks(TOGETHER) {
            facts.extend(self.facts_of(some).await?);
        }
        Ok(facts)
    }

    async fn facts_of(&self, materials: &[&str]) -> Result<Vec<Option<Facts>>, Error> {
        let operation = "materials";
        let root = format!("{}/", self.path());
        let select = odata::query(&[("$select", "Product,BaseUnit,IsMarkedForDeletion")]);
        let common = self.client.common_query();
        let part = |code: &&str| {
            let path = self.one(code);
            let path = path.strip_prefix(&root).unwrap_or(&path);
            Part::get(format!("{path}?{select}&{common}"))
        };
        let parts: Vec<Part> = materials.iter().map(part).collect();
        let ask = Ask {
            method: Method::POST,
            headers: vec![(ACCEPT, "multipart/mixed".into())],
            body: Some((batch::content_type(), batch::reads(&parts).into_bytes())),
            guarded: true,
            ..Ask::get(
                operation,
                self.correlation_id,
                format!("{root}$batch"),
                String::new(),
            )
        };
        let read = |answer: &Answer| self.read_facts(answer, materials.len());
        self.client.ask(&ask, self.path(), read).await
    }

    fn read_facts(&self, answer: &Answer, wanted: usize) -> Result<Vec<Option<Facts>>, Error> {
        let operation = "materials";
        if let Some(error) = self.refusal(operation, answer) {
            return Err(error);
        }
        let unreadable = |why: &str| self.client.unreadable(operation, why);
        let kind = super::content_type(answer);
        let parts = batch::answers(kind, &answer.body).map_err(|why| unreadable(&why))?;
        if parts.len() != wanted {
            let why = format!("it holds {} answers to {wanted} questions", parts.len());
            return Err(unreadable(&why));
        }
        let facts = parts.into_iter().map(|part| {
            let body = part.body.as_bytes();
            if part.status == 404 && is_absence(body) {
                return Ok(None);
            }
            let user = self.client.user();
            if let Some(error) = refusal::of_status(operation, user, part.status, body) {
                return Err(error);
            }
            let row = odata::entity(body).map_err(|why| unreadable(&why))?;
            let base_unit = odata::text(&row, "BaseUnit");
            Ok(Some(Facts {
                base_unit: base_unit.ok_or_else(|| unreadable("a material has no base unit"))?,
                deleted: odata::flag(&row, "IsMarkedForDeletion"),
            }))
        });
        facts.collect()
    }

    /// Opens a session and reads one product; how long it took, and whether there was one.
    pub async fn check(&self) -> Result<(Duration, bool), Error> {
        let operation = "check";
        let query = odata::query(&[("$top", "1"), ("$select", "Product")]);
        let ask = Ask::get(operation, self.correlation_id, self.set(), query);
        let read = |answer: &Answer| match self.refusal(operation, answer) {
            Some(error) => Err(error),
            None => odata::list(&answer.body)
                .map(|list| (answer.latency, !list.rows.is_empty()))
                .map_err(|why| self.client.unreadable(operation, &why)),
        };
        self.client.ask(&ask, self.path(), read).await
    }
}

/// Whether a 404 says that there is no such record, not that there is no such service.
fn is_absence(body: &[u8]) -> bool {
    refusal::Said::read(body).is_some_and(|said| !said.inactive_service())
}

/// Refuses materials that SAP does not have or is about to delete, all of them by name.
pub(super) fn all_there(materials: &[&str], facts: &[Option<Facts>]) -> Result<(), Error> {
    let pairs = || materials.iter().zip(facts);
    let unknown: Vec<&str> = pairs()
        .filter(|(_, facts)| facts.is_none())
        .map(|(material, _)| *material)
        .collect();
    let deleted: Vec<&str> = pairs()
        .filter(|(_, facts)| facts.as_ref().is_some_and(|facts| facts.deleted))
        .map(|(material, _)| *material)
        .collect();
    let mut sentences = Vec::new();
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        sentences.push(format!(
            "SAP has no material {names}: have it made there first."
        ));
    }
    if !deleted.is_empty() {
        let names = deleted.join(", ");
        sentences.push(format!("Material {names} is marked for deletion in SAP."));
    }
    if sentences.is_empty() {
        return Ok(());
    }
    let message = sentences.join(" ");
    Err(Error::new(ErrorKind::Rejected, "push", message))
}
