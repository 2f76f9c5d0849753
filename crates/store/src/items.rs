//! `items`, `item_barcodes`.

mod get;
mod list;
mod upsert;

pub use get::{get, look_up};
pub use list::list;
pub use upsert::{Written, upsert};

use crate::{Result, Tx};
use domain::barcode::barcode_key;
use domain::{CompanyId, ItemId};

/// Whether there is an item of that code.
pub async fn exists(tx: &mut Tx, company: CompanyId, code: &str) -> Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from items where company_id = $1 and code = $2) as "known!""#,
        company.0,
        code,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(known)
}

/// The item a code or a barcode means.
pub async fn find_by_scan(
    tx: &mut Tx,
    company: CompanyId,
    text: &str,
) -> Result<Option<(ItemId, String)>> {
    let row = sqlx::query!(
        "select i.id, i.code from items i
         where i.company_id = $1
           and (i.code = $2 or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $3))
         order by i.code = $2 desc
         limit 1",
        company.0,
        text.trim(),
        barcode_key(text),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (ItemId(row.id), row.code)))
}
