//! A private PostgreSQL for as long as somebody holds it.

use std::{
    fs::{self, File},
    path::Path,
    time::Duration,
};

use nix::sys::signal::Signal;

use crate::{
    APP_DATABASE, APP_ROLE, Binaries, Error, Options, binaries,
    home::Home,
    initialise,
    psql::Psql,
    secret,
    server::{self, Server},
    watch,
};

/// How long to wait for another process that starts or stops the same cluster when stopping.
pub(crate) const STOP_LIMIT: Duration = Duration::from_secs(60);

/// A running server. [`Cluster::stop`] ends it properly; dropping it asks the server to stop and
/// does not wait. Either way it goes on while other processes use the same data directory.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    home: Home,
    options: Options,
    pub(crate) server: Server,
    pub(crate) passwords: Passwords,
    joined: bool,
    /// A shared lock; empty once this value no longer counts as a user.
    users: Option<File>,
}

pub(crate) struct Passwords {
    pub(crate) superuser: String,
    pub(crate) app: String,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl Cluster {
    /// Starts the cluster in this data directory: initialises it at the first start, recovers from
    /// whatever the last run left, joins the server that another process runs there, adopts one
    /// whose users were all killed. Role and database [`APP_ROLE`] exist afterwards.
    ///
    /// # Errors
    /// Every [`Error`] says what to do about it. On an error nothing is left running.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let home = Home::open(&options.data_dir, options.account.as_deref())?;
        let starting = home.lock_start(options.start_limit).await?;
        let users = home.open_lock("users.lock")?;
        let alone = users.try_lock().is_ok();
        let found = initialise::major_of(&home.cluster())?;
        let binaries = binaries::find_for(found.as_deref())?;
        initialise::check_major(&home.cluster(), found.as_deref(), &binaries)?;
        let passwords = Passwords {
            superuser: secret::read_or_create(&home.file("superuser.password"), home.account())?,
            app: secret::read_or_create(&home.file("crossdock.password"), home.account())?,
        };
        if found.is_none() {
            initialise::initialise(&home, &binaries, &options, &passwords.superuser).await?;
        }
        let server = server_for(&home, &binaries, &options, alone).await?;
        let mut cluster = Self {
            binaries,
            home,
            options,
            server,
            passwords,
            joined: !alone,
            users: None,
        };
        if alone {
            cluster.provision().await?;
        }
        cluster.become_user(users)?;
        drop(starting);
        tracing::info!("PostgreSQL is ready on 127.0.0.1:{}", cluster.server.port);
        Ok(cluster)
    }

    /// Turns the exclusive lock of a start, if this was one, into a user's shared lock.
    fn become_user(&mut self, users: File) -> Result<(), Error> {
        users
            .unlock()
            .and_then(|()| users.lock_shared())
            .map_err(Error::file("lock", self.home.file("users.lock")))?;
        self.users = Some(users);
        self.server.on_trial = false;
        Ok(())
    }

    /// Makes role and database exist with the passwords that the files hold.
    async fn provision(&self) -> Result<(), Error> {
        let Passwords { superuser, app } = &self.passwords;
        let script = format!(
            "set log_min_error_statement = panic;\n\
             select 'create role {APP_ROLE} login' \
              where not exists (select from pg_roles where rolname = '{APP_ROLE}') \\gexec\n\
             alter role {APP_ROLE} login nosuperuser createdb nobypassrls password '{app}';\n\
             alter role postgres password '{superuser}';\n\
             select 'create database {APP_DATABASE} owner {APP_ROLE}' \
              where not exists (select from pg_database where datname = '{APP_DATABASE}') \\gexec\n"
        );
        self.psql()
            .run("postgres", "postgres", &script, false)
            .await
    }

