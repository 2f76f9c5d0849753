//! What a value can mean.

use crate::error::word;
use crate::{Result, Store};
use domain::mapping::MappingKind;
use domain::user::Caller;

/// Kind, code and name of our sites and units; items are too many to list.
pub async fn choices(store: &Store, caller: &Caller) -> Result<Vec<(MappingKind, String, String)>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            r#"select 'warehouse' as "kind!", code as "code!", name as "name!" from warehouses
               where company_id = $1 and id = any($2)
               union all
               select 'uom', code, name from uoms where company_id = $1
               order by 1, 3, 2
               limit 1000"#,
            caller.company_id.0,
            &caller.warehouse_ids(),
        ))
        .await?;
    rows.into_iter()
        .map(|row| Ok((word("mappings", "kind", &row.kind)?, row.code, row.name)))
        .collect()
}
