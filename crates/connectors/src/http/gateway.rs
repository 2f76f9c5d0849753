//! The one door to an upstream account: every request of every connector goes through it.

use super::breaker::{Breaker, BreakerState, Paused, Verdict};
use super::call::{Answer, Call, Upstream};
use super::gauge::Gauge;
use super::recorder::{BreakerChange, Exchange};
use super::redact::Redactor;
use super::{body, client, retry, status};
use crate::{Error, ErrorKind, Services};
use backon::Retryable;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderName, HeaderValue, LOCATION};
use reqwest::{Request, Response};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use tracing::Instrument;

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Paces, guards, limits, repeats, records and counts.
#[derive(Debug)]
pub(crate) struct Gateway {
    http: reqwest::Client,
    upstream: Upstream,
    redactor: Redactor,
    breaker: Breaker,
    gauge: Gauge,
    services: Services,
    explains_500: bool,
}

impl Gateway {
    /// Prepares the HTTP client. TLS needs the process to have installed a crypto provider.
    /// What the connection says about times counts before the connector's own limits.
    pub fn new(
        mut upstream: Upstream,
        redactor: Redactor,
        services: Services,
    ) -> Result<Self, Error> {
        upstream.limits = upstream.limits.within(&services.timeouts);
        Ok(Self {
            http: client::build(&upstream, &services.timeouts)?,
            gauge: Gauge::new(upstream.kind, &upstream.account),
            upstream,
            redactor,
            breaker: Breaker::new(services.breaker),
            services,
            explains_500: false,
        })
    }

    /// Hands answers of status 500 to whoever reads, for systems that refuse requests with it and
    /// say why in the body.
    #[must_use]
    pub fn explaining_500(mut self) -> Self {
        self.explains_500 = true;
        self
    }

    /// Begins a request; nothing is sent.
    pub fn request(&self, method: reqwest::Method, url: reqwest::Url) -> reqwest::RequestBuilder {
        self.http.request(method, url)
    }

    /// Who is called.
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// Hides this connection's secrets.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// The time of day.
    pub fn now(&self) -> DateTime<Utc> {
        (self.services.clock)()
    }

    /// Whether calls go through.
    pub fn breaker(&self) -> BreakerState {
        self.breaker.state()
    }

    /// Sends the call, again where that can help, and reads the answer with `read`, whose word on
    /// refusals and unreadable answers is recorded and counted like our own.
    pub async fn send<T>(
        &self,
        call: &Call<'_>,
        read: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let attempt = AtomicU32::new(0);
        let once = || {
            let attempt = attempt.fetch_add(1, Ordering::Relaxed) + 1;
            self.attempt(call, attempt, &read)
                .instrument(self.span(call, attempt))
        };
        once.retry(retry::backoff(self.upstream.limits.attempts))
            .when(retry::passes_soon)
            .adjust(retry::wait)
            .await
    }

    /// Sends a write, once: after an outcome that is not known it has to be looked up, not
    /// repeated.
    pub async fn send_once<T>(
        &self,
        call: &Call<'_>,
        read: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.attempt(call, 1, read)
            .instrument(self.span(call, 1))
            .await
    }

    fn span(&self, call: &Call<'_>, attempt: u32) -> tracing::Span {
        tracing::debug_span!(
            "upstream.call",
            account = %self.upstream.account,
            operation = call.operation,
            correlation_id = call.correlation_id,
            attempt,
        )
    }

    async fn attempt<T>(
        &self,
        call: &Call<'_>,
        attempt: u32,
        read: impl Fn(&Answer) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let BreakerState::Open { retry_after, cause } = self.breaker.state() {
            return Err(self.paused(call, &Paused { retry_after, cause }));
        }
        let limits = &self.upstream.limits;
        self.services
            .pacer
            .acquire(&self.upstream.account, limits.interval)
            .await?;
        let pass = self
            .breaker
            .enter()
            .map_err(|paused| self.paused(call, &paused))?;
        if pass.probes() {
            self.gauge.show(&BreakerState::HalfOpen);
        }
        let mut exchange = self.begin(call, attempt);
        let started = Instant::now();
        let answer = self.exchange(call, &mut exchange).await;
        let latency = started.elapsed();
        let result = answer.and_then(|mut answer| {
            answer.latency = latency;
            read(&answer)
        });
        let error = result.as_ref().err();
        let (from, to) = pass.settle(verdict(error));
        self.finish(exchange, latency, error);
        self.report_breaker(from, to);
        result
    }

