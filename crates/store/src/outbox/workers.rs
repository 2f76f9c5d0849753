//! Workers, known by a session that they keep open: what a worker holds is taken back soon after its
//! session ended, long before its lease, except for commands to ERPs. The session also hears of
//! messages queued elsewhere.

use crate::{Error, Result, Store, Tx};
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

/// First key of the advisory locks that workers hold; the second one is the worker.
const CLASS: i32 = 0x6f75_7462;
/// What is notified when messages were queued.
const CHANNEL: &str = "crossdock_outbox";
/// How long a session may take to open.
const PATIENCE: Duration = Duration::from_secs(10);

/// A worker of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Worker(u32);

impl Worker {
    /// A worker out of a fresh id.
    pub fn new(id: Uuid) -> Self {
        let bytes = id.into_bytes();
        Self(u32::from_be_bytes([
            bytes[12], bytes[13], bytes[14], bytes[15],
        ]))
    }

    /// A lease token that names the worker, out of a fresh id: it begins with the worker and is of
    /// version 8, which no token without a worker has.
    pub fn token(self, id: Uuid) -> Uuid {
        let mut bytes = id.into_bytes();
        bytes[..4].copy_from_slice(&self.0.to_be_bytes());
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// The worker that a lease token names, if it names one.
    pub fn of(token: Uuid) -> Option<Self> {
        let (first, ..) = token.as_fields();
        (token.get_version_num() == 8).then_some(Self(first))
    }

    fn key(self) -> i32 {
        self.0.cast_signed()
    }
}

/// What says that a worker is alive: a connection of its own with a lock on it.
pub struct Session {
    listener: PgListener,
}

impl Session {
    /// Opens one. None when another session of this worker is there still: try again.
    pub async fn open(store: &Store, worker: Worker) -> Result<Option<Self>> {
        let options = store.pool().connect_options().as_ref().clone();
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        let mut listener = PgListener::connect_with(&own).await?;
        // A new connection would not have the lock.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        let held = sqlx::query_scalar!(
            r#"select pg_try_advisory_lock($1, $2) as "held!""#,
            CLASS,
            worker.key(),
        )
        .fetch_one(&mut listener)
        .await?;
        Ok(held.then_some(Self { listener }))
    }

    /// Resolves when messages were queued somewhere. An error when the session is lost; what was
    /// queued meanwhile is not told.
    pub async fn heard(&mut self) -> Result<()> {
        match self.listener.try_recv().await? {
            Some(_) => Ok(()),
            None => Err(Error::Database(sqlx::Error::Io(
                std::io::ErrorKind::ConnectionAborted.into(),
            ))),
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// Tells the workers of other nodes that messages were queued. Never part of a change: commits that
/// notify wait for one another. Nothing is lost with it, so it does not wait for the disk.
pub async fn announce(store: &Store) -> Result<()> {
    sqlx::query_scalar!(
        r#"select set_config('synchronous_commit', 'off', true) || pg_notify($1, '')::text as "done""#,
        CHANNEL,
    )
    .fetch_one(store.pool())
    .await?;
    Ok(())
}

/// The tokens under which messages are held by workers that have no session. Tokens that name no
/// worker are left to their lease. Leases before `since` are known to be gone.
pub async fn abandoned(tx: &mut Tx, since: i64) -> Result<Vec<Uuid>> {
    let tokens = sqlx::query_scalar!(
        "select distinct token from erp_outbox_leases where id >= $1",
        since,
    )
    .fetch_all(tx.conn())
    .await?;
    let held: Vec<(Uuid, Worker)> = tokens
        .into_iter()
        .filter_map(|token| Some((token, Worker::of(token)?)))
        .collect();
    if held.is_empty() {
        return Ok(Vec::new());
    }
    // Read after the tokens: a worker has its session before it holds anything.
    let alive = sqlx::query_scalar!(
        r#"select objid::bigint as "worker!" from pg_locks
           where locktype = 'advisory' and classid::bigint = $1 and objsubid = 2 and granted
             and database = (select oid from pg_database where datname = current_database())"#,
        i64::from(CLASS),
    )
    .fetch_all(tx.conn())
    .await?;
    let alive: HashSet<i64> = alive.into_iter().collect();
    let gone = held
        .into_iter()
        .filter(|(_, worker)| !alive.contains(&i64::from(worker.0)));
    Ok(gone.map(|(token, _)| token).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_worker_and_other_ids_name_none() {
        let plain: Uuid = "5f0c8a51-6c2e-4c8b-9d6f-0123456789ab".parse().unwrap();
        let worker = Worker::new(plain);
        let token = worker.token(plain);
        assert_eq!(Worker::of(token), Some(worker));
        assert_eq!(Worker::of(plain), None);
        let late: Uuid = "019ac8a5-16c2-7c8b-9d6f-f123456789ab".parse().unwrap();
        assert_ne!(worker.token(late), token, "what follows is the id's");
        assert_eq!(Worker::of(late), None);
    }
}
