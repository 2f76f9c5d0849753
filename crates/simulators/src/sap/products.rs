//! The product services: lists with filter and pages, single products.

use serde_json::{Value, json};

use super::query::{self, Options, Target};
use super::render;
use super::reply::Reply;
use super::world::{Product, World};

/// Rows on a page when nothing is asked for.
const USUAL_PAGE: usize = 1_000;

/// Which version of the service, with the name of its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V2,
    V4,
}

/// A read of the product service.
pub(crate) struct Read<'a> {
    pub version: Version,
    pub target: &'a Target,
    pub options: &'a Options,
    /// For addresses of next pages.
    pub origin: &'a str,
    pub page_cap: Option<usize>,
}

impl Read<'_> {
    pub fn answer(&self, world: &World) -> Reply {
        match (self.version, &*self.target.set) {
            (Version::V2, "") => Reply::json(200, &json!({"d": {"EntitySets": ["A_Product"]}})),
            (Version::V4, "") => Reply::json(
                200,
                &json!({"value": [{"name": "Product", "url": "Product"}]}),
            ),
            (Version::V2, "A_Product") | (Version::V4, "Product") => self.product(world),
            _ => Reply::absent(),
        }
    }

    fn product(&self, world: &World) -> Reply {
        if self.target.key.is_none() {
            return self.list(world);
        }
        let code = self
            .target
            .field("")
            .or_else(|| self.target.field("Product"));
        let product = code.and_then(|code| world.products.get(code));
        let Some(product) = product else {
            return Reply::absent();
        };
        let row = self.row(product);
        match self.version {
            Version::V2 => Reply::json(200, &json!({"d": row})),
            Version::V4 => Reply::json(200, &row),
        }
    }

    fn row(&self, product: &Product) -> Value {
        let expand = self.options.get("$expand").is_some();
        match self.version {
            Version::V2 => render::product_v2(product, expand),
            Version::V4 => render::product_v4(product, expand),
        }
    }

    fn list(&self, world: &World) -> Reply {
        let filter = self.options.get("$filter").unwrap_or_default();
        let conditions = match filter.is_empty() {
            true => Vec::new(),
            false => match query::filter(filter) {
                Some(conditions) => conditions,
                None => return invalid(filter),
            },
        };
        let mut found = Vec::new();
        for product in world.products.values() {
            let holds =
                |one: &query::Condition| one.holds(|field| render::product_cell(product, field));
            match conditions.iter().map(holds).collect::<Option<Vec<bool>>>() {
                Some(held) if held.iter().all(|held| *held) => found.push(product),
                Some(_) => {}
                None => return invalid(filter),
            }
        }
        self.page(found)
    }

    fn page(&self, found: Vec<&Product>) -> Reply {
        let total = found.len();
        let skip = self.options.number("$skip").unwrap_or(0);
        let after = self.options.get("$skiptoken");
        let rest: Vec<&Product> = found
            .into_iter()
            .filter(|product| after.is_none_or(|after| product.code.as_str() > after))
            .skip(skip)
            .collect();
        let wanted = self
            .options
            .number("$top")
            .unwrap_or(USUAL_PAGE)
            .min(rest.len());
        let sent = wanted.min(self.page_cap.unwrap_or(usize::MAX));
        let rows: Vec<Value> = rest[..sent]
            .iter()
            .map(|product| self.row(product))
            .collect();
        let next = (sent < wanted)
            .then(|| rest[..sent].last())
            .flatten()
            .map(|last| self.next(&last.code, wanted - sent));
        let mut list = match self.version {
            Version::V2 => json!({"results": rows}),
            Version::V4 => json!({"value": rows}),
        };
        match (self.version, next) {
            (_, None) => {}
            (Version::V2, Some(next)) => list["__next"] = json!(next),
            (Version::V4, Some(next)) => list["@odata.nextLink"] = json!(next),
        }
        if self.options.get("$inlinecount") == Some("allpages") {
            list["__count"] = json!(total.to_string());
        }
        match self.version {
            Version::V2 => Reply::json(200, &json!({"d": list})),
            Version::V4 => Reply::json(200, &list),
        }
    }

    /// Version 2 names its own address, version 4 one relative to the set.
    fn next(&self, after: &str, left: usize) -> String {
        let kept: Vec<String> = ["$select", "$expand", "$orderby", "$filter"]
            .iter()
            .filter_map(|name| Some(format!("{name}={}", encode(self.options.get(name)?))))
            .collect();
        let query = format!(
            "{}&$top={left}&$skiptoken={}",
            kept.join("&"),
            encode(after)
        );
        match self.version {
            Version::V2 => format!("{}{}/A_Product?{query}", self.origin, render::PRODUCT_V2),
            Version::V4 => format!("Product?{query}"),
        }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

fn invalid(filter: &str) -> Reply {
    let message = format!("Invalid system query options value: {filter}");
    Reply::refusal(400, "/IWBEP/CM_MGW_RT/177", &message)
}
