//! A bill of materials as SAP keeps it, made from our command, and what it takes to bring one that
//! is there up to date. Pure.

use super::config::Settings;
use super::mark::TEXT;
use crate::{Error, ErrorKind};
use chrono::{DateTime, NaiveDate, Utc};
use domain::push::Push;
use rust_decimal::Decimal;

/// Decimals SAP keeps of a quantity.
const DECIMALS: u32 = 3;
/// Digits before the decimal point of the same.
const LARGEST: i64 = 9_999_999_999;
/// Longest material number.
const MATERIAL: usize = 40;
/// Item numbers are four digits in steps of ten.
const MOST_LINES: usize = 999;

/// Which bill it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub material: String,
    pub plant: String,
    pub usage: String,
    /// Without leading zeros.
    pub alternative: String,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bill {
    pub key: Key,
    pub quantity: Decimal,
    pub unit: Option<String>,
    pub valid_from: NaiveDate,
    today: NaiveDate,
    /// A text for people, in the header's other text.
    pub title: Option<String>,
    pub lines: Vec<Line>,
}

/// A component.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub component: String,
    pub quantity: Decimal,
    pub unit: Option<String>,
    /// `L` stock item, `N` non-stock item.
    pub category: String,
}

/// An item that is in SAP.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Four digits.
    pub number: String,
    pub component: String,
    pub category: String,
    pub quantity: Decimal,
    pub unit: String,
}

/// What has to be done to one item.
#[derive(Debug, PartialEq)]
pub(super) enum Step<'a> {
    /// Item at this place gets quantity and unit of the line.
    Change(usize, &'a Line),
    /// A new item under this number.
    Add(String, &'a Line),
    /// Item at this place goes.
    Remove(usize),
}

impl Bill {
    /// The bill behind a command. A recipe is the bill of the material of its code.
    ///
    /// # Errors
    /// `unsupported` for other commands, `rejected` for what SAP has no room for, naming it.
    pub fn of(push: &Push, settings: &Settings, now: DateTime<Utc>) -> Result<Self, Error> {
        let (bill, plant) = match push {
            Push::Bom(bom) => {
                let line = |line: &domain::push::BomLine| Line {
                    component: line.component.trim().to_owned(),
                    quantity: line.quantity,
                    unit: unit(line.uom.as_deref()),
                    category: category(line.item_category.as_deref()),
                };
                let lines = bom.lines.iter().map(line).collect();
                let bill = Self {
                    key: key(&bom.product_code, settings),
                    quantity: bom.quantity,
                    unit: unit(bom.uom.as_deref()),
                    valid_from: now.date_naive(),
                    today: now.date_naive(),
                    title: None,
                    lines,
                };
                (bill, bom.plant.as_deref())
            }
            Push::Recipe(recipe) => {
                let line = |material: &domain::push::Material| Line {
                    component: material.material_code.trim().to_owned(),
                    quantity: material.quantity,
                    unit: unit(Some(&material.unit_of_measure)),
                    category: category(None),
                };
                let title = format!("{} v{}", recipe.name.trim(), recipe.version.trim());
                let bill = Self {
                    key: key(&recipe.recipe_code, settings),
                    quantity: Decimal::ONE,
                    unit: None,
                    valid_from: recipe.effective_from.date_naive(),
                    today: now.date_naive(),
                    title: Some(title.chars().take(TEXT).collect()),
                    lines: recipe.materials.iter().map(line).collect(),
                };
                (bill, None)
            }
            Push::DocumentResult(_) | Push::Stock(_) | Push::Product(_) | Push::ProcessOrder(_) => {
                let kind = push.kind();
                let message = format!("SAP does not accept '{}' from here.", kind.as_str());
                return Err(Error::new(ErrorKind::Unsupported, "push", message));
            }
        };
        bill.in_plant(plant, settings)?.checked()
    }

    fn in_plant(mut self, plant: Option<&str>, settings: &Settings) -> Result<Self, Error> {
        let given = |plant: &&str| !plant.trim().is_empty();
        let plant = plant.filter(given).or(settings.plant.as_deref());
        let plant = plant.filter(given).ok_or_else(|| {
            rejected(
                "The bill of materials names no plant: name it, or enter the usual one in the \
                 connection's settings.",
            )
        })?;
        plant.trim().clone_into(&mut self.key.plant);
        Ok(self)
    }

    fn checked(self) -> Result<Self, Error> {
        let plant = &self.key.plant;
        if plant.chars().count() > 4 {
            return Err(rejected(format!(
                "'{plant}' is no plant of SAP's: at most four characters."
            )));
        }
        if self.lines.len() > MOST_LINES {
            return Err(rejected(format!(
                "A bill of materials of SAP's has at most {MOST_LINES} items; this one has {}.",
                self.lines.len()
            )));
        }
        material(&self.key.material)?;
        amount(&self.key.material, self.quantity)?;
        for line in &self.lines {
            material(&line.component)?;
            amount(&line.component, line.quantity)?;
            if line.category.chars().count() != 1 {
                return Err(rejected(format!(
                    "'{}' of component {} is no item category of SAP's: one character, L for a \
                     stock item.",
                    line.category, line.component
                )));
            }
        }
        Ok(self)
    }

    /// Refuses what is to begin later while there is a bill, unless that has not begun either: SAP changes one at once.
    /// `begins` is the first day of the one that is there, if that is known.
    pub fn may_change(&self, begins: Option<NaiveDate>) -> Result<(), Error> {
        let in_use = begins.is_none_or(|day| day <= self.today);
        match self.valid_from > self.today && in_use {
            false => Ok(()),
            true => Err(rejected(format!(
                "SAP has a bill of materials of {} already, and changes one at once, not from {} on. Nothing was \
                 written: send it on that day, or change the bill in SAP with a change number.",
                self.key.material, self.valid_from
            ))),
        }
    }

    /// Every material it names, each once, the assembly first.
    pub fn materials(&self) -> Vec<&str> {
        let mut all = vec![self.key.material.as_str()];
        for line in &self.lines {
            if !all.contains(&line.component.as_str()) {
                all.push(&line.component);
            }
        }
        all
    }

    /// What brings the items that are there to what is wanted. Items of the same component and
    /// category stay under their number.
    pub fn steps(&self, there: &[Item], base_unit: impl Fn(&str) -> String) -> Vec<Step<'_>> {
        let mut taken = vec![false; there.len()];
        let mut steps = Vec::new();
        let mut added = Vec::new();
        for line in &self.lines {
            let same = there.iter().enumerate().position(|(at, item)| {
                !taken[at]
                    && same_material(&item.component, &line.component)
                    && item.category == line.category
            });
            match same {
                Some(at) => {
                    taken[at] = true;
                    let unit = line
                        .unit
                        .clone()
                        .unwrap_or_else(|| base_unit(&line.component));
                    if there[at].quantity != line.quantity || there[at].unit != unit {
                        steps.push(Step::Change(at, line));
                    }
                }
                None => added.push(line),
            }
        }
        let last = there
            .iter()
            .filter_map(|item| item.number.parse().ok())
            .max();
        let mut number: u32 = last.unwrap_or(0);
        for line in added {
            number = (number / 10 + 1) * 10;
            steps.push(Step::Add(format!("{number:04}"), line));
        }
        let gone = taken.iter().enumerate().filter(|(_, taken)| !**taken);
        steps.extend(gone.map(|(at, _)| Step::Remove(at)));
        steps
    }
}

