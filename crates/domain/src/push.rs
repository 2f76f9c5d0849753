//! What Crossdock writes into an upstream system: one command per message of the outbox, in our
//! words. Payloads are checked before they are queued and again before they are sent, so that an
//! edited one is judged by the same rules.

pub mod help;
mod payload;

pub use payload::{
    Bom, BomLine, CountedItem, DocumentResult, LineResult, LotResult, Material, Money,
    ProcessOrder, Product, ProductType, Recipe, StockCount,
};

use crate::outbox::words;
use rust_decimal::Decimal;
use serde_json::Value;

words! {
    /// What a command does; the `event_type` of its message.
    PushKind {
        /// What the floor did with a document.
        DocumentResult = "document.result",
        /// A recipe is made or brought up to date.
        Recipe = "inventory.recipe.upsert",
        /// A bill of materials is made or brought up to date.
        Bom = "inventory.bom.upsert",
        /// What is on hand is set to what was counted.
        Stock = "inventory.stock.set",
        /// A product is made or brought up to date.
        Product = "inventory.product.upsert",
        /// Something is to be made by its recipe.
        ProcessOrder = "manufacturing.process_order.create",
    }
}

/// Why a payload cannot be sent. The text is shown to people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// No such kind.
    #[error("'{0}' is nothing Crossdock writes into an ERP")]
    UnknownKind(String),
    /// Missing, unknown or wrongly typed fields.
    #[error("the payload does not fit: {0}")]
    Shape(String),
    /// Fields that contradict a rule.
    #[error("{0}")]
    Rule(String),
}

/// A command to an upstream system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Push {
    /// What the floor did with a document.
    DocumentResult(DocumentResult),
    /// A recipe.
    Recipe(Recipe),
    /// A bill of materials.
    Bom(Bom),
    /// What is on hand.
    Stock(StockCount),
    /// A product.
    Product(Product),
    /// A process order.
    ProcessOrder(ProcessOrder),
}

impl Push {
    /// Reads a message's payload and checks its rules.
    ///
    /// # Errors
    /// In words that name the field.
    pub fn parse(event_type: &str, payload: &Value) -> Result<Self, PushError> {
        let push = Self::read(event_type, payload)?;
        push.check()?;
        Ok(push)
    }

    /// Reads a message's payload, whatever its rules say: for connections that leave judging to the
    /// system.
    ///
    /// # Errors
    /// An unknown kind, and missing, unknown or wrongly typed fields.
    pub fn read(event_type: &str, payload: &Value) -> Result<Self, PushError> {
        fn read<T: serde::de::DeserializeOwned>(payload: &Value) -> Result<T, PushError> {
            T::deserialize(payload).map_err(|error| PushError::Shape(error.to_string()))
        }
        let kind: PushKind = event_type
            .parse()
            .map_err(|_| PushError::UnknownKind(event_type.to_owned()))?;
        Ok(match kind {
            PushKind::DocumentResult => Self::DocumentResult(read(payload)?),
            PushKind::Recipe => Self::Recipe(read(payload)?),
            PushKind::Bom => Self::Bom(read(payload)?),
            PushKind::Stock => Self::Stock(read(payload)?),
            PushKind::Product => Self::Product(read(payload)?),
            PushKind::ProcessOrder => Self::ProcessOrder(read(payload)?),
        })
    }

    /// Which kind it is.
    pub fn kind(&self) -> PushKind {
        match self {
            Self::DocumentResult(_) => PushKind::DocumentResult,
            Self::Recipe(_) => PushKind::Recipe,
            Self::Bom(_) => PushKind::Bom,
            Self::Stock(_) => PushKind::Stock,
            Self::Product(_) => PushKind::Product,
            Self::ProcessOrder(_) => PushKind::ProcessOrder,
        }
    }

    /// What a list shows of it, for example `RECIPE-001 v1.0`.
    pub fn summary(&self) -> String {
        match self {
            Self::DocumentResult(document) => {
                format!("{} {}", document.doc_type, document.number)
            }
            Self::Recipe(recipe) => format!("{} v{}", recipe.recipe_code, recipe.version),
            Self::Bom(bom) => match bom.lines.len() {
                1 => format!("{}, 1 component", bom.product_code),
                count => format!("{}, {count} components", bom.product_code),
            },
            Self::Stock(stock) => match stock.items.len() {
                1 => "1 item counted".to_owned(),
                count => format!("{count} items counted"),
            },
            Self::Product(product) => product.code.clone(),
            Self::ProcessOrder(order) => format!("{} of {}", order.quantity, order.product_code),
        }
    }

