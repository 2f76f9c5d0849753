//! People, companies, units and products.

use super::Kind;
use super::build::{Build, EVER};

const TRACKING: &[&str] = &["none", "lot", "serial"];

pub(super) fn people(build: &mut Build) {
    build
        .model("res.users", "res.users", ("User", "res.users"))
        .required("login", "Login", Kind::Char)
        .field("name", "Name", Kind::Char)
        .many2one("company_id", "Company", "res.company");
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
        .many2one("country_id", "Country", "res.country")
        .many2one("company_id", "Company", "res.company")
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
    // What units are converted within.
    match build.major {
        19.. => build.field("parent_path", "Parent Path", Kind::Char),
        _ => build.many2one("category_id", "Category", "uom.category"),
    };
    build
        .model(
            "uom.category",
            "uom.category",
            ("Product UoM Categories", "uom.category"),
        )
        .required("name", "Unit of Measure Category", Kind::Char);
    build
        .model(
            "product.category",
            "product.category",
            ("Product Category", "product.category"),
        )
        .required("name", "Name", Kind::Char);
}

pub(super) fn product(build: &mut Build) {
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
            .many2one("uom_id", "Unit", "uom.uom")
            .many2one("categ_id", "Product Category", "product.category")
            .many2one("company_id", "Company", "res.company")
            .field("qty_available", "Quantity On Hand", Kind::Float);
        if !template {
            build.many2one("product_tmpl_id", "Product Template", "product.template");
        }
    }
}
