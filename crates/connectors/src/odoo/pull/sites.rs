//! Which warehouse a location belongs to.

use crate::Error;
use crate::odoo::orm::{Orm, Wanted};
use serde_json::json;
use std::collections::HashMap;

/// Names of warehouses by location.
#[derive(Debug, Default)]
pub(super) struct Sites(HashMap<i64, String>);

impl Sites {
    /// Reads warehouses and internal locations. A location lies in the warehouse whose view is
    /// among its parents; that holds in every version, unlike the location's own field.
    pub async fn read(orm: Orm<'_>) -> Result<Self, Error> {
        let fields = ["name", "view_location_id"];
        let warehouses = Wanted::all("stock.warehouse", json!([]), &fields);
        let mut views = HashMap::new();
        for row in orm.search_read(&warehouses).await? {
            if let (Some(view), Some(name)) = (row.link("view_location_id"), row.text("name")) {
                views.insert(view.id, name);
            }
        }
        let internal = json!([["usage", "=", "internal"]]);
        let fields = ["complete_name", "parent_path"];
        let locations = Wanted {
            context: json!({ "active_test": false }),
            ..Wanted::all("stock.location", internal, &fields)
        };
        let mut sites = HashMap::new();
        for row in orm.read_all(locations).await? {
            let path = row.text("parent_path").unwrap_or_default();
            let parents = path.split('/').filter_map(|id| id.parse::<i64>().ok());
            // The innermost one counts.
            let warehouse = parents.filter_map(|id| views.get(&id)).next_back().cloned();
            let name = warehouse.or_else(|| row.text("complete_name"));
            sites.insert(row.id(), name.unwrap_or_default());
        }
        Ok(Self(sites))
    }

    /// The warehouse's name, or the location's own when it lies in none.
    pub fn name(&self, location: i64) -> Option<&str> {
        self.0
            .get(&location)
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }
}
