//! What the simulated system holds: AdventureWorks' products and their bills of materials.

use std::collections::BTreeMap;
use std::io;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::config::Config;
use super::orders::ProcessOrder;
use super::recipes::Recipe;
use crate::sources;
use crate::spread::roll;

/// A material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its number.
    pub code: String,
    /// Language and text, the first one English.
    pub descriptions: Vec<(String, String)>,
    /// Base unit.
    pub unit: String,
    /// Product group; may be empty.
    pub group: String,
    /// GTIN; may be empty.
    pub gtin: String,
    /// Marked for deletion.
    pub deleted: bool,
    /// Last change.
    pub changed_at: DateTime<Utc>,
}

/// A bill of materials.
#[derive(Clone, Debug, PartialEq)]
pub struct Bom {
    /// Eight digits, given by the system.
    pub number: String,
    /// What is made.
    pub material: String,
    /// Where.
    pub plant: String,
    /// What for.
    pub usage: String,
    /// Which of several, without leading zeros.
    pub variant: String,
    /// How much one run makes.
    pub quantity: Decimal,
    /// Unit of that.
    pub unit: String,
    /// The header's text.
    pub text: String,
    /// The alternative's text.
    pub alternative_text: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last change.
    pub changed_at: DateTime<Utc>,
    /// What is behind its ETag.
    pub version: u64,
    /// What goes in.
    pub items: Vec<BomItem>,
}

/// An item of a bill of materials.
#[derive(Clone, Debug, PartialEq)]
pub struct BomItem {
    /// Its key inside the bill.
    pub node: u32,
    /// Four digits.
    pub number: String,
    /// `L` stock, `N` non-stock …
    pub category: String,
    /// The material.
    pub component: String,
    /// How much.
    pub quantity: Decimal,
    /// Unit of that.
    pub unit: String,
    /// What is behind its ETag.
    pub version: u64,
}

/// Everything. Clones are how units of work are undone.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub products: BTreeMap<String, Product>,
    pub boms: Vec<Bom>,
    pub orders: Vec<ProcessOrder>,
    pub recipes: Vec<Recipe>,
    next_number: u32,
    next_version: u64,
}

impl World {
    pub fn build(config: &Config, now: DateTime<Utc>) -> io::Result<Self> {
        let mut world = Self {
            next_number: 1,
            next_version: 1,
            ..Self::default()
        };
        let gtins = sources::gtins()?;
        let lines = sources::bills_of_materials()?;
        let unit_of = |code: &str| {
            let line = lines.iter().find(|line| line.component == code);
            line.map_or("EA", |line| line.unit.as_str()).to_owned()
        };
        for (at, (_, title, code, ended)) in sources::products_on_sale()?.into_iter().enumerate() {
            let minutes = i64::try_from(roll(&code, 60 * 24 * 60)).unwrap_or(0);
            let gtin = gtins.get(at).cloned().unwrap_or_default();
            let product = Product {
                descriptions: vec![
                    ("EN".into(), title.clone()),
                    ("DE".into(), format!("{title} (DE)")),
                ],
                unit: unit_of(&code),
                group: code.split('-').next().unwrap_or_default().to_owned(),
                gtin: if at % 3 == 0 { gtin } else { String::new() },
                deleted: ended,
                changed_at: now - TimeDelta::minutes(minutes + 1),
                code: code.clone(),
            };
            world.products.insert(code, product);
        }
        for line in &lines {
            world.line(config, line, now);
        }
        Ok(world)
    }

    fn line(&mut self, config: &Config, line: &sources::BillLine, now: DateTime<Utc>) {
        let last = self.boms.last().map(|bom| bom.material.as_str());
        if last != Some(line.assembly.as_str()) {
            let bom = Bom {
                number: self.number(),
                material: line.assembly.clone(),
                plant: config.plant.clone(),
                usage: "1".into(),
                variant: "1".into(),
                quantity: Decimal::ONE,
                unit: "EA".into(),
                text: String::new(),
                alternative_text: String::new(),
                valid_from: (now - TimeDelta::days(365)).date_naive(),
                changed_at: now - TimeDelta::days(30),
                version: self.version(),
                items: Vec::new(),
            };
            self.boms.push(bom);
        }
        let version = self.version();
        if let Some(bom) = self.boms.last_mut() {
            let number = format!("{:04}", (bom.items.len() + 1) * 10);
            let node = bom.next_node();
            bom.items.push(BomItem {
                node,
                number,
                category: "L".into(),
                component: line.component.clone(),
                quantity: line.quantity,
                unit: line.unit.clone(),
                version,
            });
        }
    }

    /// The next number of a bill.
    pub fn number(&mut self) -> String {
        let number = self.next_number;
        self.next_number += 1;
        format!("{number:08}")
    }

    /// The next version of a record.
    pub fn version(&mut self) -> u64 {
        self.next_version += 1;
        self.next_version
    }

    /// The place of a bill by what it is for.
    pub fn place(&self, material: &str, plant: &str, usage: &str, variant: &str) -> Option<usize> {
        let variant = variant.trim_start_matches('0');
        self.boms.iter().position(|bom| {
            bom.material == material
                && bom.plant == plant
                && bom.usage == usage
                && bom.variant == variant
        })
    }
}

impl Bom {
    /// The next key of an item.
    pub fn next_node(&self) -> u32 {
        self.items.iter().map(|item| item.node).max().unwrap_or(0) + 1
    }
}
