//! What a bill should be, from either command, and Odoo's ids for it.

use super::{LINES, MODEL};
use crate::Error;
use crate::odoo::orm::Wanted as Rows;
use crate::odoo::push::external::ExternalId;
use crate::odoo::push::precision::Precision;
use crate::odoo::push::products::{Known, Products, is_variant};
use crate::odoo::push::{Writing, rejected};
use domain::push::{Bom, Recipe};
use rust_decimal::Decimal;
use serde_json::json;
use std::collections::BTreeMap;

/// What the bill should be, from either command.
#[derive(Debug)]
pub(in crate::odoo::push) struct Wanted<'a> {
    pub(super) product: &'a str,
    /// Recipes only.
    version: Option<&'a str>,
    /// Odoo's reference of the bill; bills without a version have none.
    pub(super) code: Option<String>,
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
            version: None,
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
            version: Some(&recipe.version),
            code: Some(format!("{}/{}", recipe.recipe_code, recipe.version)),
            quantity: Decimal::ONE,
            uom: None,
            lines: lines.collect(),
        }
    }
}

impl Wanted<'_> {
    /// Our name for the bill: by code, by version if it is a recipe's, by Odoo's id of the product, since codes go from
    /// one to another, and by company, since each has bills of its own.
    pub(super) fn external_id(&self, product: &Known, company: i64) -> ExternalId {
        let (product, company) = (product.id.to_string(), company.to_string());
        let (kind, mut words) = match self.version {
            Some(version) => ("recipe", vec![self.product, version]),
            None => ("bom", vec![self.product]),
        };
        words.extend([product.as_str(), company.as_str()]);
        ExternalId::new(MODEL, kind, &words)
    }
}

/// The bill in Odoo's ids, complete before anything is written.
pub(super) struct Resolved {
    pub product: Known,
    /// The product's id where its template has other variants, whose bills are others.
    pub variant: Option<i64>,
    /// The company whose bill it is.
    pub company: i64,
    pub quantity: Decimal,
    /// None where the product's own is meant.
    pub uom: Option<i64>,
    pub lines: Vec<Part>,
    /// What people should know of it.
    pub warnings: Vec<String>,
}

/// A line in Odoo's ids.
pub(super) struct Part {
    pub component: i64,
    pub quantity: Decimal,
    /// None where the component's own is meant.
    pub uom: Option<i64>,
    /// The component's own unit.
    pub own_uom: Option<i64>,
}

/// Finds products and units; what is missing is named, and nothing is written.
pub(super) async fn resolve(writing: Writing<'_>, wanted: &Wanted<'_>) -> Result<Resolved, Error> {
    let components = wanted.lines.iter().map(|line| line.component);
    let codes = components.chain(std::iter::once(wanted.product));
    let products = Products::find(writing, codes).await?;
    let units = Units::read(writing, wanted).await?;
    let product = products.get(wanted.product)?.clone();
    let mut precision = Precision::of(writing, MODEL, "product_qty").await?;
    precision
        .require(writing, wanted.quantity, wanted.product)
        .await?;
    let mut precision = Precision::of(writing, LINES, "product_qty").await?;
    let (mut lines, mut warnings) = (Vec::with_capacity(wanted.lines.len()), Vec::new());
    for line in &wanted.lines {
        precision
            .require(writing, line.quantity, line.component)
            .await?;
        let component = products.get(line.component)?;
        let uom = units.of(line.uom, component, line.component)?;
        warnings.extend(units.warning(uom, component, line.component));
        lines.push(Part {
            component: component.id,
            quantity: line.quantity,
            uom,
            own_uom: component.uom.as_ref().map(|own| own.id),
        });
    }
    let is_variant = is_variant(writing, &product).await?;
    let uom = units.of(wanted.uom, &product, wanted.product)?;
    warnings.extend(units.warning(uom, &product, wanted.product));
    Ok(Resolved {
        variant: is_variant.then_some(product.id),
        company: writing.company(&product).await?,
        quantity: wanted.quantity,
        uom,
        product,
        lines,
        warnings,
    })
}

/// Units of measure.
#[derive(Default)]
struct Units {
    /// By name, without regard to letter case.
    ids: BTreeMap<String, i64>,
    /// What units are converted into one another within: a category, from 19 on the unit all others are made of.
    kinds: BTreeMap<i64, String>,
}

impl Units {
    async fn read(writing: Writing<'_>, wanted: &Wanted<'_>) -> Result<Self, Error> {
        let named = wanted.lines.iter().any(|line| line.uom.is_some()) || wanted.uom.is_some();
        if !named {
            return Ok(Self::default());
        }
        let rows = Rows::all(
            "uom.uom",
            json!([]),
            &["name", "category_id", "parent_path"],
        );
        let mut units = Self::default();
        for row in writing.orm.read_all(rows).await? {
            let kind = row
                .link("category_id")
                .map(|category| category.id.to_string());
            let root = row.text("parent_path");
            let root = root.and_then(|path| Some(path.split('/').next()?.to_owned()));
            if let Some(kind) = kind.or(root) {
                units.kinds.insert(row.id(), kind);
            }
            if let Some(name) = row.text("name") {
                units.ids.insert(name.to_lowercase(), row.id());
            }
        }
        Ok(units)
    }

    /// Odoo takes any unit in a bill: before 19 the first order of it fails, from then on units are converted by their
    /// bare factors, kilograms into pieces by a thousand.
    fn warning(&self, uom: Option<i64>, product: &Known, code: &str) -> Option<String> {
        let own = product.uom.as_ref()?;
        let kind = |unit: i64| self.kinds.get(&unit);
        let unit = uom.filter(|unit| kind(*unit) != kind(own.id))?;
        let name = self.ids.iter().find(|(_, id)| **id == unit)?.0;
        Some(format!(
            "Odoo keeps {code} in {}, into which {name} does not convert: correct the unit of the product or of the \
             bill.",
            own.name
        ))
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
        match self.ids.get(&name.to_lowercase()) {
            Some(id) => Ok(Some(*id)),
            None => Err(rejected(format!(
                "Odoo has no unit of measure {name} (product {code}). Nothing was written: name \
                 the unit as Odoo does, {} for this product.",
                own.map_or("its own", |own| own.name.as_str())
            ))),
        }
    }
}
