//! What needs a lead's eye is raised once per cause and ends with it.

use crate::support::{FINISH, FINISH_PARTIAL, Site, pick, request};
use chrono::{DateTime, Utc};
use domain::OperationId;
use domain::document::Resolution;
use domain::exception::{Exception, ExceptionKind, ExceptionView, Severity};
use domain::operation::{FloorAction, Outcome};
use domain::roster::RosterChoice;
use domain::shortage::ShortageReason;
use domain::sync::{Entity, SyncMode};
use domain::task::Assignee;
use domain::user::Caller;
use domain::webhook::{WebhookEvent, WebhookForm};
use operations::Error;
use operations::exceptions::{acknowledge, assign, detect, resolve};
use operations::reports::{Problem, report};
use operations::sync_runs;
use operations::webhooks::{AddressPolicy, Sealing};
use testkit::records::dispatch;

fn at(clock: &str) -> DateTime<Utc> {
    format!("2026-11-20T{clock}:00Z").parse().unwrap()
}

/// What the lead sees of a kind after a look at this time (UTC; Belgrade is an hour ahead).
async fn seen(site: &Site, clock: &str, kind: ExceptionKind) -> Vec<Exception> {
    site.clock.set(at(clock));
    detect(&site.store, site.now()).await.unwrap();
    listed(site, ExceptionView::Open, Some(kind)).await
}

async fn listed(site: &Site, view: ExceptionView, kind: Option<ExceptionKind>) -> Vec<Exception> {
    let (store, luka) = (&site.store, &site.people.luka);
    let page = store::exceptions::list(store, luka, view, kind, None, 50, site.now()).await;
    page.unwrap().rows
}

#[tokio::test]
async fn somebody_idle_is_raised_once_breaks_left_out_and_ends_with_the_next_act() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    site.clock.set(at("08:50"));
    site.act(marko, id, pick(line, "1")).await;
    let idle = ExceptionKind::Idle;
    assert!(
        seen(&site, "08:54", idle).await.is_empty(),
        "four minutes are fine"
    );
    let rows = seen(&site, "08:56", idle).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((&*rows[0].subject, rows[0].limit_minutes), ("Marko", 5));
    assert_eq!(
        seen(&site, "08:57", idle).await[0].id,
        rows[0].id,
        "once per cause"
    );
    site.act(marko, id, pick(line, "1")).await;
    assert!(
        seen(&site, "08:59", idle).await.is_empty(),
        "the next act ends it"
    );
    // Shift A rests from ten to half past ten in Belgrade: nine to half past nine in UTC.
    assert!(
        seen(&site, "09:20", idle).await.is_empty(),
        "a break is not idle"
    );
    assert!(
        seen(&site, "09:31", idle).await.is_empty(),
        "three minutes of work"
    );
    assert_eq!(seen(&site, "09:40", idle).await.len(), 1);
    assert!(
        seen(&site, "19:00", idle).await.is_empty(),
        "nobody is idle after the shift"
    );
    let ended = listed(&site, ExceptionView::Closed, Some(idle)).await;
    assert_eq!(ended.len(), 2);
    assert!(
        ended
            .iter()
            .all(|row| row.ended_at.is_some() && row.resolved.is_none())
    );
}

#[tokio::test]
async fn somebody_whose_roster_says_off_is_not_idle() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, line) = (&site.people, task.lines[0].id);
    site.clock.set(at("08:30"));
    site.act(&people.marko, task.task.id, pick(line, "1")).await;
    assert_eq!(seen(&site, "08:45", ExceptionKind::Idle).await.len(), 1);
    let (user, day) = (people.marko.user_id, "2026-11-20".parse().unwrap());
    let off = RosterChoice::Off;
    operations::teams::set_day(
        &site.store,
        &people.luka,
        people.warehouse,
        user,
        day,
        off,
        site.now(),
    )
    .await
    .unwrap();
    assert!(seen(&site, "08:46", ExceptionKind::Idle).await.is_empty());
}

