//! Where goods lie, what lies there, and what moves them.

use super::Kind;
use super::build::{Build, EVER};

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

pub(super) fn places(build: &mut Build) {
    build
        .model(
            "stock.location",
            "stock.location",
            ("Inventory Locations", "stock.location"),
        )
        .required("name", "Location Name", Kind::Char)
        .field("complete_name", "Full Location Name", Kind::Char)
        .field("usage", "Location Type", Kind::Selection(USAGES))
        .many2one("location_id", "Parent Location", "stock.location")
        .field("parent_path", "Parent Path", Kind::Char)
        .many2one("company_id", "Company", "res.company")
        .field("active", "Active", Kind::Boolean);
    build
        .model(
            "stock.warehouse",
            "stock.warehouse",
            ("Warehouse", "stock.warehouse"),
        )
        .required("name", "Warehouse", Kind::Char)
        .field("code", "Short Name", Kind::Char)
        .many2one("partner_id", "Address", "res.partner")
        .many2one("view_location_id", "View Location", "stock.location")
        .many2one("lot_stock_id", "Location Stock", "stock.location")
        .many2one("company_id", "Company", "res.company")
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
        .many2one("warehouse_id", "Warehouse", "stock.warehouse")
        .within(
            17..=EVER,
            "create_backorder",
            "create_backorder",
            "Create Backorder",
            Kind::Selection(&["ask", "always", "never"]),
        )
        .field("active", "Active", Kind::Boolean);
}

pub(super) fn transfers(build: &mut Build) {
    let note = match build.major {
        15.. => Kind::Html,
        _ => Kind::Text,
    };
    build
        .model(
            "stock.picking",
            "stock.picking",
            ("Transfer", "stock.picking"),
        )
        .field("name", "Reference", Kind::Char)
        .field("state", "Status", Kind::Selection(STATES))
        .field("origin", "Source Document", Kind::Char)
        .field("note", "Notes", note)
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
        .many2one("partner_id", "Contact", "res.partner")
        .many2one("location_id", "Source Location", "stock.location")
        .many2one("location_dest_id", "Destination Location", "stock.location")
        .many2one("company_id", "Company", "res.company")
        .many2one("user_id", "Responsible", "res.users")
        .field("scheduled_date", "Scheduled Date", Kind::Datetime)
        .field("date_done", "Date of Transfer", Kind::Datetime)
        .many2one("backorder_id", "Back Order of", "stock.picking")
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
        .required("product_uom_qty", "Demand", Kind::Quantity)
        .many2one("product_uom", "Unit", "uom.uom")
        .within(
            17..=EVER,
            "quantity",
            "quantity",
            "Quantity",
            Kind::Quantity,
        )
        .within(17..=EVER, "picked", "picked", "Picked", Kind::Boolean)
        .within(
            0..=16,
            "quantity_done",
            "quantity",
            "Quantity Done",
            Kind::Quantity,
        )
        .many2one("picking_id", "Transfer", "stock.picking")
        .many2one("location_id", "Source Location", "stock.location")
        .many2one("location_dest_id", "Destination", "stock.location")
        .many2one("company_id", "Company", "res.company")
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
        .many2one("move_id", "Stock Operation", "stock.move")
        .many2one("picking_id", "Transfer", "stock.picking")
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .many2one("product_uom_id", "Unit", "uom.uom")
        .within(
            17..=EVER,
            "quantity",
            "quantity",
            "Quantity",
            Kind::Quantity,
        )
        .within(17..=EVER, "picked", "picked", "Picked", Kind::Boolean)
        .within(0..=16, "qty_done", "quantity", "Done", Kind::Quantity)
        .within(
            0..=15,
            "product_uom_qty",
            "quantity",
            "Reserved",
            Kind::Quantity,
        )
        .within(
            16..=16,
            "reserved_uom_qty",
            "quantity",
            "Reserved",
            Kind::Quantity,
        )
        .many2one("lot_id", "Lot/Serial Number", "stock.lot")
        .many2one("package_id", "Source Package", "stock.package")
        .many2one("owner_id", "From Owner", "res.partner")
        .field("lot_name", "Lot/Serial Number Name", Kind::Char)
        .many2one("location_id", "From", "stock.location")
        .many2one("location_dest_id", "To", "stock.location")
        .field("state", "Status", Kind::Selection(MOVE_STATES));
    build.model(
        "stock.backorder.confirmation",
        "stock.backorder.confirmation",
        ("Backorder Confirmation", "stock.backorder.confirmation"),
    );
}

pub(super) fn quants(build: &mut Build) {
    let lot = match build.major {
        16.. => "stock.lot",
        _ => "stock.production.lot",
    };
    build
        .model(lot, "stock.lot", ("Lot/Serial", lot))
        .required("name", "Lot/Serial Number", Kind::Char)
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .many2one("company_id", "Company", "res.company")
        .field("ref", "Internal Reference", Kind::Char)
        .field("expiration_date", "Expiration Date", Kind::Datetime);
    let package = match build.major {
        19.. => "stock.package",
        _ => "stock.quant.package",
    };
    build
        .model(package, "stock.package", ("Package", package))
        .required("name", "Package Reference", Kind::Char);
    build
        .model("stock.quant", "stock.quant", ("Quants", "stock.quant"))
        .required("product_id", "Product", Kind::Many2one("product.product"))
        .required("location_id", "Location", Kind::Many2one("stock.location"))
        .many2one("lot_id", "Lot/Serial Number", "stock.lot")
        .many2one("package_id", "Package", "stock.package")
        .many2one("owner_id", "Owner", "res.partner")
        .field("quantity", "Quantity", Kind::Quantity)
        .field("reserved_quantity", "Reserved Quantity", Kind::Quantity)
        .field("available_quantity", "Available Quantity", Kind::Quantity)
        .field("inventory_quantity", "Counted Quantity", Kind::Quantity)
        .field("inventory_diff_quantity", "Difference", Kind::Quantity)
        .field(
            "inventory_quantity_set",
            "Inventory Quantity Set",
            Kind::Boolean,
        )
        .many2one("company_id", "Company", "res.company");
}
