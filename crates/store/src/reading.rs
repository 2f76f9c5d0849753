//! Single reads, without a transaction around each. Their connections stay in one tenant's sight between two
//! reads, so that most need one round trip where a transaction needs four. They can write nothing.

use crate::Result;
use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult,
    Timeouts,
};
use domain::CompanyId;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::query::{Map, QueryAs, QueryScalar};
use sqlx::{Connection as _, FromRow, IntoArguments, PgConnection, Postgres};
use std::time::{Duration, Instant};

/// How long anybody waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection that answered its last read needs no question.
const TRUSTED: Duration = Duration::from_secs(1);

/// The connections for reads.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Pool<Opener>);

/// Opens them, and looks at each before it is used again.
#[derive(Debug)]
struct Opener(PgConnectOptions);

/// One of them.
#[derive(Debug)]
struct Reader {
    inner: PgConnection,
    /// Whose rows it sees; none sees nobody's.
    company: Option<CompanyId>,
    /// A read has begun and no answer was read to its end.
    unanswered: bool,
    /// When the last one was.
    answered: Instant,
}

/// Reads of one tenant's rows, each a statement of its own. A connection of which a read failed or was given up
/// is closed instead of used again: nobody waits for what is left of it.
#[derive(Debug)]
pub(crate) struct Reading(Object<Opener>);

impl Readers {
    /// At most so many connections, opened when they are needed; no read takes longer than `limit`.
    pub(crate) fn new(options: &PgConnectOptions, most: u32, limit: Duration) -> Self {
        let limit = limit.as_millis().max(1).to_string();
        let opener = Opener(options.clone().options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", limit.as_str()),
        ]));
        let config = PoolConfig {
            max_size: usize::try_from(most.max(1)).unwrap_or(1),
            timeouts: Timeouts {
                wait: Some(PATIENCE),
                create: Some(PATIENCE),
                recycle: Some(PATIENCE),
            },
            queue_mode: QueueMode::Lifo,
        };
        let pool = Pool::builder(opener)
            .config(config)
            .runtime(Runtime::Tokio1)
            .build();
        #[expect(
            clippy::expect_used,
            reason = "only timeouts without a runtime are refused"
        )]
        Self(pool.expect("a runtime"))
    }

    /// For rows of one tenant.
    pub(crate) async fn of(&self, company: CompanyId) -> Result<Reading> {
        let mut reading = self.unbound().await?;
        if reading.0.company != Some(company) {
            reading.0.company = None;
            let id = company.0.to_string();
            let set = sqlx::query_scalar!(
                r#"select set_config('crossdock.company', $1, false) as "set!""#,
                id
            );
            reading.one(set).await?;
            reading.0.company = Some(company);
        }
        Ok(reading)
    }

    /// For functions of the database that say themselves whose rows they see: here it may be anybody's.
    pub(crate) async fn unbound(&self) -> Result<Reading> {
        let reader = self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => sqlx::Error::PoolClosed,
            PoolError::Timeout(_)
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => sqlx::Error::PoolTimedOut,
        })?;
        Ok(Reading(reader))
    }

    /// Closes them as they come back, and opens none any more.
    pub(crate) fn close(&self) {
        self.0.close();
    }
}

impl Manager for Opener {
    type Type = Reader;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<Reader> {
        Ok(Reader {
            inner: PgConnection::connect_with(&self.0).await?,
            company: None,
            unanswered: false,
            answered: Instant::now(),
        })
    }

    async fn recycle(&self, reader: &mut Reader, _: &Metrics) -> RecycleResult<sqlx::Error> {
        if reader.unanswered {
            return Err(RecycleError::message("a read was not answered"));
        }
        if reader.answered.elapsed() > TRUSTED {
            reader.inner.ping().await?;
            reader.answered = Instant::now();
        }
        Ok(())
    }
}

impl Reader {
    fn ask(&mut self) -> &mut PgConnection {
        self.unanswered = true;
        &mut self.inner
    }

    fn heard(&mut self) {
        self.unanswered = false;
        self.answered = Instant::now();
    }
}

impl Reading {
    /// All rows.
    pub(crate) async fn all<O>(&mut self, question: impl Question<O>) -> Result<Vec<O>> {
        let rows = question.all(self.0.ask()).await?;
        self.0.heard();
        Ok(rows)
    }

    /// The only row; none is an error.
    pub(crate) async fn one<O>(&mut self, question: impl Question<O>) -> Result<O> {
        let row = question.optional(self.0.ask()).await?;
        self.0.heard();
        Ok(row.ok_or(sqlx::Error::RowNotFound)?)
    }

