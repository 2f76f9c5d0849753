//! A year of real invoices as dispatches.

use crate::engine_child::{Worked, work};
use crate::limit::{Fill, Filled, Rows, export, fill};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, rows_written, run as sql, wal_bytes};
use crate::simulate::Upstream;
use crate::site::Site;
use crate::statistics::median;
use crate::{Effort, Failure};
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::Config;

const TABLES: [&str; 4] = ["documents", "document_lines", "tasks", "timeline_entries"];
const LINES: &str = "select id, company_id, document_id, line_key, position, item_code, item_name, uom, \
    item_id, match_state, exists_in_wms, wms_flag, requested from document_lines";
const LINE_COLUMNS: &str = "id bigint, company_id bigint, document_id bigint, line_key text, \
    position int, item_code text, item_name text, uom text, item_id bigint, match_state text, \
    exists_in_wms boolean, wms_flag boolean, requested numeric";
/// The table's unique constraint is deferrable, so `ON CONFLICT` cannot use it.
const MERGE_LINES: &str = "insert into document_lines (id, company_id, document_id, line_key, position, \
    item_code, item_name, uom, item_id, match_state, exists_in_wms, wms_flag, requested) \
    overriding system value \
    select n.* from {incoming} n where (n.document_id, n.line_key) not in \
    (select document_id, line_key from document_lines)";
const HEADERS: &str = "select id, company_id, connection_id, kind, number, doc_type, dated_on, \
    warehouse_name, warehouse_key, warehouse_id, partner_name, partner2_name, responsible, erp_status, \
    note, content_hash, imported_at, updated_at, lines_total, lines_wms from documents";
const HEADER_COLUMNS: &str = "id bigint, company_id bigint, connection_id bigint, kind text, \
    number text, doc_type text, dated_on date, warehouse_name text, warehouse_key text, \
    warehouse_id bigint, partner_name text, partner2_name text, responsible text, erp_status text, \
    note text, content_hash bytea, imported_at timestamptz, updated_at timestamptz, lines_total int, \
    lines_wms int";
const MERGE_HEADERS: &str = "insert into documents (id, company_id, connection_id, kind, number, \
    doc_type, dated_on, warehouse_name, warehouse_key, warehouse_id, partner_name, partner2_name, \
    responsible, erp_status, note, content_hash, imported_at, updated_at, lines_total, lines_wms) \
    overriding system value select * from {incoming} \
    on conflict (connection_id, kind, number, doc_type, dated_on) do nothing";

struct Round {
    first: Worked,
    again: Worked,
    again_rows: i64,
    again_wal: f64,
    documents: f64,
    lines: f64,
    limit: Filled,
}

struct Content {
    headers: Rows,
    lines: Rows,
}

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let server = Server::get()?;
    let rounds = if effort.quick { 1 } else { effort.rounds };
    let upstream = Upstream::start(&["--year"]).await?;
    let prepared = prepare(&server, &upstream).await?;
    let mut found = Vec::new();
    for number in 1..=rounds {
        eprintln!("import: round {number} of {rounds}");
        found.push(round(&server, &upstream, &prepared).await?);
    }
    upstream.end().await?;
    prepared.drop().await?;
    let mut outcome = Outcome::new(
        "A year of invoices as dispatches",
        "All invoices of the Online Retail set, negative lines included, in pages of 1,000 documents \
         over HTTP, with the catalogue already in place and most documents leaving from the \
         configured warehouse: lines are matched, judged and counted, tasks made, the timeline \
         written. The limit is COPY of the finished headers and lines into temporary tables and one \
         guarded insert each into the same tables with their indexes and foreign keys, in one \
         transaction: it matches nothing and makes neither tasks nor timeline. The engine runs in a \
         process of its own; its memory is the kernel's peak of that process.",
        effort.quick,
    );
    outcome.rows = rows(&found);
    outcome.keep("import")
}

