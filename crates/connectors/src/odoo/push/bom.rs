//! A bill of materials, made or brought up to date, never made anew beside the one that is there.
//!
//! Bills and recipes are states: what Odoo holds says whether one was written.

use super::products::{Known, Products};
use super::{Writing, rejected};
use crate::odoo::orm::Wanted as Rows;
use crate::odoo::wire::{Row, number};
use crate::{Acceptance, Error};
use domain::push::{Bom, Recipe};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MODEL: &str = "mrp.bom";
const LINES: &str = "mrp.bom.line";

/// What the bill should be, from either command.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    product: &'a str,
    /// Odoo's reference of the bill; bills without a version have none.
    code: Option<String>,
    quantity: Decimal,
    uom: Option<&'a str>,
    lines: Vec<Line<'a>>,
}

#[derive(Debug)]
struct Line<'a> {
    component: &'a str,
    quantity: Decimal,
    uom: Option<&'a str>,
}

impl<'a> From<&'a Bom> for Wanted<'a> {
    fn from(bom: &'a Bom) -> Self {
        let lines = bom.lines.iter().map(|line| Line {
            component: &line.component,
            quantity: line.quantity,
            uom: line.uom.as_deref(),
        });
        Self {
            product: &bom.product_code,
            code: None,
            quantity: bom.quantity,
            uom: bom.uom.as_deref(),
            lines: lines.collect(),
        }
    }
}

impl<'a> From<&'a Recipe> for Wanted<'a> {
    fn from(recipe: &'a Recipe) -> Self {
        let lines = recipe.materials.iter().map(|material| Line {
            component: &material.material_code,
            quantity: material.quantity,
            uom: Some(&material.unit_of_measure),
        });
        Self {
            product: &recipe.recipe_code,
            code: Some(format!("{}/{}", recipe.recipe_code, recipe.version)),
            quantity: Decimal::ONE,
            uom: None,
            lines: lines.collect(),
        }
    }
}

/// The bill in Odoo's ids, complete before anything is written.
struct Resolved {
    product: Known,
    quantity: Decimal,
    uom: Option<i64>,
    /// Component, quantity, unit.
    lines: Vec<(i64, Decimal, Option<i64>)>,
}

/// Whether Odoo holds exactly this bill.
pub(super) async fn find(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
) -> Result<Option<Acceptance>, Error> {
    let resolved = resolve(writing, wanted).await?;
    let Some(bill) = existing(writing, wanted, &resolved.product).await? else {
        return Ok(None);
    };
    let lines = lines(writing, bill.id()).await?;
    let same = same_header(&bill, wanted, &resolved) && same_lines(&lines, &resolved);
    Ok(same.then(|| acceptance(wanted, bill.id(), false, Value::Null)))
}

/// Makes the bill, or gives the one that is there these lines.
pub(super) async fn write(writing: Writing<'_>, wanted: &Wanted<'_>) -> Result<Acceptance, Error> {
    let resolved = resolve(writing, wanted).await?;
    let mut values = json!({ "product_qty": number(resolved.quantity) });
    if let Some(uom) = resolved.uom {
        values["product_uom_id"] = json!(uom);
    }
    let new_lines = resolved.lines.iter().map(command);
    let Some(bill) = existing(writing, wanted, &resolved.product).await? else {
        values["product_tmpl_id"] = json!(resolved.product.template);
        values["type"] = json!("normal");
        values["bom_line_ids"] = new_lines.collect();
        if let Some(code) = &wanted.code {
            values["code"] = json!(code);
        }
        if let Some(company) = writing.settings.company_id {
            values["company_id"] = json!(company);
        }
        let ids = writing.orm.create(MODEL, vec![values], Value::Null).await?;
        let id = ids.first().copied().unwrap_or_default();
        return Ok(acceptance(wanted, id, true, Value::Null));
    };
    let before = snapshot(writing, &bill).await?;
    // All lines are replaced in one transaction.
    let clear = std::iter::once(json!([5, 0, 0]));
    values["bom_line_ids"] = clear.chain(new_lines).collect();
    writing.orm.write(MODEL, &[bill.id()], values).await?;
    Ok(acceptance(wanted, bill.id(), false, before))
}

