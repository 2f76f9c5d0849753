//! A simulated SAP system.
//!
//! Speaks OData (`API_PRODUCT_SRV`, its successor of version 4, `API_BILL_OF_MATERIAL_SRV`,
//! `API_PROCESS_ORDER_2_SRV`) and function modules over SOAP, with the quirks of both: CSRF tokens bound to a session, versions
//! that have to be shown, decimals as text, units of changes in `$batch`, refusals in HTML, faults
//! without a word, messages inside accepted answers, numbers in the user's format. Holds
//! AdventureWorks' products and bills of materials. `/_panel` shows what arrives and makes the
//! system misbehave; it asks for no password, so listen on a loopback address unless the network is
//! trusted.

mod batch;
mod bills;
mod clock;
mod config;
mod faults;
mod handle;
mod modules;
mod orders;
mod panel;
mod products;
mod query;
mod render;
mod reply;
mod routes;
mod sessions;
mod soap;
mod world;
mod xml;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use config::Config;
pub use faults::{Access, Fault, FaultKind, Faults};
pub use handle::{Counters, Handle, Request};
pub use orders::ProcessOrder;
pub use world::{Bom, BomItem, Product};

/// How long `stop` waits for answers under way.
const GRACE: Duration = Duration::from_secs(1);

/// A simulated system before it listens.
pub struct Simulator {
    handle: Handle,
}

/// A simulated system that listens; dropping it stops it without waiting.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its inside: data, faults, clock, request log.
    pub handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
    changes: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Builds the data.
    ///
    /// # Errors
    /// When the embedded files cannot be read.
    pub fn new(config: Config) -> io::Result<Self> {
        Ok(Self {
            handle: Handle::new(config)?,
        })
    }

    /// The routes, for a caller that serves them itself.
    pub fn router(&self) -> Router {
        routes::router(self.handle.clone())
    }

    /// Builds the data and listens on the address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start(config: Config, addr: SocketAddr) -> io::Result<Running> {
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
