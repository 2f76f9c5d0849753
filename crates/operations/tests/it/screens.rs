//! A screen gets in by the code it shows, sees one site, and is out once revoked.

use crate::support::{Site, pick};
use chrono::TimeDelta;
use domain::ScreenId;
use domain::kpi::{Kpi, KpiFigure};
use domain::screen::{BoardKind, Colours, Naming, Pairing, PairingState, ScreenPlan};
use domain::user::Caller;
use testkit::room::fill;

fn plan(site: &Site, names: Naming) -> ScreenPlan {
    ScreenPlan {
        name: "Hall".to_owned(),
        warehouse_id: site.people.warehouse,
        boards: vec![BoardKind::Shift, BoardKind::Quality],
        rotate_seconds: 20,
        names,
        colours: Colours::Dark,
    }
}

async fn begin(site: &Site, seed: u8) -> Pairing {
    begin_from(site, "source:10.0.0.1", seed).await.unwrap()
}

async fn begin_from(site: &Site, source: &str, seed: u8) -> operations::Result<Pairing> {
    let mut random = [seed; 38];
    // Six bytes make the code, five bits each.
    random[0] = seed >> 5;
    operations::screens::begin(&site.store, source, random, site.now()).await
}

#[tokio::test]
async fn one_network_cannot_take_the_codes_of_all_others() {
    let site = Site::open().await;
    let mut given = 0;
    for seed in 0..60 {
        given += u32::from(begin_from(&site, "source:10.0.0.1", seed).await.is_ok());
    }
    assert_eq!(given, 40);
    assert!(begin_from(&site, "source:10.0.0.2", 99).await.is_ok());
}

async fn pair(
    site: &Site,
    caller: &Caller,
    code: &str,
    names: Naming,
) -> operations::Result<ScreenId> {
    let (store, plan) = (&site.store, plan(site, names));
    let login = uuid::Uuid::new_v4().to_string();
    operations::screens::pair(store, caller, code, &plan, &login, site.now()).await
}

async fn ask(site: &Site, secret: &str) -> (PairingState, Option<domain::UserId>) {
    operations::screens::ask(&site.store, secret, site.now())
        .await
        .unwrap()
}

async fn screen(site: &Site, seed: u8, names: Naming) -> (ScreenId, Caller) {
    let pairing = begin(site, seed).await;
    let id = pair(site, &site.people.luka, &pairing.code, names).await;
    let (_, user) = ask(site, &pairing.secret).await;
    let found = store::users::find_caller(&site.store, user.unwrap()).await;
    (id.unwrap(), found.unwrap().unwrap().0)
}

#[tokio::test]
async fn pairing_changing_and_revoking_a_screen_is_told_to_the_list_of_screens() {
    let site = Site::open().await;
    let told = "select count(*) from live_feed where topics @> '{screens}'";
    let before = site.number(told).await;
    let (id, _) = screen(&site, 7, Naming::Full).await;
    assert_eq!(site.number(told).await, before + 1);
    let (store, luka) = (&site.store, &site.people.luka);
    let changed = plan(&site, Naming::Hidden);
    operations::screens::change(store, luka, id, &changed, site.now())
        .await
        .unwrap();
    operations::screens::revoke(store, luka, id, site.now())
        .await
        .unwrap();
    assert_eq!(site.number(told).await, before + 3);
}

#[tokio::test]
async fn a_screen_is_paired_by_its_code_and_sees_one_site() {
    let site = Site::open().await;
    let pairing = begin(&site, 7).await;
    assert_eq!(ask(&site, &pairing.secret).await.0, PairingState::Waiting);
    let typed = pairing.code.to_lowercase();
    let id = pair(&site, &site.people.luka, &typed, Naming::Full)
        .await
        .unwrap();
    let (state, user) = ask(&site, &pairing.secret).await;
    assert_eq!(state, PairingState::Paired);
    let found = store::users::find_caller(&site.store, user.unwrap()).await;
    let caller = found.unwrap().unwrap().0;
    assert_eq!(caller.warehouses, [site.people.warehouse]);
    assert!(!caller.may(domain::permission::Permission::ReadDocuments));
    let own = store::screens::of_user(&site.store, &caller).await.unwrap();
    assert_eq!(own.unwrap().id, id);
    // The code is used up.
    let again = pair(&site, &site.people.luka, &pairing.code, Naming::Full).await;
    assert!(matches!(again, Err(operations::Error::Invalid(_))));
}