/// Puts the bill of before back; one that was made is deleted, or archived when it is used.
pub(super) async fn undo(writing: Writing<'_>, accepted: &Acceptance) -> Result<Acceptance, Error> {
    let id = id_of(accepted)?;
    if accepted.detail["created"] == true {
        writing.orm.take_away(MODEL, id).await?;
        return Ok(accepted.clone());
    }
    let before = &accepted.detail["before"];
    if let Some(lines) = before["lines"].as_array() {
        let clear = std::iter::once(json!([5, 0, 0]));
        let lines = lines.iter().map(|line| json!([0, 0, line]));
        let values = json!({
            "product_qty": before["product_qty"],
            "product_uom_id": before["product_uom_id"],
            "bom_line_ids": clear.chain(lines).collect::<Value>(),
        });
        writing.orm.write(MODEL, &[id], values).await?;
    }
    Ok(accepted.clone())
}

/// Whether it was taken back.
pub(super) async fn find_undone(
    writing: Writing<'_>,
    accepted: &Acceptance,
) -> Result<Option<Acceptance>, Error> {
    let id = id_of(accepted)?;
    let rows = Rows {
        context: json!({ "active_test": false }),
        ..Rows::all(MODEL, json!([["id", "=", id]]), FIELDS)
    };
    let bill = writing.orm.search_read(&rows).await?.into_iter().next();
    let undone = match bill {
        None => true,
        Some(bill) if accepted.detail["created"] == true => !bill.flag("active"),
        Some(bill) => match accepted.detail["before"].is_object() {
            true => snapshot(writing, &bill).await? == accepted.detail["before"],
            false => true,
        },
    };
    Ok(undone.then(|| accepted.clone()))
}

const FIELDS: &[&str] = &[
    "code",
    "product_qty",
    "product_uom_id",
    "product_id",
    "active",
];

fn id_of(accepted: &Acceptance) -> Result<i64, Error> {
    accepted.detail["id"]
        .as_i64()
        .ok_or_else(|| rejected("Which bill of Odoo was written is not known any more."))
}

fn acceptance(wanted: &Wanted<'_>, id: i64, created: bool, before: Value) -> Acceptance {
    Acceptance {
        number: wanted
            .code
            .clone()
            .unwrap_or_else(|| format!("BoM {id} of {}", wanted.product)),
        warnings: Vec::new(),
        detail: json!({ "id": id, "created": created, "before": before }),
    }
}

/// Finds products and units; what is missing is named, and nothing is written.
async fn resolve(writing: Writing<'_>, wanted: &Wanted<'_>) -> Result<Resolved, Error> {
    let components = wanted.lines.iter().map(|line| line.component);
    let codes = components.chain(std::iter::once(wanted.product));
    let products = Products::find(writing, codes).await?;
    let units = Units::read(writing, wanted).await?;
    let product = products.get(wanted.product)?.clone();
    let mut lines = Vec::with_capacity(wanted.lines.len());
    for line in &wanted.lines {
        let component = products.get(line.component)?;
        let uom = units.of(line.uom, component, line.component)?;
        lines.push((component.id, line.quantity, uom));
    }
    Ok(Resolved {
        quantity: wanted.quantity,
        uom: units.of(wanted.uom, &product, wanted.product)?,
        product,
        lines,
    })
}

/// Units of measure by name, without regard to letter case.
struct Units(BTreeMap<String, i64>);

impl Units {
    async fn read(writing: Writing<'_>, wanted: &Wanted<'_>) -> Result<Self, Error> {
        let named = wanted.lines.iter().any(|line| line.uom.is_some()) || wanted.uom.is_some();
        if !named {
            return Ok(Self(BTreeMap::new()));
        }
        let rows = Rows::all("uom.uom", json!([]), &["name"]);
        let rows = writing.orm.read_all(rows).await?;
        let units = rows
            .iter()
            .filter_map(|row| Some((row.text("name")?.to_lowercase(), row.id())));
        Ok(Self(units.collect()))
    }

