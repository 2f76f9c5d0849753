//! Runs a command with a private PostgreSQL around it; see `local-postgres --help`.

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use clap::{Parser, Subcommand};
use local_postgres::{Cluster, Error, Options};
use tokio::{
    process::{Child, Command},
    signal::unix::{Signal, SignalKind, signal},
};

/// A private PostgreSQL for scripts and tests.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Runs a command with DATABASE_URL set to a fresh database, then removes the database and
    /// stops the server. CROSSDOCK_TEST_DATABASE_URL is set to the superuser's address.
    Exec(Exec),
    /// Stops the server of a data directory, whoever uses it.
    Stop {
        /// The data directory.
        #[arg(long)]
        data_dir: PathBuf,
    },
    /// Stops the server of a data directory and deletes its data.
    Erase {
        /// The data directory.
        #[arg(long)]
        data_dir: PathBuf,
    },
}

#[derive(clap::Args)]
struct Exec {
    /// Where the cluster is kept for the next time; a temporary one without this.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// A folder whose `*.sql` files are applied to the database in the order of their names.
    #[arg(long)]
    migrations: Option<PathBuf>,
    /// Gives up durability for speed.
    #[arg(long)]
    fast: bool,
    /// How many connections the server accepts.
    #[arg(long, default_value_t = 200)]
    max_connections: u16,
    /// The command and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Postgres(#[from] Error),
    #[error("cannot read {}: {source}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("migration {} failed: {source}", path.display())]
    Migration { path: PathBuf, source: Error },
    #[error("cannot run `{program}`: {source}")]
    Command {
        program: String,
        source: std::io::Error,
    },
    #[error("cannot prepare: {0}")]
    Prepare(std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let outcome = match Arguments::parse().action {
        Action::Exec(exec) => exec.run().await,
        Action::Stop { data_dir } => stop(&data_dir).await,
        Action::Erase { data_dir } => erase(&data_dir).await,
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("error: {failure}");
            let mut source = std::error::Error::source(&failure);
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn stop(data_dir: &Path) -> Result<u8, Failure> {
    match local_postgres::stop(data_dir).await? {
        true => eprintln!("stopped PostgreSQL in {}", data_dir.display()),
        false => eprintln!("no PostgreSQL runs in {}", data_dir.display()),
    }
    Ok(0)
}

async fn erase(data_dir: &Path) -> Result<u8, Failure> {
    local_postgres::erase(data_dir).await?;
    Ok(0)
}

/// The signals that end this program, caught from the beginning so that none is missed.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn catch() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> nix::sys::signal::Signal {
        use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
        tokio::select! {
            _ = self.interrupt.recv() => SIGINT,
            _ = self.terminate.recv() => SIGTERM,
            _ = self.hangup.recv() => SIGHUP,
        }
    }
}

impl Exec {
    async fn run(self) -> Result<u8, Failure> {
        let mut signals = Signals::catch().map_err(Failure::Prepare)?;
        let temporary = match &self.data_dir {
            Some(_) => None,
            None => Some(temporary::create().await?),
        };
        let data_dir = match (&self.data_dir, &temporary) {
            (Some(kept), _) => kept.clone(),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => PathBuf::from("."),
        };
        let outcome = self.with_cluster(&data_dir, &mut signals).await;
        if temporary.is_some() {
            local_postgres::erase(&data_dir).await?;
        }
        outcome
    }

    async fn with_cluster(&self, data_dir: &Path, signals: &mut Signals) -> Result<u8, Failure> {
        let mut options = Options::new(data_dir);
        options.max_connections = self.max_connections;
        if self.fast {
            options = options.fast();
        }
        let cluster = tokio::select! {
            started = Cluster::start(options) => started?,
            ending = signals.next() => return Ok(code_of(ending)),
        };
        let database = format!("exec_{}", std::process::id());
        let outcome = tokio::select! {
            prepared = self.prepare(&cluster, &database) => match prepared {
                Ok(()) => self.run_command(&cluster, &database, signals).await,
                Err(failure) => Err(failure),
            },
        };
        if self.data_dir.is_some() && cluster.is_running() {
            cluster.drop_database(&database).await?;
        }
        cluster.stop().await?;
        outcome
    }

    async fn prepare(&self, cluster: &Cluster, database: &str) -> Result<(), Failure> {
        // A killed run of the same process id may have left one.
        cluster.drop_database(database).await?;
        cluster.create_database(database).await?;
        if let Some(folder) = &self.migrations {
            for path in sql_files(folder)? {
                apply(cluster, database, &path).await?;
            }
        }
        Ok(())
    }

    async fn run_command(
        &self,
        cluster: &Cluster,
        database: &str,
        signals: &mut Signals,
    ) -> Result<u8, Failure> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Ok(0);
        };
        let mut child = Command::new(program)
            .args(arguments)
            .env("DATABASE_URL", cluster.url_of(database))
            .env("CROSSDOCK_TEST_DATABASE_URL", cluster.socket_admin_url())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| Failure::Command {
                program: program.clone(),
                source,
            })?;
        let status = wait(&mut child, signals).await;
        status.map(exit_code).map_err(|source| Failure::Command {
            program: program.clone(),
            source,
        })
    }
}

/// Waits for the command; passes a signal on to it and gives it ten seconds then.
async fn wait(child: &mut Child, signals: &mut Signals) -> std::io::Result<ExitStatus> {
    let ending = tokio::select! {
        status = child.wait() => return status,
        ending = signals.next() => ending,
    };
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), ending);
    }
    match tokio::time::timeout(Duration::from_secs(10), child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            child.start_kill()?;
            child.wait().await
        }
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code).unwrap_or(1)
}

/// What a shell reports for a program ended by this signal.
fn code_of(signal: nix::sys::signal::Signal) -> u8 {
    u8::try_from(128 + signal as i32).unwrap_or(1)
}

fn sql_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = |source| Failure::Read {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        let name = path.to_string_lossy();
        if name.ends_with(".sql") && !name.ends_with(".down.sql") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Applies one file in a transaction of its own, unless its first line asks for none.
async fn apply(cluster: &Cluster, database: &str, path: &Path) -> Result<(), Failure> {
    let script = std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })?;
    let one_transaction = !script.starts_with("-- no-transaction");
    cluster
        .run_script(database, &script, one_transaction)
        .await
        .map_err(|source| Failure::Migration {
            path: path.to_owned(),
            source,
        })
}

/// Directories of runs without `--data-dir`.
mod temporary {
    use std::{fs::File, io, path::Path};

    use super::Failure;

    const PREFIX: &str = "crossdock-exec-";

    /// A directory that is locked as long as its run lives.
    pub(super) struct Temporary {
        folder: tempfile::TempDir,
        _lock: File,
    }

    impl Temporary {
        pub(super) fn path(&self) -> &Path {
            self.folder.path()
        }
    }

    /// Makes a fresh directory, after clearing up those of killed runs.
    pub(super) async fn create() -> Result<Temporary, Failure> {
        clear_up().await;
        make().map_err(Failure::Prepare)
    }

    fn make() -> io::Result<Temporary> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        // The server's account has to pass through when this program is root.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
        let lock = File::create(folder.path().join("run.lock"))?;
        lock.lock()?;
        Ok(Temporary {
            folder,
            _lock: lock,
        })
    }

    async fn clear_up() {
        let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let ours = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
            let abandoned =
                || File::open(path.join("run.lock")).is_ok_and(|lock| lock.try_lock().is_ok());
            if ours && abandoned() && local_postgres::erase(&path).await.is_ok() {
                let _ = std::fs::remove_dir_all(&path);
            }
        }
    }
}
