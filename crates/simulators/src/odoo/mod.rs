//! A simulated Odoo server.
//!
//! Speaks JSON-2 (`POST /json/2/<model>/<method>`) as Odoo 19 does and JSON-RPC (`POST /jsonrpc`)
//! as all versions do, on the models that stock and manufacturing need: records with their rules,
//! domains, external ids, inventory adjustments, transfers with lots and backorders. `/_panel`
//! shows what was written and makes the server misbehave; it asks for no password, so listen on a
//! loopback address unless the network is trusted.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use simulators::odoo::{Config, Fault, FaultKind, Simulator};
//!
//! let running = Simulator::start(Config::default(), ([127, 0, 0, 1], 0).into()).await?;
//! running.faults().add(Fault::times(FaultKind::LostAnswer, 1).on("button_validate"));
//! println!("listening on {}", running.url());
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod change;
mod config;
mod database;
mod demo;
mod domain;
mod fault;
mod faults;
mod handle;
mod load;
mod methods;
mod panel;
mod places;
mod records;
mod routes;
mod schema;
mod stock;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use change::Changes;
pub use config::{Config, Data};
pub use faults::{Fault, FaultKind, Faults};
pub use handle::{Counters, Handle};

/// How long `stop` waits for answers under way.
const GRACE: Duration = Duration::from_secs(1);

/// A simulated server before it listens.
pub struct Simulator {
    handle: Handle,
}

/// A simulated server that listens; dropping it stops it without waiting.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its inside: data, faults, clock, counters.
    pub handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
    changes: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Builds the data. Fails when the embedded files cannot be read.
    pub fn new(config: Config) -> io::Result<Self> {
        Ok(Self {
            handle: Handle::new(config)?,
        })
    }

    /// The server's inside, usable before and while it runs.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// The routes, for a caller that serves them itself.
    pub fn router(&self) -> Router {
        routes::router(self.handle.clone())
    }

    /// Builds the data and listens on the address; port 0 takes a free one.
    ///
    /// Fails when the address is taken or the data cannot be read.
    pub async fn start(config: Config, addr: SocketAddr) -> io::Result<Running> {
        // Listening comes first: a taken port is told before the data is built.
        let listener = TcpListener::bind(addr).await?;
        let simulator = tokio::task::spawn_blocking(move || Self::new(config))
            .await
            .map_err(io::Error::other)??;
        simulator.serve(listener)
    }

    fn serve(self, listener: TcpListener) -> io::Result<Running> {
        let addr = listener.local_addr()?;
        if !addr.ip().is_loopback() {
            tracing::warn!(%addr, "the fault panel asks for no password and can be reached from the network");
        }
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "small answers may wait");
            }
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(listener, self.router()).with_graceful_shutdown(async {
            // A dropped sender is an order to stop as well.
            let _ = stopped.await;
        });
        let changes = self.handle.config().mutate_every.map(|every| {
            let handle = self.handle.clone();
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(every).await;
                    handle.tick();
                }
            })
        });
        Ok(Running {
            addr,
            handle: self.handle,
            stop: Some(stop),
            server: tokio::spawn(server.into_future()),
            changes,
        })
    }
}

impl Running {
    /// Base address, `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.handle.faults()
    }

    /// Stops listening, lets answers under way finish for a second, and frees the port.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(changes) = &self.changes {
            changes.abort();
        }
    }
}
