//! What can go wrong between us and the database.

/// A failed read or write.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is unreachable or refused the statement.
    #[error("the database did not answer as expected")]
    Database(#[source] sqlx::Error),
    /// No such row in the caller's scope.
    #[error("this {what} does not exist")]
    NotFound {
        /// The noun.
        what: &'static str,
    },
    /// A unique name or key is in use.
    #[error("already taken ({constraint})")]
    Taken {
        /// The constraint that says so.
        constraint: String,
    },
    /// A cursor that this list did not make.
    #[error("the cursor does not belong to this list: start from the first page")]
    BadCursor,
    /// A stored word that the code does not know.
    #[error("{table}.{column} holds the unknown word '{value}'")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database schema could not be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

impl Error {
    /// Whether trying the same again would fail the same way: the data breaks a rule of the schema.
    /// A lost connection, a restart or a deadlock is none of these.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(cause)) => {
                let code = cause.code().unwrap_or_default();
                // Classes "data exception" and "integrity constraint violation".
                code.starts_with("22") || code.starts_with("23")
            }
            Self::Database(_) | Self::Migrate(_) => false,
            Self::NotFound { .. }
            | Self::Taken { .. }
            | Self::BadCursor
            | Self::Inconsistent { .. } => true,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let taken = error
            .as_database_error()
            .filter(|cause| cause.is_unique_violation());
        match taken {
            Some(cause) => Self::Taken {
                constraint: cause.constraint().unwrap_or("unique").to_owned(),
            },
            None => Self::Database(error),
        }
    }
}

/// Reads a stored word.
pub(crate) fn word<T: std::str::FromStr>(
    table: &'static str,
    column: &'static str,
    value: &str,
) -> Result<T, Error> {
    value.parse().map_err(|_| Error::Inconsistent {
        table,
        column,
        value: value.to_owned(),
    })
}

/// Reads a stored word that may be absent.
pub(crate) fn optional_word<T: std::str::FromStr>(
    table: &'static str,
    column: &'static str,
    value: Option<&str>,
) -> Result<Option<T>, Error> {
    value.map(|value| word(table, column, value)).transpose()
}
