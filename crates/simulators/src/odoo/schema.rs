//! The models and fields that are simulated, as each version has them.

use std::collections::BTreeMap;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Char,
    Html,
    Integer,
    Float,
    Boolean,
    Selection(&'static [&'static str]),
    Datetime,
    Many2one(&'static str),
    /// The other model, and the field there that points back.
    One2many(&'static str, &'static str),
}

impl Kind {
    /// As `fields_get` calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Char => "char",
            Self::Html => "html",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Selection(_) => "selection",
            Self::Datetime => "datetime",
            Self::Many2one(_) => "many2one",
            Self::One2many(..) => "one2many",
        }
    }
}

/// A field of a model in one version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub label: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// Its name in the newest version, under which it is kept.
    pub stored: &'static str,
}

/// A model in one version.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name in the newest version, under which it is kept.
    pub stored: &'static str,
    /// Label and model that errors about its fields name.
    pub blamed: (&'static str, &'static str),
    pub fields: BTreeMap<&'static str, Field>,
}

/// All models by the name they have in one version.
pub(crate) type Schema = BTreeMap<&'static str, Model>;

const STATES: &[&str] = &[
    "draft",
    "waiting",
    "confirmed",
    "assigned",
    "done",
    "cancel",
];
const MOVE_STATES: &[&str] = &[
    "draft",
    "waiting",
    "confirmed",
    "partially_available",
    "assigned",
    "done",
    "cancel",
];
const TRACKING: &[&str] = &["none", "lot", "serial"];
const USAGES: &[&str] = &[
    "supplier",
    "view",
    "internal",
    "customer",
    "inventory",
    "production",
    "transit",
];
const DIRECTIONS: &[&str] = &["incoming", "outgoing", "internal", "mrp_operation"];

struct Build {
    major: u32,
    schema: Schema,
    model: &'static str,
}

impl Build {
    fn model(
        &mut self,
        name: &'static str,
        stored: &'static str,
        blamed: (&'static str, &'static str),
    ) -> &mut Self {
        let model = Model {
            stored,
            blamed,
            fields: BTreeMap::new(),
        };
        self.schema.insert(name, model);
        self.model = name;
        self.field("id", "ID", Kind::Integer)
            .field("display_name", "Display Name", Kind::Char)
            .field("create_date", "Created on", Kind::Datetime)
            .field("write_date", "Last Updated on", Kind::Datetime)
    }

    fn field(&mut self, name: &'static str, label: &'static str, kind: Kind) -> &mut Self {
        self.named(name, name, label, kind, false)
    }

    fn required(&mut self, name: &'static str, label: &'static str, kind: Kind) -> &mut Self {
        self.named(name, name, label, kind, true)
    }

    fn named(
        &mut self,
        name: &'static str,
        stored: &'static str,
        label: &'static str,
        kind: Kind,
        required: bool,
    ) -> &mut Self {
        let field = Field {
            label,
            kind,
            required,
            stored,
        };
        if let Some(model) = self.schema.get_mut(self.model) {
            model.fields.insert(name, field);
        }
        self
    }

    /// A field of some versions only.
    fn within(
        &mut self,
        versions: std::ops::RangeInclusive<u32>,
        name: &'static str,
        stored: &'static str,
        label: &'static str,
        kind: Kind,
    ) -> &mut Self {
        if versions.contains(&self.major) {
            self.named(name, stored, label, kind, false);
        }
        self
    }
}

/// The last version there may ever be.
const EVER: u32 = u32::MAX;

/// What a server of this version knows.
pub(crate) fn schema(major: u32) -> Schema {
    let mut build = Build {
        major,
        schema: Schema::new(),
        model: "",
    };
    base(&mut build);
    product(&mut build);
    places(&mut build);
    transfers(&mut build);
    quants(&mut build);
    manufacturing(&mut build);
    build.schema
}

