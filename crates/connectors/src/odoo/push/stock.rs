//! What was counted at one place: Odoo's own inventory adjustment, whole or not at all.
//!
//! Each adjustment leaves a move that carries our reference, also when nothing differed. What lies in packages or belongs
//! to others is counted with the rest, and stays as it is: Odoo adjusts what lies loose.

use super::lots::{Lots, Named};
use super::precision::Precision;
use super::products::Products;
use super::{Writing, rejected};
use crate::odoo::mark::mark;
use crate::odoo::orm::Wanted;
use crate::odoo::wire::{decimal, number};
use crate::{Acceptance, Error};
use domain::push::StockCount;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MODEL: &str = "stock.quant";
/// Odoo refuses to apply a count when the quantity changed meanwhile.
const TRIES: usize = 3;
/// The first version that applies a count in a step of its own.
const FIRST_WITH_APPLY: u32 = 15;

/// A counted amount in Odoo's ids.
#[derive(Debug, Clone)]
struct Target {
    product: i64,
    lot: Option<i64>,
    quantity: Decimal,
}

/// Whether a move with our reference is there.
pub(super) async fn find(
    writing: Writing<'_>,
    count: &StockCount,
) -> Result<Option<Acceptance>, Error> {
    let found = applied(writing, &mark(writing.reference)).await?;
    Ok(found.then(|| acceptance(count, Vec::new(), Value::Null)))
}

/// Sets every amount to what was counted.
pub(super) async fn write(writing: Writing<'_>, count: &StockCount) -> Result<Acceptance, Error> {
    let place = Place::find(writing, &count.location).await?;
    let (targets, warnings) = targets(writing, count, &place).await?;
    let before = Held::before(writing, &place, &targets).await?;
    let targets = loose(count, targets, &before)?;
    let before = apply(writing, &place, &targets, before, &mark(writing.reference)).await?;
    let detail = json!({ "location_id": place.id, "before": before });
    Ok(acceptance(count, warnings, detail))
}

/// Sets the amounts back, as far as nothing moved since.
pub(super) async fn undo(
    writing: Writing<'_>,
    count: &StockCount,
    accepted: &Acceptance,
) -> Result<Acceptance, Error> {
    let (Some(location), Some(before)) = (
        accepted.detail["location_id"].as_i64(),
        accepted.detail["before"].as_array(),
    ) else {
        return Err(rejected(
            "What lay there before the count is not known. Count again, or correct it in Odoo.",
        ));
    };
    let place = Place {
        id: location,
        company: accepted.detail["company_id"].as_i64(),
    };
    let mut targets = Vec::with_capacity(before.len());
    for row in before {
        let read = |field: &str| decimal(&row[field]);
        let (Some(product), Some(was), Some(set)) =
            (row["product_id"].as_i64(), read("was"), read("set"))
        else {
            return Err(rejected("What lay there before the count cannot be read."));
        };
        let lot = row["lot_id"].as_i64();
        let target = Target {
            product,
            lot,
            quantity: was,
        };
        let held = Held::before(writing, &place, std::slice::from_ref(&target)).await?;
        if held.loose(&target) != set {
            return Err(rejected(format!(
                "Something moved at {} since the count, so that it cannot be taken back. Count \
                 again.",
                count.location
            )));
        }
        targets.push(target);
    }
    let before = Held::before(writing, &place, &targets).await?;
    apply(writing, &place, &targets, before, &undone(writing)).await?;
    Ok(accepted.clone())
}

/// Whether it was taken back.
pub(super) async fn find_undone(
    writing: Writing<'_>,
    accepted: &Acceptance,
) -> Result<Option<Acceptance>, Error> {
    let found = applied(writing, &undone(writing)).await?;
    Ok(found.then(|| accepted.clone()))
}

fn undone(writing: Writing<'_>) -> String {
    mark(&format!("undo-{}", writing.reference))
}

fn acceptance(count: &StockCount, warnings: Vec<String>, detail: Value) -> Acceptance {
    Acceptance {
        number: count.location.clone(),
        warnings,
        detail,
    }
}

