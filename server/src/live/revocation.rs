//! Ends the sockets of sessions that are over. A sign-out on this node does so at once; this is for
//! other nodes, disabled users, changed roles and expired sessions.

use super::hub::Hub;
use super::registry::{Client, Outgoing};
use domain::UserId;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

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

/// One look; also for tests.
pub(super) async fn check(hub: &Hub) -> Result<(), store::Error> {
    let mut sessions: HashMap<String, bool> = HashMap::new();
    let mut users: HashMap<UserId, Option<(domain::user::Caller, uuid::Uuid)>> = HashMap::new();
    for client in hub.registry.all() {
        let session = client.session.clone();
        let alive = match sessions.get(&session) {
            Some(known) => *known,
            None => {
                let alive = hub.session_lives(&session).await?;
                sessions.insert(session, alive);
                alive
            }
        };
        let id = client.caller.user_id;
        if !users.contains_key(&id) {
            let found = store::users::find_caller(&hub.store, id).await?;
            users.insert(id, found);
        }
        let same = users
            .get(&id)
            .is_some_and(|user| is_unchanged(&client, user));
        if !(alive && same) {
            client.offer(Outgoing::Close);
        }
    }
    Ok(())
}

/// Whether the user may still see what the socket was opened with.
fn is_unchanged(client: &Arc<Client>, user: &Option<(domain::user::Caller, uuid::Uuid)>) -> bool {
    user.as_ref()
        .is_some_and(|(caller, epoch)| *epoch == client.epoch && *caller == *client.caller)
}
