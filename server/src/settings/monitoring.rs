//! Settings of webhooks, alerts, e-mail and history.

use super::values::Values;
use super::{Error, secret};
use domain::alert::Thresholds;
use engine::outbox::{Security, Smtp};
use operations::webhooks::AddressPolicy;

/// Telling other systems and people how things are.
#[derive(Debug, Clone)]
pub struct Monitoring {
    /// Where webhooks may go.
    pub addresses: AddressPolicy,
    /// When alerts are raised.
    pub thresholds: Thresholds,
    /// Who gets them by e-mail.
    pub email_to: Vec<String>,
    /// How e-mail is sent.
    pub smtp: Option<Smtp>,
    /// Days that delivered messages are kept.
    pub outbox_days: u32,
    /// Days that the figures of minutes are kept.
    pub sample_days: u32,
}

impl Monitoring {
    /// What is set up in half and works all the same, in a sentence. Addresses without a mail server are
    /// refused when the settings are read.
    pub fn warning(&self) -> Option<&'static str> {
        let unused = self.smtp.is_some() && self.email_to.is_empty();
        unused.then_some(
            "CROSSDOCK_SMTP_HOST is set and nobody gets alerts by e-mail; name addresses in \
             CROSSDOCK_ALERT_EMAIL_TO",
        )
    }
}

pub(super) fn read(values: &Values) -> Result<Monitoring, Error> {
    let smtp = smtp(values)?;
    let email_to = list(values, "alerts.email_to", is_address)?;
    if smtp.is_none() && !email_to.is_empty() {
        return Err(Error::Missing { key: "smtp.host" });
    }
    Ok(Monitoring {
        addresses: AddressPolicy::allowing(&list(values, "webhook_allowed_hosts", is_host)?),
        thresholds: thresholds(values)?,
        email_to,
        smtp,
        outbox_days: values.get_if("outbox_days", |n| (1..=3650).contains(n))?,
        sample_days: values.get_if("sample_days", |n| (1..=400).contains(n))?,
    })
}

fn thresholds(values: &Values) -> Result<Thresholds, Error> {
    let number =
        |name, least: u32, most: u32| values.get_if(name, |n: &u32| (least..=most).contains(n));
    Ok(Thresholds {
        connection_down_minutes: number("alerts.connection_down_minutes", 0, 1440)?,
        backlog_messages: number("alerts.backlog_messages", 1, 10_000_000)?,
        backlog_minutes: number("alerts.backlog_minutes", 1, 10_080)?,
        stale_cursor_hours: number("alerts.stale_cursor_hours", 1, 8_760)?,
        error_rate_percent: number("alerts.error_rate_percent", 1, 100)?,
    })
}

fn smtp(values: &Values) -> Result<Option<Smtp>, Error> {
    let Some(host) = values.find_if("smtp.host", |host: &String| is_host(host))? else {
        return Ok(None);
    };
    let security: String =
        values.get_if("smtp.security", |word: &String| security(word).is_some())?;
    let username: Option<String> = values.find("smtp.username")?;
    let password = secret(values, "smtp.password", |_| true)?;
    let account = match (username, password) {
        (Some(username), Some(password)) => Some((username, password)),
        (None, None) => None,
        (Some(_), None) => {
            return Err(Error::Missing {
                key: "smtp.password",
            });
        }
        (None, Some(_)) => {
            return Err(Error::Missing {
                key: "smtp.username",
            });
        }
    };
    let from = values.find_if("smtp.from", |from: &String| is_address(from))?;
    Ok(Some(Smtp {
        host,
        port: values.get_if("smtp.port", |port: &u16| *port > 0)?,
        security: self::security(&security).unwrap_or(Security::StartTls),
        account,
        from: from.ok_or(Error::Missing { key: "smtp.from" })?,
    }))
}

fn security(word: &str) -> Option<Security> {
    match word {
        "starttls" => Some(Security::StartTls),
        "tls" => Some(Security::Tls),
        "none" => Some(Security::None),
        _ => None,
    }
}

fn list(
    values: &Values,
    name: &'static str,
    allowed: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Error> {
    let text: String = values.get(name)?;
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| {
            if allowed(word) {
                Ok(word.to_owned())
            } else {
                Err(values.refusal(name))
            }
        })
        .collect()
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '@', ' ', '*'])
}

fn is_address(text: &str) -> bool {
    matches!(text.split_once('@'), Some((name, host)) if !name.is_empty() && host.contains('.') && !text.contains(' '))
}