async fn applied(writing: Writing<'_>, mark: &str) -> Result<bool, Error> {
    // Odoo 17 and 18 write the user's name behind it.
    let followed = format!("{mark} %");
    let mut terms: Vec<Value> = Vec::new();
    for field in ["reference", "inventory_name", "name"] {
        if writing.orm.has_field("stock.move", field).await? {
            terms.push(json!([field, "=", mark]));
            terms.push(json!([field, "=like", followed]));
        }
    }
    // Any of them: each but the last is joined to what follows.
    let joined = std::iter::repeat_n(json!("|"), terms.len().saturating_sub(1));
    terms.splice(0..0, joined);
    let wanted = Wanted {
        limit: Some(1),
        ..Wanted::all("stock.move", Value::Array(terms), &["state"])
    };
    Ok(!writing.orm.search_read(&wanted).await?.is_empty())
}

/// The counted place.
struct Place {
    id: i64,
    company: Option<i64>,
}

impl Place {
    /// By id, or by its full name as Odoo shows it.
    async fn find(writing: Writing<'_>, named: &str) -> Result<Self, Error> {
        let named = named.trim();
        let by = match named.parse::<i64>() {
            Ok(id) => json!(["id", "=", id]),
            Err(_) => json!(["complete_name", "=", named]),
        };
        let mut terms = vec![by, json!(["usage", "in", ["internal", "transit"]])];
        if let Some(company) = writing.settings.company_id {
            terms.push(json!(["company_id", "in", [false, company]]));
        }
        let fields = ["complete_name", "company_id"];
        let wanted = Wanted::all("stock.location", Value::Array(terms), &fields);
        let rows = writing.orm.search_read(&wanted).await?;
        match rows.as_slice() {
            [row] => Ok(Self {
                id: row.id(),
                company: row.link("company_id").map(|company| company.id),
            }),
            [] => Err(rejected(format!(
                "Odoo has no internal location {named}. Nothing was written: name it by its id or \
                 by its full name, for example WH/Stock."
            ))),
            _ => Err(rejected(format!(
                "Odoo has more than one location {named}. Nothing was written: name it by its id, \
                 or enter company_id in the settings."
            ))),
        }
    }
}

/// Resolves products and lots; lots that are missing are made, once everything else is known.
async fn targets(
    writing: Writing<'_>,
    count: &StockCount,
    place: &Place,
) -> Result<(Vec<Target>, Vec<String>), Error> {
    let codes = count.items.iter().map(|item| &*item.product_code);
    let products = Products::find(writing, codes).await?;
    let mut precision = Precision::of(writing, MODEL, "inventory_quantity").await?;
    let mut seen = BTreeSet::new();
    let mut named = BTreeMap::new();
    let mut counted = Vec::with_capacity(count.items.len());
    let mut warnings = Vec::new();
    for item in &count.items {
        let product = products.get(&item.product_code)?;
        let code = &item.product_code;
        let given = item.lot_number.as_deref().map(str::trim);
        let lot = match (given.filter(|name| !name.is_empty()), product.tracked) {
            (Some(name), true) => Some(Named {
                product: product.id,
                name: name.to_owned(),
            }),
            (None, true) => {
                return Err(rejected(format!(
                    "Odoo tells stock of {code} apart by lot. Nothing was written: name the lot."
                )));
            }
            (Some(name), false) => {
                warnings.push(format!(
                    "Odoo does not keep lots of {code}: lot {name} was left out."
                ));
                None
            }
            (None, false) => None,
        };
        if !seen.insert((product.id, lot.clone())) {
            return Err(rejected(format!(
                "{code} is counted twice at this place. Nothing was written: give one amount."
            )));
        }
        if let Some(lot) = &lot {
            named.insert(lot.clone(), None);
        }
        let quantity = item.quantity.value();
        precision.check(writing, quantity).await?;
        warnings.extend(precision.loss(quantity, code));
        counted.push((product.id, lot, precision.round(quantity)));
    }
    let wanted: Vec<Named> = named.keys().cloned().collect();
    let mut lots = Lots::find(writing, &wanted, place.company).await?;
    lots.make(writing, &named, place.company).await?;
    let targets = counted.into_iter().map(|(product, lot, quantity)| {
        let lot = lot.map(|lot| lots.get(&lot)).transpose()?;
        Ok::<_, Error>(Target {
            product,
            lot,
            quantity,
        })
    });
    Ok((targets.collect::<Result<_, Error>>()?, warnings))
}

