//! The function modules themselves.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::config::Config;
use super::soap::message;
use super::world::{Bom, BomItem, World};
use super::xml::{Node, escape};

/// One call and what it works on. What it writes is kept by the caller, or not.
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub config: &'a Config,
    pub now: DateTime<Utc>,
    /// Materials somebody works on, and who.
    pub locks: &'a [(String, String)],
    /// A write is refused because of this user, whatever it concerns.
    pub blocked_by: Option<&'a str>,
    /// The world was changed.
    pub wrote: bool,
}

/// What a module does.
pub(crate) enum Outcome {
    /// XML of its results.
    Results(String),
    /// An exception with what is said about it, mostly nothing.
    Exception(String, String),
}

type Try<T> = Result<T, Outcome>;

impl Call<'_> {
    pub fn execute(&mut self, function: &Node) -> Outcome {
        let outcome = match &*function.name {
            "RFC_PING" | "BAPI_TRANSACTION_ROLLBACK" => Ok("<RETURN></RETURN>".to_owned()),
            "BAPI_TRANSACTION_COMMIT" => Ok(self.commit()),
            "RFC_SYSTEM_INFO" => Ok(self.system()),
            "BAPI_MATERIAL_GET_DETAIL" => Ok(self.material(function)),
            "CSAP_MAT_BOM_READ" => self.read(function),
            "CSAP_MAT_BOM_CREATE" => self.create(function),
            "CSAP_MAT_BOM_MAINTAIN" => self.maintain(function),
            "CSAP_MAT_BOM_DELETE" => self.delete(function),
            "BAPI_RECIPE_CREATE" => Ok(self.create_recipe(function)),
            other => {
                let words = format!("Function module {other} not found");
                Err(Outcome::Exception("SYSTEM_FAILURE".into(), words))
            }
        };
        match outcome {
            Ok(results) => Outcome::Results(results),
            Err(outcome) => outcome,
        }
    }

    fn commit(&self) -> String {
        match self.blocked_by {
            Some(user) => {
                let text = format!("The bill of material is being processed by user {user}");
                format!("<RETURN>{}</RETURN>", message("E", "C1", "003", &text))
            }
            None => "<RETURN></RETURN>".into(),
        }
    }

    fn system(&self) -> String {
        let system = &self.config.system;
        format!(
            "<RFCSI_EXPORT><RFCSYSID>{system}</RFCSYSID><RFCSAPRL>757</RFCSAPRL></RFCSI_EXPORT>"
        )
    }

    fn material(&self, function: &Node) -> String {
        let code = match function.value("MATERIAL_LONG") {
            "" => function.value("MATERIAL"),
            long => long,
        };
        // Kept with zeros before numbers that are digits alone, shown without.
        let digits = code.bytes().all(|byte| byte.is_ascii_digit());
        let shown = match (digits, code.len()) {
            (true, 18) => code.trim_start_matches('0'),
            (true, _) => "",
            (false, _) => code,
        };
        let Some(product) = self.world.products.get(shown) else {
            let text = format!("The material {code} does not exist or is not activated");
            let message = message("E", "M3", "305", &text);
            return format!(
                "<MATERIAL_GENERAL_DATA></MATERIAL_GENERAL_DATA><RETURN>{message}</RETURN>"
            );
        };
        let title = product.descriptions.first();
        let title = title.map_or("", |(_, title)| title);
        let deleted = if product.deleted { "X" } else { "" };
        format!(
            "<MATERIAL_GENERAL_DATA><MATL_DESC>{}</MATL_DESC><MATL_TYPE>HALB</MATL_TYPE>\
             <MATL_GROUP>{}</MATL_GROUP><BASE_UOM>{}</BASE_UOM><EAN_UPC>{}</EAN_UPC>\
             <DEL_FLAG>{deleted}</DEL_FLAG><LAST_CHNGE>{}</LAST_CHNGE></MATERIAL_GENERAL_DATA>\
             <RETURN>{}</RETURN>",
            escape(title),
            escape(&product.group),
            escape(&product.unit),
            product.gtin,
            product.changed_at.date_naive(),
            message("S", "", "000", "")
        )
    }

    fn read(&self, function: &Node) -> Try<String> {
        let bom = &self.world.boms[self.place(function)?];
        let item = |item: &BomItem| {
            format!(
                "<item><BOM_NO>{}</BOM_NO><ITEM_CATEG>{}</ITEM_CATEG><ITEM_NO>{}</ITEM_NO>\
                 <COMPONENT>{}</COMPONENT><COMP_QTY>{}</COMP_QTY><COMP_UNIT>{}</COMP_UNIT></item>",
                bom.number,
                item.category,
                item.number,
                escape(&item.component),
                self.written(item.quantity),
                item.unit
            )
        };
        let items: String = bom.items.iter().map(item).collect();
        Ok(format!(
            "<FL_WARNING></FL_WARNING><T_STKO><item><BASE_QUAN>{}</BASE_QUAN><BASE_UNIT>{}</BASE_UNIT>\
             <BOM_STATUS>01</BOM_STATUS><ALT_TEXT>{}</ALT_TEXT><BOM_TEXT>{}</BOM_TEXT>\
             <VALID_FROM>{}</VALID_FROM></item></T_STKO><T_STPO>{items}</T_STPO>",
            self.written(bom.quantity),
            bom.unit,
            escape(&bom.alternative_text),
            escape(&bom.text),
            bom.valid_from.format("%d.%m.%Y")
        ))
    }

    fn create(&mut self, function: &Node) -> Try<String> {
        let material = function.value("MATERIAL");
        self.free(material)?;
        let valid_from = self.day(function.value("VALID_FROM"))?;
        if self.place(function).is_ok()
            || !self.world.products.contains_key(material)
            || function.value("PLANT") != self.config.plant
        {
            return Err(bare());
        }
        let header = function.child("I_STKO").ok_or_else(bare)?;
        let mut bom = Bom {
            number: self.world.number(),
            material: material.to_owned(),
            plant: function.value("PLANT").to_owned(),
            usage: function.value("BOM_USAGE").to_owned(),
            variant: variant(function).to_owned(),
            quantity: self.number(header.value("BASE_QUAN"))?,
            unit: header.value("BASE_UNIT").to_owned(),
            text: header.value("BOM_TEXT").to_owned(),
            alternative_text: header.value("ALT_TEXT").to_owned(),
            valid_from,
            changed_at: self.now,
            version: self.world.version(),
            items: Vec::new(),
        };
        let mut warning = "";
        for row in function.rows("T_STPO") {
            let item = self.new_item(row, &bom)?;
            let own = &self
                .world
                .products
                .get(&item.component)
                .ok_or_else(bare)?
                .unit;
            warning = if *own == item.unit { warning } else { "X" };
            bom.items.push(item);
        }
        let number = bom.number.clone();
        self.world.boms.push(bom);
        self.wrote = true;
        Ok(format!(
            "<BOM_NO>{number}</BOM_NO><FL_WARNING>{warning}</FL_WARNING>"
        ))
    }

    fn maintain(&mut self, function: &Node) -> Try<String> {
        self.free(function.value("MATERIAL"))?;
        self.day(function.value("VALID_FROM"))?;
        let at = self.place(function)?;
        let mut bom = self.world.boms[at].clone();
        if let Some(header) = function.child("I_STKO") {
            for field in &header.children {
                match &*field.name {
                    "BASE_QUAN" => bom.quantity = self.number(&field.text)?,
                    "BASE_UNIT" => field.text.clone_into(&mut bom.unit),
                    "BOM_TEXT" => field.text.clone_into(&mut bom.text),
                    "ALT_TEXT" => field.text.clone_into(&mut bom.alternative_text),
                    _ => return Err(bare()),
                }
            }
        }
        for row in function.rows("T_STPO") {
            self.maintain_item(&mut bom, row, function.value("FL_NEW_ITEM") == "X")?;
        }
        (bom.changed_at, bom.version) = (self.now, self.world.version());
        self.world.boms[at] = bom;
        self.wrote = true;
        Ok("<FL_WARNING></FL_WARNING>".into())
    }

    fn maintain_item(&mut self, bom: &mut Bom, row: &Node, new_allowed: bool) -> Try<()> {
        if row.child("ID_ITEM_NO").is_none() {
            let item = self.new_item(row, bom)?;
            if !new_allowed || !self.world.products.contains_key(&item.component) {
                return Err(bare());
            }
            bom.items.push(item);
            return Ok(());
        }
        let place = bom.items.iter().position(|item| {
            item.number == row.value("ID_ITEM_NO")
                && item.component == row.value("ID_COMP")
                && item.category == row.value("ID_ITM_CTG")
        });
        let place = place.ok_or_else(bare)?;
        if row.value("FLDELETE") == "X" {
            bom.items.remove(place);
            return Ok(());
        }
        bom.items[place].quantity = self.number(row.value("COMP_QTY"))?;
        row.value("COMP_UNIT")
            .clone_into(&mut bom.items[place].unit);
        Ok(())
    }

    fn delete(&mut self, function: &Node) -> Try<String> {
        self.free(function.value("MATERIAL"))?;
        let at = self.place(function)?;
        self.world.boms.remove(at);
        self.wrote = true;
        Ok("<FL_WARNING></FL_WARNING>".into())
    }

    fn new_item(&mut self, row: &Node, bom: &Bom) -> Try<BomItem> {
        Ok(BomItem {
            node: bom.next_node(),
            number: row.value("ITEM_NO").to_owned(),
            category: row.value("ITEM_CATEG").to_owned(),
            component: row.value("COMPONENT").to_owned(),
            quantity: self.number(row.value("COMP_QTY"))?,
            unit: row.value("COMP_UNIT").to_owned(),
            version: self.world.version(),
        })
    }

    fn place(&self, function: &Node) -> Try<usize> {
        let place = self.world.place(
            function.value("MATERIAL"),
            function.value("PLANT"),
            function.value("BOM_USAGE"),
            variant(function),
        );
        place.ok_or_else(bare)
    }

    fn free(&self, material: &str) -> Try<()> {
        let lock = self.locks.iter().find(|(locked, _)| locked == material);
        let user = lock.map(|(_, user)| user.as_str()).or(self.blocked_by);
        match user {
            Some(user) => {
                let words = format!("Material {material} is being processed by user {user}");
                Err(Outcome::Exception("ERROR".into(), words))
            }
            None => Ok(()),
        }
    }

    /// Dates are in the user's format, which is that with points.
    fn day(&self, text: &str) -> Try<NaiveDate> {
        NaiveDate::parse_from_str(text, "%d.%m.%Y").map_err(|_| bare())
    }

    /// Numbers are in the user's format; the mark of thousands is passed over.
    fn number(&self, text: &str) -> Try<Decimal> {
        let plain = match self.config.decimal_comma {
            true => text.replace('.', "").replace(',', "."),
            false => text.replace(',', ""),
        };
        let number = Decimal::from_str(plain.trim()).map_err(|_| bare())?;
        match number > Decimal::ZERO && number.scale() <= 3 {
            true => Ok(number),
            false => Err(bare()),
        }
    }

    fn written(&self, number: Decimal) -> String {
        let plain = format!("{number:.3}");
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, "000"));
        let (thousands, point) = match self.config.decimal_comma {
            true => ('.', ','),
            false => (',', '.'),
        };
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push(thousands);
            }
            grouped.push(digit);
        }
        format!("{grouped}{point}{part}")
    }
}

fn variant(function: &Node) -> &str {
    function.value("ALTERNATIVE").trim_start_matches('0')
}

/// The modules for bills say no more than this; the reason stands in a log inside the system.
fn bare() -> Outcome {
    Outcome::Exception("ERROR".into(), String::new())
}
