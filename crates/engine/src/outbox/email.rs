//! E-mail over SMTP.

use super::Settings;
use super::destination::{Delivery, Destination, Outcome};
use crate::Clock;
use async_trait::async_trait;
use domain::outbox::Cause;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Duration;
use store::outbox::Claimed;

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Begins in the clear and turns to TLS, which is required (usually port 587).
    StartTls,
    /// TLS from the first byte (usually port 465).
    Tls,
    /// None: for a relay on the same machine.
    None,
}

/// A mail server to hand messages to.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// Account, with its password.
    pub account: Option<(String, SecretString)>,
    /// Sender.
    pub from: String,
}

pub(super) struct Email {
    smtp: Option<Smtp>,
    timeout: Duration,
    clock: Clock,
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

impl Email {
    pub(super) fn new(settings: &Settings, clock: Clock) -> Self {
        Self {
            smtp: settings.smtp.clone(),
            timeout: settings.timeout,
            clock,
        }
    }

    async fn send(&self, message: &Claimed) -> Result<Delivery, Delivery> {
        let smtp = self.smtp.as_ref().ok_or_else(|| {
            Delivery::fatal(
                Cause::Settings,
                "No mail server is set: give CROSSDOCK_SMTP_HOST.",
            )
        })?;
        let mail = self.compose(smtp, message)?;
        let sent = String::from_utf8_lossy(&mail.formatted()).into_owned();
        let transport = self.transport(smtp)?;
        match transport.send(mail).await {
            Ok(answer) => {
                let text = answer.message().collect::<Vec<_>>().join(" ");
                let code = u16::from(answer.code());
                let delivered = Outcome::Delivered(json!({ "status": code, "answer": text }));
                let code = i16::try_from(code).unwrap_or(0);
                Ok(Delivery::of(delivered).answered(code, text).sent(sent))
            }
            Err(error) => Err(refused(&error, &smtp.host).sent(sent)),
        }
    }

    fn transport(&self, smtp: &Smtp) -> Result<Transport, Delivery> {
        let parameters = || {
            TlsParameters::new(smtp.host.clone()).map_err(|_| {
                let text = "TLS to the mail server cannot be prepared on this machine.";
                Delivery::failed(Cause::Settings, text, false)
            })
        };
        let tls = match smtp.security {
            Security::StartTls => Tls::Required(parameters()?),
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::None => Tls::None,
        };
        let mut builder = Transport::builder_dangerous(smtp.host.clone())
            .port(smtp.port)
            .tls(tls)
            .timeout(Some(self.timeout));
        if let Some((user, password)) = &smtp.account {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(builder.build())
    }

    /// The same message id at every attempt, so that a second copy is seen as one.
    fn compose(&self, smtp: &Smtp, message: &Claimed) -> Result<Message, Delivery> {
        let field = |name: &str| message.payload[name].as_str().unwrap_or_default();
        let address = |text: &str| {
            text.parse::<Mailbox>().map_err(|_| {
                Delivery::fatal(Cause::Settings, format!("'{text}' is no e-mail address."))
            })
        };
        let domain = address(&smtp.from)?.email.domain().to_owned();
        Message::builder()
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .date((self.clock)().into())
            .from(address(&smtp.from)?)
            .to(address(field("to"))?)
            .subject(field("subject"))
            .body(field("text").to_owned())
            .map_err(|error| Delivery::fatal(Cause::Rejected, error.to_string()))
    }
}

#[async_trait]
impl Destination for Email {
    async fn deliver(&self, message: &Claimed) -> Delivery {
        self.send(message).await.unwrap_or_else(|failed| failed)
    }
}

fn refused(error: &lettre::transport::smtp::Error, host: &str) -> Delivery {
    if let Some(code) = error.status() {
        let text = format!("The mail server {host} answered {code}.");
        let code = i16::try_from(u16::from(code)).unwrap_or(0);
        let delivery = if error.is_permanent() {
            Delivery::fatal(Cause::Rejected, text)
        } else {
            Delivery::failed(Cause::UpstreamError, text, false)
        };
        return delivery.answered(code, error.to_string());
    }
    if error.is_timeout() {
        let text = format!("The mail server {host} did not answer in time.");
        return Delivery::failed(Cause::Timeout, text, true);
    }
    let text = format!("The mail server {host} cannot be reached, or refuses TLS.");
    Delivery::failed(Cause::Unreachable, text, false)
}