    /// One request and its complete answer.
    async fn exchange(&self, call: &Call<'_>, exchange: &mut Exchange) -> Result<Answer, Error> {
        let operation = call.operation;
        let response = self
            .http
            .execute(self.prepare(call)?)
            .await
            .map_err(|error| status::transport(&self.upstream, operation, error))?;
        let status = response.status().as_u16();
        exchange.status = Some(status);
        let explained = self.explains_500 && status == 500;
        let refusal = match explained {
            true => None,
            false => self.refusal(operation, status, &response),
        };
        let headers = response.headers().clone();
        let body = body::read(response, self.upstream.limits.body_cap).await;
        if let Ok(body) = &body {
            exchange.response_bytes = body.len();
            exchange.response_head = Some(self.redactor.body(body));
        }
        match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(Answer {
                status,
                headers,
                body: body.map_err(|error| status::body(&self.upstream, operation, error))?,
                latency: Duration::ZERO,
            }),
        }
    }

    fn prepare(&self, call: &Call<'_>) -> Result<Request, Error> {
        let refused = |what: &str| {
            let message = format!("The request to {} {what}.", self.upstream.label);
            Error::new(ErrorKind::Rejected, call.operation, message)
        };
        let mut request = call
            .request
            .try_clone()
            .ok_or_else(|| refused("cannot be repeated"))?;
        let id = HeaderValue::from_str(call.correlation_id)
            .map_err(|error| refused("has an unusable correlation id").caused_by(error))?;
        request.headers_mut().insert(CORRELATION_ID, id);
        Ok(request)
    }

    fn refusal(&self, operation: &'static str, status: u16, response: &Response) -> Option<Error> {
        let location = response
            .headers()
            .get(LOCATION)
            .and_then(|location| location.to_str().ok())
            .map(|location| match response.url().join(location) {
                Ok(url) => self.redactor.url(&url),
                Err(_) => self.redactor.text(location),
            });
        let asked_wait = retry::asked_wait(response.headers(), self.now());
        status::general(
            &self.upstream,
            operation,
            status,
            location.as_deref(),
            asked_wait,
        )
    }

    fn paused(&self, call: &Call<'_>, paused: &Paused) -> Error {
        status::paused(&self.upstream, call.operation, paused)
    }

    fn begin(&self, call: &Call<'_>, attempt: u32) -> Exchange {
        let request = &call.request;
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Exchange {
            correlation_id: call.correlation_id.to_owned(),
            operation: call.operation,
            attempt,
            at: self.now(),
            method: request.method().to_string(),
            url: self.redactor.url(request.url()),
            status: None,
            latency_ms: 0,
            request_body: body.map(|body| self.redactor.body(body)),
            response_head: None,
            response_bytes: 0,
            error: None,
        }
    }

    fn finish(&self, mut exchange: Exchange, latency: Duration, error: Option<&Error>) {
        let operation = exchange.operation;
        let kind = self.upstream.kind;
        let outcome = error.map_or("ok", |error| error.kind().as_str());
        exchange.latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        exchange.error = error.map(ToString::to_string);
        metrics::counter!(format!("{kind}_api_requests_total"), "operation" => operation)
            .increment(1);
        if error.is_some() {
            metrics::counter!(format!("{kind}_api_errors_total"), "operation" => operation, "kind" => outcome)
                .increment(1);
        }
        metrics::histogram!("upstream_request_seconds", "upstream" => kind, "operation" => operation, "outcome" => outcome)
            .record(latency.as_secs_f64());
        tracing::debug!(
            status = exchange.status,
            latency_ms = exchange.latency_ms,
            outcome,
            "upstream answered"
        );
        self.services.recorder.exchange(exchange);
    }

    fn report_breaker(&self, from: BreakerState, to: BreakerState) {
        let upstream = &self.upstream;
        self.gauge.show(&to);
        if from.level() == to.level() {
            return;
        }
        tracing::info!(account = %upstream.account, from = from.as_str(), to = to.as_str(), "breaker");
        self.services.recorder.breaker_changed(BreakerChange {
            account: upstream.account.clone(),
            from,
            to,
            at: self.now(),
        });
    }
}

/// An answer of any kind but a server error shows that somebody is there.
fn verdict(error: Option<&Error>) -> Verdict {
    match error.map(|error| (error.kind(), error)) {
        Some((ErrorKind::Unavailable | ErrorKind::Timeout, error)) => {
            Verdict::Failing(error.to_string().into())
        }
        Some((ErrorKind::RateLimited, _)) => Verdict::Busy,
        _ => Verdict::Alive,
    }
}