/// Material numbers of digits only are padded inside SAP and not outside.
pub(super) fn same_material(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

fn bare(material: &str) -> &str {
    let material = material.trim();
    match material.bytes().all(|byte| byte.is_ascii_digit()) {
        true => material.trim_start_matches('0'),
        false => material,
    }
}

fn key(material: &str, settings: &Settings) -> Key {
    Key {
        material: material.trim().to_owned(),
        plant: String::new(),
        usage: settings.bom_usage.clone(),
        alternative: short(&settings.alternative).to_owned(),
    }
}

/// An alternative without leading zeros.
pub(super) fn short(alternative: &str) -> &str {
    alternative.trim().trim_start_matches('0')
}

/// A text that says something, trimmed.
pub(super) fn unit(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

fn category(text: Option<&str>) -> String {
    unit(text).map_or_else(|| "L".to_owned(), |text| text.to_uppercase())
}

/// Whether SAP has room for a material's number.
pub(super) fn material(code: &str) -> Result<(), Error> {
    if code.chars().count() <= MATERIAL {
        return Ok(());
    }
    Err(rejected(format!(
        "'{code}' is no material of SAP's: at most {MATERIAL} characters."
    )))
}

/// Whether SAP has room for a quantity, without rounding.
pub(super) fn amount(of: &str, quantity: Decimal) -> Result<(), Error> {
    if quantity.normalize().scale() > DECIMALS {
        return Err(rejected(format!(
            "The quantity {quantity} of {of} has more than the {DECIMALS} decimals SAP keeps: \
             round it, or use a smaller unit."
        )));
    }
    if quantity > Decimal::from(LARGEST) {
        return Err(rejected(format!(
            "The quantity {quantity} of {of} is larger than SAP's field for it."
        )));
    }
    Ok(())
}

pub(super) fn rejected(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, "push", message)
}

#[cfg(test)]
mod tests;