/// A database with the catalogue and the warehouse's name answered.
async fn prepare(server: &Server, upstream: &Upstream) -> Result<Database, Failure> {
    let database = server.migrated("bench_import_base").await?;
    let site = Site::set_up(&database, &upstream.url, 1_000.0).await?;
    let run = site.request(Entity::Items, SyncMode::Full).await?;
    work(&database).await?;
    site.figures(run).await?;
    site.map_warehouse(&Config::default().main_warehouse)
        .await?;
    site.close().await;
    sql(&mut database.admin().await?, "vacuum (analyze)").await?;
    Ok(database)
}

async fn round(
    server: &Server,
    upstream: &Upstream,
    prepared: &Database,
) -> Result<Round, Failure> {
    let database = server.copy("bench_import", prepared).await?;
    let site = Site::set_up(&database, &upstream.url, 1_000.0).await?;
    let mut admin = database.admin().await?;
    sql(&mut admin, "checkpoint").await?;
    let first = pass(&site, &database).await?;
    let content = Content {
        headers: export(&database, HEADERS).await?,
        lines: export(&database, LINES).await?,
    };
    sql(&mut admin, "vacuum (analyze)").await?;
    let written = rows_written(&mut admin, &TABLES).await?;
    let start = wal_bytes(&mut admin).await?;
    let again = pass(&site, &database).await?;
    let again_wal = wal_bytes(&mut admin).await? - start;
    let again_rows = rows_written(&mut admin, &TABLES).await? - written;
    let count = async |table: &str| -> Result<f64, Failure> {
        let statement = format!("select count(*)::float8 from {table}");
        let mut admin = database.admin().await?;
        Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .fetch_one(&mut admin)
            .await?)
    };
    let (documents, lines) = (count("documents").await?, count("document_lines").await?);
    site.close().await;
    drop(admin);
    database.drop().await?;
    Ok(Round {
        first,
        again,
        again_rows,
        again_wal,
        documents,
        lines,
        limit: limit(server, prepared, &content).await?,
    })
}

async fn pass(site: &Site, database: &Database) -> Result<Worked, Failure> {
    let run = site.request(Entity::Dispatches, SyncMode::Full).await?;
    let worked = work(database).await?;
    site.figures(run).await?;
    Ok(worked)
}

async fn limit(server: &Server, prepared: &Database, content: &Content) -> Result<Filled, Failure> {
    let database = server.copy("bench_import_limit", prepared).await?;
    sql(&mut database.admin().await?, "checkpoint").await?;
    let fills = [
        Fill {
            columns: HEADER_COLUMNS,
            merge: MERGE_HEADERS,
            rows: &content.headers,
        },
        Fill {
            columns: LINE_COLUMNS,
            merge: MERGE_LINES,
            rows: &content.lines,
        },
    ];
    let filled = fill(&database, &fills).await?;
    database.drop().await?;
    Ok(filled)
}

fn rows(rounds: &[Round]) -> Vec<Row> {
    let of =
        |figure: &dyn Fn(&Round) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
    let (documents, lines) = (of(&|round| round.documents), of(&|round| round.lines));
    let rate = |seconds: f64| format!("{} lines/s", thousands(lines / seconds));
    let ours = of(&|round| round.first.seconds);
    let limit = of(&|round| round.limit.seconds);
    let ratio = of(&|round| round.limit.seconds / round.first.seconds);
    let peak = of(&|round| round.first.peak_mb);
    let again_rows = of(&|round| round.again_rows as f64);
    vec![
        Row::new(
            format!(
                "{} documents, {} lines",
                thousands(documents),
                thousands(lines)
            ),
            rate(ours),
        )
        .beside(format!("COPY + guarded insert: {}", rate(limit)), ratio),
        Row::new("Time of the import", format!("{ours:.1} s")),
        Row::new("Engine's peak memory", format!("{peak:.0} MB")).bar("≤ 100 MB", peak <= 100.0),
        Row::new(
            "Second, unchanged import",
            rate(of(&|round| round.again.seconds)),
        ),
        Row::new("Rows it wrote", thousands(again_rows)).bar("0", again_rows < 0.5),
        Row::new(
            "Log it wrote",
            format!("{:.2} MB", of(&|round| round.again_wal) / 1e6),
        ),
    ]
}