/// Enters the counts and applies them; returns what lay there before.
async fn apply(
    writing: Writing<'_>,
    place: &Place,
    targets: &[Target],
    mut before: Held,
    mark: &str,
) -> Result<Value, Error> {
    let context = json!({ "inventory_mode": true, "inventory_name": mark });
    for _ in 0..TRIES {
        let records = targets.iter().map(|target| {
            let mut record = json!({
                "product_id": target.product,
                "location_id": place.id,
                "inventory_quantity": number(target.quantity),
            });
            if let Some(lot) = target.lot {
                record["lot_id"] = json!(lot);
            }
            record
        });
        // In this mode a quant that is there already is taken, not doubled.
        let mut quants = writing
            .orm
            .create(MODEL, records.collect(), context.clone())
            .await?;
        quants.sort_unstable();
        quants.dedup();
        if writing.major < FIRST_WITH_APPLY {
            return Ok(before.beside(targets));
        }
        let answer = writing
            .orm
            .act(MODEL, "action_apply_inventory", &quants, context.clone())
            .await?;
        if answer.is_null() {
            return Ok(before.beside(targets));
        }
        before = Held::before(writing, place, targets).await?;
    }
    Err(rejected(
        "Odoo did not apply the count: the quantities change faster than they can be set, or it \
         asks something first. Open Physical Inventory in Odoo, apply it there, or count again.",
    ))
}

/// The amounts of what lies loose, for all of it to be what was counted.
fn loose(count: &StockCount, targets: Vec<Target>, held: &Held) -> Result<Vec<Target>, Error> {
    let rest = |target: Target| {
        let packed = held.amounts(&target).packed;
        let quantity = target.quantity - packed;
        match quantity < Decimal::ZERO {
            false => Ok(Target { quantity, ..target }),
            true => Err(rejected(format!(
                "At {} {} of Odoo's product {} lie in packages or belong to others, more than the {} that were counted. \
                 Nothing was written: count the packages in Odoo.",
                count.location,
                packed.normalize(),
                target.product,
                target.quantity.normalize()
            ))),
        }
    };
    targets.into_iter().map(rest).collect()
}

/// What lies of a product, or of one of its lots.
#[derive(Debug, Clone, Copy, Default)]
struct Amounts {
    loose: Decimal,
    /// In packages, or of other owners.
    packed: Decimal,
}

/// What lies at the place now, by product and lot.
struct Held(BTreeMap<(i64, Option<i64>), Amounts>);

impl Held {
    async fn before(
        writing: Writing<'_>,
        place: &Place,
        targets: &[Target],
    ) -> Result<Self, Error> {
        let products: BTreeSet<i64> = targets.iter().map(|target| target.product).collect();
        let domain = json!([
            ["location_id", "=", place.id],
            ["product_id", "in", products]
        ]);
        let fields = ["product_id", "lot_id", "package_id", "owner_id", "quantity"];
        let rows = writing
            .orm
            .read_all(Wanted::all(MODEL, domain, &fields))
            .await?;
        let mut held: BTreeMap<(i64, Option<i64>), Amounts> = BTreeMap::new();
        for row in rows {
            if let Some(product) = row.link("product_id") {
                let lot = row.link("lot_id").map(|lot| lot.id);
                let amounts = held.entry((product.id, lot)).or_default();
                let packed = ["package_id", "owner_id"]
                    .iter()
                    .any(|field| row.link(field).is_some());
                let quantity = row.number("quantity").unwrap_or_default();
                match packed {
                    true => amounts.packed += quantity,
                    false => amounts.loose += quantity,
                }
            }
        }
        Ok(Self(held))
    }

    fn amounts(&self, target: &Target) -> Amounts {
        let amounts = self.0.get(&(target.product, target.lot));
        amounts.copied().unwrap_or_default()
    }

    fn loose(&self, target: &Target) -> Decimal {
        self.amounts(target).loose
    }

    /// What lay loose, beside what is set.
    fn beside(&self, targets: &[Target]) -> Value {
        let rows = targets.iter().map(|target| {
            json!({
                "product_id": target.product,
                "lot_id": target.lot,
                "was": number(self.loose(target)),
                "set": number(target.quantity),
            })
        });
        rows.collect()
    }
}
