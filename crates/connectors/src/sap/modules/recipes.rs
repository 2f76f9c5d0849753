//! Recipes through the function module that makes them.

use super::{Modules, PUSH};
use crate::sap::bill::{amount, material, rejected, unit};
use crate::sap::config::{Commit, Settings};
use crate::sap::mark::{Mark, TEXT};
use crate::sap::products;
use crate::sap::session::Session;
use crate::sap::soap::{Fields, Module, Results, Value};
use crate::{Acceptance, Direction, Error, ErrorKind};
use domain::push::{Material, Recipe};
use serde_json::json;

const MODULE: &str = "BAPI_RECIPE_CREATE";
/// Longest version of a recipe.
const VERSION: usize = 10;

/// What is known of a recipe whose answer was lost: there is no module that could be asked.
pub(in crate::sap) fn find(direction: Direction) -> Result<Option<Acceptance>, Error> {
    match direction {
        Direction::Undo => Ok(None),
        Direction::Do => {
            let message = "SAP has no function module that finds a recipe by a reference of ours.";
            Err(Error::new(ErrorKind::Unsupported, "find_push", message))
        }
    }
}

/// A recipe that was made stays.
pub(in crate::sap) fn take_back(accepted: Option<&Acceptance>) -> Error {
    let number = accepted.map_or("this", |accepted| accepted.number.as_str());
    rejected(format!(
        "SAP has no function module that takes a recipe away: delete recipe {number} there."
    ))
}

impl<'a> Modules<'a> {
    /// Makes a recipe. Materials that SAP does not know are refused by name before.
    pub async fn make_recipe(&self, recipe: &Recipe, mark: &Mark) -> Result<Acceptance, Error> {
        let plant = checked(recipe, self.settings)?;
        let mut materials: Vec<&str> = Vec::with_capacity(recipe.materials.len());
        for one in &recipe.materials {
            let code = one.material_code.trim();
            if !materials.contains(&code) {
                materials.push(code);
            }
        }
        let facts = self.facts(&materials).await?;
        products::all_there(&materials, &facts)?;
        let results = self.write_recipe(self.recipe(recipe, &plant, mark)).await?;
        let number = results.body.value("RECIPE_NO").to_owned();
        if number.is_empty() {
            let why = "it does not name the recipe that was made";
            return Err(self.client.unreadable(PUSH, why));
        }
        let (code, version) = (recipe.recipe_code.trim(), recipe.version.trim());
        Ok(Acceptance {
            number,
            warnings: results.warnings,
            detail: json!({ "recipe": code, "version": version, "plant": plant, "made": true }),
        })
    }

    fn recipe(&self, recipe: &Recipe, plant: &str, mark: &Mark) -> Module<'a> {
        let title = recipe.name.trim().chars().take(TEXT).collect();
        let valid_from = recipe.effective_from.date_naive();
        let data = vec![
            ("RECIPE_CODE", recipe.recipe_code.trim().to_owned()),
            ("VERSION", recipe.version.trim().to_owned()),
            ("NAME", title),
            ("PLANT", plant.to_owned()),
            // Typed as a date, so not in the user's format.
            ("VALID_FROM", valid_from.format("%Y-%m-%d").to_string()),
            ("REFERENCE", mark.made()),
        ];
        let rows = recipe.materials.iter().enumerate();
        let rows = rows.map(|(at, one)| row(at, one)).collect();
        let parameters = vec![
            ("RECIPE_DATA", Value::Structure(data)),
            ("MATERIALS", Value::Table(rows)),
            ("RETURN", Value::Table(Vec::new())),
        ];
        self.writing(MODULE, parameters)
    }

    /// By itself, or with the commit in the same session. Nobody can be asked afterwards whether the
    /// commit reached anything, so SAP has to have opened a session.
    async fn write_recipe(&self, module: Module<'_>) -> Result<Results, Error> {
        if self.settings.commit == Commit::Module {
            return self.write(module).await;
        }
        let session = Session::default();
        let results = self.write_in(&session, module).await?;
        match session.is_kept() {
            true => Ok(results),
            false => Err(rejected(
                "SAP took the recipe and confirmed it, but keeps no session between calls over SOAP, \
                 so that nothing was committed. Set 'Commit by' to 'module' in the connection's \
                 settings.",
            )),
        }
    }
}

fn row(at: usize, one: &Material) -> Fields {
    let title = one.description.trim().chars().take(TEXT).collect();
    vec![
        ("ITEM_NO", format!("{:04}", (at + 1) * 10)),
        ("MATERIAL", one.material_code.trim().to_owned()),
        // Typed as a number, so with a point.
        ("QUANTITY", one.quantity.normalize().to_string()),
        ("UNIT", one.unit_of_measure.trim().to_owned()),
        ("DESCRIPTION", title),
    ]
}

/// Whether SAP has room for it; the plant it is for.
fn checked(recipe: &Recipe, settings: &Settings) -> Result<String, Error> {
    let plant = unit(settings.plant.as_deref()).ok_or_else(|| {
        rejected("A recipe is made in a plant: enter the usual one in the connection's settings.")
    })?;
    material(recipe.recipe_code.trim())?;
    let version = recipe.version.trim();
    if version.chars().count() > VERSION {
        return Err(rejected(format!(
            "The version '{version}' is too long for SAP: at most {VERSION} characters."
        )));
    }
    for one in &recipe.materials {
        material(one.material_code.trim())?;
        amount(&one.material_code, one.quantity)?;
    }
    Ok(plant)
}
