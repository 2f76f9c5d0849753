//! Who may listen to what. Events carry no data, yet even that something happened is told only to
//! those who could read it.

use domain::live::Topic;
use domain::permission::Permission;
use domain::user::Caller;
use domain::{UserId, WarehouseId};
use store::Store;

/// The most topics one socket listens to.
const MOST: usize = 64;

/// Those of the topics the caller may listen to.
pub(super) async fn allowed(
    store: &Store,
    caller: &Caller,
    mut topics: Vec<Topic>,
) -> Result<Vec<Topic>, store::Error> {
    topics.truncate(MOST);
    let mut own_documents = None;
    let mut allowed = Vec::with_capacity(topics.len());
    for topic in topics {
        let may = match topic {
            Topic::Document(id) if !caller.may(Permission::ReadDocuments) => {
                if own_documents.is_none() {
                    own_documents = Some(own(store, caller).await?);
                }
                own_documents.iter().flatten().any(|own| *own == id)
            }
            topic => may_listen(caller, topic),
        };
        if may {
            allowed.push(topic);
        }
    }
    Ok(allowed)
}

fn may_listen(caller: &Caller, topic: Topic) -> bool {
    use Permission as P;
    match topic {
        Topic::Connections | Topic::SyncRun(_) | Topic::Operations => {
            caller.may(P::ReadConnections)
        }
        Topic::Webhooks => caller.may(P::ManageConnections),
        Topic::Items | Topic::Partners => caller.may(P::ReadCatalogue),
        Topic::Documents | Topic::Document(_) => caller.may(P::ReadDocuments),
        Topic::Tasks | Topic::Exceptions | Topic::Teams => caller.may(P::AssignTasks),
        Topic::Devices | Topic::Users => caller.may(P::ReadUsers),
        Topic::Audit => caller.may(P::ReadAudit),
        Topic::Screens => caller.may(P::ManageScreens),
        Topic::WorkerTasks(id) => {
            caller.may(P::AssignTasks)
                || (caller.user_id == UserId(id) && caller.may(P::WorkOnTasks))
        }
        Topic::Mappings => caller.may(P::AnswerMappings),
        Topic::Board(id) => caller.may(P::ReadBoards) && caller.sees_warehouse(WarehouseId(id)),
    }
}

/// Documents behind the caller's tasks.
async fn own(store: &Store, caller: &Caller) -> Result<Vec<i64>, store::Error> {
    if !caller.may(Permission::WorkOnTasks) {
        return Ok(Vec::new());
    }
    let tasks = store::tasks::mine(store, caller).await?;
    Ok(tasks.into_iter().map(|task| task.document_id.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::CompanyId;
    use domain::permission::Role;

    fn caller(role: Role) -> Caller {
        Caller {
            user_id: UserId(3),
            company_id: CompanyId(1),
            warehouses: vec![WarehouseId(1)],
            role,
            name: "Marko".into(),
            login: "marko".into(),
            team_id: None,
            device: None,
        }
    }

    #[test]
    fn a_worker_hears_of_own_tasks_and_the_site_board() {
        let marko = caller(Role::Worker);
        assert!(may_listen(&marko, Topic::WorkerTasks(3)));
        assert!(may_listen(&marko, Topic::Board(1)));
        for topic in [
            Topic::WorkerTasks(4),
            Topic::Board(2),
            Topic::Tasks,
            Topic::Documents,
            Topic::Connections,
            Topic::Mappings,
            Topic::Users,
            Topic::Audit,
            Topic::Screens,
        ] {
            assert!(!may_listen(&marko, topic), "{topic}");
        }
    }

    #[test]
    fn a_viewer_hears_of_boards_only() {
        let tv = caller(Role::Viewer);
        assert!(may_listen(&tv, Topic::Board(1)));
        for topic in [Topic::Items, Topic::WorkerTasks(3), Topic::SyncRun(1)] {
            assert!(!may_listen(&tv, topic), "{topic}");
        }
    }
}
