//! The catalogue: first load, a full pass with a tenth changed, a full pass with nothing changed.

mod peers;

use crate::engine_child::{Worked, work};
use crate::limit::{Fill, Filled, Rows, export, fill};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, rows_written, run as sql, wal_bytes};
use crate::simulate::Upstream;
use crate::site::Site;
use crate::statistics::median;
use crate::{Effort, Failure};
use domain::sync::{Entity, SyncMode};
use peers::Merged;

const TABLES: [&str; 2] = ["items", "item_barcodes"];
const ITEMS: &str = "select company_id, connection_id, code, name, uom, supplier, supplier_code, \
    class, description, active, changed_at, synced_at from items";
const BARCODES: &str = "select i.code, b.key, b.barcode from item_barcodes b \
    join items i on i.id = b.item_id";
const ITEM_COLUMNS: &str = "company_id bigint, connection_id bigint, code text, name text, uom text, \
    supplier text, supplier_code text, class text, description text, active boolean, \
    changed_at timestamptz, synced_at timestamptz";
const MERGE_ITEMS: &str = "insert into items as t (company_id, connection_id, code, name, uom, supplier, \
    supplier_code, class, description, active, changed_at, synced_at) \
    select * from {incoming} \
    on conflict (company_id, code) do update set connection_id = excluded.connection_id, \
    name = excluded.name, uom = excluded.uom, supplier = excluded.supplier, \
    supplier_code = excluded.supplier_code, class = excluded.class, \
    description = excluded.description, active = excluded.active, \
    changed_at = excluded.changed_at, synced_at = excluded.synced_at \
    where (t.connection_id, t.name, t.uom, t.supplier, t.supplier_code, t.class, t.description, \
    t.active, t.changed_at) is distinct from (excluded.connection_id, excluded.name, excluded.uom, \
    excluded.supplier, excluded.supplier_code, excluded.class, excluded.description, \
    excluded.active, excluded.changed_at)";
const BARCODE_COLUMNS: &str = "code text, key text, barcode text";
const MERGE_BARCODES: &str = "insert into item_barcodes as t (company_id, key, item_id, barcode) \
    select i.company_id, n.key, i.id, n.barcode from {incoming} n join items i on i.code = n.code \
    on conflict (company_id, key) do update set item_id = excluded.item_id, barcode = excluded.barcode \
    where (t.item_id, t.barcode) is distinct from (excluded.item_id, excluded.barcode)";

/// What one round found.
struct Round {
    ours: Ours,
    same_rows: Limit,
    items_only: Limit,
    delta: Filled,
    dlt: Merged,
}

struct Ours {
    load: Worked,
    resync: Worked,
    resync_wal: f64,
    unchanged: Worked,
    unchanged_wal: f64,
    unchanged_rows: i64,
}

struct Limit {
    load: Filled,
    resync: Filled,
}

/// What the upstream held before and after the change.
struct Content {
    items: Rows,
    barcodes: Rows,
}

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let (count, rounds) = if effort.quick {
        (20_000, 1)
    } else {
        (200_000, effort.rounds)
    };
    let mut found = Vec::new();
    for number in 1..=rounds {
        eprintln!("catalogue: round {number} of {rounds}");
        found.push(round(count).await?);
    }
    let mut outcome = Outcome::new(
        &format!("Catalogue of {} items", thousands(f64::from(count))),
        "The engine reads JSON pages of 1,000 over HTTP from the simulator, its rate limit off, and \
         commits page by page, with row-level security, figures, live events and the memory of what \
         a full pass has met. The limit is COPY of the same rows into a temporary table and one \
         guarded `ON CONFLICT` into the same tables with their indexes and foreign keys, everything \
         in one transaction; once with the barcodes, which have a table of their own and are half of \
         the rows, and once without. dlt merges the same pages, read from files, with its \
         defaults, which give the barcodes a table too. Between the passes every database is vacuumed and \
         analysed, as autovacuum does in the hours between two syncs. Bytes of the log are \
         differences of its position.",
        effort.quick,
    );
    outcome.rows = rows(f64::from(count), &found);
    outcome.keep("catalogue")
}

