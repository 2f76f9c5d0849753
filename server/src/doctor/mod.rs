//! What is configured, reachable and wrong, in words that tell what to do.

mod connections;
mod files;
mod finding;

pub use finding::Finding;

use crate::database::Database;
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use crate::telemetry::chain;
use chrono::Utc;
use store::Store;
use store::installation::Condition;

/// Oldest PostgreSQL that is supported.
const OLDEST_POSTGRES: u32 = 15;
/// Clocks further apart than this confuse people.
const CLOCK_TOLERANCE_SECONDS: i64 = 5;

/// Looks at everything.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![look_at_settings(settings)];
    let warning = settings.monitoring.warning();
    findings.extend(warning.map(|text| Finding::warn("alerts", text)));
    let secret = SecretKey::load(settings);
    findings.push(match &secret {
        Ok(_) if settings.secret_key.is_some() => {
            Finding::ok("secret key", "given by the settings")
        }
        Ok(_) => {
            let file = SecretKey::file(settings);
            Finding::ok(
                "secret key",
                format!("in {}; keep a copy of it with your backups", file.display()),
            )
        }
        Err(error) => Finding::fail("secret key", chain(error)),
    });
    findings.push(look_at_site_files(settings));
    match Database::open(settings).await {
        Err(error) => findings.push(Finding::fail("database", chain(&error))),
        Ok(database) => {
            look_at_database(settings, &database, secret.ok().as_ref(), &mut findings).await;
            database.close().await;
        }
    }
    findings
}

fn look_at_settings(settings: &Settings) -> Finding {
    let public = match &settings.public_url {
        Some(url) if url.is_https() => format!("people use {}", url.as_str()),
        Some(url) => {
            let text = format!(
                "people use {} without TLS; handhelds need https for the camera and for working \
                 offline",
                url.as_str()
            );
            return Finding::warn("settings", text);
        }
        None => format!("people use {}", settings.address()),
    };
    if settings.public_url.is_none() && !settings.bind.ip().is_loopback() {
        let text = format!(
            "{} is open to the network without a public URL; set CROSSDOCK_PUBLIC_URL",
            settings.bind
        );
        return Finding::warn("settings", text);
    }
    let data = settings.data_dir.display();
    Finding::ok("settings", format!("{public}; data in {data}"))
}

fn look_at_site_files(settings: &Settings) -> Finding {
    let pkg = settings.site_root.join("pkg");
    let missing: Vec<&str> = ["crossdock.js", "crossdock_bg.wasm", "crossdock.css"]
        .into_iter()
        .filter(|name| !pkg.join(name).is_file())
        .collect();
    if missing.is_empty() {
        return Finding::ok("browser files", format!("in {}", pkg.display()));
    }
    let text = format!(
        "{} missing in {}; unpack or build (scripts/build --release) those of this version, or set \
         CROSSDOCK_SITE_ROOT",
        missing.join(", "),
        pkg.display()
    );
    Finding::fail("browser files", text)
}

async fn look_at_database(
    settings: &Settings,
    database: &Database,
    secret: Option<&SecretKey>,
    findings: &mut Vec<Finding>,
) {
    let condition = match store::installation::condition(&database.store).await {
        Ok(condition) => condition,
        Err(error) => return findings.push(Finding::fail("database", chain(&error))),
    };
    let whose = if database.is_private() {
        "private"
    } else {
        "DATABASE_URL"
    };
    findings.push(version(&condition, whose));
    if condition.bypasses_row_security {
        let text = "the role is a superuser or bypasses row-level security, the net between \
                    companies; use a role without these rights";
        findings.push(Finding::warn("database role", text));
    }
    findings.push(clock(&condition));
    let schema = schema(&condition);
    let usable = !schema.is_failure();
    findings.push(schema);
    if usable {
        look_inside(settings, &database.store, secret, findings).await;
    }
}

fn version(condition: &Condition, whose: &str) -> Finding {
    let version = &condition.version;
    let major = version.split('.').next();
    match major.and_then(|major| major.parse::<u32>().ok()) {
        Some(major) if major < OLDEST_POSTGRES => Finding::fail(
            "database",
            format!("PostgreSQL {version} is too old; use {OLDEST_POSTGRES} or newer"),
        ),
        _ => Finding::ok(
            "database",
            format!("PostgreSQL {version} ({whose}) answers"),
        ),
    }
}

fn clock(condition: &Condition) -> Finding {
    let apart = (condition.now - Utc::now()).num_seconds().abs();
    if apart > CLOCK_TOLERANCE_SECONDS {
        let text = format!(
            "this machine and the database are {apart} s apart; set both by NTP, or shifts and \
             sign-ins are off"
        );
        return Finding::warn("clock", text);
    }
    Finding::ok("clock", "this machine and the database agree")
}

fn schema(condition: &Condition) -> Finding {
    if condition.unknown > 0 {
        let text = format!(
            "the database is newer than this program ({} unknown migrations); update Crossdock",
            condition.unknown
        );
        return Finding::fail("schema", text);
    }
    if condition.pending > 0 {
        let text = format!(
            "{} migrations are not applied; run 'crossdock migrate' or start 'crossdock serve'",
            condition.pending
        );
        return Finding::fail("schema", text);
    }
    Finding::ok("schema", "up to date")
}

async fn look_inside(
    settings: &Settings,
    store: &Store,
    secret: Option<&SecretKey>,
    findings: &mut Vec<Finding>,
) {
    findings.push(match store::users::any_exist(store).await {
        Ok(true) => Finding::ok("users", "somebody can sign in"),
        Ok(false) => Finding::warn("users", "nobody can sign in; run 'crossdock create-admin'"),
        Err(error) => Finding::fail("users", chain(&error)),
    });
    findings.extend(files::look_at(settings, store, secret).await);
    match store::connections::all_for_work(store).await {
        Ok(all) if all.is_empty() => {
            let text =
                "none is set up; see CUNGUWMS_BASE_URL in .env.example, then 'crossdock seed'";
            findings.push(Finding::warn("connections", text));
        }
        Ok(all) => {
            for connection in &all {
                findings.push(connections::look_at(store, connection, secret).await);
            }
        }
        Err(error) => findings.push(Finding::fail("connections", chain(&error))),
    }
}
