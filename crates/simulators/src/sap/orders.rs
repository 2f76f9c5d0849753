//! The process order service: orders are made, listed, read and marked for deletion.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::query::{Options, Target};
use super::render;
use super::reply::Reply;
use super::world::World;

/// The service's root.
pub(crate) const ROOT: &str = "/sap/opu/odata/sap/API_PROCESS_ORDER_2_SRV";
/// The first number the system gives.
const FIRST: usize = 1_000_000;

/// A process order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessOrder {
    /// Given by the system.
    pub number: String,
    /// Its type.
    pub order_type: String,
    /// What is made.
    pub material: String,
    /// Where.
    pub plant: String,
    /// How much.
    pub quantity: Decimal,
    /// Unit of that.
    pub unit: String,
    /// Which version of the recipe; may be empty.
    pub version: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Marked for deletion.
    pub deleted: bool,
    /// Last change.
    pub changed_at: DateTime<Utc>,
}

/// One request to the service.
pub(crate) struct Asked<'a> {
    pub method: &'a str,
    pub target: Target,
    pub options: Options,
    pub body: &'a str,
    pub now: DateTime<Utc>,
    pub plant: &'a str,
    pub if_match: Option<&'a str>,
}

type Outcome = Result<Reply, Reply>;

/// Executes one request; whether something was written.
pub(crate) fn execute(world: &mut World, asked: &Asked<'_>) -> (Reply, bool) {
    let outcome = match (asked.method, &*asked.target.set) {
        ("GET", "") => Ok(Reply::json(
            200,
            &json!({"d": {"EntitySets": ["A_ProcessOrder_2"]}}),
        )),
        ("GET", "A_ProcessOrder_2") => read(world, asked),
        ("POST", "A_ProcessOrder_2") => create(world, asked),
        ("POST", "DeletionFlagOrder") => mark_for_deletion(world, asked),
        _ => Err(Reply::absent()),
    };
    match outcome {
        Ok(reply) => (reply, asked.method != "GET"),
        Err(refusal) => (refusal, false),
    }
}

fn read(world: &World, asked: &Asked<'_>) -> Outcome {
    if asked.target.key.is_none() {
        let rows: Vec<Value> = world.orders.iter().map(row).collect();
        return Ok(Reply::json(200, &json!({"d": {"results": rows}})));
    }
    let number = (asked.target.field("")).or_else(|| asked.target.field("ManufacturingOrder"));
    let found = world
        .orders
        .iter()
        .find(|order| number == Some(order.number.as_str()));
    let order = found.ok_or_else(Reply::absent)?;
    Ok(Reply::json(200, &json!({"d": row(order)})))
}

fn create(world: &mut World, asked: &Asked<'_>) -> Outcome {
    let body: Value = serde_json::from_str(asked.body).map_err(|error| {
        let message = format!("Error while parsing the request body: {error}");
        Reply::refusal(400, "/IWBEP/CM_MGW_RT/021", &message)
    })?;
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let (material, plant) = (text("Material"), text("ProductionPlant"));
    if !world.products.contains_key(&material) || plant != asked.plant {
        let message = format!("Material {material} not maintained in plant {plant}");
        return Err(Reply::refusal(400, "CO/301", &message));
    }
    if text("ManufacturingOrderType").is_empty() {
        let message = "Enter an order type";
        return Err(Reply::refusal(400, "CO/022", message));
    }
    let number = (FIRST + world.orders.len()).to_string();
    let order = ProcessOrder {
        order_type: text("ManufacturingOrderType"),
        quantity: quantity(&body)?,
        unit: text("ProductionUnit"),
        version: text("ProductionVersion"),
        starts_on: day(&body).unwrap_or_else(|| asked.now.date_naive()),
        deleted: false,
        changed_at: asked.now,
        number,
        material,
        plant,
    };
    let location = format!("{ROOT}/A_ProcessOrder_2('{}')", order.number);
    let reply = Reply::json(201, &json!({"d": row(&order)})).with("location", location);
    world.orders.push(order);
    Ok(reply)
}

/// Function imports carry their parameters in the query.
fn mark_for_deletion(world: &mut World, asked: &Asked<'_>) -> Outcome {
    let number = asked.options.get("ManufacturingOrder").unwrap_or_default();
    let number = number.trim_matches('\'');
    let found = world.orders.iter_mut().find(|order| order.number == number);
    let order = found.ok_or_else(Reply::absent)?;
    match asked.if_match {
        None => {
            let message = "Precondition required: the change needs an If-Match header";
            return Err(Reply::refusal(428, "/IWFND/CM_MGW/120", message));
        }
        Some(tag) if tag != "*" && tag != etag(order) => {
            let message = "Precondition failed: the order was changed";
            return Err(Reply::refusal(412, "/IWFND/CM_MGW/121", message));
        }
        Some(_) => {}
    }
    (order.deleted, order.changed_at) = (true, asked.now);
    Ok(Reply::json(
        200,
        &json!({"d": {"DeletionFlagOrder": {"ManufacturingOrder": order.number}}}),
    ))
}

/// Version 2 takes decimals as text only.
fn quantity(body: &Value) -> Result<Decimal, Reply> {
    let given = &body["TotalQuantity"];
    let number = given.as_str().and_then(|text| Decimal::from_str(text).ok());
    number
        .filter(|number| *number > Decimal::ZERO && number.scale() <= 3)
        .ok_or_else(|| {
            let message = format!("Property 'TotalQuantity' has invalid value '{given}'");
            Reply::refusal(400, "/IWBEP/CM_MGW_RT/176", &message)
        })
}

fn day(body: &Value) -> Option<NaiveDate> {
    let text = body["MfgOrderPlannedStartDate"].as_str()?;
    let millis = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let time = DateTime::from_timestamp_millis(millis.parse().ok()?)?;
    Some(time.date_naive())
}

fn etag(order: &ProcessOrder) -> String {
    render::etag(format!(
        "{}-{}",
        order.changed_at.timestamp(),
        order.deleted
    ))
}

/// Flags are `X` or nothing, the change time is digits.
fn row(order: &ProcessOrder) -> Value {
    let path = format!("{ROOT}/A_ProcessOrder_2('{}')", order.number);
    let midnight = order.starts_on.and_time(chrono::NaiveTime::MIN).and_utc();
    json!({
        "__metadata": {"id": path, "uri": path, "etag": etag(order),
            "type": "API_PROCESS_ORDER_2_SRV.A_ProcessOrder_2Type"},
        "ManufacturingOrder": order.number,
        "ManufacturingOrderType": order.order_type,
        "Material": order.material,
        "ProductionPlant": order.plant,
        "ProductionVersion": order.version,
        "TotalQuantity": format!("{:.3}", order.quantity),
        "ProductionUnit": order.unit,
        "MfgOrderPlannedStartDate": format!("/Date({})/", midnight.timestamp_millis()),
        "OrderIsReleased": "",
        "OrderIsMarkedForDeletion": if order.deleted { "X" } else { "" },
        "LastChangeDateTime": order.changed_at.format("%Y%m%d%H%M%S").to_string(),
    })
}