async fn round(count: u32) -> Result<Round, Failure> {
    let server = Server::get()?;
    let mut upstream = Upstream::start(&["--items", &count.to_string()]).await?;
    let database = server.migrated("bench_catalogue").await?;
    let site = Site::set_up(&database, &upstream.url, 1_000.0).await?;
    site.close().await;
    let fresh = server.copy("bench_catalogue_fresh", &database).await?;
    let site = Site::set_up(&database, &upstream.url, 1_000.0).await?;
    checkpoint(&database).await?;

    let pages = peers::Pages::new("catalogue")?;
    pages.fetch(&upstream.url, "before").await?;
    let load = pass(&site, &database).await?;
    let before = content(&database).await?;
    let touched = upstream.touch(100).await?;
    pages.fetch(&upstream.url, "after").await?;
    settle(&database).await?;
    let mut admin = database.admin().await?;
    let start = wal_bytes(&mut admin).await?;
    let resync = pass(&site, &database).await?;
    let resync_wal = wal_bytes(&mut admin).await? - start;
    let after = content(&database).await?;
    let delta = export(
        &database,
        &format!("{ITEMS} where description like 'Izmjena %'"),
    )
    .await?;
    settle(&database).await?;
    let written = rows_written(&mut admin, &TABLES).await?;
    let start = wal_bytes(&mut admin).await?;
    let unchanged = pass(&site, &database).await?;
    let ours = Ours {
        load,
        resync,
        resync_wal,
        unchanged,
        unchanged_wal: wal_bytes(&mut admin).await? - start,
        unchanged_rows: rows_written(&mut admin, &TABLES).await? - written,
    };
    if touched != usize::try_from(count / 10)? {
        return Err(format!("{touched} of {count} items changed, not a tenth").into());
    }
    site.close().await;
    upstream.end().await?;
    drop(admin);
    database.drop().await?;

    let same_rows = limit(&server, &fresh, &before, &after, true).await?;
    let items_only = limit(&server, &fresh, &before, &after, false).await?;
    let delta = pure_delta(&server, &fresh, &before, &delta).await?;
    fresh.drop().await?;
    let dlt = peers::dlt(&server, &pages).await?;
    Ok(Round {
        ours,
        same_rows,
        items_only,
        delta,
        dlt,
    })
}

async fn pass(site: &Site, database: &Database) -> Result<Worked, Failure> {
    let run = site.request(Entity::Items, SyncMode::Full).await?;
    let worked = work(database).await?;
    site.figures(run).await?;
    Ok(worked)
}

async fn content(database: &Database) -> Result<Content, Failure> {
    Ok(Content {
        items: export(database, ITEMS).await?,
        barcodes: export(database, BARCODES).await?,
    })
}

async fn limit(
    server: &Server,
    fresh: &Database,
    before: &Content,
    after: &Content,
    with_barcodes: bool,
) -> Result<Limit, Failure> {
    let database = server.copy("bench_catalogue_limit", fresh).await?;
    checkpoint(&database).await?;
    let load = write(&database, before, with_barcodes).await?;
    settle(&database).await?;
    let resync = write(&database, after, with_barcodes).await?;
    database.drop().await?;
    Ok(Limit { load, resync })
}

async fn write(
    database: &Database,
    content: &Content,
    with_barcodes: bool,
) -> Result<Filled, Failure> {
    let fills = [
        items(&content.items),
        Fill {
            columns: BARCODE_COLUMNS,
            merge: MERGE_BARCODES,
            rows: &content.barcodes,
        },
    ];
    fill(database, if with_barcodes { &fills } else { &fills[..1] }).await
}

fn items(rows: &Rows) -> Fill<'_> {
    Fill {
        columns: ITEM_COLUMNS,
        merge: MERGE_ITEMS,
        rows,
    }
}

/// The changed rows alone: what the change itself has to cost.
async fn pure_delta(
    server: &Server,
    fresh: &Database,
    before: &Content,
    delta: &Rows,
) -> Result<Filled, Failure> {
    let database = server.copy("bench_catalogue_delta", fresh).await?;
    checkpoint(&database).await?;
    write(&database, before, true).await?;
    settle(&database).await?;
    let filled = fill(&database, &[items(delta)]).await?;
    database.drop().await?;
    Ok(filled)
}

/// From here on the next checkpoint is far away: no page is written whole to the log twice.
async fn checkpoint(database: &Database) -> Result<(), Failure> {
    sql(&mut database.admin().await?, "checkpoint").await?;
    Ok(())
}

/// What autovacuum does between two syncs, done now so that it does not fall into a measurement.
async fn settle(database: &Database) -> Result<(), Failure> {
    sql(&mut database.admin().await?, "vacuum (analyze)").await?;
    Ok(())
}

