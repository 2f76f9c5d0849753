//! How to connect to a cluster.

use crate::{APP_DATABASE, APP_ROLE, Cluster};

impl Cluster {
    /// The address of [`APP_DATABASE`] for [`APP_ROLE`], over TCP. Holds the password.
    pub fn url(&self) -> String {
        self.url_of(APP_DATABASE)
    }

    /// The address of any database for [`APP_ROLE`], over TCP. Holds the password.
    pub fn url_of(&self, database: &str) -> String {
        let (port, password) = (self.server.port, &self.passwords.app);
        let database = percent_encoded(database);
        format!("postgres://{APP_ROLE}:{password}@127.0.0.1:{port}/{database}")
    }

    /// The address of the database `postgres` for the superuser, over TCP. Holds the password.
    pub fn admin_url(&self) -> String {
        let (port, password) = (self.server.port, &self.passwords.superuser);
        format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres")
    }

    /// The superuser's address over the Unix socket, which needs no password and connects faster.
    /// Only the server's account and root can use it.
    pub fn socket_admin_url(&self) -> String {
        let folder = percent_encoded(&self.server.socket_dir.to_string_lossy());
        format!("postgres://postgres@{folder}:{}/postgres", self.server.port)
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
