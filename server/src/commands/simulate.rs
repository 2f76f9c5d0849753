//! `crossdock simulate`: upstream systems to try Crossdock against.

use super::Failure;
use crate::stop::StopSignal;
use clap::Subcommand;
use simulators::pantheon::{Config, Simulator};
use simulators::sap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Which system.
#[derive(Debug, Subcommand)]
pub enum System {
    /// A Pantheon WMS gateway with real data and a fault panel.
    Pantheon {
        /// Port; 0 takes a free one.
        #[arg(long, default_value_t = 3003)]
        port: u16,
        /// Address; the panel asks for no password, so keep it on this machine.
        #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
        host: IpAddr,
        /// Seconds between two changes the data makes by itself; 0 is never.
        #[arg(long, default_value_t = 30)]
        change_every: u64,
    },
    /// An SAP system (OData and function modules over SOAP) with bills of materials and a fault panel.
    Sap {
        /// Port; 0 takes a free one.
        #[arg(long, default_value_t = 3004)]
        port: u16,
        /// Address; the panel asks for no password, so keep it on this machine.
        #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
        host: IpAddr,
        /// Seconds between two changes the data makes by itself; 0 is never.
        #[arg(long, default_value_t = 30)]
        change_every: u64,
    },
}

/// Runs until stopped.
pub async fn run(system: System) -> Result<(), Failure> {
    let mut signal = StopSignal::listen()?;
    match system {
        System::Pantheon {
            port,
            host,
            change_every,
        } => {
            let running = start(SocketAddr::new(host, port), change_every).await?;
            let account = Config::default();
            tell(
                "Pantheon",
                &running.url(),
                &account.username,
                &account.password,
            );
            signal.arrived().await;
            running.stop().await;
        }
        System::Sap {
            port,
            host,
            change_every,
        } => {
            let running = start_sap(SocketAddr::new(host, port), change_every).await?;
            let account = sap::Config::default();
            tell("SAP", &running.url(), &account.user, &account.password);
            println!("  client   {}", account.client);
            signal.arrived().await;
            running.stop().await;
        }
    }
    Ok(())
}

fn tell(system: &str, url: &str, user: &str, password: &str) {
    println!("{system} simulator: {url}");
    println!("  sign-in  {user} / {password}");
    println!("  panel    {url}/_panel");
}

/// Starts the simulated SAP system.
pub async fn start_sap(address: SocketAddr, change_every: u64) -> Result<sap::Running, Failure> {
    let config = sap::Config {
        mutate_every: (change_every > 0).then(|| Duration::from_secs(change_every)),
        ..sap::Config::default()
    };
    sap::Simulator::start(config, address)
        .await
        .map_err(|error| format!("the simulator cannot listen on {address}: {error}").into())
}

/// Starts the simulated Pantheon.
pub async fn start(
    address: SocketAddr,
    change_every: u64,
) -> Result<simulators::pantheon::Running, Failure> {
    let config = Config {
        mutate_every: (change_every > 0).then(|| Duration::from_secs(change_every)),
        ..Config::default()
    };
    Simulator::start(config, address)
        .await
        .map_err(|error| format!("the simulator cannot listen on {address}: {error}").into())
}