fn rows(count: f64, rounds: &[Round]) -> Vec<Row> {
    let of =
        |figure: &dyn Fn(&Round) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
    let rate = |seconds: f64| format!("{} rows/s", thousands(count / seconds));
    let compare =
        |what: &str, ours: &dyn Fn(&Round) -> f64, other: &str, theirs: &dyn Fn(&Round) -> f64| {
            let ratio = of(&|round| theirs(round) / ours(round));
            let row = Row::new(what, rate(of(ours)))
                .beside(format!("{other}: {}", rate(of(theirs))), ratio);
            (row, ratio)
        };
    let load = |round: &Round| round.ours.load.seconds;
    let resync = |round: &Round| round.ours.resync.seconds;
    let same = "COPY + guarded ON CONFLICT of the same rows";
    let only = "the same without barcodes";
    let mut rows = Vec::new();
    for (what, ours, theirs, items_only, dlt) in [
        (
            "First load",
            &load as &dyn Fn(&Round) -> f64,
            &(|round: &Round| round.same_rows.load.seconds) as &dyn Fn(&Round) -> f64,
            &(|round: &Round| round.items_only.load.seconds) as &dyn Fn(&Round) -> f64,
            &(|round: &Round| round.dlt.load) as &dyn Fn(&Round) -> f64,
        ),
        (
            "Full pass, 10 % changed",
            &resync,
            &|round: &Round| round.same_rows.resync.seconds,
            &|round: &Round| round.items_only.resync.seconds,
            &|round: &Round| round.dlt.resync,
        ),
    ] {
        let (row, ratio) = compare(what, ours, same, theirs);
        rows.push(row.bar("≥ 0.6", ratio >= 0.6));
        rows.push(compare(what, ours, only, items_only).0);
        let (row, ratio) = compare(what, ours, "dlt", dlt);
        rows.push(row.bar("≥ 10", ratio >= 10.0));
        let most = of(&|round| dlt(round) / theirs(round));
        rows.push(Row::new(
            format!("{what}: the limit beside dlt"),
            format!("{most:.1} times"),
        ));
    }
    rows.extend(log_rows(&of));
    let unchanged = of(&|round| round.ours.unchanged.seconds);
    rows.push(Row::new("Full pass, nothing changed", rate(unchanged)));
    let cpu = of(&|round| round.ours.load.cpu_seconds) / count * 1e6;
    rows.push(Row::new(
        "Engine's processor time, first load",
        format!("{cpu:.1} µs a row"),
    ));
    let peak = of(&|round| round.ours.load.peak_mb);
    rows.push(Row::new(
        "Engine's peak memory, first load",
        format!("{peak:.0} MB"),
    ));
    rows
}

/// The median over the rounds of what a function reads from one.
type Median<'a> = &'a dyn Fn(&dyn Fn(&Round) -> f64) -> f64;

fn log_rows(of: Median<'_>) -> Vec<Row> {
    let megabytes = |bytes: f64| format!("{:.2} MB", bytes / 1e6);
    let ours = of(&|round| round.ours.resync_wal);
    let delta = of(&|round| round.delta.wal_bytes);
    let ratio = of(&|round| round.ours.resync_wal / round.delta.wal_bytes);
    let naive = of(&|round| round.same_rows.resync.wal_bytes);
    let dlt = of(&|round| round.dlt.resync_wal);
    let unchanged = of(&|round| round.ours.unchanged_wal);
    let written = of(&|round| round.ours.unchanged_rows as f64);
    vec![
        Row::new("Log of the full pass, 10 % changed", megabytes(ours))
            .beside(
                format!("the changed rows alone: {}", megabytes(delta)),
                ratio,
            )
            .bar("≤ 1.5", ratio <= 1.5),
        Row::new("Log of the full pass, 10 % changed", megabytes(ours)).beside(
            format!("COPY + guarded ON CONFLICT: {}", megabytes(naive)),
            ours / naive,
        ),
        Row::new("Log of the full pass, 10 % changed", megabytes(ours))
            .beside(format!("dlt: {}", megabytes(dlt)), ours / dlt),
        Row::new("Log of the unchanged pass", megabytes(unchanged))
            .bar("< 0.2 MB", unchanged < 0.2e6),
        Row::new(
            "Catalogue rows written by the unchanged pass",
            thousands(written),
        )
        .bar("0", written < 0.5),
    ]
}