fn base(build: &mut Build) {
    build
        .model("res.users", "res.users", ("User", "res.users"))
        .required("login", "Login", Kind::Char)
        .field("name", "Name", Kind::Char);
    build
        .model("res.company", "res.company", ("Companies", "res.company"))
        .required("name", "Company Name", Kind::Char);
    build
        .model("res.country", "res.country", ("Country", "res.country"))
        .required("name", "Country Name", Kind::Char);
    build
        .model("res.partner", "res.partner", ("Contact", "res.partner"))
        .required("name", "Name", Kind::Char)
        .field("ref", "Reference", Kind::Char)
        .field("vat", "Tax ID", Kind::Char)
        .field("street", "Street", Kind::Char)
        .field("street2", "Street2", Kind::Char)
        .field("city", "City", Kind::Char)
        .field("phone", "Phone", Kind::Char)
        .within(0..=18, "mobile", "mobile", "Mobile", Kind::Char)
        .field("country_id", "Country", Kind::Many2one("res.country"))
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("supplier_rank", "Supplier Rank", Kind::Integer)
        .field("customer_rank", "Customer Rank", Kind::Integer)
        .field("active", "Active", Kind::Boolean);
    build
        .model(
            "ir.model.data",
            "ir.model.data",
            ("Model Data", "ir.model.data"),
        )
        .required("module", "Module", Kind::Char)
        .required("name", "External Identifier", Kind::Char)
        .required("model", "Model Name", Kind::Char)
        .field("res_id", "Record ID", Kind::Integer)
        .field("noupdate", "Non Updatable", Kind::Boolean);
    build
        .model("uom.uom", "uom.uom", ("Product Unit", "uom.uom"))
        .required("name", "Unit Name", Kind::Char)
        .field("active", "Active", Kind::Boolean);
    build
        .model(
            "product.category",
            "product.category",
            ("Product Category", "product.category"),
        )
        .required("name", "Name", Kind::Char);
}

fn product(build: &mut Build) {
    let kinds: &[&str] = match build.major {
        18.. => &["consu", "service", "combo"],
        _ => &["consu", "service", "product"],
    };
    for (name, template) in [("product.template", true), ("product.product", false)] {
        build
            .model(name, name, ("Product", "product.template"))
            .required("name", "Name", Kind::Char)
            .field("default_code", "Internal Reference", Kind::Char)
            .field("barcode", "Barcode", Kind::Char)
            .field("active", "Active", Kind::Boolean)
            .field("type", "Product Type", Kind::Selection(kinds))
            .within(
                15..=17,
                "detailed_type",
                "type",
                "Product Type",
                Kind::Selection(kinds),
            )
            .within(
                18..=EVER,
                "is_storable",
                "is_storable",
                "Track Inventory",
                Kind::Boolean,
            )
            .field("tracking", "Tracking", Kind::Selection(TRACKING))
            .field("list_price", "Sales Price", Kind::Float)
            .field("standard_price", "Cost", Kind::Float)
            .field("uom_id", "Unit", Kind::Many2one("uom.uom"))
            .field(
                "categ_id",
                "Product Category",
                Kind::Many2one("product.category"),
            )
            .field("company_id", "Company", Kind::Many2one("res.company"))
            .field("qty_available", "Quantity On Hand", Kind::Float);
        if !template {
            build.field(
                "product_tmpl_id",
                "Product Template",
                Kind::Many2one("product.template"),
            );
        }
    }
}

