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
    /// What is wrong with the database itself, in words, where neither the statement nor its data is at
    /// fault: it is away, restarts, or has no room. The same works once that is over.
    pub fn outage(&self) -> Option<&'static str> {
        match self {
            Self::Database(sqlx::Error::Database(cause)) => {
                outage_of(&cause.code().unwrap_or_default())
            }
            Self::Database(
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed,
            ) => Some("it cannot be reached"),
            _ => None,
        }
    }

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

/// By SQLSTATE.
fn outage_of(code: &str) -> Option<&'static str> {
    match (code, code.get(..2)?) {
        ("53100", _) => Some("its disk is full"),
        ("53200", _) => Some("it has no memory left"),
        ("53300", _) => Some("it takes no more connections"),
        ("25006", _) => Some("it takes no changes"),
        (_, "53") => Some("it has no resources left"),
        (_, "08") | ("57P01" | "57P02" | "57P03" | "57P05", _) => Some("it is being restarted"),
        (_, "58") => Some("it cannot use its files"),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_database_is_told_apart_from_what_is_wrong_with_a_statement() {
        assert_eq!(outage_of("53100"), Some("its disk is full"));
        assert_eq!(outage_of("57P02"), Some("it is being restarted"));
        assert_eq!(outage_of("53400"), Some("it has no resources left"));
        for ours in ["22021", "23505", "40P01", "42703", "57014", "", "5"] {
            assert_eq!(outage_of(ours), None, "{ours}");
        }
        let away = Error::from(sqlx::Error::PoolTimedOut);
        assert_eq!(away.outage(), Some("it cannot be reached"));
        assert_eq!(Error::BadCursor.outage(), None);
    }
}
