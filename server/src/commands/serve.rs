//! `crossdock serve`: start everything, wait for the signal, stop everything in turn.

use super::{Failure, simulate};
use crate::clock::Clock;
use crate::database::Database;
use crate::secret_key::SecretKey;
use crate::services::Services;
use crate::settings::Settings;
use crate::stop::stop_signal;
use crate::{telemetry, web, work};
use axum::serve::ListenerExt as _;
use metrics_exporter_prometheus::PrometheusHandle;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Seconds between two changes the demo's data makes by itself.
const DEMO_CHANGES: u64 = 30;

/// Runs until SIGTERM or SIGINT.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    raise_file_limit();
    // What can fail without side effects comes first.
    let secret = SecretKey::load(&settings)?;
    let listener = match settings.role.serves() {
        true => Some(listen(&settings).await?),
        false => None,
    };
    let figures = telemetry::start_metrics()?;
    let database = Database::open_current(&settings).await?;
    let served = serve(settings, &secret, &database, listener, figures).await;
    database.close().await;
    served
}

async fn serve(
    settings: Settings,
    secret: &SecretKey,
    database: &Database,
    listener: Option<TcpListener>,
    figures: PrometheusHandle,
) -> Result<(), Failure> {
    let clock = Clock::system();
    let stop = CancellationToken::new();
    let simulator = match settings.demo_simulator_port {
        Some(port) => {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            Some(simulate::start(address, DEMO_CHANGES).await?)
        }
        None => None,
    };
    let limit = settings.shutdown;
    let engine = settings.role.works().then(|| {
        work::start(
            &settings,
            database.store.clone(),
            &clock,
            secret,
            stop.clone(),
        )
    });
    let web = match listener {
        Some(listener) => {
            let address = settings.address();
            let services = Services::new(settings, database.store.clone(), clock, secret);
            let web = start_web(services, listener, figures, stop.clone());
            tracing::info!("serving on {address}");
            Some(web)
        }
        None => None,
    };
    stop_signal().await;
    tracing::info!("stopping");
    stop.cancel();
    let drained = tokio::time::timeout(limit, async {
        finish(web, "the web part").await;
        finish(engine, "the worker").await;
    });
    if drained.await.is_err() {
        tracing::warn!(
            "not everything ended within {} s; going on without",
            limit.as_secs()
        );
    }
    if let Some(simulator) = simulator {
        simulator.stop().await;
    }
    Ok(())
}

/// Every socket is an open file, and the usual soft limit of 1,024 is one busy site.
fn raise_file_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

async fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    TcpListener::bind(settings.bind).await.map_err(|error| {
        let bind = settings.bind;
        format!("cannot listen on {bind}: {error}; stop what uses it or set CROSSDOCK_BIND").into()
    })
}

fn start_web(
    services: Services,
    listener: TcpListener,
    figures: PrometheusHandle,
    stop: CancellationToken,
) -> JoinHandle<()> {
    tokio::spawn(services.hub.clone().run(stop.clone()));
    let routes =
        web::router(&services, Some(figures)).into_make_service_with_connect_info::<SocketAddr>();
    // Small live messages must not wait for a fuller packet.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may wait");
        }
    });
    let server = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned());
    tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the web part ended");
        }
    })
}

async fn finish(part: Option<JoinHandle<()>>, name: &str) {
    let Some(part) = part else { return };
    match part.await {
        Ok(()) => tracing::debug!("{name} ended"),
        Err(error) => tracing::error!(%error, "{name} ended badly"),
    }
}
