//! The HTTP client of one upstream.

use super::call::Upstream;
use crate::{Error, ErrorKind};
use domain::delivery::TimeoutSettings;
use reqwest::redirect::Policy;

/// Follows no redirects, keeps the time limits, needs no certificates for plain addresses.
pub(crate) fn build(
    upstream: &Upstream,
    timeouts: &TimeoutSettings,
) -> Result<reqwest::Client, Error> {
    let refused = |message: String| Error::new(ErrorKind::Rejected, "settings", message);
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(refused(
            "This program has not chosen its TLS implementation: install rustls' ring provider \
             at its start."
                .into(),
        ));
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("crossdock/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(timeouts.connection())
        .read_timeout(upstream.limits.read)
        .timeout(upstream.limits.total)
        .tcp_nodelay(true);
    if let Some(idle) = timeouts.idle() {
        builder = builder.pool_idle_timeout(idle);
    }
    if upstream.address.starts_with("http://") {
        // Redirects are off, so TLS is never used: the system's certificates need not be there.
        builder = builder.tls_certs_only(std::iter::empty());
    }
    builder.build().map_err(|error| {
        refused(format!(
            "Connections to {} cannot be prepared on this machine. Check that the system's \
             certificates (package ca-certificates) are installed.",
            upstream.label
        ))
        .caused_by(error)
    })
}