fn places(build: &mut Build) {
    build
        .model(
            "stock.location",
            "stock.location",
            ("Inventory Locations", "stock.location"),
        )
        .required("name", "Location Name", Kind::Char)
        .field("complete_name", "Full Location Name", Kind::Char)
        .field("usage", "Location Type", Kind::Selection(USAGES))
        .field(
            "location_id",
            "Parent Location",
            Kind::Many2one("stock.location"),
        )
        .field("parent_path", "Parent Path", Kind::Char)
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("active", "Active", Kind::Boolean);
    build
        .model(
            "stock.warehouse",
            "stock.warehouse",
            ("Warehouse", "stock.warehouse"),
        )
        .required("name", "Warehouse", Kind::Char)
        .field("code", "Short Name", Kind::Char)
        .field("partner_id", "Address", Kind::Many2one("res.partner"))
        .field(
            "view_location_id",
            "View Location",
            Kind::Many2one("stock.location"),
        )
        .field(
            "lot_stock_id",
            "Location Stock",
            Kind::Many2one("stock.location"),
        )
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("active", "Active", Kind::Boolean);
    build
        .model(
            "stock.picking.type",
            "stock.picking.type",
            ("Picking Type", "stock.picking.type"),
        )
        .required("name", "Operation Type", Kind::Char)
        .field("code", "Type of Operation", Kind::Selection(DIRECTIONS))
        .field("sequence_code", "Sequence Prefix", Kind::Char)
        .field(
            "warehouse_id",
            "Warehouse",
            Kind::Many2one("stock.warehouse"),
        )
        .field("active", "Active", Kind::Boolean);
}

fn transfers(build: &mut Build) {
    build
        .model(
            "stock.picking",
            "stock.picking",
            ("Transfer", "stock.picking"),
        )
        .field("name", "Reference", Kind::Char)
        .field("state", "Status", Kind::Selection(STATES))
        .field("origin", "Source Document", Kind::Char)
        .field("note", "Notes", Kind::Html)
        .required(
            "picking_type_id",
            "Operation Type",
            Kind::Many2one("stock.picking.type"),
        )
        .field(
            "picking_type_code",
            "Type of Operation",
            Kind::Selection(DIRECTIONS),
        )
        .field("partner_id", "Contact", Kind::Many2one("res.partner"))
        .field(
            "location_id",
            "Source Location",
            Kind::Many2one("stock.location"),
        )
        .field(
            "location_dest_id",
            "Destination Location",
            Kind::Many2one("stock.location"),
        )
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("user_id", "Responsible", Kind::Many2one("res.users"))
        .field("scheduled_date", "Scheduled Date", Kind::Datetime)
        .field("date_done", "Date of Transfer", Kind::Datetime)
        .field(
            "backorder_id",
            "Back Order of",
            Kind::Many2one("stock.picking"),
        )
        .field(
            "backorder_ids",
            "Back Orders",
            Kind::One2many("stock.picking", "backorder_id"),
        );
    let moves = match build.major {
        16.. => "move_ids",
        _ => "move_lines",
    };
    build.named(
        moves,
        "move_ids",
        "Stock Moves",
        Kind::One2many("stock.move", "picking_id"),
        false,
    );
    build
        .model("stock.move", "stock.move", ("Stock Move", "stock.move"))
        .within(0..=18, "name", "inventory_name", "Description", Kind::Char)
        .within(
            19..=EVER,
            "inventory_name",
            "inventory_name",
            "Inventory Name",
            Kind::Char,
        )
        .field("reference", "Reference", Kind::Char)
        .field("state", "Status", Kind::Selection(MOVE_STATES))
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .required("product_uom_qty", "Demand", Kind::Float)
        .field("product_uom", "Unit", Kind::Many2one("uom.uom"))
        .within(17..=EVER, "quantity", "quantity", "Quantity", Kind::Float)
        .within(17..=EVER, "picked", "picked", "Picked", Kind::Boolean)
        .within(
            0..=16,
            "quantity_done",
            "quantity",
            "Quantity Done",
            Kind::Float,
        )
        .field("picking_id", "Transfer", Kind::Many2one("stock.picking"))
        .field(
            "location_id",
            "Source Location",
            Kind::Many2one("stock.location"),
        )
        .field(
            "location_dest_id",
            "Destination",
            Kind::Many2one("stock.location"),
        )
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("is_inventory", "Inventory", Kind::Boolean)
        .field(
            "move_line_ids",
            "Move Lines",
            Kind::One2many("stock.move.line", "move_id"),
        );
    build
        .model(
            "stock.move.line",
            "stock.move.line",
            ("Product Moves", "stock.move.line"),
        )
        .field("move_id", "Stock Operation", Kind::Many2one("stock.move"))
        .field("picking_id", "Transfer", Kind::Many2one("stock.picking"))
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .field("product_uom_id", "Unit", Kind::Many2one("uom.uom"))
        .within(17..=EVER, "quantity", "quantity", "Quantity", Kind::Float)
        .within(17..=EVER, "picked", "picked", "Picked", Kind::Boolean)
        .within(0..=16, "qty_done", "quantity", "Done", Kind::Float)
        .field("lot_id", "Lot/Serial Number", Kind::Many2one("stock.lot"))
        .field("lot_name", "Lot/Serial Number Name", Kind::Char)
        .field("location_id", "From", Kind::Many2one("stock.location"))
        .field("location_dest_id", "To", Kind::Many2one("stock.location"))
        .field("state", "Status", Kind::Selection(MOVE_STATES));
    build.model(
        "stock.backorder.confirmation",
        "stock.backorder.confirmation",
        ("Backorder Confirmation", "stock.backorder.confirmation"),
    );
}