    fn psql(&self) -> Psql<'_> {
        Psql {
            binaries: &self.binaries,
            home: &self.home,
            socket_dir: self.server.socket_dir.clone(),
            port: self.server.port,
        }
    }

    /// Creates a database owned by [`APP_ROLE`]. The name is quoted, so any will do.
    ///
    /// # Errors
    /// [`Error::Failed`] with PostgreSQL's words, for instance when it exists.
    pub async fn create_database(&self, name: &str) -> Result<(), Error> {
        let script = format!("create database {} owner {APP_ROLE};", quoted(name));
        self.psql()
            .run("postgres", "postgres", &script, false)
            .await
    }

    /// Drops a database, ending its sessions; a missing one is no error.
    ///
    /// # Errors
    /// [`Error::Failed`] with PostgreSQL's words.
    pub async fn drop_database(&self, name: &str) -> Result<(), Error> {
        let script = format!("drop database if exists {} with (force);", quoted(name));
        self.psql()
            .run("postgres", "postgres", &script, false)
            .await
    }

    /// Runs a script as [`APP_ROLE`] and stops at its first error; in one transaction when asked.
    ///
    /// # Errors
    /// [`Error::Failed`] with the place and PostgreSQL's words.
    pub async fn run_script(
        &self,
        database: &str,
        script: &str,
        one_transaction: bool,
    ) -> Result<(), Error> {
        self.psql()
            .run(APP_ROLE, database, script, one_transaction)
            .await
    }

    /// The TCP port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// The process id of the server.
    pub fn pid(&self) -> i32 {
        self.server.pid
    }

    /// The programs it runs with.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The folder with all its files, links resolved.
    pub fn home(&self) -> &Path {
        self.home.dir()
    }

    /// Whether the server's process still runs.
    pub fn is_running(&self) -> bool {
        self.server.is_running(&self.home)
    }

    /// Resolves when the server's process is gone without this value having stopped it, so that a
    /// long-running program can [`Cluster::restart`] it.
    pub async fn ended(&mut self) {
        self.server.ended(&self.home).await;
    }

    /// Whether another process used the server already when this one started.
    pub fn joined(&self) -> bool {
        self.joined
    }

    /// Stops the server if it runs and starts it again on the same port, for all its users.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub async fn restart(&mut self) -> Result<(), Error> {
        let _starting = self.home.lock_start(self.options.start_limit).await?;
        // One that died already is still to be waited for, or its process id would look taken.
        if self.server.is_child() || self.is_running() {
            self.server.shut_down(&self.home).await?;
        }
        let port = self.server.port;
        self.server = server::launch(&self.home, &self.binaries, &self.options, port).await?;
        self.server.on_trial = false;
        Ok(())
    }

    /// Stops the server unless another process uses it, and waits until it is gone.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when the server does not go.
    pub async fn stop(mut self) -> Result<(), Error> {
        let _starting = self.home.lock_start(STOP_LIMIT).await?;
        if !self.leave() || !(self.server.is_child() || self.is_running()) {
            return Ok(());
        }
        tracing::info!("stopping PostgreSQL");
        self.server.shut_down(&self.home).await
    }

    /// Has the server stopped some seconds after the last process that uses it ended, however it
    /// ended. For test processes, which come and go and none of which is the last one knowingly.
    ///
    /// # Errors
    /// [`Error::Run`] when no shell can be started.
    pub fn stop_when_unused(&self) -> Result<(), Error> {
        match self.server.is_child() {
            true => watch::spawn(&self.home, self.server.pid),
            // Whoever launched it has seen to that.
            false => Ok(()),
        }
    }

    /// Lets the server run on without this process. The next [`Cluster::start`] finds it.
    pub fn leave_running(mut self) {
        self.users = None;
    }

    /// Gives up the shared lock; true when nobody else holds one, so that the server can go.
    fn leave(&mut self) -> bool {
        self.users
            .take()
            .is_some_and(|users| users.unlock().is_ok() && users.try_lock().is_ok())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.users.is_none() {
            return;
        }
        // While another process starts or stops the cluster, that process decides.
        let starting = self.home.open_lock("start.lock");
        let quiet = starting.is_ok_and(|lock| lock.try_lock().is_ok());
        if quiet && self.leave() && self.is_running() {
            self.server.signal(Signal::SIGINT);
        }
    }
}

/// The server that runs already, where it will do, else a fresh one.
async fn server_for(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
    alone: bool,
) -> Result<Server, Error> {
    let settings = home.file("settings");
    if let Some(mut server) = server::running(home, options.start_limit).await? {
        if !alone {
            tracing::info!("joining the PostgreSQL that another process runs here");
            return Ok(server);
        }
        if fs::read_to_string(&settings).is_ok_and(|text| text == options.fingerprint()) {
            tracing::info!("adopting the PostgreSQL that an earlier run left behind");
            return Ok(server);
        }
        tracing::info!(
            "restarting the PostgreSQL that an earlier run left behind with other settings"
        );
        server.shut_down(home).await?;
    }
    secret::write_private(&settings, &options.fingerprint(), home.account())?;
    server::launch(home, binaries, options, 0).await
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