    /// Messages of one key are delivered in the order they were queued.
    pub fn aggregate_key(&self) -> String {
        match self {
            Self::DocumentResult(document) => format!(
                "document:{}:{}:{}",
                document.doc_type, document.number, document.dated_on
            ),
            Self::Recipe(recipe) => format!("recipe:{}", recipe.recipe_code),
            Self::Bom(bom) => format!("bom:{}", bom.product_code),
            Self::Stock(stock) => format!("stock:{}", stock.location),
            Self::Product(product) => format!("product:{}", product.code),
            Self::ProcessOrder(order) => format!("process_order:{}", order.product_code),
        }
    }

    /// Checks the rules of its kind.
    ///
    /// # Errors
    /// In words that name the field.
    pub fn check(&self) -> Result<(), PushError> {
        match self {
            Self::DocumentResult(document) => {
                filled("number", &document.number)?;
                some("lines", &document.lines)
            }
            Self::Recipe(recipe) => {
                filled("recipe_code", &recipe.recipe_code)?;
                filled("version", &recipe.version)?;
                some("materials", &recipe.materials)?;
                let used = recipe.materials.iter();
                used.enumerate().try_for_each(|(at, material)| {
                    let name = format!("materials[{at}]");
                    filled(&format!("{name}.material_code"), &material.material_code)?;
                    above_zero(&format!("{name}.quantity"), material.quantity)
                })
            }
            Self::Bom(bom) => {
                filled("product_code", &bom.product_code)?;
                some("lines", &bom.lines)?;
                above_zero("quantity", bom.quantity)?;
                bom.lines.iter().enumerate().try_for_each(|(at, line)| {
                    filled(&format!("lines[{at}].component"), &line.component)?;
                    above_zero(&format!("lines[{at}].quantity"), line.quantity)
                })
            }
            Self::Stock(stock) => {
                filled("location", &stock.location)?;
                some("items", &stock.items)?;
                stock.items.iter().enumerate().try_for_each(|(at, item)| {
                    filled(&format!("items[{at}].product_code"), &item.product_code)
                })
            }
            Self::Product(product) => {
                filled("code", &product.code)?;
                filled("name", &product.name)?;
                if product.product_type == Some(ProductType::Goods) && !product.stocked {
                    return Err(PushError::Rule(
                        "product_type is goods, of which stock is kept, but stocked is false"
                            .to_owned(),
                    ));
                }
                Ok(())
            }
            Self::ProcessOrder(order) => {
                filled("product_code", &order.product_code)?;
                above_zero("quantity", order.quantity)
            }
        }
    }
}

fn filled(field: &str, text: &str) -> Result<(), PushError> {
    if text.trim().is_empty() {
        return Err(PushError::Rule(format!("{field} is empty: enter a value")));
    }
    Ok(())
}

fn some<T>(field: &str, rows: &[T]) -> Result<(), PushError> {
    if rows.is_empty() {
        return Err(PushError::Rule(format!(
            "{field} is empty: at least one is needed"
        )));
    }
    Ok(())
}

