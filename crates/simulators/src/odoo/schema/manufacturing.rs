//! Bills of materials.

use super::Kind;
use super::build::Build;

pub(super) fn bills(build: &mut Build) {
    const TYPES: &[&str] = &["normal", "phantom"];
    build
        .model("mrp.bom", "mrp.bom", ("Bill of Material", "mrp.bom"))
        .required(
            "product_tmpl_id",
            "Product",
            Kind::Many2one("product.template"),
        )
        .many2one("product_id", "Product Variant", "product.product")
        .field("code", "Reference", Kind::Char)
        .field("type", "BoM Type", Kind::Selection(TYPES))
        .required("product_qty", "Quantity", Kind::Quantity)
        .many2one("product_uom_id", "Unit", "uom.uom")
        .many2one("company_id", "Company", "res.company")
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
        .many2one("bom_id", "Parent BoM", "mrp.bom")
        .required("product_id", "Component", Kind::Many2one("product.product"))
        .required("product_qty", "Quantity", Kind::Quantity)
        .many2one("product_uom_id", "Unit", "uom.uom")
        .field("sequence", "Sequence", Kind::Integer);
}
