//! Records as the services write them, in both versions of OData.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::query::Cell;
use super::world::{Bom, BomItem, Product};

/// The services' roots, for addresses in answers.
pub(crate) const PRODUCT_V2: &str = "/sap/opu/odata/sap/API_PRODUCT_SRV";
pub(crate) const PRODUCT_V4: &str = "/sap/opu/odata4/sap/api_product/srvd_a2x/sap/product/0002";
pub(crate) const BILLS: &str = "/sap/opu/odata/sap/API_BILL_OF_MATERIAL_SRV;v=0002";

/// A product of version 2.
pub(crate) fn product_v2(product: &Product, expand: bool) -> Value {
    let path = format!("{PRODUCT_V2}/A_Product('{}')", product.code);
    let descriptions = match expand {
        true => json!({"results": descriptions(product)}),
        false => json!({"__deferred": {"uri": format!("{path}/to_Description")}}),
    };
    json!({
        "__metadata": {"id": path, "uri": path, "type": "API_PRODUCT_SRV.A_ProductType",
            "etag": etag(product.changed_at.timestamp())},
        "Product": product.code,
        "ProductType": "HALB",
        "BaseUnit": product.unit,
        "ProductGroup": product.group,
        "ProductStandardID": product.gtin,
        "IsMarkedForDeletion": product.deleted,
        "LastChangeDate": day(product.changed_at.date_naive()),
        "LastChangeDateTime": format!("/Date({}+0000)/", product.changed_at.timestamp_millis()),
        "to_Description": descriptions,
    })
}

/// A product of version 4.
pub(crate) fn product_v4(product: &Product, expand: bool) -> Value {
    let mut row = json!({
        "@odata.etag": etag(product.changed_at.timestamp()),
        "Product": product.code,
        "ProductType": "HALB",
        "BaseUnit": product.unit,
        "ProductGroup": product.group,
        "ProductStandardID": product.gtin,
        "IsMarkedForDeletion": product.deleted,
        "LastChangeDate": product.changed_at.date_naive(),
        "LastChangeDateTime": product.changed_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    if expand {
        row["_ProductDescription"] = Value::Array(descriptions(product));
    }
    row
}

fn descriptions(product: &Product) -> Vec<Value> {
    let row = |(language, text): &(String, String)| json!({"Product": product.code, "Language": language, "ProductDescription": text});
    product.descriptions.iter().map(row).collect()
}

/// What products can be filtered by.
pub(crate) fn product_cell(product: &Product, field: &str) -> Option<Cell> {
    Some(match field {
        "Product" => Cell::Text(product.code.clone()),
        "ProductGroup" => Cell::Text(product.group.clone()),
        "LastChangeDateTime" => Cell::Time(product.changed_at),
        "LastChangeDate" => Cell::Time(midnight(product.changed_at.date_naive())),
        _ => return None,
    })
}

/// A bill of materials.
pub(crate) fn bom(bom: &Bom, expand: bool) -> Value {
    let path = format!("{BILLS}/MaterialBOM{}", key(bom));
    let items = match expand {
        true => json!({"results": bom.items.iter().map(|one| item(bom, one)).collect::<Vec<_>>()}),
        false => json!({"__deferred": {"uri": format!("{path}/to_BillOfMaterialItem")}}),
    };
    json!({
        "__metadata": {"id": path, "uri": path, "etag": etag(bom.version),
            "type": "API_BILL_OF_MATERIAL_SRV.MaterialBOMType"},
        "BillOfMaterial": bom.number,
        "BillOfMaterialCategory": "M",
        "BillOfMaterialVariant": bom.variant,
        "BillOfMaterialVersion": "",
        "EngineeringChangeDocument": "",
        "Material": bom.material,
        "Plant": bom.plant,
        "BillOfMaterialVariantUsage": bom.usage,
        "BillOfMaterialStatus": "1",
        "BOMHeaderQuantityInBaseUnit": format!("{:.3}", bom.quantity),
        "BOMHeaderBaseUnit": bom.unit,
        "BOMHeaderText": bom.text,
        "BOMAlternativeText": bom.alternative_text,
        "HeaderValidityStartDate": day(bom.valid_from),
        "HeaderValidityEndDate": "/Date(253402214400000)/",
        "IsMarkedForDeletion": false,
        "LastChangeDateTime": format!("/Date({}+0000)/", bom.changed_at.timestamp_millis()),
        "to_BillOfMaterialItem": items,
    })
}

/// An item of one.
pub(crate) fn item(bom: &Bom, item: &BomItem) -> Value {
    let path = format!(
        "{BILLS}/MaterialBOMItem(BillOfMaterialItemNodeNumber='{:08}')",
        item.node
    );
    json!({
        "__metadata": {"id": path, "uri": path, "etag": etag(item.version),
            "type": "API_BILL_OF_MATERIAL_SRV.MaterialBOMItemType"},
        "BillOfMaterial": bom.number,
        "BillOfMaterialCategory": "M",
        "BillOfMaterialVariant": bom.variant,
        "BillOfMaterialVersion": "",
        "BillOfMaterialItemNodeNumber": format!("{:08}", item.node),
        "HeaderChangeDocument": "",
        "Material": bom.material,
        "Plant": bom.plant,
        "BillOfMaterialItemNumber": item.number,
        "BillOfMaterialItemCategory": item.category,
        "BillOfMaterialComponent": item.component,
        "BillOfMaterialItemQuantity": format!("{:.3}", item.quantity),
        "BillOfMaterialItemUnit": item.unit,
        "IsProductionRelevant": true,
        "IsDeleted": false,
    })
}

/// What bills can be filtered by.
pub(crate) fn bom_cell(bom: &Bom, field: &str) -> Option<Cell> {
    Some(match field {
        "BillOfMaterial" => Cell::Text(bom.number.clone()),
        "BillOfMaterialCategory" => Cell::Text("M".into()),
        "BillOfMaterialVariant" => Cell::Text(bom.variant.clone()),
        "BillOfMaterialVariantUsage" => Cell::Text(bom.usage.clone()),
        "Material" => Cell::Text(bom.material.clone()),
        "Plant" => Cell::Text(bom.plant.clone()),
        "LastChangeDateTime" => Cell::Time(bom.changed_at),
        _ => return None,
    })
}

/// The key of a bill as addresses hold it.
pub(crate) fn key(bom: &Bom) -> String {
    format!(
        "(BillOfMaterial='{}',BillOfMaterialCategory='M',BillOfMaterialVariant='{}',\
         BillOfMaterialVersion='',EngineeringChangeDocument='',Material='{}',Plant='{}')",
        bom.number, bom.variant, bom.material, bom.plant
    )
}

/// A version as an ETag.
pub(crate) fn etag(version: impl std::fmt::Display) -> String {
    format!("W/\"{version}\"")
}

fn day(day: NaiveDate) -> String {
    format!("/Date({})/", midnight(day).timestamp_millis())
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
