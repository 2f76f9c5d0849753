//! Connections and transactions. A transaction says at its start whose rows it may see.

use crate::reading::{Readers, Reading};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::user::Caller;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Postgres, Transaction};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long anybody waits for an answer, unless told otherwise.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// How long a transaction may do nothing. A process that stands still in one (a suspended machine)
/// loses it, and with it what it keeps from the others.
const STOOD_STILL: &str = "15s";
/// How long a connection that was good when it came back to the pool needs no question.
const TRUSTED: Duration = Duration::from_secs(1);

/// The way to the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
    readers: Readers,
    wake: Arc<Wake>,
    outage: Arc<Mutex<Option<&'static str>>>,
    request_limit: Duration,
}

/// Who is woken by a commit on this node: the live tailer, the engine and the outbox, one each.
#[derive(Debug, Default)]
struct Wake {
    tailer: Notify,
    engine: Notify,
    outbox: Notify,
}

/// Whose rows a transaction may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's.
    Company(CompanyId),
    /// One tenant's, for somebody who waits: no statement runs longer than the wait, so that a
    /// request that was given up leaves nothing running.
    Request(CompanyId),
    /// The same for an act of the floor. Its statements are about a few rows each, whoever asks, so their plans are
    /// kept: planning them anew would take longer than running them.
    Act(CompanyId),
    /// Everybody's: the engine's queues, the login, the live tailer.
    System,
}

impl From<&Caller> for Scope {
    fn from(caller: &Caller) -> Self {
        Self::Request(caller.company_id)
    }
}

impl Store {
    /// Opens a pool of at most `max_connections` for transactions, and half as many for reads. Just-in-time compilation is off: over many rows it
    /// takes longer than the queries of a list or a figure themselves.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?
            .application_name("crossdock")
            .options([
                ("jit", "off"),
                ("idle_in_transaction_session_timeout", STOOD_STILL),
                // The same for one that does not take the answer.
                ("tcp_user_timeout", STOOD_STILL),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(async move {
                    if about.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        Ok(Self::new(pool))
    }

    /// Around an existing pool.
    pub fn new(pool: PgPool) -> Self {
        Self {
            readers: readers(&pool, REQUEST_LIMIT),
            pool,
            wake: Arc::default(),
            outage: Arc::default(),
            request_limit: REQUEST_LIMIT,
        }
    }

    /// The same for a server that lets requests wait so long.
    #[must_use]
    pub fn waiting_at_most(mut self, limit: Duration) -> Self {
        self.request_limit = limit;
        self.readers = readers(&self.pool, limit);
        self
    }

    /// Reads of the caller's company outside of a transaction.
    pub(crate) async fn read(&self, caller: &Caller) -> Result<Reading> {
        self.read_of(caller.company_id).await
    }

    /// Reads of a company outside of a transaction.
    pub(crate) async fn read_of(&self, company: CompanyId) -> Result<Reading> {
        self.readers.of(company).await
    }

    /// Reads through functions of the database that say themselves whose rows they see.
    pub(crate) async fn read_unbound(&self) -> Result<Reading> {
        self.readers.unbound().await
    }

    /// Closes all connections once they are not used any more.
    pub async fn close(&self) {
        self.readers.close();
        self.pool.close().await;
    }

    /// The pool, for health checks and tests.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Brings the schema up to date; nodes that start together wait for one another.
    pub async fn migrate(&self) -> Result<()> {
        sqlx::migrate!("../../migrations")
            .run(&self.pool)
            .await
            .map_err(Error::Migrate)
    }

    /// One round trip.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Notes for this node's health check why the database does not store what the engine writes
    /// ([`Error::outage`]), or that it does; true when that is news.
    pub fn note_outage(&self, outage: Option<&'static str>) -> bool {
        let mut noted = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *noted, outage) != outage
    }

    /// What was noted last.
    pub fn outage(&self) -> Option<&'static str> {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database server's time.
    pub async fn time(&self) -> Result<DateTime<Utc>> {
        Ok(sqlx::query_scalar("select clock_timestamp()")
            .fetch_one(&self.pool)
            .await?)
    }

    /// Starts a transaction that sees the scope's rows. The setting dies with the transaction, so a
    /// pooled connection never carries it on.
    pub async fn begin(&self, scope: Scope) -> Result<Tx> {
        let mut statement = match scope {
            Scope::Company(company) => {
                format!("begin; set local crossdock.company = '{}'", company.0)
            }
            Scope::Request(company) => self.begin_request(company),
            Scope::Act(company) => format!(
                "{}; set local plan_cache_mode = force_generic_plan",
                self.begin_request(company)
            ),
            Scope::System => "begin; set local crossdock.system = 'on'".to_owned(),
        };
        if let Some(correlation) = crate::trace::current() {
            // Checked by `traced`: nothing in it ends the text.
            statement.push_str(&format!(
                "; set local crossdock.correlation = '{correlation}'"
            ));
        }
        let inner = self.pool.begin_with(AssertSqlSafe(statement)).await?;
        Ok(Tx {
            inner,
            wake: Arc::clone(&self.wake),
            told: false,
            queued: false,
        })
    }

    fn begin_request(&self, company: CompanyId) -> String {
        format!(
            "begin; set local crossdock.company = '{}'; set local statement_timeout = {}",
            company.0,
            self.request_limit.as_millis().max(1)
        )
    }

    /// Resolves after a commit on this node wrote to the live feed; several commits may share one
    /// wake-up, and one that came before the call is not lost. For one waiter: the live tailer.
    pub async fn feed_written(&self) {
        self.wake.tailer.notified().await;
    }

    /// The same for the engine: there may be work. For one waiter.
    pub async fn work_arrived(&self) {
        self.wake.engine.notified().await;
    }

    /// The same for the outbox: messages were queued. For one waiter.
    pub async fn message_queued(&self) {
        self.wake.outbox.notified().await;
    }

    /// Wakes the outbox of this node: messages were queued on another one.
    pub fn wake_outbox(&self) {
        self.wake.outbox.notify_one();
    }
}

/// Half as many again as there are for transactions.
fn readers(pool: &PgPool, limit: Duration) -> Readers {
    let most = pool.options().get_max_connections().div_ceil(2);
    Readers::new(&pool.connect_options(), most, limit)
}

/// A transaction. Dropping it undoes everything.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    wake: Arc<Wake>,
    told: bool,
    queued: bool,
}

impl Tx {
    /// The connection, for the next statement.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// Marks that the feed was written, so that the commit wakes the tailer.
    pub(crate) fn told(&mut self) {
        self.told = true;
    }

    /// Marks that messages were queued, so that the commit wakes the outbox.
    pub(crate) fn queued(&mut self) {
        self.queued = true;
    }

    /// Undoes everything now, instead of when the connection is used next.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }

    /// Makes it permanent.
    pub async fn commit(self) -> Result<()> {
        self.inner.commit().await?;
        if self.told {
            self.wake.tailer.notify_one();
            self.wake.engine.notify_one();
        }
        if self.queued {
            self.wake.outbox.notify_one();
        }
        Ok(())
    }
}
