//! A bill of materials as SAP keeps it, made from our command, and what it takes to bring one that
//! is there up to date. Pure.

use super::config::{Marker, Settings};
use crate::{Error, ErrorKind};
use chrono::{DateTime, NaiveDate, Utc};
use domain::push::Push;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

/// Decimals SAP keeps of a quantity.
const DECIMALS: u32 = 3;
/// Digits before the decimal point of the same.
const LARGEST: i64 = 9_999_999_999;
/// Longest text of a header.
const TEXT: usize = 40;
/// Longest material number.
const MATERIAL: usize = 40;
/// Item numbers are four digits in steps of ten.
const MOST_LINES: usize = 999;
/// Ends the reference of a bill that was made, not changed, by it.
const MADE: char = '+';
/// Ends the reference of a bill that was there before.
const CHANGED: char = '~';

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
                    title: Some(title.chars().take(TEXT).collect()),
                    lines: recipe.materials.iter().map(line).collect(),
                };
                (bill, None)
            }
            Push::DocumentResult(_) | Push::Stock(_) | Push::Product(_) => {
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

/// The reference as a header's text holds it.
pub(super) struct Mark(String);

impl Mark {
    /// Of a reference. A long one is cut and told apart by a digest.
    pub fn of(reference: &str) -> Self {
        if reference.chars().count() < TEXT {
            return Self(reference.to_owned());
        }
        let digest = Sha256::digest(reference.as_bytes());
        let digest: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let head: String = reference.chars().take(TEXT - 2 - digest.len()).collect();
        Self(format!("{head}#{digest}"))
    }

    /// As written into a bill that is made.
    pub fn made(&self) -> String {
        format!("{}{MADE}", self.0)
    }

    /// As written into a bill that is changed. A change of one that this reference made leaves it
    /// made by it.
    pub fn changed(&self, before: &str) -> String {
        match self.found(before) {
            Some(true) => self.made(),
            _ => format!("{}{CHANGED}", self.0),
        }
    }

    /// Whether a text is this mark, and if so whether the bill was made by it.
    pub fn found(&self, text: &str) -> Option<bool> {
        match text.trim().strip_prefix(self.0.as_str())? {
            "+" => Some(true),
            "~" => Some(false),
            _ => None,
        }
    }
}

/// The two texts of a header: where the mark stands, and the other one.
pub(super) fn texts<'a>(
    marker: Marker,
    header: &'a str,
    alternative: &'a str,
) -> (&'a str, &'a str) {
    match marker {
        Marker::HeaderText => (header, alternative),
        Marker::AlternativeText => (alternative, header),
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

fn unit(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

fn category(text: Option<&str>) -> String {
    unit(text).map_or_else(|| "L".to_owned(), |text| text.to_uppercase())
}

fn material(code: &str) -> Result<(), Error> {
    if code.chars().count() <= MATERIAL {
        return Ok(());
    }
    Err(rejected(format!(
        "'{code}' is no material of SAP's: at most {MATERIAL} characters."
    )))
}

fn amount(of: &str, quantity: Decimal) -> Result<(), Error> {
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
mod tests {
    use super::*;
    use serde_json::json;

    fn settings() -> Settings {
        let settings = json!({
            "base_url": "https://s.example.invalid", "client": "100", "user": "U", "plant": "1000"
        });
        Settings::parse(&settings).unwrap()
    }

    fn bill(lines: serde_json::Value) -> Result<Bill, Error> {
        let payload = json!({ "product_code": "FG-1", "quantity": "1", "lines": lines });
        let push = Push::parse("inventory.bom.upsert", &payload).unwrap();
        Bill::of(&push, &settings(), DateTime::UNIX_EPOCH)
    }

    fn item(number: &str, component: &str, quantity: i64) -> Item {
        Item {
            number: number.into(),
            component: component.into(),
            category: "L".into(),
            quantity: quantity.into(),
            unit: "EA".into(),
        }
    }

    #[test]
    fn items_keep_their_numbers_and_only_differences_are_written() {
        let wanted = bill(json!([
            {"component": "RM-2", "quantity": "5"}, {"component": "RM-1", "quantity": "2"},
            {"component": "000123", "quantity": "1", "uom": "KG"}, {"component": "RM-9", "quantity": "1"}
        ]))
        .unwrap();
        let there = [
            item("0010", "RM-1", 2),
            item("0020", "RM-2", 4),
            item("0035", "123", 1),
            item("0040", "RM-7", 1),
        ];
        let steps = wanted.steps(&there, |_| "EA".into());
        assert_eq!(
            steps,
            [
                Step::Change(1, &wanted.lines[0]),
                Step::Change(2, &wanted.lines[2]),
                Step::Add("0050".into(), &wanted.lines[3]),
                Step::Remove(3),
            ]
        );
    }

    #[test]
    fn what_sap_has_no_room_for_is_refused_by_name() {
        for (lines, part) in [
            (
                json!([{"component": "RM-1", "quantity": "0.0005"}]),
                "0.0005 of RM-1",
            ),
            (
                json!([{"component": "R".repeat(41), "quantity": "1"}]),
                "no material",
            ),
            (
                json!([{"component": "RM-1", "quantity": "1", "item_category": "LL"}]),
                "component RM-1",
            ),
            (
                json!([{"component": "RM-1", "quantity": "99999999999"}]),
                "larger",
            ),
        ] {
            let error = bill(lines).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rejected);
            assert!(error.to_string().contains(part), "{error}");
        }
        let without = Settings {
            plant: None,
            ..settings()
        };
        let payload = json!({"product_code": "F", "quantity": "1",
            "lines": [{"component": "R", "quantity": "1"}]});
        let push = Push::parse("inventory.bom.upsert", &payload).unwrap();
        let error = Bill::of(&push, &without, DateTime::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().contains("names no plant"), "{error}");
    }

    #[test]
    fn a_mark_fits_its_field_and_tells_made_from_changed() {
        let long = "0198c0de-0000-7000-8000-000000000001:1";
        for reference in ["saga-7", long, &"x".repeat(64), &"č".repeat(64)] {
            let mark = Mark::of(reference);
            assert!(mark.made().chars().count() <= TEXT, "{}", mark.made());
            assert_eq!(mark.found(&mark.made()), Some(true));
            assert_eq!(mark.found(&mark.changed("old text")), Some(false));
            assert_eq!(mark.found(&mark.changed(&mark.made())), Some(true));
            assert_eq!(mark.found("some text"), None);
        }
        assert!(Mark::of(long).made().starts_with(long));
        let one = Mark::of(&format!("{}1", "x".repeat(60)));
        assert_eq!(
            one.found(&Mark::of(&format!("{}2", "x".repeat(60))).made()),
            None
        );
        assert_eq!(Mark::of("saga-1").found("saga-10+"), None);
    }
}
