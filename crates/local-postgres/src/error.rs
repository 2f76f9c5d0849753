//! What can go wrong, each with a way on.

use std::{io, path::PathBuf};

/// Why a private PostgreSQL could not be found, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No server programs on this machine.
    #[error(
        "PostgreSQL {minimum} or newer is not installed: install it (Debian, Ubuntu: `apt-get install postgresql`; \
         Fedora: `dnf install postgresql-server`; macOS: `brew install postgresql@17`), or set PG_BIN to the folder \
         that holds `postgres`, or set DATABASE_URL to use a server that runs elsewhere",
        minimum = crate::MINIMUM_MAJOR
    )]
    NotInstalled,
    /// Server programs were found, all of them too old.
    #[error(
        "PostgreSQL {version} in {} is too old: install version {minimum} or newer, or set PG_BIN to the folder that holds it",
        bin.display(),
        minimum = crate::MINIMUM_MAJOR
    )]
    TooOld {
        /// The newest version found, as its `--version` says.
        version: String,
        /// The folder it is in.
        bin: PathBuf,
    },
    /// `PG_BIN` is set and does not lead to usable programs.
    #[error(
        "PG_BIN names {}, where `postgres`, `initdb` and `psql` of version {minimum} or newer were not found: \
         point it at the folder that holds them, or unset it",
        bin.display(),
        minimum = crate::MINIMUM_MAJOR
    )]
    PgBin {
        /// The folder named by `PG_BIN`.
        bin: PathBuf,
    },
    /// The data was written by a PostgreSQL of another major version.
    #[error(
        "the data in {} was written by PostgreSQL {found}, this machine has {installed}: {keep}move the data over with \
         `pg_upgrade` or with `pg_dump` and `psql`, or start afresh with `--reset`, which deletes it",
        cluster.display(),
        keep = keeping(found)
    )]
    OtherMajor {
        /// The directory with the data.
        cluster: PathBuf,
        /// The major version that wrote it.
        found: String,
        /// The newest major version installed.
        installed: u32,
    },
    /// A directory stands where the data belongs, and PostgreSQL did not make it.
    #[error(
        "{} is not a PostgreSQL data directory: move it away or choose another data directory",
        path.display()
    )]
    NotACluster {
        /// The directory in the way.
        path: PathBuf,
    },
    /// The account asked for does not exist.
    #[error(
        "the account `{name}` does not exist: PostgreSQL cannot run as root, so set CROSSDOCK_PG_USER to an \
         unprivileged account of this machine, or start Crossdock as an ordinary user"
    )]
    NoAccount {
        /// The name that was looked up.
        name: String,
    },
    /// The data belongs to another account.
    #[error(
        "{} belongs to the account `{owner}`: start Crossdock as that account or as root, or choose another data directory",
        path.display()
    )]
    OtherOwner {
        /// The directory with the data.
        path: PathBuf,
        /// Name or number of its owner.
        owner: String,
    },
    /// The account that runs PostgreSQL cannot reach the data.
    #[error(
        "the account `{account}`, which runs PostgreSQL, cannot enter {}: allow it with `chmod o+x` on the folders \
         above, or choose a data directory it can reach",
        path.display()
    )]
    Unreachable {
        /// The directory with the data.
        path: PathBuf,
        /// The account.
        account: String,
    },
    /// No safe folder for the Unix socket.
    #[error(
        "no private folder for PostgreSQL's socket could be made as {}: remove what stands there, or choose a data \
         directory with a shorter path",
        path.display()
    )]
    SocketFolder {
        /// The folder that was tried last.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot {doing} {}: check permissions and free space", path.display())]
    File {
        /// What was attempted.
        doing: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program could not be run at all.
    #[error("cannot run {}: check that it is installed and may be executed", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program ended with an error.
    #[error("`{program}` failed; it said: {output}")]
    Failed {
        /// The program.
        program: String,
        /// The end of what it printed.
        output: String,
    },
    /// The server ended while starting.
    #[error("PostgreSQL did not start; the end of {} says: {tail}", log.display())]
    Start {
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// Something took longer than allowed.
    #[error(
        "{what} took longer than {seconds} s: look into {} and try again",
        log.display()
    )]
    TimedOut {
        /// What was waited for.
        what: &'static str,
        /// The limit in seconds.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
    },
    /// The operating system gave no random bytes for a password.
    #[error(
        "the operating system gave no random bytes for a password: check that /dev/urandom can be read"
    )]
    Random {
        /// What the system said.
        source: io::Error,
    },
}

/// How data stays as it is: opened by programs of the version that wrote it, where that is one we work with.
fn keeping(found: &str) -> String {
    match found.parse::<u32>() {
        Ok(major) if major >= crate::MINIMUM_MAJOR => format!(
            "install PostgreSQL {found} (both can stay), or set PG_BIN to the folder that holds its `postgres`, and \
             nothing has to be deleted. Otherwise "
        ),
        _ => String::new(),
    }
}

impl Error {
    /// For `map_err` around file operations.
    pub(crate) fn file(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            doing,
            path,
            source,
        }
    }
}
