//! The hand-written minimum with the same durability: COPY into a temporary table, then one guarded
//! statement into the same tables, with their indexes and foreign keys. No row-level security, no
//! reading of pages, no timeline, no statistics.

use crate::Failure;
use crate::postgres::{Database, run, wal_bytes};
use bytes::Bytes;
use futures::TryStreamExt as _;
use sqlx::PgConnection;
use std::time::Instant;

/// Rows in COPY's text form, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Rows(Vec<Bytes>);

/// Reads the result of a query.
pub(crate) async fn export(database: &Database, query: &str) -> Result<Rows, Failure> {
    let mut connection = database.admin().await?;
    let statement = format!("copy ({query}) to stdout");
    let stream = connection.copy_out_raw(&statement).await?;
    let chunks: Vec<Bytes> = stream.try_collect().await?;
    // Packets of some size: a row each would measure the sockets.
    let mut packets = Vec::new();
    let mut packet = Vec::new();
    for chunk in chunks {
        packet.extend_from_slice(&chunk);
        if packet.len() > 60_000 {
            packets.push(Bytes::from(std::mem::take(&mut packet)));
        }
    }
    packets.push(packet.into());
    Ok(Rows(packets))
}

/// One table to fill: name, columns with their types as the temporary table has them, and the
/// statement that moves them over.
pub(crate) struct Fill<'a> {
    /// Columns of the temporary table `incoming_<n>`.
    pub(crate) columns: &'a str,
    /// What moves its rows; `{incoming}` stands for its name.
    pub(crate) merge: &'a str,
    /// The rows.
    pub(crate) rows: &'a Rows,
}

/// What filling cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filled {
    /// Until the commit returned.
    pub(crate) seconds: f64,
    /// Written to the log.
    pub(crate) wal_bytes: f64,
}

/// Fills the tables in one transaction.
pub(crate) async fn fill(database: &Database, fills: &[Fill<'_>]) -> Result<Filled, Failure> {
    let mut connection = database.admin().await?;
    let before = wal_bytes(&mut connection).await?;
    let started = Instant::now();
    run(&mut connection, "begin").await?;
    for (place, one) in fills.iter().enumerate() {
        let incoming = format!("incoming_{place}");
        let columns = one.columns;
        let create = format!("create temp table {incoming} ({columns}) on commit drop");
        run(&mut connection, &create).await?;
        send(&mut connection, &incoming, one.rows).await?;
        run(&mut connection, &format!("analyze {incoming}")).await?;
        run(&mut connection, &one.merge.replace("{incoming}", &incoming)).await?;
    }
    run(&mut connection, "commit").await?;
    Ok(Filled {
        seconds: started.elapsed().as_secs_f64(),
        wal_bytes: wal_bytes(&mut connection).await? - before,
    })
}

async fn send(connection: &mut PgConnection, table: &str, rows: &Rows) -> Result<(), Failure> {
    let statement = format!("copy {table} from stdin");
    let mut copy = connection.copy_in_raw(&statement).await?;
    for packet in &rows.0 {
        copy.send(packet.as_ref()).await?;
    }
    copy.finish().await?;
    Ok(())
}
