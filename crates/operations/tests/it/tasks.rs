//! One act on many tasks: all or nothing, on record, and heard by everybody concerned.

use crate::support::{Site, pick, request, undo};
use domain::operation::{FloorAction, Outcome};
use domain::picking::Refusal;
use domain::task::{Assignee, Priority, TaskState, TaskSummary};
use domain::task_list::{DueFilter, Holder, TaskAct, TaskChange, TaskFilter, TaskView};
use domain::{TaskId, UserId};
use operations::Error;
use sqlx::Row;
use testkit::records::dispatch;

pub async fn with_tasks(count: usize) -> (Site, Vec<TaskId>) {
    let site = Site::open().await;
    let documents: Vec<_> = (1..=count)
        .map(|number| dispatch(&format!("26-{number}"), &[("A", 5), ("B", 2)]))
        .collect();
    site.dispatches(&documents).await;
    let mut ids = Vec::new();
    for number in 1..=count {
        let document = site.document(&format!("26-{number}")).await;
        ids.push(document.task.unwrap().id);
    }
    (site, ids)
}

pub fn change(tasks: &[TaskId], act: TaskAct) -> TaskChange {
    TaskChange {
        tasks: tasks.to_vec(),
        act,
        suggested: Vec::new(),
    }
}

pub async fn run(site: &Site, change: &TaskChange) -> operations::Result<usize> {
    let (store, luka) = (&site.store, &site.people.luka);
    let answer = operations::tasks::change(store, luka, change, site.now()).await?;
    Ok(answer.changed)
}

async fn list(site: &Site, filter: &TaskFilter) -> Vec<TaskSummary> {
    let (store, luka) = (&site.store, &site.people.luka);
    let page = store::tasks::search(store, luka, filter, None, 100, site.now()).await;
    page.unwrap().rows
}

async fn topics(site: &Site) -> Vec<String> {
    let told =
        "select topics from live_feed where not topics @> '{audit}' order by id desc limit 1";
    let row = sqlx::query(told).fetch_one(&site.admin).await.unwrap();
    row.get(0)
}

#[tokio::test]
async fn a_bulk_reassign_changes_all_tasks_their_timelines_the_audit_and_the_handhelds_lists() {
    let (site, ids) = with_tasks(3).await;
    let (marko, petar) = (site.people.marko.user_id, site.people.petar.user_id);
    let give = |to| change(&ids, TaskAct::Give(Assignee::Worker(to)));
    let nobodys = async || {
        let counted = store::tasks::nobodys(&site.store, &site.people.luka).await;
        counted.unwrap()
    };
    assert_eq!(nobodys().await, 3);
    assert_eq!(run(&site, &give(marko)).await.unwrap(), 3);
    assert_eq!(nobodys().await, 0);
    assert_eq!(run(&site, &give(petar)).await.unwrap(), 3);
    let heard = topics(&site).await;
    for who in [marko, petar] {
        assert!(heard.contains(&format!("worker_tasks:{who}")), "{heard:?}");
    }
    assert!(heard.contains(&"tasks".to_owned()) && heard.contains(&"documents".to_owned()));
    let timeline = "select count(*) from timeline_entries where kind = 'assigned' and text = 'Given to Petar.'";
    assert_eq!(site.number(timeline).await, 3);
    let audit = "select count(*) from audit_entries where action = 'TASKS_ASSIGNED' and subject = '3 tasks'
                   and details->'tasks'->0->>'before' = 'Marko' and details->'tasks'->0->>'after' = 'Petar'";
    assert_eq!(site.number(audit).await, 1);
    let filter = TaskFilter {
        holder: Some(Holder(Assignee::Worker(petar))),
        ..TaskFilter::default()
    };
    assert_eq!(list(&site, &filter).await.len(), 3);
}

