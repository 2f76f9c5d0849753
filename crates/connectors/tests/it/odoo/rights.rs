//! The check tells who answers, and what the user may not do.

use super::manufacturing::{bills, bom};
use super::{Odoo, empty, of_version};
use connectors::ErrorKind;
use serde_json::json;
use simulators::odoo::Config;

#[tokio::test]
async fn a_check_tells_version_and_protocol() {
    for (major, protocol, how) in [
        (19, "auto", "Odoo 19.0, database demo, over JSON-2"),
        (19, "jsonrpc", "Odoo 19.0, database demo, over JSON-RPC"),
        (18, "auto", "Odoo 18.0, database demo, over JSON-RPC"),
        (14, "auto", "Odoo 14.0, database demo, over JSON-RPC"),
    ] {
        let config = Config { major, ..empty() };
        let odoo = Odoo::with(config, json!({ "protocol": protocol })).await;
        let report = odoo.connector.check().await.unwrap();
        assert!(report.detail.starts_with(how), "{}", report.detail);
        assert!(report.detail.contains("every right"), "{}", report.detail);
    }
}

#[tokio::test]
async fn missing_rights_are_named_with_what_they_are_for() {
    for major in [16, 19] {
        let odoo = Odoo::start(Config { major, ..empty() }).await;
        odoo.running.handle.deny("mrp.bom", "write");
        odoo.running.handle.deny("mrp.bom.line", "unlink");
        odoo.running.handle.deny("stock.move.line", "unlink");
        odoo.running.handle.deny("uom.uom", "read");
        odoo.running.handle.deny("stock.quant", "create");
        let report = odoo.connector.check().await.unwrap();
        for part in [
            "the right to write mrp.bom (for bills of materials and recipes)",
            "the right to unlink mrp.bom.line (for lines of bills)",
            "the right to unlink stock.move.line (for lots on transfers)",
            "the right to read uom.uom (for units of bills)",
            "the right to create stock.quant (for stock counts)",
        ] {
            assert!(report.detail.contains(part), "{}", report.detail);
        }
        odoo.running.handle.deny("stock.picking", "read");
        let error = odoo.connector.check().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        assert!(error.to_string().contains("stock.picking"), "{error}");
    }
}

#[tokio::test]
async fn what_is_lost_without_the_right_to_external_ids_is_told_and_nothing_more_is_needed() {
    for major in [16, 19] {
        let odoo = Odoo::start(Config { major, ..empty() }).await;
        for operation in ["read", "create"] {
            odoo.running.handle.deny("ir.model.data", operation);
        }
        let report = odoo.connector.check().await.unwrap();
        for part in [
            "every right that is needed is there",
            "the right to read, create ir.model.data",
            "known by product and reference alone",
        ] {
            assert!(report.detail.contains(part), "{}", report.detail);
        }
    }
}

#[tokio::test]
async fn a_right_that_is_missing_when_it_is_needed_is_told() {
    let odoo = Odoo::start(empty()).await;
    odoo.running.handle.deny("product.product", "read");
    let wanted = crate::support::request(domain::sync::Entity::Items, 10);
    let error = odoo.connector.pull(&wanted).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn an_account_that_may_not_make_bills_is_told_so_in_every_version() {
    for major in [14, 15, 16, 17, 18, 19] {
        let odoo = Odoo::start(of_version(major)).await;
        odoo.running.handle.deny("mrp.bom", "create");
        let push = bom(&[("RM-001", 2)]);
        let error = odoo.push("b-1", &push).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{major}");
        assert!(error.to_string().contains("Give the user"), "{error}");
        assert!(bills(&odoo).is_empty(), "{major}");
        assert_eq!(odoo.running.handle.count("ir.model.data"), 0, "{major}");
    }
}