#[tokio::test]
async fn a_document_past_its_day_is_late_gets_worse_with_age_and_ends_when_it_is_done() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let late = ExceptionKind::Late;
    // The last shift ends at seven in the evening in Belgrade.
    assert!(seen(&site, "17:59", late).await.is_empty());
    let severity = |rows: Vec<Exception>| rows[0].severity;
    assert_eq!(severity(seen(&site, "18:10", late).await), Severity::Medium);
    assert_eq!(severity(seen(&site, "18:31", late).await), Severity::High);
    let rows = seen(&site, "19:05", late).await;
    assert_eq!(
        (rows[0].severity, rows[0].age_minutes),
        (Severity::Critical, 65)
    );
    assert_eq!(
        rows[0].document.map(|(_, id)| id),
        Some(task.task.document_id)
    );
    site.act(&site.people.marko, task.task.id, FINISH_PARTIAL)
        .await;
    assert!(seen(&site, "19:06", late).await.is_empty());
}

#[tokio::test]
async fn a_shortage_and_an_unknown_warehouse_are_raised_and_a_taken_back_shortage_ends() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let mut elsewhere = dispatch("2", &[("A", 1)]);
    elsewhere.warehouse_name = "Nowhere yet".to_owned();
    site.dispatches(&[elsewhere]).await;
    let short = FloorAction::Short {
        line_id: task.lines[0].id,
        reason: ShortageReason::NotFound,
        text: None,
    };
    let marko = &site.people.marko;
    let act = site.act(marko, task.task.id, short).await;
    assert_eq!(seen(&site, "08:50", ExceptionKind::Shortage).await.len(), 1);
    let unmapped = listed(&site, ExceptionView::Open, Some(ExceptionKind::Unmapped)).await;
    assert_eq!(unmapped[0].subject, "Nowhere yet");
    site.act(marko, task.task.id, FloorAction::Undo { operation_id: act })
        .await;
    assert!(
        seen(&site, "08:52", ExceptionKind::Shortage)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_connection_that_fails_is_raised_and_recovers_by_itself() {
    let site = Site::open().await;
    let set = |health: &'static str| {
        let admin = site.admin.clone();
        async move {
            sqlx::query("update connections set health = $1, last_error = 'No answer.', last_error_at = now()")
                .bind(health)
                .execute(&admin)
                .await
                .unwrap();
        }
    };
    set("failing").await;
    let rows = seen(&site, "09:00", ExceptionKind::FailedSync).await;
    let ours: Vec<_> = rows
        .iter()
        .filter(|row| row.detail == "No answer.")
        .collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].connection_id, Some(site.connection));
    set("healthy").await;
    assert!(
        seen(&site, "09:01", ExceptionKind::FailedSync)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn messages_that_were_given_up_are_raised_once_per_system_and_end_with_a_persons_word() {
    let site = Site::open().await;
    let form = WebhookForm {
        name: "shop".to_owned(),
        url: "https://shop.example.com/hook".to_owned(),
        events: vec![WebhookEvent::DocumentFinished],
        active: true,
        secret: Some("a secret of twenty-four characters".to_owned()),
    };
    let key = testkit::upstream::secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [3; 12],
    };
    let (store, ana, policy) = (&site.store, &site.people.ana, AddressPolicy::default());
    site.clock.set(at("08:30"));
    let id = operations::webhooks::create(store, ana, &form, &policy, sealing, site.now())
        .await
        .unwrap();
    let mut messages = Vec::new();
    for clock in ["08:31", "08:32"] {
        site.clock.set(at(clock));
        let message = operations::webhooks::request_test(store, ana, id, site.now()).await;
        messages.push(message.unwrap());
    }
    sqlx::query("update erp_outbox set status = 'dead', last_error = 'It answered 500.'")
        .execute(&site.admin)
        .await
        .unwrap();
    let kind = ExceptionKind::Undelivered;
    let rows = seen(&site, "08:40", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].subject, "shop");
    assert!(
        rows[0].detail.starts_with("2 messages were given up")
            && rows[0].detail.contains("It answered 500."),
        "{}",
        rows[0].detail
    );
    for message in messages {
        operations::outbox::discard(store, ana, message, "not needed", site.now())
            .await
            .unwrap();
    }
    assert!(seen(&site, "08:41", kind).await.is_empty());
}

