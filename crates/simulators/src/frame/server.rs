//! A simulated system before it listens, and while it does.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{Faults, System};

/// How long `stop` waits for answers under way.
const GRACE: Duration = Duration::from_secs(1);

/// A simulated system before it listens.
pub struct Simulator<S: System> {
    handle: S,
}

/// A simulated system that listens; dropping it stops it without waiting.
pub struct Running<S: System> {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Its inside: data, faults, clock, what arrived.
    pub handle: S,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<io::Result<()>>,
    changes: Option<JoinHandle<()>>,
}

impl<S: System> Simulator<S> {
    /// Builds the data.
    ///
    /// # Errors
    /// When the files the data comes from cannot be read.
    pub fn new(config: S::Config) -> io::Result<Self> {
        Ok(Self {
            handle: S::build(config)?,
        })
    }

    /// The system's inside, usable before and while it runs.
    #[must_use]
    pub fn handle(&self) -> S {
        self.handle.clone()
    }

    /// The routes, for a caller that serves them itself.
    pub fn router(&self) -> Router {
        self.handle.clone().router()
    }

    /// Builds the data and listens on the address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is taken or the data cannot be read.
    pub async fn start(config: S::Config, addr: SocketAddr) -> io::Result<Running<S>> {
        // Listening comes first: a taken port is told before the data is built.
        let listener = TcpListener::bind(addr).await?;
        let simulator = tokio::task::spawn_blocking(move || Self::new(config))
            .await
            .map_err(io::Error::other)??;
        simulator.serve(listener)
    }

    fn serve(self, listener: TcpListener) -> io::Result<Running<S>> {
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
        Ok(Running {
            addr,
            changes: change(&self.handle),
            handle: self.handle,
            stop: Some(stop),
            server: tokio::spawn(server.into_future()),
        })
    }
}

/// Lets time do its work as often as the settings say.
fn change<S: System>(handle: &S) -> Option<JoinHandle<()>> {
    let every = handle.changes_every()?;
    let handle = handle.clone();
    Some(tokio::spawn(async move {
        loop {
            tokio::time::sleep(every).await;
            handle.pass_time();
        }
    }))
}

impl<S: System> Running<S> {
    /// Base address, `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The faults in force.
    #[must_use]
    pub fn faults(&self) -> &Faults<S::Mishap> {
        &self.handle.core().faults
    }

    /// Stops listening, lets answers under way finish for a second, and frees the port.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl<S: System> Drop for Running<S> {
    fn drop(&mut self) {
        if let Some(changes) = &self.changes {
            changes.abort();
        }
    }
}
