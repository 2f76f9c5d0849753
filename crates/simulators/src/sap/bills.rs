//! The bill of materials service: reads, and writes one record at a time.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::query::{self, Options, Target};
use super::render;
use super::reply::Reply;
use super::world::{Bom, BomItem, World};

/// One request to the service, alone or inside a batch.
pub(crate) struct Asked<'a> {
    pub method: &'a str,
    pub target: Target,
    pub options: Options,
    pub if_match: Option<&'a str>,
    pub body: &'a str,
}

/// What surrounds a request.
pub(crate) struct Around<'a> {
    pub now: DateTime<Utc>,
    pub plant: &'a str,
    /// Answers every write in its place.
    pub trouble: Option<Reply>,
    /// Materials somebody works on, and who.
    pub locks: &'a [(String, String)],
}

type Outcome = Result<Reply, Reply>;

/// Executes one request.
pub(crate) fn execute(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Reply {
    if asked.method != "GET"
        && let Some(trouble) = &around.trouble
    {
        return trouble.clone();
    }
    let outcome = match (asked.method, &*asked.target.set) {
        ("GET", "") => Ok(Reply::json(
            200,
            &json!({"d": {"EntitySets": ["MaterialBOM", "MaterialBOMItem"]}}),
        )),
        ("GET", "MaterialBOM") => read(world, asked),
        ("POST", "MaterialBOM") => create(world, around, asked),
        ("PATCH" | "MERGE", "MaterialBOM") => change(world, around, asked),
        ("DELETE", "MaterialBOM") => remove(world, around, asked),
        ("POST", "MaterialBOMItem") => add_item(world, around, asked),
        ("PATCH" | "MERGE", "MaterialBOMItem") => change_item(world, around, asked),
        ("DELETE", "MaterialBOMItem") => remove_item(world, around, asked),
        _ => Err(Reply::absent()),
    };
    outcome.unwrap_or_else(|refusal| refusal)
}

fn read(world: &World, asked: &Asked<'_>) -> Outcome {
    let expand = asked.options.get("$expand").is_some();
    if asked.target.key.is_some() {
        let place = place(world, asked)?;
        let row = render::bom(&world.boms[place], expand);
        return Ok(Reply::json(200, &json!({"d": row})));
    }
    let text = asked.options.get("$filter").unwrap_or_default();
    let invalid = || Reply::refusal(400, "/IWBEP/CM_MGW_RT/177", "Invalid system query option");
    let conditions = match text.is_empty() {
        true => Vec::new(),
        false => query::filter(text).ok_or_else(invalid)?,
    };
    let mut rows = Vec::new();
    for bom in &world.boms {
        let holds = |one: &query::Condition| one.holds(|field| render::bom_cell(bom, field));
        let held: Option<Vec<bool>> = conditions.iter().map(holds).collect();
        if held.ok_or_else(invalid)?.iter().all(|held| *held) {
            rows.push(render::bom(bom, expand));
        }
    }
    Ok(Reply::json(200, &json!({"d": {"results": rows}})))
}

fn create(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Outcome {
    let body = json_of(asked.body)?;
    let (material, plant) = (text(&body, "Material"), text(&body, "Plant"));
    let usage = text(&body, "BillOfMaterialVariantUsage");
    let variant = text(&body, "BillOfMaterialVariant");
    let variant = variant.trim_start_matches('0').to_owned();
    known_material(world, &material)?;
    unlocked(around, &material)?;
    if plant != around.plant {
        let message = format!("Material {material} does not exist in plant {plant}");
        return Err(Reply::refusal(400, "29/045", &message));
    }
    if world.place(&material, &plant, &usage, &variant).is_some() {
        let message = format!(
            "Bill of material already exists for material {material}, plant {plant}, usage {usage}"
        );
        return Err(Reply::refusal(400, "29/104", &message));
    }
    let mut bom = Bom {
        number: world.number(),
        quantity: quantity(&body, "BOMHeaderQuantityInBaseUnit")?,
        unit: text(&body, "BOMHeaderBaseUnit"),
        text: text(&body, "BOMHeaderText"),
        alternative_text: text(&body, "BOMAlternativeText"),
        valid_from: valid_from(&body)?,
        changed_at: around.now,
        version: world.version(),
        items: Vec::new(),
        material,
        plant,
        usage,
        variant,
    };
    let items = &body["to_BillOfMaterialItem"];
    let items = items.get("results").unwrap_or(items);
    let mut warnings = Vec::new();
    for item in items.as_array().into_iter().flatten() {
        warnings.extend(put_item(world, &mut bom, item)?);
    }
    let location = format!("{}/MaterialBOM{}", render::BILLS, render::key(&bom));
    let row = render::bom(&bom, true);
    world.boms.push(bom);
    let reply = Reply::json(201, &json!({"d": row})).with("location", location);
    Ok(warned(reply, &warnings))
}

fn change(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Outcome {
    let at = place(world, asked)?;
    let body = json_of(asked.body)?;
    unlocked(around, &world.boms[at].material)?;
    matches(asked, world.boms[at].version)?;
    let version = world.version();
    let bom = &mut world.boms[at];
    for field in body
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys())
    {
        match field.as_str() {
            "BOMHeaderText" => bom.text = text(&body, field),
            "BOMAlternativeText" => bom.alternative_text = text(&body, field),
            "BOMHeaderQuantityInBaseUnit" => bom.quantity = quantity(&body, field)?,
            "BOMHeaderBaseUnit" => bom.unit = text(&body, field),
            other => return Err(unknown_field(other)),
        }
    }
    (bom.version, bom.changed_at) = (version, around.now);
    Ok(Reply::nothing())
}

fn remove(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Outcome {
    let at = place(world, asked)?;
    unlocked(around, &world.boms[at].material)?;
    matches(asked, world.boms[at].version)?;
    world.boms.remove(at);
    Ok(Reply::nothing())
}

fn add_item(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Outcome {
    let body = json_of(asked.body)?;
    let number = text(&body, "BillOfMaterial");
    let at = world.boms.iter().position(|bom| bom.number == number);
    let at = at.ok_or_else(Reply::absent)?;
    let mut bom = world.boms[at].clone();
    unlocked(around, &bom.material)?;
    let warnings = put_item(world, &mut bom, &body)?;
    bom.changed_at = around.now;
    let row = bom.items.last().map(|item| render::item(&bom, item));
    world.boms[at] = bom;
    Ok(warned(
        Reply::json(201, &json!({"d": row})),
        warnings.as_slice(),
    ))
}

fn change_item(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Outcome {
    let (at, item) = item_place(world, asked)?;
    let body = json_of(asked.body)?;
    unlocked(around, &world.boms[at].material)?;
    matches(asked, world.boms[at].items[item].version)?;
    let version = world.version();
    let item = &mut world.boms[at].items[item];
    for field in body
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys())
    {
        match field.as_str() {
            "BillOfMaterialItemQuantity" => item.quantity = quantity(&body, field)?,
            "BillOfMaterialItemUnit" => item.unit = text(&body, field),
            other => return Err(unknown_field(other)),
        }
    }
    item.version = version;
    world.boms[at].changed_at = around.now;
    Ok(Reply::nothing())
}

fn remove_item(world: &mut World, around: &Around<'_>, asked: &Asked<'_>) -> Outcome {
    let (at, item) = item_place(world, asked)?;
    unlocked(around, &world.boms[at].material)?;
    matches(asked, world.boms[at].items[item].version)?;
    world.boms[at].items.remove(item);
    world.boms[at].changed_at = around.now;
    Ok(Reply::nothing())
}

/// Puts one item into a bill; a warning when its unit is not the material's own.
fn put_item(world: &mut World, bom: &mut Bom, item: &Value) -> Result<Option<String>, Reply> {
    let component = text(item, "BillOfMaterialComponent");
    let unit = text(item, "BillOfMaterialItemUnit");
    let own = known_material(world, &component)?;
    let warning = (own != unit)
        .then(|| format!("Unit {unit} of component {component} is not its base unit {own}"));
    bom.items.push(BomItem {
        node: bom.next_node(),
        number: text(item, "BillOfMaterialItemNumber"),
        category: text(item, "BillOfMaterialItemCategory"),
        quantity: quantity(item, "BillOfMaterialItemQuantity")?,
        version: world.version(),
        component,
        unit,
    });
    Ok(warning)
}

fn warned(reply: Reply, warnings: &[String]) -> Reply {
    let Some(first) = warnings.first() else {
        return reply;
    };
    let detail = |text: &String| json!({"code": "29/310", "message": text, "severity": "warning"});
    let details: Vec<Value> = warnings[1..].iter().map(detail).collect();
    let message =
        json!({"code": "29/310", "message": first, "severity": "warning", "details": details});
    reply.with("sap-message", message.to_string())
}

/// The unit of a material, if there is one.
fn known_material(world: &World, code: &str) -> Result<String, Reply> {
    let product = world.products.get(code).map(|product| product.unit.clone());
    product.ok_or_else(|| {
        let message = format!("Material {code} does not exist or is not activated");
        Reply::refusal(400, "M3/305", &message)
    })
}

fn unlocked(around: &Around<'_>, material: &str) -> Result<(), Reply> {
    match around.locks.iter().find(|(locked, _)| locked == material) {
        Some((_, user)) => Err(locked(material, user)),
        None => Ok(()),
    }
}

/// Somebody works on the material.
pub(crate) fn locked(material: &str, user: &str) -> Reply {
    let message = format!("Material {material} is being processed by user {user}");
    Reply::refusal(400, "M3/024", &message)
}

fn matches(asked: &Asked<'_>, version: u64) -> Result<(), Reply> {
    match asked.if_match {
        Some("*") => Ok(()),
        Some(tag) if tag == render::etag(version) => Ok(()),
        Some(_) => Err(changed()),
        None => {
            let message = "The request is required to be conditional; provide the If-Match header";
            Err(Reply::refusal(428, "/IWFND/CM_MGW/004", message))
        }
    }
}

/// The record is another than was read.
pub(crate) fn changed() -> Reply {
    let message = "Precondition failed: the record was changed meanwhile";
    Reply::refusal(412, "/IWBEP/CM_MGW_RT/029", message)
}

fn place(world: &World, asked: &Asked<'_>) -> Result<usize, Reply> {
    let wanted = |name| asked.target.field(name);
    let place = world.boms.iter().position(|bom| {
        wanted("BillOfMaterial") == Some(&bom.number)
            && wanted("BillOfMaterialCategory") == Some("M")
            && wanted("BillOfMaterialVariant") == Some(&bom.variant)
            && wanted("BillOfMaterialVersion") == Some("")
            && wanted("EngineeringChangeDocument") == Some("")
            && wanted("Material") == Some(&bom.material)
            && wanted("Plant") == Some(&bom.plant)
    });
    place.ok_or_else(Reply::absent)
}

fn item_place(world: &World, asked: &Asked<'_>) -> Result<(usize, usize), Reply> {
    let number = asked.target.field("BillOfMaterial").unwrap_or_default();
    let node = asked.target.field("BillOfMaterialItemNodeNumber");
    let node = node.and_then(|node| node.parse().ok()).unwrap_or(0);
    let bom = world.boms.iter().position(|bom| bom.number == number);
    let bom = bom.ok_or_else(Reply::absent)?;
    let item = world.boms[bom]
        .items
        .iter()
        .position(|item| item.node == node);
    item.map(|item| (bom, item)).ok_or_else(Reply::absent)
}

fn json_of(body: &str) -> Result<Value, Reply> {
    serde_json::from_str(body).map_err(|error| {
        let message = format!("Error while parsing the request body: {error}");
        Reply::refusal(400, "/IWBEP/CM_MGW_RT/021", &message)
    })
}

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap_or_default().to_owned()
}

/// Version 2 takes decimals as text only.
fn quantity(body: &Value, field: &str) -> Result<Decimal, Reply> {
    let number = body[field]
        .as_str()
        .and_then(|text| Decimal::from_str(text).ok());
    number
        .filter(|number| *number > Decimal::ZERO && number.scale() <= 3)
        .ok_or_else(|| {
            let message = format!("Property '{field}' has invalid value '{}'", body[field]);
            Reply::refusal(400, "/IWBEP/CM_MGW_RT/176", &message)
        })
}

fn valid_from(body: &Value) -> Result<NaiveDate, Reply> {
    let text = body["HeaderValidityStartDate"].as_str().unwrap_or_default();
    let millis = text
        .strip_prefix("/Date(")
        .and_then(|rest| rest.strip_suffix(")/"));
    let time = millis
        .and_then(|millis| millis.parse().ok())
        .and_then(DateTime::from_timestamp_millis);
    time.map(|time| time.date_naive()).ok_or_else(|| {
        let message = "Enter a valid-from date";
        Reply::refusal(400, "29/012", message)
    })
}

fn unknown_field(field: &str) -> Reply {
    let message = format!("Property '{field}' is invalid or may not be changed");
    Reply::refusal(400, "/IWBEP/CM_MGW_RT/175", &message)
}
