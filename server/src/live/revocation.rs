//! Ends the sockets of sessions that are over. A sign-out on this node does so at once; this is for
//! other nodes, disabled users, changed roles and expired sessions.

use super::client::Client;
use super::hub::Hub;
use domain::UserId;
use domain::permission::Role;
use domain::user::Caller;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use uuid::Uuid;

/// How long a revoked session may still hear something.
const EVERY: Duration = Duration::from_secs(5);

/// Looks at every session and user with an open socket, again and again.
pub(super) async fn watch(hub: &Hub) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = check(hub).await {
            tracing::warn!(error = %crate::telemetry::chain(&error), "live sessions could not be checked");
        }
    }
}

async fn check(hub: &Hub) -> Result<(), store::Error> {
    let mut sessions: HashMap<String, bool> = HashMap::new();
    let mut users: HashMap<UserId, Option<(Caller, Uuid)>> = HashMap::new();
    for client in hub.registry.all() {
        let session = match sessions.entry(client.session.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                // A screen that shows figures is in use; a forgotten tab of a person is not.
                let lives = if client.caller.role == Role::Viewer {
                    hub.session_used(new.key()).await?
                } else {
                    hub.session_lives(new.key()).await?
                };
                new.insert(lives)
            }
        };
        let user = match users.entry(client.caller.user_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let found = store::users::find_caller(&hub.store, *new.key()).await?;
                new.insert(found)
            }
        };
        if !*session || !is_unchanged(&client, user.as_ref()) {
            close(&client);
        }
    }
    Ok(())
}

/// Whether the user may still see what the socket was opened with.
fn is_unchanged(client: &Client, user: Option<&(Caller, Uuid)>) -> bool {
    user.is_some_and(|(caller, epoch)| *epoch == client.epoch && *caller == *client.caller)
}

/// Ends a socket whose session is over.
pub(super) fn close(client: &Client) {
    client.close(CloseCode::Policy, "session is over");
}
