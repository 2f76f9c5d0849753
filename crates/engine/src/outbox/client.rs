//! HTTP clients for addresses that admins enter. Names are judged after they are resolved, and the
//! connection goes to what was judged, so that a name cannot point inside in the meantime.

use operations::webhooks::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

/// What a name resolves to lies inside our own network.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the name resolves to an address inside our own network")]
pub(super) struct Inside;

struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|found| is_public(found.ip())).collect();
            if public.is_empty() {
                return Err(Inside.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Clients by what they may do: private addresses or not, TLS or not.
#[derive(Debug)]
pub(super) struct Clients {
    timeout: Duration,
    built: Mutex<[Option<reqwest::Client>; 3]>,
}

impl Clients {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            built: Mutex::default(),
        }
    }

    /// The client for an address that the settings name, or for any other.
    pub(super) fn get(&self, named: bool, https: bool) -> Result<reqwest::Client, String> {
        let index = usize::from(named) + usize::from(named && !https);
        let mut built = self
            .built
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let place = built.get_mut(index).ok_or("no such client")?;
        if let Some(client) = place {
            return Ok(client.clone());
        }
        let client = self.build(named, https)?;
        *place = Some(client.clone());
        Ok(client)
    }

    fn build(&self, named: bool, https: bool) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("crossdock/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            // A proxy would resolve names itself.
            .no_proxy()
            .connect_timeout(self.timeout.min(Duration::from_secs(5)))
            .timeout(self.timeout);
        if !named {
            builder = builder.dns_resolver(std::sync::Arc::new(PublicOnly));
        }
        if !https {
            builder = builder.tls_certs_only(std::iter::empty());
        }
        builder.build().map_err(|_| {
            "Connections cannot be prepared on this machine: check that the system's certificates \
             (package ca-certificates) are installed."
                .to_owned()
        })
    }
}