#[tokio::test]
async fn one_closed_task_stops_the_whole_act() {
    let (site, ids) = with_tasks(2).await;
    let marko = &site.people.marko;
    let give = change(&ids, TaskAct::Give(Assignee::Worker(marko.user_id)));
    run(&site, &give).await.unwrap();
    let finish = FloorAction::Finish {
        partial_confirmed: true,
    };
    site.act(marko, ids[1], finish).await;
    let back = change(&ids, TaskAct::Give(Assignee::Nobody));
    let refused = run(&site, &back).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Conflict(text) if text.contains("26-2")),
        "{refused}"
    );
    let held = format!(
        "select count(*) from tasks where worker_id = {}",
        marko.user_id
    );
    assert_eq!(site.number(Box::leak(held.into_boxed_str())).await, 2);
}

#[tokio::test]
async fn giving_a_task_to_who_has_it_changes_nothing_and_interrupts_nobody() {
    let (site, ids) = with_tasks(1).await;
    let marko = &site.people.marko;
    let give = change(&ids, TaskAct::Give(Assignee::Worker(marko.user_id)));
    run(&site, &give).await.unwrap();
    site.act(marko, ids[0], FloorAction::Claim).await;
    assert_eq!(run(&site, &give).await.unwrap(), 0);
    let task = &list(&site, &TaskFilter::of(TaskView::Claimed)).await[0];
    assert_eq!(task.state, TaskState::Claimed);
}

