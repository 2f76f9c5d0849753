//! Runs a command with a cluster around it.

use std::path::{Path, PathBuf};

use local_postgres::{APP_DATABASE, Cluster, Options};
use tokio::process::Command;

use crate::{
    Failure,
    signals::{self, Signals},
    temporary,
};

#[derive(clap::Args)]
pub(crate) struct Exec {
    /// Where the cluster is kept for the next time; a temporary one without this.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// A folder whose `*.sql` files are applied to the database in the order of their names.
    #[arg(long)]
    migrations: Option<PathBuf>,
    /// Gives up durability for speed. A temporary cluster is then kept in memory, in `/dev/shm`, when 4 GiB are
    /// free; `TMPDIR=/var/tmp` keeps it on disk.
    #[arg(long)]
    fast: bool,
    /// How many connections the server accepts.
    #[arg(long, default_value_t = 200)]
    max_connections: u16,
    /// The command and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl Exec {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let mut signals = Signals::catch().map_err(Failure::Prepare)?;
        let Some(kept) = &self.data_dir else {
            let temporary = temporary::create(self.fast).await?;
            let outcome = self.with_cluster(temporary.path(), &mut signals).await;
            local_postgres::erase(temporary.path()).await?;
            return outcome;
        };
        self.with_cluster(kept, &mut signals).await
    }

    async fn with_cluster(&self, data_dir: &Path, signals: &mut Signals) -> Result<u8, Failure> {
        let mut options = Options::new(data_dir);
        options.max_connections = self.max_connections;
        if self.fast {
            options = options.fast();
        }
        let cluster = tokio::select! {
            started = Cluster::start(options) => started?,
            ending = signals.next() => return Ok(signals::code_of(ending)),
        };
        let database = format!("exec_{}", std::process::id());
        let outcome = match self.prepare(&cluster, &database).await {
            Ok(()) => self.run_command(&cluster, &database, signals).await,
            Err(failure) => Err(failure),
        };
        if self.data_dir.is_some()
            && cluster.is_running()
            && let Err(error) = cluster.drop_database(&database).await
        {
            tracing::warn!("the database {database} stays until the next run: {error}");
        }
        cluster.stop().await?;
        outcome
    }

    async fn prepare(&self, cluster: &Cluster, database: &str) -> Result<(), Failure> {
        if !cluster.joined() {
            // Whatever killed runs left: nobody uses it.
            let leftovers = "select format('drop database %I', datname) from pg_database \
                where datname ~ '^exec_[0-9]+$' \\gexec";
            cluster.run_script(APP_DATABASE, leftovers, false).await?;
        }
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
        let status = signals::wait(&mut child, signals).await;
        status
            .map(signals::exit_code)
            .map_err(|source| Failure::Command {
                program: program.clone(),
                source,
            })
    }
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