#[tokio::test]
async fn a_resolved_exception_stays_away_while_its_cause_lasts_and_comes_back_with_the_next_one() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, store) = (&site.people, &site.store);
    let (id, line) = (task.task.id, task.lines[0].id);
    site.clock.set(at("08:40"));
    site.act(&people.marko, id, pick(line, "1")).await;
    let row = seen(&site, "08:46", ExceptionKind::Idle).await.remove(0);
    acknowledge(store, &people.luka, row.id, site.now())
        .await
        .unwrap();
    let mine = listed(&site, ExceptionView::Mine, None).await;
    assert_eq!(mine[0].acknowledged_by.as_deref(), Some("Luka"));
    assign(
        store,
        &people.luka,
        row.id,
        Some(people.ana.user_id),
        site.now(),
    )
    .await
    .unwrap();
    assert!(listed(&site, ExceptionView::Mine, None).await.is_empty());
    let empty = resolve(store, &people.luka, row.id, "  ", site.now()).await;
    assert!(matches!(empty, Err(Error::Invalid(_))));
    resolve(
        store,
        &people.luka,
        row.id,
        "He helps at the dock.",
        site.now(),
    )
    .await
    .unwrap();
    assert!(
        seen(&site, "08:50", ExceptionKind::Idle).await.is_empty(),
        "the cause lasts, he knows"
    );
    let again = resolve(store, &people.luka, row.id, "Again.", site.now()).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    site.act(&people.marko, id, pick(line, "1")).await;
    assert!(seen(&site, "08:52", ExceptionKind::Idle).await.is_empty());
    assert_eq!(
        seen(&site, "08:57", ExceptionKind::Idle).await.len(),
        1,
        "a new cause"
    );
    let audit = "select count(*) from audit_entries where action in
        ('EXCEPTION_ACKNOWLEDGED', 'EXCEPTION_ASSIGNED', 'EXCEPTION_RESOLVED') and actor = 'Luka'";
    assert_eq!(site.number(audit).await, 3);
}

#[tokio::test]
async fn looking_again_writes_nothing_and_strangers_see_and_touch_nothing() {
    let (site, _) = Site::with_task(&[("A", 5)]).await;
    let row = seen(&site, "18:10", ExceptionKind::Late).await.remove(0);
    let before = testkit::traces::versions(&site.admin, &["exceptions", "live_feed"]).await;
    detect(&site.store, site.now()).await.unwrap();
    let after = testkit::traces::versions(&site.admin, &["exceptions", "live_feed"]).await;
    assert_eq!(before, after);
    let (store, zoran) = (&site.store, &site.people.stranger);
    let view = ExceptionView::Open;
    let page = store::exceptions::list(store, zoran, view, None, None, 50, site.now()).await;
    assert!(page.unwrap().rows.is_empty());
    assert_eq!(
        store::exceptions::count(store, zoran).await.unwrap().open,
        0
    );
    let touched = acknowledge(store, zoran, row.id, site.now()).await;
    assert!(matches!(touched, Err(Error::NotFound(_))));
    let worker = acknowledge(store, &site.people.marko, row.id, site.now()).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn a_task_given_to_somebody_without_an_act_is_not_idle_before_it_is_claimed() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 5)])]).await;
    site.given_to("1", Assignee::Worker(site.people.petar.user_id))
        .await;
    assert!(seen(&site, "09:40", ExceptionKind::Idle).await.is_empty());
}