    /// The unit's id; none where the product's own is meant.
    fn of(&self, name: Option<&str>, product: &Known, code: &str) -> Result<Option<i64>, Error> {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let own = product.uom.as_ref();
        if own.is_some_and(|own| own.name.eq_ignore_ascii_case(name)) {
            return Ok(own.map(|own| own.id));
        }
        match self.0.get(&name.to_lowercase()) {
            Some(id) => Ok(Some(*id)),
            None => Err(rejected(format!(
                "Odoo has no unit of measure {name} (product {code}). Nothing was written: name \
                 the unit as Odoo does, {} for this product.",
                own.map_or("its own", |own| own.name.as_str())
            ))),
        }
    }
}

/// The bill that is to be changed. A recipe's is found by its reference; a plain bill is the only
/// one the product has beside its recipes, or the only one among several without a reference.
async fn existing(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    product: &Known,
) -> Result<Option<Row>, Error> {
    let mut terms = vec![
        json!(["product_tmpl_id", "=", product.template]),
        json!(["product_id", "in", [false, product.id]]),
        json!(["type", "=", "normal"]),
    ];
    if let Some(company) = writing.settings.company_id {
        terms.push(json!(["company_id", "in", [false, company]]));
    }
    let rows = Rows::all(MODEL, Value::Array(terms), FIELDS);
    let mut bills = writing.orm.search_read(&rows).await?;
    match &wanted.code {
        Some(code) => bills.retain(|bill| bill.text("code").as_deref() == Some(code.as_str())),
        None => {
            let recipe = format!("{}/", wanted.product);
            bills.retain(|bill| {
                bill.text("code")
                    .is_none_or(|code| !code.starts_with(&recipe))
            });
            if bills.len() > 1 {
                bills.retain(|bill| bill.text("code").is_none());
            }
        }
    }
    match bills.len() {
        0 if wanted.code.is_some() => Ok(None),
        0 | 1 => Ok(bills.pop()),
        count => Err(rejected(format!(
            "Odoo has {count} bills of materials for {} that could be meant. Nothing was written: \
             archive those that are not used, or give them a reference.",
            wanted.product
        ))),
    }
}

async fn lines(writing: Writing<'_>, bill: i64) -> Result<Vec<Row>, Error> {
    let fields = ["product_id", "product_qty", "product_uom_id"];
    let domain = json!([["bom_id", "=", bill]]);
    writing
        .orm
        .read_all(Rows::all(LINES, domain, &fields))
        .await
}

/// The bill as it is, for putting it back.
async fn snapshot(writing: Writing<'_>, bill: &Row) -> Result<Value, Error> {
    let lines = lines(writing, bill.id()).await?;
    let lines = lines.iter().map(|line| {
        json!({
            "product_id": line.link("product_id").map(|product| product.id),
            "product_qty": number(line.number("product_qty").unwrap_or_default()),
            "product_uom_id": line.link("product_uom_id").map(|uom| uom.id),
        })
    });
    Ok(json!({
        "product_qty": number(bill.number("product_qty").unwrap_or_default()),
        "product_uom_id": bill.link("product_uom_id").map(|uom| uom.id),
        "lines": lines.collect::<Value>(),
    }))
}

fn command((product, quantity, uom): &(i64, Decimal, Option<i64>)) -> Value {
    let mut line = json!({ "product_id": product, "product_qty": number(*quantity) });
    if let Some(uom) = uom {
        line["product_uom_id"] = json!(uom);
    }
    json!([0, 0, line])
}

fn same_header(bill: &Row, wanted: &Wanted<'_>, resolved: &Resolved) -> bool {
    let uom = bill.link("product_uom_id").map(|uom| uom.id);
    bill.number("product_qty") == Some(resolved.quantity.round_dp(4).normalize())
        && (resolved.uom.is_none() || resolved.uom == uom)
        && wanted
            .code
            .as_ref()
            .is_none_or(|code| bill.text("code").as_ref() == Some(code))
}

fn same_lines(lines: &[Row], resolved: &Resolved) -> bool {
    lines.len() == resolved.lines.len()
        && lines
            .iter()
            .zip(&resolved.lines)
            .all(|(line, (product, quantity, uom))| {
                let unit = line.link("product_uom_id").map(|uom| uom.id);
                line.link("product_id")
                    .is_some_and(|link| link.id == *product)
                    && line.number("product_qty") == Some(quantity.round_dp(4).normalize())
                    && (uom.is_none() || *uom == unit)
            })
}