#[tokio::test]
async fn a_code_alone_and_a_guessed_secret_open_nothing() {
    let site = Site::open().await;
    let pairing = begin(&site, 7).await;
    pair(&site, &site.people.luka, &pairing.code, Naming::Full)
        .await
        .unwrap();
    for guess in [pairing.code.as_str(), "", &"0".repeat(64)] {
        assert_eq!(ask(&site, guess).await, (PairingState::Over, None));
    }
    let late = begin(&site, 9).await;
    site.clock.pass(TimeDelta::minutes(10));
    assert_eq!(ask(&site, &late.secret).await, (PairingState::Over, None));
    let refused = pair(&site, &site.people.luka, &late.code, Naming::Full).await;
    assert!(matches!(refused, Err(operations::Error::Invalid(_))));
}

#[tokio::test]
async fn codes_of_screens_are_not_guessed() {
    let site = Site::open().await;
    let (luka, ana) = (&site.people.luka, &site.people.ana);
    let pairing = begin(&site, 7).await;
    for _ in 0..10 {
        let wrong = pair(&site, luka, "ZZZZZZ", Naming::Full).await;
        assert!(matches!(wrong, Err(operations::Error::Invalid(_))));
    }
    let right = pair(&site, luka, &pairing.code, Naming::Full).await;
    assert!(matches!(right, Err(operations::Error::Conflict(_))));
    pair(&site, ana, &pairing.code, Naming::Full).await.unwrap();
    site.clock.pass(TimeDelta::minutes(11));
    for seed in 20..32 {
        let pairing = begin(&site, seed).await;
        // Who enters right codes may enter many.
        pair(&site, luka, &pairing.code, Naming::Full)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_screen_is_paired_also_when_its_tries_cannot_be_forgotten() {
    let site = Site::open().await;
    let pairing = begin(&site, 7).await;
    fill(&site.admin, "delete", "login_failures").await;
    let id = pair(&site, &site.people.luka, &pairing.code, Naming::Full)
        .await
        .unwrap();
    let tries = "select count(*) from login_failures";
    assert_eq!(site.number(tries).await, 1, "it could not be forgotten");
    let (state, user) = ask(&site, &pairing.secret).await;
    assert_eq!((state, user.is_some()), (PairingState::Paired, true));
    let screens = store::screens::list(&site.store, &site.people.luka).await;
    let screens: Vec<ScreenId> = screens.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(screens, [id]);
}

#[tokio::test]
async fn only_leads_of_the_site_pair_and_revoke() {
    let site = Site::open().await;
    let people = &site.people;
    let pairing = begin(&site, 7).await;
    for nobody in [&people.marko, &people.tv, &people.stranger] {
        let refused = pair(&site, nobody, &pairing.code, Naming::Full).await;
        assert!(refused.is_err(), "{}", nobody.name);
    }
    let (id, _) = screen(&site, 8, Naming::Full).await;
    let mine = store::screens::list(&site.store, &people.luka).await;
    assert_eq!(mine.unwrap().len(), 1);
    let theirs = store::screens::list(&site.store, &people.stranger).await;
    assert!(theirs.unwrap().is_empty());
    for nobody in [&people.marko, &people.tv, &people.stranger] {
        let refused = operations::screens::revoke(&site.store, nobody, id, site.now()).await;
        assert!(refused.is_err(), "{}", nobody.name);
    }
}

#[tokio::test]
async fn a_revoked_screen_is_out() {
    let site = Site::open().await;
    let (id, caller) = screen(&site, 7, Naming::Full).await;
    let (store, now) = (&site.store, site.now());
    let limits = store::sessions::Limits {
        idle: TimeDelta::hours(1),
        longest: TimeDelta::hours(2),
    };
    let data = serde_json::json!({});
    let user = Some(caller.user_id);
    store::sessions::create(store, "tv", user, &data, limits, now)
        .await
        .unwrap();
    store::sessions::keep_for_screen(store, "tv", now)
        .await
        .unwrap();
    // A holiday ends no screen's session.
    let later = now + TimeDelta::days(30);
    let kept = store::sessions::load_used(store, "tv", limits, later).await;
    assert!(kept.unwrap().is_some());
    operations::screens::revoke(store, &site.people.luka, id, later)
        .await
        .unwrap();
    let kept = store::sessions::load_used(store, "tv", limits, later).await;
    assert!(kept.unwrap().is_none());
    let login = store::users::find_enabled(store, caller.user_id).await;
    assert!(login.unwrap().is_none());
    let own = store::screens::of_user(store, &caller).await.unwrap();
    assert!(own.is_none());
}

#[tokio::test]
async fn a_screen_without_names_is_never_told_them() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let people = &site.people;
    site.act(&people.marko, task.task.id, pick(task.lines[0].id, "2"))
        .await;
    for (seed, names, wanted) in [
        (7, Naming::Hidden, "#1"),
        (8, Naming::Initials, "M."),
        (9, Naming::Full, "Marko"),
    ] {
        let (_, screen) = screen(&site, seed, names).await;
        let board = store::boards::shift_screen(&site.store, &screen, people.warehouse, site.now());
        let leader = board.await.unwrap().board.leaderboard.remove(0);
        assert_eq!(leader.name, wanted);
        assert_eq!(leader.user_id.is_none(), names == Naming::Hidden);
        let filter = domain::kpi::KpiFilter {
            by: Some(domain::kpi::By::Worker),
            ..domain::kpi::KpiFilter::default()
        };
        let report = store::kpis::report(&site.store, &screen, &filter, site.now());
        let parts = report.await.unwrap().groups;
        let told = parts.iter().any(|part| part.name == "Marko");
        assert_eq!(told, names == Naming::Full);
        let marko = people.marko.user_id.to_string();
        let told = parts.iter().any(|part| part.key == marko);
        assert_eq!(told, names != Naming::Hidden);
    }
}

#[tokio::test]
async fn the_boards_of_days_and_quality_add_up_to_the_figures() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let people = &site.people;
    for line in &task.lines {
        site.act(&people.marko, task.task.id, pick(line.id, "2"))
            .await;
    }
    let (store, tv, here) = (&site.store, &people.tv, people.warehouse);
    let board = store::boards::throughput(store, tv, here, site.now())
        .await
        .unwrap();
    for series in [
        &board.days_by_shift,
        &board.days_by_team,
        &board.weeks_by_shift,
        &board.weeks_by_team,
    ] {
        let total: i64 = series.iter().flat_map(|one| &one.values).sum();
        assert_eq!(total, 2, "{series:?}");
        assert_eq!(series[0].values.last(), Some(&2));
    }
    assert_eq!(board.days_by_shift[0].name, "A");
    assert_eq!(board.days_by_team[0].name, "Alfa");
    let quality = store::boards::quality(store, tv, here, site.now())
        .await
        .unwrap();
    assert_eq!(quality.days.last(), Some(&quality.site.day));
    // All was done today; a week has seven days to divide by.
    let of_work = |figures: &[KpiFigure]| -> Vec<KpiFigure> {
        let figures = figures.iter().cloned();
        figures
            .filter(|figure| figure.kpi != Kpi::DocumentsPerDay)
            .collect()
    };
    assert_eq!(of_work(&quality.today), of_work(&quality.week));
    let health = store::boards::connections(store, tv, here, site.now())
        .await
        .unwrap();
    assert_eq!(health.connections.len(), 1);
    let far = people.other_warehouse;
    assert!(
        store::boards::throughput(store, tv, far, site.now())
            .await
            .is_err()
    );
    assert!(
        store::boards::quality(store, tv, far, site.now())
            .await
            .is_err()
    );
    assert!(
        store::boards::connections(store, tv, far, site.now())
            .await
            .is_err()
    );
}