#[tokio::test]
async fn what_a_worker_reports_waits_for_a_lead_and_the_worker_sees_what_became_of_it() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, store) = (&site.people, &site.store);
    let (marko, luka) = (&people.marko, &people.luka);
    let problem = Problem {
        id: OperationId(uuid::Uuid::from_u128(7)),
        task_id: task.task.id,
        line_id: Some(task.lines[0].id),
        text: " The shelf is broken. ",
    };
    // The answer of the first was lost.
    for _ in 0..2 {
        report(store, marko, &problem, site.now()).await.unwrap();
    }
    let kind = ExceptionKind::Reported;
    let rows = seen(&site, "08:50", kind).await;
    assert_eq!(rows.len(), 1, "and a look at the causes does not end it");
    assert_eq!(rows[0].detail, "Marko, A: The shelf is broken.");
    assert!(rows[0].document.is_some());
    let own = async || {
        let own = store::exceptions::reported::own(store, marko).await;
        let own = own.unwrap();
        assert_eq!(own.len(), 1);
        (own[0].seen_by.clone(), own[0].resolution.clone())
    };
    assert_eq!(own().await, (None, None));
    let id = rows[0].id;
    acknowledge(store, luka, id, site.now()).await.unwrap();
    let luka_s = Some("Luka".to_owned());
    assert_eq!(own().await, (luka_s.clone(), None));
    resolve(store, luka, id, "Mended.", site.now())
        .await
        .unwrap();
    assert_eq!(own().await, (luka_s, Some("Mended.".to_owned())));
    report(store, marko, &problem, site.now()).await.unwrap();
    assert!(seen(&site, "08:55", kind).await.is_empty(), "it is settled");
    let petar_s = store::exceptions::reported::own(store, &people.petar).await;
    assert!(petar_s.unwrap().is_empty(), "each sees their own");
}

#[tokio::test]
async fn a_report_out_of_a_handhelds_queue_counts_once_whatever_became_of_its_task() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, petar) = (&site.people.marko, &site.people.petar);
    let about = |text: &str| FloorAction::Report {
        line_id: Some(task.lines[0].id),
        text: text.to_owned(),
    };
    let mut late = request(task.task.id, about("The shelf is broken."));
    late.offline = true;
    site.given_to("1", Assignee::Worker(petar.user_id)).await;
    // With the network there, it is not his any more.
    let now = request(task.task.id, about("It leaks."));
    let refused = site.try_submit(marko, &now).await;
    assert!(matches!(refused, Err(Error::NotFound("task"))));
    let answer = site.submit(marko, &late).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    assert_eq!(
        site.submit(marko, &late).await,
        answer,
        "the answer was lost"
    );
    let rows = seen(&site, "08:50", ExceptionKind::Reported).await;
    let details: Vec<_> = rows.iter().map(|row| row.detail.as_str()).collect();
    assert_eq!(details, ["Marko, A: The shelf is broken."]);
    let acts = "select count(*) from operations where kind = 'report'";
    assert_eq!(site.number(acts).await, 0, "it moves no goods");
    for wrong in ["", " ", "x".repeat(201).as_str()] {
        let mut wrong = request(task.task.id, about(wrong));
        wrong.offline = true;
        let refused = site.try_submit(marko, &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    let stranger = site.try_submit(&site.people.stranger, &late).await;
    assert!(matches!(stranger, Err(Error::NotFound("task"))));
}

#[tokio::test]
async fn a_report_needs_words_and_a_task_of_its_worker() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, store) = (&site.people, &site.store);
    let long = "x".repeat(201);
    let tell = async |who: &Caller, text: &str| {
        let problem = Problem {
            id: OperationId(uuid::Uuid::from_u128(7)),
            task_id: task.task.id,
            line_id: None,
            text,
        };
        report(store, who, &problem, site.now()).await
    };
    for text in ["", "  ", long.as_str()] {
        let told = tell(&people.marko, text).await;
        assert!(matches!(told, Err(Error::Invalid(_))), "{text:?}");
    }
    for who in [&people.petar, &people.stranger] {
        let told = tell(who, "The shelf is broken.").await;
        assert!(matches!(told, Err(Error::NotFound("task"))), "{told:?}");
    }
    let told = tell(&people.tv, "The shelf is broken.").await;
    assert!(matches!(told, Err(Error::Forbidden(_))), "{told:?}");
    let rows = listed(&site, ExceptionView::Open, Some(ExceptionKind::Reported)).await;
    assert!(rows.is_empty());
    // A team mate may.
    tell(&people.jelena, "The shelf is broken.").await.unwrap();
}

