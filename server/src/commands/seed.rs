//! `crossdock seed`.

use super::Failure;
use crate::clock::Clock;
use crate::database::Database;
use crate::secret_key::SecretKey;
use crate::seed;
use crate::settings::Settings;
use clap::Args;

/// What is set up.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Also people with known passwords and a connection to the simulator. For trying out only.
    #[arg(long)]
    demo: bool,
    /// Also what the demo's people did until now with the documents that were synchronised: days gone
    /// by are finished but for a few documents, today as far as the clock says.
    #[arg(long, requires = "demo")]
    work: bool,
    /// The company's name: else the only company there is, or Cungu when there is none.
    #[arg(long)]
    company: Option<String>,
}

/// Sets up what is missing. What is there stays, but for what the settings give of the connection.
pub async fn run(settings: &Settings, arguments: &Arguments) -> Result<(), Failure> {
    let secret = SecretKey::load(settings)?;
    let database = Database::open_current(settings).await?;
    let done = set_up(settings, arguments, &secret, &database).await;
    database.close().await;
    done
}

async fn set_up(
    settings: &Settings,
    arguments: &Arguments,
    secret: &SecretKey,
    database: &Database,
) -> Result<(), Failure> {
    let store = &database.store;
    let now = Clock::system().now();
    let (company, pantheon) = (arguments.company.as_deref(), &settings.pantheon);
    // The demo's names lead to a site of a known code.
    let site = if arguments.demo {
        let company = company.unwrap_or(seed::COMPANY);
        seed::site(store, company, pantheon.warehouse()).await?
    } else {
        seed::given_site(store, company, pantheon).await?
    };
    println!("The company has its warehouse, units and shifts.");
    if arguments.demo {
        seed::demo_people(store, site, now).await?;
        seed::demo_roster(store, site, now).await?;
        seed::demo_connection(store, site, settings, secret, now).await?;
        seed::demo_sap(store, site, settings, secret, now).await?;
        seed::demo_odoo(store, site, settings, secret, now).await?;
        println!(
            "Demo logins (the password is the same for all: {}):",
            seed::DEMO_PASSWORD
        );
        for person in seed::DEMO_PEOPLE {
            println!("  {:6} {}", person.login, person.what);
        }
        if arguments.work {
            let worked = seed::demo_work(store, site, now).await?;
            println!(
                "They finished {} documents in {} acts.",
                worked.finished, worked.acts
            );
        }
    } else {
        let done = seed::configured_connection(store, site, settings, secret, now).await?;
        println!("{done}");
    }
    Ok(())
}
