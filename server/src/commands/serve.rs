//! `crossdock serve`: start everything, wait for the signal, stop everything in turn.

use super::{Failure, simulate};
use crate::clock::DatabaseClock;
use crate::connection_files;
use crate::database::Database;
use crate::secret_key::SecretKey;
use crate::services::Services;
use crate::settings::Settings;
use crate::stop::StopSignal;
use crate::{telemetry, web, work};
use axum::serve::ListenerExt as _;
use engine::samples::Meter;
use metrics_exporter_prometheus::PrometheusHandle;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Seconds between two changes the demo's data makes by itself.
const DEMO_CHANGES: u64 = 30;

/// Runs until SIGTERM or SIGINT.
pub async fn run(settings: Settings) -> Result<(), Failure> {
    let mut signal = StopSignal::listen()?;
    raise_file_limit();
    if let Some(warning) = settings.monitoring.warning() {
        tracing::warn!("{warning}");
    }
    // What can fail without side effects comes first.
    let secret = SecretKey::load(&settings)?;
    let listener = listen(&settings).await?;
    let figures = telemetry::start_metrics()?;
    let limit = settings.shutdown;
    let database = Database::open_current(&settings).await?;
    let started = Parts::start(settings, &secret, &database, listener, figures).await;
    let ended = match started {
        Ok(parts) => {
            signal.arrived().await;
            tracing::info!("stopping");
            parts.stop(limit).await;
            Ok(())
        }
        Err(failure) => Err(failure),
    };
    database.close().await;
    ended
}

/// What runs, to be stopped in turn.
struct Parts {
    stop: CancellationToken,
    web: Option<JoinHandle<()>>,
    engine: JoinHandle<()>,
    figures: JoinHandle<()>,
    time: JoinHandle<()>,
    odoo: Option<simulators::odoo::Running>,
    simulator: Option<simulators::pantheon::Running>,
    sap: Option<simulators::sap::Running>,
}

impl Parts {
    async fn start(
        settings: Settings,
        secret: &SecretKey,
        database: &Database,
        listener: Option<TcpListener>,
        figures: PrometheusHandle,
    ) -> Result<Self, Failure> {
        let stop = CancellationToken::new();
        let store = &database.store;
        let time = DatabaseClock::read(store).await?;
        let clock = time.clock();
        let odoo = start_odoo(&settings).await?;
        let simulator = start_simulator(&settings).await?;
        let sap = start_sap(&settings).await?;
        // Before anything signs in with what the files replace.
        connection_files::at_start(&settings, store, secret, clock.now()).await;
        let meter = Meter::default();
        let engine = if settings.role.works() {
            work::start(
                &settings,
                store.clone(),
                &clock,
                secret,
                &meter,
                stop.clone(),
            )
        } else {
            work::announce(store.clone(), stop.clone())
        };
        let services = Services::new(settings, store.clone(), clock, secret, meter);
        let kept = keep_figures(&services, stop.clone());
        let web = listener.map(|listener| start_web(&services, listener, figures, stop.clone()));
        Ok(Self {
            stop: stop.clone(),
            web,
            engine,
            figures: kept,
            time: tokio::spawn(time.keep(stop)),
            odoo,
            simulator,
            sap,
        })
    }

    async fn stop(self, limit: Duration) {
        self.stop.cancel();
        let drained = tokio::time::timeout(limit, async {
            finish(self.web, "the web part").await;
            finish(Some(self.engine), "the worker").await;
            finish(Some(self.figures), "the history").await;
            finish(Some(self.time), "the clock").await;
        });
        if drained.await.is_err() {
            let seconds = limit.as_secs();
            tracing::warn!("not everything ended within {seconds} s; going on without");
        }
        if let Some(odoo) = self.odoo {
            odoo.stop().await;
        }
        if let Some(simulator) = self.simulator {
            simulator.stop().await;
        }
        if let Some(sap) = self.sap {
            sap.stop().await;
        }
    }
}

/// Keeps the minutes of this process for the Operations page.
fn keep_figures(services: &Services, stop: CancellationToken) -> JoinHandle<()> {
    let (clock, hub) = (services.clock.clone(), services.hub.clone());
    tokio::spawn(engine::samples::keep(
        services.store.clone(),
        services.meter.clone(),
        std::sync::Arc::new(move || clock.now()),
        Uuid::new_v4().to_string(),
        move || hub.sockets(),
        stop,
    ))
}

async fn start_odoo(settings: &Settings) -> Result<Option<simulators::odoo::Running>, Failure> {
    let Some(port) = settings.demo_odoo_port else {
        return Ok(None);
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    simulate::start_odoo(address, DEMO_CHANGES).await.map(Some)
}

async fn start_simulator(
    settings: &Settings,
) -> Result<Option<simulators::pantheon::Running>, Failure> {
    let Some(port) = settings.demo_simulator_port else {
        return Ok(None);
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    simulate::start(address, DEMO_CHANGES).await.map(Some)
}

async fn start_sap(settings: &Settings) -> Result<Option<simulators::sap::Running>, Failure> {
    let Some(port) = settings.demo_sap_port else {
        return Ok(None);
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    simulate::start_sap(address, DEMO_CHANGES).await.map(Some)
}

/// Every socket is an open file, and the usual soft limit of 1,024 is one busy site.
fn raise_file_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// A worker serves health and figures only, and goes without when a web process has the port.
async fn listen(settings: &Settings) -> Result<Option<TcpListener>, Failure> {
    let bind = settings.bind;
    match TcpListener::bind(bind).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if !settings.role.serves() => {
            tracing::warn!(%error, "no health and figures of this worker: {bind} is not free; set CROSSDOCK_BIND");
            Ok(None)
        }
        Err(error) => Err(format!(
            "cannot listen on {bind}: {error}; stop what uses it or set CROSSDOCK_BIND"
        )
        .into()),
    }
}

fn start_web(
    services: &Services,
    listener: TcpListener,
    figures: PrometheusHandle,
    stop: CancellationToken,
) -> JoinHandle<()> {
    let serves = services.settings.role.serves();
    let live = serves.then(|| tokio::spawn(services.hub.clone().run(stop.clone())));
    let routes = if serves {
        web::router(services, Some(figures))
    } else {
        web::watch_router(services, Some(figures))
    };
    // Small live messages must not wait for a fuller packet.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may wait");
        }
    });
    tracing::info!("serving on {}", services.settings.address());
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned());
    tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the web part ended");
        }
        finish(live, "the live link").await;
    })
}

async fn finish(part: Option<JoinHandle<()>>, name: &str) {
    let Some(part) = part else { return };
    match part.await {
        Ok(()) => tracing::debug!("{name} ended"),
        Err(error) => tracing::error!(%error, "{name} ended badly"),
    }
}
