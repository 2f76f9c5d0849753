//! Every setting there is: its name in the file, its variables, its default and what is allowed.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The name in `crossdock.toml`; a dot means a table.
    pub name: &'static str,
    /// Environment variables that set it; the first one set wins.
    pub variables: &'static [&'static str],
    /// The value when nobody says otherwise; none when it is worked out or stays unset.
    pub default: Option<&'static str>,
    /// What may be written, for the refusal of anything else.
    pub allowed: &'static str,
}

const fn key(
    name: &'static str,
    variables: &'static [&'static str],
    default: Option<&'static str>,
    allowed: &'static str,
) -> Key {
    Key {
        name,
        variables,
        default,
        allowed,
    }
}

/// All settings, in the order of `.env.example`.
pub const KEYS: &[Key] = &[
    key(
        "bind",
        &["CROSSDOCK_BIND"],
        Some("127.0.0.1:3000"),
        "an address and a port, for example 127.0.0.1:3000 or 0.0.0.0:80",
    ),
    key(
        "public_url",
        &["CROSSDOCK_PUBLIC_URL"],
        None,
        "the address people type, http:// or https:// and a host, without a path, for example https://wms.example.com",
    ),
    key(
        "role",
        &["CROSSDOCK_ROLE"],
        Some("all"),
        "all, web or worker",
    ),
    key("data_dir", &["CROSSDOCK_DATA_DIR"], None, "a directory"),
    key(
        "site_root",
        &["CROSSDOCK_SITE_ROOT", "LEPTOS_SITE_ROOT"],
        Some("target/site"),
        "the directory that holds pkg/, as scripts/build makes it",
    ),
    key(
        "database_url",
        &["DATABASE_URL", "CROSSDOCK_DATABASE_URL"],
        None,
        "postgres://user:password@host:5432/database",
    ),
    key(
        "database_connections",
        &["CROSSDOCK_DATABASE_CONNECTIONS"],
        Some("20"),
        "a whole number from 2 to 500",
    ),
    key(
        "secret_key",
        &["CROSSDOCK_SECRET_KEY"],
        None,
        "64 hexadecimal digits, for example from: openssl rand -hex 32",
    ),
    key(
        "secret_key_file",
        &["CROSSDOCK_SECRET_KEY_FILE"],
        None,
        "a file that holds 64 hexadecimal digits",
    ),
    key(
        "session_hours",
        &["CROSSDOCK_SESSION_HOURS"],
        Some("168"),
        "a whole number from 1 to 8760",
    ),
    key(
        "session_idle_hours",
        &["CROSSDOCK_SESSION_IDLE_HOURS"],
        Some("24"),
        "a whole number from 1 to 8760",
    ),
    key(
        "login_failures_per_account",
        &["CROSSDOCK_LOGIN_FAILURES_PER_ACCOUNT"],
        Some("10"),
        "a whole number from 1 to 1000",
    ),
    key(
        "login_failures_per_source",
        &["CROSSDOCK_LOGIN_FAILURES_PER_SOURCE"],
        Some("50"),
        "a whole number from 1 to 100000",
    ),
    key(
        "login_window_minutes",
        &["CROSSDOCK_LOGIN_WINDOW_MINUTES"],
        Some("15"),
        "a whole number from 1 to 1440",
    ),
    key(
        "trusted_proxies",
        &["CROSSDOCK_TRUSTED_PROXIES"],
        Some(""),
        "IP addresses with commas between them, for example 10.0.0.5,10.0.0.6; empty trusts none",
    ),
    key(
        "metrics_token",
        &["CROSSDOCK_METRICS_TOKEN"],
        None,
        "at least 16 characters; unset, /metrics answers this machine only",
    ),
    key(
        "request_timeout_seconds",
        &["CROSSDOCK_REQUEST_TIMEOUT_SECONDS"],
        Some("30"),
        "a whole number from 1 to 600",
    ),
    key(
        "request_body_kilobytes",
        &["CROSSDOCK_REQUEST_BODY_KILOBYTES"],
        Some("1024"),
        "a whole number from 16 to 65536",
    ),
    key(
        "shutdown_seconds",
        &["CROSSDOCK_SHUTDOWN_SECONDS"],
        Some("10"),
        "a whole number from 1 to 300",
    ),
    key(
        "worker_runs",
        &["CROSSDOCK_WORKER_RUNS"],
        Some("4"),
        "a whole number from 1 to 64",
    ),
    key(
        "log",
        &["CROSSDOCK_LOG", "RUST_LOG"],
        Some("info"),
        "a level (error, warn, info, debug, trace) or directives like info,engine=debug",
    ),
    key(
        "log_format",
        &["CROSSDOCK_LOG_FORMAT"],
        Some("text"),
        "text or json",
    ),
    key(
        "connections_dir",
        &["CROSSDOCK_CONNECTIONS_DIR"],
        None,
        "a directory that holds files of connections, for example /etc/crossdock/connections",
    ),
    key(
        "webhook_allowed_hosts",
        &["CROSSDOCK_WEBHOOK_ALLOWED_HOSTS"],
        Some(""),
        "hosts with commas between them, each with or without a port, for example erp.lan,10.0.0.5:8080; empty allows https:// to public addresses only",
    ),
    key(
        "outbox_days",
        &["CROSSDOCK_OUTBOX_DAYS"],
        Some("30"),
        "a whole number from 1 to 3650",
    ),
    key(
        "sample_days",
        &["CROSSDOCK_SAMPLE_DAYS"],
        Some("30"),
        "a whole number from 1 to 400",
    ),
    key(
        "alerts.email_to",
        &["CROSSDOCK_ALERT_EMAIL_TO"],
        Some(""),
        "e-mail addresses with commas between them; empty sends none",
    ),
    key(
        "alerts.connection_down_minutes",
        &["CROSSDOCK_ALERT_CONNECTION_DOWN_MINUTES"],
        Some("5"),
        "a whole number from 0 to 1440",
    ),
    key(
        "alerts.backlog_messages",
        &["CROSSDOCK_ALERT_BACKLOG_MESSAGES"],
        Some("1000"),
        "a whole number from 1 to 10000000",
    ),
    key(
        "alerts.backlog_minutes",
        &["CROSSDOCK_ALERT_BACKLOG_MINUTES"],
        Some("15"),
        "a whole number from 1 to 10080",
    ),
    key(
        "alerts.stale_cursor_hours",
        &["CROSSDOCK_ALERT_STALE_CURSOR_HOURS"],
        Some("26"),
        "a whole number from 1 to 8760",
    ),
    key(
        "alerts.error_rate_percent",
        &["CROSSDOCK_ALERT_ERROR_RATE_PERCENT"],
        Some("20"),
        "a whole number from 1 to 100",
    ),
    key(
        "smtp.host",
        &["CROSSDOCK_SMTP_HOST"],
        None,
        "the name of a mail server, for example mail.example.com; unset, no e-mail is sent",
    ),
    key(
        "smtp.port",
        &["CROSSDOCK_SMTP_PORT"],
        Some("587"),
        "a port from 1 to 65535",
    ),
    key(
        "smtp.security",
        &["CROSSDOCK_SMTP_SECURITY"],
        Some("starttls"),
        "starttls, tls or none",
    ),
    key(
        "smtp.username",
        &["CROSSDOCK_SMTP_USERNAME"],
        None,
        "an account of the mail server, together with smtp.password",
    ),
    key(
        "smtp.password",
        &["CROSSDOCK_SMTP_PASSWORD"],
        None,
        "its password",
    ),
    key(
        "smtp.from",
        &["CROSSDOCK_SMTP_FROM"],
        None,
        "the sender's address, for example crossdock@example.com; needed with smtp.host",
    ),
    key(
        "demo_simulator_port",
        &["CROSSDOCK_DEMO_SIMULATOR_PORT"],
        Some("0"),
        "a port from 1 to 65535, or 0 for none",
    ),
    key(
        "demo_sap_port",
        &["CROSSDOCK_DEMO_SAP_PORT"],
        Some("0"),
        "a port from 1 to 65535, or 0 for none",
    ),
    key(
        "pantheon.base_url",
        &["CUNGUWMS_BASE_URL"],
        None,
        "the address of the Pantheon service, for example http://pantheon.example.com:3003",
    ),
    key(
        "pantheon.username",
        &["CUNGUWMS_USERNAME"],
        None,
        "a user name",
    ),
    key(
        "pantheon.password",
        &["CUNGUWMS_PASSWORD"],
        None,
        "a password",
    ),
    key(
        "pantheon.rate_limit_rps",
        &["CUNGUWMS_RATE_LIMIT_RPS"],
        None,
        "requests per second, above 0 and at most 50",
    ),
    key(
        "pantheon.retry_max",
        &["CUNGUWMS_RETRY_MAX"],
        None,
        "a whole number from 1 to 10",
    ),
    key(
        "pantheon.warehouse_code",
        &["WMS_MAGACIN_CODE"],
        None,
        "the code of one warehouse, for example VELE_TEST",
    ),
    key(
        "pantheon.documents_from",
        &["CUNGUWMS_DOCUMENTS_FROM"],
        None,
        "a day like 2026-12-01",
    ),
    key(
        "demo_odoo_port",
        &["CROSSDOCK_DEMO_ODOO_PORT"],
        Some("0"),
        "a port from 1 to 65535, or 0 for none",
    ),
];

/// Variables with our prefix that belong to the scripts, the tests and the private PostgreSQL.
pub const OTHER_VARIABLES: &[&str] = &["CROSSDOCK_CACHE", "CROSSDOCK_CONFIG", "CROSSDOCK_PG_USER"];

/// Beginnings of further variables with our prefix that are none of the settings.
pub const OTHER_PREFIXES: &[&str] = &["CROSSDOCK_TEST_", "CROSSDOCK_BENCH_"];

/// The setting of a name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