    /// The row, if there is one.
    pub(crate) async fn optional<O>(&mut self, question: impl Question<O>) -> Result<Option<O>> {
        let row = question.optional(self.0.ask()).await?;
        self.0.heard();
        Ok(row)
    }
}

/// A statement that answers with rows: what the macros and the builder of `sqlx` make.
pub(crate) trait Question<O>: Send {
    fn all(self, inner: &mut PgConnection) -> impl Future<Output = sqlx::Result<Vec<O>>> + Send;
    fn optional(
        self,
        inner: &mut PgConnection,
    ) -> impl Future<Output = sqlx::Result<Option<O>>> + Send;
}

impl<F, O, A> Question<O> for Map<'_, Postgres, F, A>
where
    F: FnMut(PgRow) -> sqlx::Result<O> + Send,
    O: Send + Unpin,
    A: Send + IntoArguments<Postgres>,
{
    async fn all(self, inner: &mut PgConnection) -> sqlx::Result<Vec<O>> {
        self.fetch_all(inner).await
    }

    async fn optional(self, inner: &mut PgConnection) -> sqlx::Result<Option<O>> {
        self.fetch_optional(inner).await
    }
}

impl<O, A> Question<O> for QueryAs<'_, Postgres, O, A>
where
    O: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    A: Send + IntoArguments<Postgres>,
{
    async fn all(self, inner: &mut PgConnection) -> sqlx::Result<Vec<O>> {
        self.fetch_all(inner).await
    }

    async fn optional(self, inner: &mut PgConnection) -> sqlx::Result<Option<O>> {
        self.fetch_optional(inner).await
    }
}

impl<O, A> Question<O> for QueryScalar<'_, Postgres, O, A>
where
    O: Send + Unpin,
    (O,): for<'r> FromRow<'r, PgRow>,
    A: Send + IntoArguments<Postgres>,
{
    async fn all(self, inner: &mut PgConnection) -> sqlx::Result<Vec<O>> {
        self.fetch_all(inner).await
    }

    async fn optional(self, inner: &mut PgConnection) -> sqlx::Result<Option<O>> {
        self.fetch_optional(inner).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scope, Store};
    use testkit::db::TestDatabase;

    /// One connection, so that every read gets what the last one left.
    fn alone(database: &TestDatabase) -> Readers {
        Readers::new(&database.pool().connect_options(), 1, PATIENCE)
    }

    async fn companies(database: &TestDatabase) -> Vec<CompanyId> {
        let mut tx = Store::new(database.pool())
            .begin(Scope::System)
            .await
            .unwrap();
        let insert = "insert into companies (name) values ('one'), ('other') returning id";
        let ids: Vec<i64> = sqlx::query_scalar(insert)
            .fetch_all(tx.conn())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        ids.into_iter().map(CompanyId).collect()
    }

    #[tokio::test]
    async fn a_read_sees_its_own_company_whoever_read_before() {
        let database = TestDatabase::create().await;
        let readers = alone(&database);
        for company in companies(&database).await {
            for _ in 0..2 {
                let mut reading = readers.of(company).await.unwrap();
                let seen = sqlx::query_scalar("select id from companies");
                assert_eq!(reading.all::<i64>(seen).await.unwrap(), [company.0]);
            }
        }
    }

    #[tokio::test]
    async fn a_read_writes_nothing() {
        let database = TestDatabase::create().await;
        let one = companies(&database).await[0];
        let mut reading = alone(&database).of(one).await.unwrap();
        let change = sqlx::query_scalar("update companies set name = 'changed' returning id");
        let refused = reading.all::<i64>(change).await.unwrap_err();
        assert_eq!(refused.outage(), Some("it takes no changes"));
    }

    #[tokio::test]
    async fn a_read_that_was_given_up_holds_nobody_up() {
        let database = TestDatabase::create().await;
        let one = companies(&database).await[0];
        let readers = alone(&database);
        let whose = || sqlx::query_scalar("select pg_backend_pid()");
        let mut reading = readers.of(one).await.unwrap();
        let first: i32 = reading.one(whose()).await.unwrap();
        let long = reading.one::<String>(sqlx::query_scalar("select pg_sleep(60)::text"));
        tokio::time::timeout(Duration::from_millis(50), long)
            .await
            .unwrap_err();
        drop(reading);
        let mut reading = readers.of(one).await.unwrap();
        let second: i32 = reading.one(whose()).await.unwrap();
        assert_ne!(first, second);
        drop(reading);
        let mut reading = readers.of(one).await.unwrap();
        assert_eq!(reading.one::<i32>(whose()).await.unwrap(), second);
    }
}
