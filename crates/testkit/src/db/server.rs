//! The server that the test databases live on.

use std::{env, path::PathBuf, str::FromStr as _};

use local_postgres::{APP_ROLE, Cluster, Options};
use sqlx::{
    ConnectOptions as _, Connection as _,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::sync::OnceCell;

use super::{Failure, run};

/// A role for servers that the tests did not start and whose `crossdock` role, if there is one,
/// has a password unknown here.
const GUEST_ROLE: &str = "crossdock_test";

/// How to connect.
pub(super) struct Server {
    /// As the superuser, to the database `postgres`.
    pub(super) admin: PgConnectOptions,
    /// As the application's role.
    pub(super) app: PgConnectOptions,
    /// Held until the process ends, so that the server is known to be in use.
    _cluster: Option<Cluster>,
}

/// The server of this process, found or started at the first call.
pub(super) async fn get() -> Result<&'static Server, Failure> {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER
        .get_or_try_init(|| async {
            match env::var("CROSSDOCK_TEST_DATABASE_URL") {
                Ok(url) if !url.is_empty() => given(&url).await,
                _ => shared().await,
            }
        })
        .await
}

async fn given(url: &str) -> Result<Server, Failure> {
    let admin = PgConnectOptions::from_str(url)?.ssl_mode(PgSslMode::Prefer);
    if admin.get_socket().is_some() {
        return Ok(trusting(admin, None));
    }
    let mut connection = admin.clone().connect().await?;
    run(
        &mut connection,
        format!(
            "do $$ begin create role {GUEST_ROLE} login createdb password '{GUEST_ROLE}'; \
             exception when duplicate_object or unique_violation then null; end $$"
        ),
    )
    .await?;
    connection.close().await?;
    Ok(Server {
        app: admin.clone().username(GUEST_ROLE).password(GUEST_ROLE),
        admin,
        _cluster: None,
    })
}

/// Starts the shared server, or joins the one that another test process has started.
async fn shared() -> Result<Server, Failure> {
    let mut options = Options::new(cache().join("test-postgres")).fast();
    options.max_connections = 300;
    let cluster = Cluster::start(options).await?;
    cluster.stop_when_unused()?;
    let admin = PgConnectOptions::from_str(&cluster.socket_admin_url())?;
    Ok(trusting(admin, Some(cluster)))
}

/// Over its socket, a private server trusts whoever reaches it.
fn trusting(admin: PgConnectOptions, cluster: Option<Cluster>) -> Server {
    Server {
        app: admin.clone().username(APP_ROLE),
        admin,
        _cluster: cluster,
    }
}

/// The same place as `scripts/env.sh` chooses.
fn cache() -> PathBuf {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let base = named("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| named("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(env::temp_dir);
    named("CROSSDOCK_CACHE").map_or_else(|| base.join("crossdock"), PathBuf::from)
}
