//! `crossdock create-admin`: the way in before anybody can sign in.

use super::Failure;
use crate::auth::password;
use crate::clock::Clock;
use crate::database::Database;
use crate::settings::Settings;
use clap::Args;
use domain::permission::Role;
use operations::users::NewUser;
use secrecy::{ExposeSecret as _, SecretString};
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use store::Store;

/// Who.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What is typed at the sign-in.
    #[arg(long)]
    login: String,
    /// Shown to people; the login when left out.
    #[arg(long)]
    name: Option<String>,
    /// Company; needed when there are several.
    #[arg(long)]
    company: Option<String>,
}

/// Creates the login. The password is read from standard input, never from the command line, where
/// other users of the machine could see it.
pub async fn run(settings: &Settings, arguments: Arguments) -> Result<(), Failure> {
    let typed = read_password()?;
    password::check_new(typed.expose_secret())
        .map_err(|rule| format!("the password does not do: {rule}"))?;
    let database = Database::open_current(settings).await?;
    let created = create(&database.store, &arguments, typed).await;
    database.close().await;
    created?;
    println!("{} can sign in at {}.", arguments.login, settings.address());
    Ok(())
}

async fn create(store: &Store, arguments: &Arguments, typed: SecretString) -> Result<(), Failure> {
    let login = arguments.login.trim().to_lowercase();
    if store::users::find_for_login(store, &login).await?.is_some() {
        return Err(format!("the login '{login}' exists already; choose another").into());
    }
    let (company, warehouses) =
        crate::seed::company_and_sites(store, arguments.company.as_deref()).await?;
    let user = NewUser {
        name: arguments
            .name
            .clone()
            .unwrap_or_else(|| arguments.login.clone()),
        login,
        role: Role::Admin,
        password_hash: password::hash(typed).await?,
        password_temporary: false,
        team_id: None,
        warehouses,
    };
    operations::users::ensure(store, company, &user, Clock::system().now()).await?;
    Ok(())
}

fn read_password() -> Result<SecretString, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("Password (shown while you type; pipe it in to hide it): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}