#[tokio::test]
async fn a_conflict_is_raised_also_when_its_document_was_finished_and_ends_with_a_decision() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.clock.set(at("08:40"));
    site.act(marko, id, pick(task.lines[0].id, "1")).await;
    site.act(marko, id, FINISH).await;
    let kind = ExceptionKind::Conflict;
    assert!(seen(&site, "08:45", kind).await.is_empty());
    site.dispatches(&[dispatch("1", &[("A", 2)])]).await;
    let rows = seen(&site, "08:50", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].detail.starts_with("One line changed in the ERP"));
    let (store, luka) = (&site.store, &site.people.luka);
    let waiting = store::conflicts::list(store, luka, None, 50).await.unwrap();
    let [conflict] = &waiting.rows[..] else {
        panic!("{waiting:?}");
    };
    let keep = Resolution::KeepFloor {
        reason: "It left already.".to_owned(),
    };
    let (line, seen_then) = (conflict.line_id, conflict.seen());
    let fresh = OperationId(uuid::Uuid::new_v4());
    operations::conflicts::resolve(store, luka, line, seen_then, &keep, fresh, site.now())
        .await
        .unwrap();
    assert!(seen(&site, "08:55", kind).await.is_empty());
}

/// A sync of items that breaks off.
async fn failing_sync(site: &Site) {
    let (store, ana) = (&site.store, &site.people.ana);
    let lease = std::time::Duration::from_secs(30);
    sync_runs::request(
        store,
        ana,
        site.connection,
        Entity::Items,
        SyncMode::Delta,
        site.now(),
    )
    .await
    .unwrap();
    let claimed = sync_runs::claim(store, uuid::Uuid::new_v4(), lease, site.now()).await;
    let claimed = claimed.unwrap().unwrap();
    sync_runs::fail(store, &claimed, "Page 3 breaks off.", site.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_failed_sync_keeps_owner_and_age_until_a_later_one_of_its_kind_is_done() {
    let site = Site::open().await;
    let (store, people, kind) = (&site.store, &site.people, ExceptionKind::FailedSync);
    site.clock.set(at("08:40"));
    failing_sync(&site).await;
    let row = seen(&site, "08:45", kind).await.remove(0);
    assert!(row.detail.contains("Page 3 breaks off."), "{}", row.detail);
    acknowledge(store, &people.luka, row.id, site.now())
        .await
        .unwrap();
    // Another try that waits, is cancelled, fails again; a dry run; a sync of something else.
    let (items, delta) = (Entity::Items, SyncMode::Delta);
    let again = sync_runs::request(
        store,
        &people.ana,
        site.connection,
        items,
        delta,
        site.now(),
    );
    let again = again.await.unwrap();
    assert_eq!(seen(&site, "08:46", kind).await[0].id, row.id);
    sync_runs::cancel(store, &people.ana, again, site.now())
        .await
        .unwrap();
    assert_eq!(seen(&site, "08:47", kind).await[0].id, row.id);
    failing_sync(&site).await;
    let preview = sync_runs::request_preview(
        store,
        &people.ana,
        site.connection,
        items,
        delta,
        site.now(),
    );
    preview.await.unwrap();
    let lease = std::time::Duration::from_secs(30);
    let looked = sync_runs::claim(store, uuid::Uuid::new_v4(), lease, site.now()).await;
    let looked = looked.unwrap().unwrap();
    sync_runs::finish(store, &looked, site.now()).await.unwrap();
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let rows = seen(&site, "09:30", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((rows[0].id, rows[0].age_minutes), (row.id, 50));
    assert_eq!(rows[0].acknowledged_by.as_deref(), Some("Luka"));
    site.items(&[testkit::records::item("A")]).await;
    assert!(seen(&site, "09:40", kind).await.is_empty());
}

#[tokio::test]
async fn item_codes_that_nobody_knows_are_raised_until_they_are_known() {
    let site = Site::open().await;
    let kind = ExceptionKind::Unmapped;
    site.dispatches(&[dispatch("1", &[("A", 1), ("NEW-1", 2), ("NEW-2", 1)])])
        .await;
    let rows = seen(&site, "08:50", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(
        rows[0].detail.starts_with("2 item codes"),
        "{}",
        rows[0].detail
    );
    assert_eq!(rows[0].connection_id, Some(site.connection));
    site.items(&["NEW-1", "NEW-2"].map(testkit::records::item))
        .await;
    assert!(seen(&site, "08:55", kind).await.is_empty());
}