#[tokio::test]
async fn nobody_outside_the_company_or_below_a_lead_can_move_work() {
    let (site, ids) = with_tasks(1).await;
    let give = change(&ids, TaskAct::SetPriority(Priority::Urgent));
    let (store, people) = (&site.store, &site.people);
    let stranger = operations::tasks::change(store, &people.stranger, &give, site.now()).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    let worker = operations::tasks::change(store, &people.marko, &give, site.now()).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))));
    let far = change(
        &ids,
        TaskAct::Give(Assignee::Worker(people.stranger.user_id)),
    );
    assert!(matches!(run(&site, &far).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn urgent_and_due_tasks_come_first_and_late_ones_are_found() {
    let (site, ids) = with_tasks(4).await;
    let urgent = change(&ids[3..], TaskAct::SetPriority(Priority::Urgent));
    run(&site, &urgent).await.unwrap();
    // Ten past nine in Belgrade; the clock stands at half past nine and some.
    let due = "2026-11-20T09:10:00".parse().unwrap();
    run(&site, &change(&ids[2..3], TaskAct::SetDue(Some(due))))
        .await
        .unwrap();
    let order: Vec<TaskId> = list(&site, &TaskFilter::default())
        .await
        .iter()
        .map(|task| task.id)
        .collect();
    assert_eq!(order, [ids[3], ids[2], ids[0], ids[1]]);
    let late = TaskFilter {
        due: Some(DueFilter::Late),
        ..TaskFilter::default()
    };
    let late = list(&site, &late).await;
    assert_eq!(late.len(), 1);
    assert_eq!(
        late[0].due_at.unwrap().to_rfc3339(),
        "2026-11-20T08:10:00+00:00"
    );
    let said = "select count(*) from timeline_entries where text = 'To be done by 20 Nov 2026, 09:10.' and kind = 'planned'";
    assert_eq!(site.number(said).await, 1);
}

#[tokio::test]
async fn turning_the_pages_meets_each_task_once() {
    let (site, ids) = with_tasks(7).await;
    run(
        &site,
        &change(&ids[4..], TaskAct::SetPriority(Priority::High)),
    )
    .await
    .unwrap();
    let due = "2026-11-20T12:00:00".parse().unwrap();
    run(&site, &change(&ids[2..5], TaskAct::SetDue(Some(due))))
        .await
        .unwrap();
    let (store, luka) = (&site.store, &site.people.luka);
    for view in [TaskView::Todo, TaskView::All] {
        let filter = TaskFilter::of(view);
        let (mut met, mut after) = (Vec::new(), None);
        loop {
            let page = store::tasks::search(store, luka, &filter, after.as_ref(), 2, site.now());
            let page = page.await.unwrap();
            met.extend(page.rows.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(met.len(), 7, "{view:?}");
        met.sort_unstable();
        assert_eq!(met, ids, "{view:?}");
    }
}

#[tokio::test]
async fn the_freest_worker_on_shift_is_suggested_and_what_came_of_it_is_on_record() {
    let (site, ids) = with_tasks(3).await;
    let people = &site.people;
    let alone = change(
        &ids[..1],
        TaskAct::Give(Assignee::Worker(people.marko.user_id)),
    );
    run(&site, &alone).await.unwrap();
    let (store, luka) = (&site.store, &people.luka);
    let suggestions = operations::tasks::suggest(store, luka, &ids[1..], site.now()).await;
    let suggestions = suggestions.unwrap();
    assert_eq!(suggestions.len(), 2);
    let to: Vec<UserId> = suggestions.iter().map(|one| one.worker_id).collect();
    assert!(
        !to.contains(&people.marko.user_id),
        "Marko has 7 left and a task: {to:?}"
    );
    assert!(
        suggestions[0].reason.contains("score 0"),
        "{}",
        suggestions[0].reason
    );
    let gifts: Vec<(TaskId, UserId)> = suggestions
        .iter()
        .map(|one| (one.task_id, one.worker_id))
        .collect();
    let taken = TaskChange {
        tasks: ids[1..].to_vec(),
        act: TaskAct::GiveEach(gifts.clone()),
        suggested: gifts.clone(),
    };
    run(&site, &taken).await.unwrap();
    let left = TaskChange {
        tasks: ids[1..].to_vec(),
        act: TaskAct::Give(Assignee::Worker(people.marko.user_id)),
        suggested: gifts,
    };
    run(&site, &left).await.unwrap();
    for (action, count) in [
        ("SUGGESTION_ACCEPTED", "accepted"),
        ("SUGGESTION_OVERRIDDEN", "overridden"),
    ] {
        let query = format!(
            "select count(*) from audit_entries where action = '{action}' and details->>'{count}' = '2'"
        );
        assert_eq!(
            site.number(Box::leak(query.into_boxed_str())).await,
            1,
            "{action}"
        );
    }
}

#[tokio::test]
async fn a_task_given_away_under_the_hands_of_a_worker_says_so_and_keeps_what_was_picked() {
    let (site, ids) = with_tasks(1).await;
    let (marko, petar) = (&site.people.marko, &site.people.petar);
    let give = |to: UserId| change(&ids, TaskAct::Give(Assignee::Worker(to)));
    run(&site, &give(marko.user_id)).await.unwrap();
    let line = site.line("26-1", "A").await.id;
    let picked = site.act(marko, ids[0], pick(line, "2")).await;
    run(&site, &give(petar.user_id)).await.unwrap();
    let late = request(ids[0], pick(line, "1"));
    let answer = site.submit(marko, &late).await;
    let wanted = Refusal::GivenAway {
        holder: "Petar".to_owned(),
    };
    assert!(matches!(&answer.outcome, Outcome::Refused { refusal, .. } if *refusal == wanted));
    assert_eq!(
        site.submit(marko, &late).await,
        answer,
        "the same id answers the same"
    );
    assert!(matches!(
        site.refused(marko, ids[0], undo(picked)).await,
        Refusal::GivenAway { .. }
    ));
    assert_eq!(site.line("26-1", "A").await.done, 2.into());
    site.act(petar, ids[0], pick(line, "3")).await;
    assert_eq!(site.line("26-1", "A").await.done, 5.into());
}

#[tokio::test]
async fn loads_count_what_is_left_and_who_is_on_shift() {
    let (site, ids) = with_tasks(2).await;
    let (store, luka, people) = (&site.store, &site.people.luka, &site.people);
    run(
        &site,
        &change(&ids, TaskAct::Give(Assignee::Worker(people.marko.user_id))),
    )
    .await
    .unwrap();
    let line = site.line("26-1", "A").await.id;
    site.act(&people.marko, ids[0], pick(line, "5")).await;
    let loads = store::loads::workers(store, luka, site.now())
        .await
        .unwrap();
    let marko = loads
        .iter()
        .find(|load| load.user_id == people.marko.user_id)
        .unwrap();
    assert_eq!((marko.tasks, marko.lines, marko.quantity), (2, 3, 9.into()));
    assert_eq!(marko.score(), 19.into());
    assert_eq!(marko.on_shift, None, "nobody said which shift");
}
