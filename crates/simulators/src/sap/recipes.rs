//! The module that makes recipes, with the messages it gives back.

use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::modules::Call;
use super::soap::message;
use super::xml::Node;

/// A recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Given by the system.
    pub number: String,
    /// What it is called elsewhere.
    pub code: String,
    /// One recipe per code and version.
    pub version: String,
    /// Title.
    pub name: String,
    /// Where.
    pub plant: String,
    /// Whoever made it calls it so.
    pub reference: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// What goes in.
    pub materials: Vec<RecipeMaterial>,
}

/// A material of a recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct RecipeMaterial {
    /// Its number.
    pub material: String,
    /// How much.
    pub quantity: Decimal,
    /// Unit of that.
    pub unit: String,
}

impl Call<'_> {
    /// Makes a recipe, or says in the table of messages why not; HTTP is well either way.
    pub(super) fn create_recipe(&mut self, function: &Node) -> String {
        let mut messages = Vec::new();
        let number = match self.recipe(function, &mut messages) {
            Ok(recipe) => {
                let number = recipe.number.clone();
                let text = format!("Recipe {number} was created");
                messages.push(message("S", "CZ", "010", &text));
                self.world.recipes.push(recipe);
                self.wrote = true;
                number
            }
            Err(refusal) => {
                messages.push(refusal);
                String::new()
            }
        };
        let rows = messages.iter().map(|one| format!("<item>{one}</item>"));
        let rows: String = rows.collect();
        format!("<RECIPE_NO>{number}</RECIPE_NO><RETURN>{rows}</RETURN>")
    }

    fn recipe(&mut self, function: &Node, warnings: &mut Vec<String>) -> Result<Recipe, String> {
        let data = function.child("RECIPE_DATA").cloned().unwrap_or_default();
        let (code, version) = (data.value("RECIPE_CODE"), data.value("VERSION"));
        let refused = |number: &str, text: String| message("E", "CZ", number, &text);
        let lock = self.locks.iter().find(|(locked, _)| locked == code);
        if let Some(user) = lock.map(|(_, user)| user.as_str()).or(self.blocked_by) {
            let text = format!("Recipe {code} is being processed by user {user}");
            return Err(refused("003", text));
        }
        let plant = data.value("PLANT");
        if plant != self.config.plant {
            return Err(refused("004", format!("Plant {plant} does not exist")));
        }
        let mut known = self.world.recipes.iter();
        if known.any(|recipe| recipe.code == code && recipe.version == version) {
            let text = format!("Recipe {code} exists already in version {version}");
            return Err(refused("005", text));
        }
        let day = data.value("VALID_FROM");
        let day = NaiveDate::parse_from_str(day, "%Y-%m-%d");
        let valid_from = day.map_err(|_| refused("006", "VALID_FROM is no date".to_owned()))?;
        let rows = function.rows("MATERIALS").iter();
        let rows = rows.map(|row| self.recipe_material(row, warnings));
        let materials = rows.collect::<Result<_, _>>()?;
        Ok(Recipe {
            number: self.world.number(),
            code: code.to_owned(),
            version: version.to_owned(),
            name: data.value("NAME").to_owned(),
            plant: plant.to_owned(),
            reference: data.value("REFERENCE").to_owned(),
            valid_from,
            materials,
        })
    }

    fn recipe_material(
        &self,
        row: &Node,
        warnings: &mut Vec<String>,
    ) -> Result<RecipeMaterial, String> {
        let (material, unit) = (row.value("MATERIAL"), row.value("UNIT"));
        let Some(product) = self.world.products.get(material) else {
            let text = format!("The material {material} does not exist or is not activated");
            return Err(message("E", "M3", "305", &text));
        };
        let quantity = Decimal::from_str(row.value("QUANTITY"));
        let quantity = quantity.ok().filter(|quantity| *quantity > Decimal::ZERO);
        let quantity = quantity.ok_or_else(|| {
            let text = format!("The quantity of material {material} is no number above zero");
            message("E", "CZ", "007", &text)
        })?;
        if product.unit != unit {
            let text = format!("Unit {unit} of material {material} is not its base unit");
            warnings.push(message("W", "CZ", "008", &text));
        }
        Ok(RecipeMaterial {
            material: material.to_owned(),
            quantity,
            unit: unit.to_owned(),
        })
    }
}