fn quants(build: &mut Build) {
    let lot = match build.major {
        16.. => "stock.lot",
        _ => "stock.production.lot",
    };
    build
        .model(lot, "stock.lot", ("Lot/Serial", lot))
        .required("name", "Lot/Serial Number", Kind::Char)
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("ref", "Internal Reference", Kind::Char)
        .field("expiration_date", "Expiration Date", Kind::Datetime);
    build
        .model("stock.quant", "stock.quant", ("Quants", "stock.quant"))
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .required("location_id", "Location", Kind::Many2one("stock.location"))
        .field("lot_id", "Lot/Serial Number", Kind::Many2one("stock.lot"))
        .field("quantity", "Quantity", Kind::Float)
        .field("reserved_quantity", "Reserved Quantity", Kind::Float)
        .field("available_quantity", "Available Quantity", Kind::Float)
        .field("inventory_quantity", "Counted Quantity", Kind::Float)
        .field("inventory_diff_quantity", "Difference", Kind::Float)
        .field(
            "inventory_quantity_set",
            "Inventory Quantity Set",
            Kind::Boolean,
        )
        .field("company_id", "Company", Kind::Many2one("res.company"));
}

fn manufacturing(build: &mut Build) {
    const TYPES: &[&str] = &["normal", "phantom"];
    build
        .model("mrp.bom", "mrp.bom", ("Bill of Material", "mrp.bom"))
        .required(
            "product_tmpl_id",
            "Product",
            Kind::Many2one("product.template"),
        )
        .field(
            "product_id",
            "Product Variant",
            Kind::Many2one("product.product"),
        )
        .field("code", "Reference", Kind::Char)
        .field("type", "BoM Type", Kind::Selection(TYPES))
        .required("product_qty", "Quantity", Kind::Float)
        .field("product_uom_id", "Unit", Kind::Many2one("uom.uom"))
        .field("company_id", "Company", Kind::Many2one("res.company"))
        .field("active", "Active", Kind::Boolean)
        .field(
            "bom_line_ids",
            "BoM Lines",
            Kind::One2many("mrp.bom.line", "bom_id"),
        );
    build
        .model(
            "mrp.bom.line",
            "mrp.bom.line",
            ("Bill of Material Line", "mrp.bom.line"),
        )
        .field("bom_id", "Parent BoM", Kind::Many2one("mrp.bom"))
        .required("product_id", "Component", Kind::Many2one("product.product"))
        .required("product_qty", "Quantity", Kind::Float)
        .field("product_uom_id", "Unit", Kind::Many2one("uom.uom"))
        .field("sequence", "Sequence", Kind::Integer);
}
