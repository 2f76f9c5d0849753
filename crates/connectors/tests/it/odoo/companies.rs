//! Bills of materials where a database has several companies.

use super::bills::{named, parts};
use super::manufacturing::{bills, bom, recipe};
use super::{Odoo, demo};
use serde_json::json;

#[tokio::test]
async fn a_bill_is_of_its_products_company_where_the_connection_names_none() {
    for protocol in ["json2", "jsonrpc"] {
        let odoo = Odoo::with(demo(), json!({ "protocol": protocol })).await;
        let handle = &odoo.running.handle;
        let other = json!({ "name": "The other one" });
        let other = handle.make("res.company", other).unwrap();
        for code in ["PROD-001", "RECIPE-001"] {
            let product = json!([["default_code", "=", code]]);
            let product = odoo.record("product.product", product);
            let id = product["id"].as_i64().unwrap();
            let theirs = json!({ "company_id": other });
            handle.edit("product.product", id, theirs).unwrap();
        }
        let product = json!([["default_code", "=", "PROD-001"]]);
        let product = odoo.record("product.product", product);
        let component = json!([["default_code", "=", "RM-001"]]);
        let component = odoo.record("product.product", component);
        let mut bill = json!({
            "product_tmpl_id": product["product_tmpl_id"][0],
            "bom_line_ids": [[0, 0, { "product_id": component["id"], "product_qty": 2 }]],
        });
        // The user's own.
        let refused = handle.make("mrp.bom", bill.clone()).unwrap_err();
        assert!(refused.contains("Incompatible companies"), "{refused}");
        bill["company_id"] = json!(other);
        let theirs = handle.make("mrp.bom", bill).unwrap();
        // As it should be, then changed.
        for quantity in [2, 5] {
            let push = bom(&[("RM-001", quantity)]);
            odoo.push("b-1", &push).await.unwrap();
            let name = format!("bom_PROD_2d001__2__{other}");
            assert_eq!(named(&odoo, &name), Some(theirs), "{protocol}");
            assert_eq!(bills(&odoo).len(), 1, "{protocol}");
        }
        assert_eq!(parts(&odoo, theirs), [("RM-001".to_owned(), 5.0)]);
        odoo.push("r-1", &recipe("1.0", "2", "KG")).await.unwrap();
        let name = format!("recipe_RECIPE_2d001__1_2e0__5__{other}");
        let ours = named(&odoo, &name).unwrap();
        let bill = odoo.record("mrp.bom", json!([["id", "=", ours]]));
        assert_eq!(bill["company_id"][0], other, "{protocol}");
    }
}