fn above_zero(field: &str, value: Decimal) -> Result<(), PushError> {
    if value <= Decimal::ZERO {
        return Err(PushError::Rule(format!("{field} must be above zero")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn recipe() -> Value {
        json!({
            "recipe_code": "RECIPE-001", "name": "Example", "version": "1.0",
            "effective_from": "2026-01-01T00:00:00Z",
            "materials": [{
                "material_code": "RM-001", "quantity": 10.5, "unit_of_measure": "KG",
                "unit_cost": {"amount": "5.50", "currency": "USD"}
            }]
        })
    }

    #[test]
    fn numbers_may_come_as_numbers_or_as_text() {
        let push = Push::parse("inventory.recipe.upsert", &recipe()).unwrap();
        assert_eq!(push.summary(), "RECIPE-001 v1.0");
        let Push::Recipe(read) = push else {
            panic!("no recipe")
        };
        assert_eq!(read.materials[0].quantity, "10.5".parse().unwrap());
    }

    #[test]
    fn a_time_without_an_offset_is_utc() {
        let kind = "inventory.recipe.upsert";
        let read = |time: &str| -> Result<String, PushError> {
            let mut payload = recipe();
            payload["effective_from"] = json!(time);
            match Push::parse(kind, &payload)? {
                Push::Recipe(recipe) => Ok(recipe.effective_from.to_rfc3339()),
                other => panic!("{other:?}"),
            }
        };
        for (given, wanted) in [
            ("2024-10-13T10:00:00", "2024-10-13T10:00:00+00:00"),
            (
                "2024-10-13T10:00:00.250000",
                "2024-10-13T10:00:00.250+00:00",
            ),
            ("2024-10-13T10:00:00+02:00", "2024-10-13T08:00:00+00:00"),
        ] {
            assert_eq!(read(given).as_deref(), Ok(wanted), "{given}");
        }
        let refused = read("tomorrow").unwrap_err().to_string();
        assert!(refused.contains("'tomorrow' is no time"), "{refused}");
    }

    #[test]
    fn a_process_order_needs_a_product_and_a_quantity() {
        let read = |payload: Value| Push::parse("manufacturing.process_order.create", &payload);
        let order = read(json!({ "product_code": "FG-001", "quantity": "12.5" })).unwrap();
        assert_eq!(order.summary(), "12.5 of FG-001");
        let none = read(json!({ "product_code": "FG-001", "quantity": 0 })).unwrap_err();
        assert!(none.to_string().contains("quantity"), "{none}");
    }

    #[test]
    fn ids_may_be_numbers_and_units_and_kinds_have_the_words_of_odoo_that_are_clear() {
        let count = json!({ "location": 8, "items": [{ "product_code": "A", "quantity": "1" }] });
        let Ok(Push::Stock(count)) = Push::parse("inventory.stock.set", &count) else {
            panic!("no count");
        };
        assert_eq!(count.location, "8");
        let lines = json!([{ "component": "B", "quantity": 2, "unit": "kg" }]);
        let bom = json!({ "product_code": "A", "quantity": 1, "lines": lines });
        let Ok(Push::Bom(bom)) = Push::parse("inventory.bom.upsert", &bom) else {
            panic!("no bill");
        };
        assert_eq!(bom.lines[0].uom.as_deref(), Some("kg"));
        let product = json!({ "code": "A", "name": "A", "product_type": "product" });
        let Ok(Push::Product(product)) = Push::parse("inventory.product.upsert", &product) else {
            panic!("no product");
        };
        assert_eq!(product.product_type, Some(ProductType::Goods));
    }

    #[test]
    fn a_product_says_what_it_is_in_our_words() {
        let read = |payload: Value| match Push::parse("inventory.product.upsert", &payload) {
            Ok(Push::Product(product)) => Ok(product.product_type),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        };
        let of = |kind: &str| read(json!({ "code": "A", "name": "A", "product_type": kind }));
        assert_eq!(of("goods"), Ok(Some(ProductType::Goods)));
        assert_eq!(of("consumable"), Ok(Some(ProductType::Consumable)));
        assert_eq!(of("service"), Ok(Some(ProductType::Service)));
        assert_eq!(read(json!({ "code": "A", "name": "A" })), Ok(None));
        for word in ["combo", "consu"] {
            assert!(of(word).unwrap_err().contains(word));
        }
        let both = json!({ "code": "A", "name": "A", "product_type": "goods", "stocked": false });
        assert!(read(both).unwrap_err().contains("stocked is false"));
    }

    #[test]
    fn what_is_only_read_is_not_judged() {
        let mut wrong = recipe();
        wrong["materials"] = json!([]);
        let kind = "inventory.recipe.upsert";
        assert!(Push::parse(kind, &wrong).is_err());
        let read = Push::read(kind, &wrong).unwrap();
        assert!(read.check().unwrap_err().to_string().contains("materials"));
    }

    #[test]
    fn a_refusal_names_the_field() {
        let mut wrong = recipe();
        wrong["materials"][0]["quantity"] = json!(0);
        let error = Push::parse("inventory.recipe.upsert", &wrong).unwrap_err();
        assert!(
            error.to_string().contains("materials[0].quantity"),
            "{error}"
        );
        wrong["materials"][0]["quantitty"] = json!(1);
        let error = Push::parse("inventory.recipe.upsert", &wrong).unwrap_err();
        assert!(error.to_string().contains("quantitty"), "{error}");
        let error = Push::parse("inventory.unknown", &wrong).unwrap_err();
        assert!(error.to_string().contains("inventory.unknown"), "{error}");
    }
}
