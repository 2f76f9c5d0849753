//! Dispatches with fifty lines each.

use crate::Failure;
use crate::postgres::{Database, run};
use std::sync::Arc;

/// Lines of a document: one page.
pub(crate) const PER_DOCUMENT: i64 = 50;

/// What there is to ask for, and for whom.
pub(crate) struct Lines {
    /// Their documents.
    pub(crate) documents: Arc<Vec<i64>>,
    /// The login that asks.
    pub(crate) user: i64,
}

impl Lines {
    /// Makes so many documents for the demo's company.
    pub(crate) async fn make(database: &Database, documents: i64) -> Result<Self, Failure> {
        let mut admin = database.admin().await?;
        run(&mut admin, ITEMS).await?;
        run(
            &mut admin,
            &DOCUMENTS.replace("{documents}", &documents.to_string()),
        )
        .await?;
        run(
            &mut admin,
            &LINES.replace("{lines}", &PER_DOCUMENT.to_string()),
        )
        .await?;
        run(&mut admin, "vacuum analyze").await?;
        let documents = sqlx::query_scalar("select id from documents order by id")
            .fetch_all(&mut admin)
            .await?;
        let user = sqlx::query_scalar("select id from users where login = 'luka'")
            .fetch_one(&mut admin)
            .await?;
        Ok(Self {
            documents: Arc::new(documents),
            user,
        })
    }
}

const ITEMS: &str = "
    insert into items (company_id, connection_id, code, name, uom, active, synced_at)
    select c.company_id, c.id, 'B' || n, 'WHITE HANGING HEART T-LIGHT HOLDER ' || n, 'KOM', true, now()
    from (select id, company_id from connections order by id limit 1) c, generate_series(1, 1000) n";

const DOCUMENTS: &str = "
    insert into documents (company_id, connection_id, kind, number, doc_type, dated_on, warehouse_name,
        warehouse_key, warehouse_id, partner_name, content_hash, imported_at, updated_at, lines_total, lines_wms)
    select c.company_id, c.id, 'dispatch', 'B-' || n, '3000', date '2026-01-01' + (n % 300)::int, 'Bench', 'BENCH',
        c.warehouse_id, 'HEARTS AND FLOWERS', sha256(n::text::bytea), now(), now(), 50, 50
    from (select id, company_id, warehouse_id from connections order by id limit 1) c,
        generate_series(1, {documents}) n";

/// Document by document, as imports leave them: a document's lines are written together.
const LINES: &str = "
    insert into document_lines (company_id, document_id, line_key, position, item_code, item_name, uom, item_id,
        match_state, exists_in_wms, wms_flag, requested)
    select d.company_id, d.id, n::text, n, i.code, i.name, 'KOM', i.id, 'code', true, true, 1 + (d.id + n) % 20
    from documents d
    cross join generate_series(1, {lines}) n
    join items i on i.company_id = d.company_id and i.code = 'B' || (1 + (d.id * 7 + n * 13) % 1000)
    order by d.id, n.n";
