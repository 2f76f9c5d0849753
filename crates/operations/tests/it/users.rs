//! Logins: who may change them, and that somebody is always left who can.

use crate::support::Site;
use domain::UserId;
use domain::permission::Role;
use domain::sort::{Sort, SortKey};
use domain::user::{Badge, Caller, UserChange, UserFilter, UserSort};
use operations::Error;
use operations::users::{self, NewUser};
use std::collections::BTreeSet;

async fn hire(site: &Site, login: &str, role: Role) -> UserId {
    let user = NewUser {
        login: login.to_owned(),
        name: format!("Name of {login}"),
        role,
        password_hash: "none".to_owned(),
        password_temporary: true,
        team_id: None,
        warehouses: vec![site.people.warehouse],
    };
    users::create(&site.store, &site.people.ana, &user, site.now())
        .await
        .unwrap()
}

fn as_now(caller: &Caller) -> UserChange {
    UserChange {
        name: caller.name.clone(),
        role: caller.role,
        team_id: caller.team_id,
        warehouses: caller.warehouses.clone(),
    }
}

async fn details(site: &Site, action: &str) -> Vec<serde_json::Value> {
    sqlx::query_scalar("select details from audit_entries where action = $1 order by id")
        .bind(action)
        .fetch_all(&site.admin)
        .await
        .unwrap()
}

async fn told(site: &Site, topic: &str) -> i64 {
    let told = "select count(*) from live_feed where $1 = any(topics)";
    let count = sqlx::query_scalar(told).bind(topic);
    count.fetch_one(&site.admin).await.unwrap()
}

#[tokio::test]
async fn every_change_of_a_login_is_told_to_the_lists_of_users_and_of_the_audit() {
    let site = Site::open().await;
    let (store, ana) = (&site.store, &site.people.ana);
    let (users_before, audit_before) = (told(&site, "users").await, told(&site, "audit").await);
    let vera = hire(&site, "vera", Role::Lead).await;
    users::disable(store, ana, vera, site.now()).await.unwrap();
    users::enable(store, ana, vera, site.now()).await.unwrap();
    assert_eq!(told(&site, "users").await, users_before + 3);
    assert_eq!(told(&site, "audit").await, audit_before + 3);
    users::enable(store, ana, vera, site.now()).await.unwrap();
    assert_eq!(
        told(&site, "users").await,
        users_before + 3,
        "nothing changed"
    );
}

#[tokio::test]
async fn the_last_active_admin_can_neither_be_disabled_nor_demoted() {
    let site = Site::open().await;
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    let vera = hire(&site, "vera", Role::Admin).await;
    let (vera_caller, _) = store::users::find_caller(store, vera)
        .await
        .unwrap()
        .unwrap();
    users::disable(store, &vera_caller, ana.user_id, now)
        .await
        .unwrap();
    let demoted = UserChange {
        role: Role::Lead,
        ..as_now(&vera_caller)
    };
    let refused = users::update(store, &vera_caller, vera, &demoted, now).await;
    assert!(
        matches!(&refused, Err(Error::Conflict(text)) if text.contains("last active administrator")),
        "{refused:?}"
    );
    let refused = users::disable(store, ana, vera, now).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    users::enable(store, &vera_caller, ana.user_id, now)
        .await
        .unwrap();
    users::update(store, &vera_caller, vera, &demoted, now)
        .await
        .unwrap();
}

#[tokio::test]
async fn two_admins_who_disable_each_other_at_once_leave_one() {
    let site = Site::open().await;
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    let vera = hire(&site, "vera", Role::Admin).await;
    let (vera_caller, _) = store::users::find_caller(store, vera)
        .await
        .unwrap()
        .unwrap();
    let (one, other) = tokio::join!(
        users::disable(store, ana, vera, now),
        users::disable(store, &vera_caller, ana.user_id, now),
    );
    assert_eq!(
        [one.is_ok(), other.is_ok()]
            .iter()
            .filter(|ok| **ok)
            .count(),
        1,
        "{one:?} {other:?}"
    );
}

#[tokio::test]
async fn a_change_is_audited_with_before_and_after_and_none_is_not() {
    let site = Site::open().await;
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    let marko = &site.people.marko;
    users::update(store, ana, marko.user_id, &as_now(marko), now)
        .await
        .unwrap();
    assert!(details(&site, "USER_CHANGED").await.is_empty());
    let lead = UserChange {
        role: Role::Lead,
        team_id: None,
        ..as_now(marko)
    };
    users::update(store, ana, marko.user_id, &lead, now)
        .await
        .unwrap();
    let told = details(&site, "USER_CHANGED").await;
    let changes: Vec<String> = domain::audit_words::changes(&told[0])
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(changes, ["role: worker → lead", "team: Alfa → nothing"]);
}

#[tokio::test]
async fn sites_out_of_the_admins_sight_stay_as_they_are() {
    let site = Site::open().await;
    let (store, now) = (&site.store, site.now());
    let vera = hire(&site, "vera", Role::Admin).await;
    let (vera_caller, _) = store::users::find_caller(store, vera)
        .await
        .unwrap()
        .unwrap();
    let luka = &site.people.luka;
    let one_site = UserChange {
        warehouses: vec![site.people.warehouse],
        name: "Luka L.".to_owned(),
        ..as_now(luka)
    };
    users::update(store, &vera_caller, luka.user_id, &one_site, now)
        .await
        .unwrap();
    let (after, _) = store::users::find_caller(store, luka.user_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(after.warehouses, luka.warehouses);
    let wider = UserChange {
        warehouses: vec![site.people.other_warehouse],
        ..as_now(luka)
    };
    let refused = users::update(store, &vera_caller, luka.user_id, &wider, now).await;
    assert!(matches!(refused, Err(Error::NotFound("warehouse"))));
}

#[tokio::test]
async fn a_team_of_a_site_the_person_does_not_see_is_refused() {
    let site = Site::open().await;
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    let elsewhere = UserChange {
        team_id: Some(site.people.alfa),
        warehouses: vec![site.people.other_warehouse],
        ..as_now(&site.people.petar)
    };
    let refused = users::update(store, ana, site.people.petar.user_id, &elsewhere, now).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn leads_and_admins_of_another_company_change_no_login() {
    let site = Site::open().await;
    let (store, now, marko) = (&site.store, site.now(), &site.people.marko);
    for (caller, lead) in [(&site.people.luka, true), (&site.people.stranger, false)] {
        let answers = [
            users::disable(store, caller, marko.user_id, now).await,
            users::enable(store, caller, marko.user_id, now).await,
            users::reset_password(store, caller, marko.user_id, "x", now).await,
            users::revoke_everything(store, caller, marko.user_id, now).await,
            users::update(store, caller, marko.user_id, &as_now(marko), now).await,
        ];
        for answer in answers {
            match answer {
                Err(Error::Forbidden(_)) => assert!(lead),
                Err(Error::NotFound(_)) => assert!(!lead),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn every_sort_of_the_users_list_meets_each_user_once() {
    let site = Site::open().await;
    for index in 0..7 {
        // Equal names, so that ties fall on the borders of pages.
        let id = hire(&site, &format!("clerk{index}"), Role::Viewer).await;
        sqlx::query("update users set name = 'Clerk' where id = $1")
            .bind(id.0)
            .execute(&site.admin)
            .await
            .unwrap();
    }
    let all = 7 + 6;
    for by in UserSort::ALL {
        for descending in [false, true] {
            let filter = UserFilter {
                sort: Sort {
                    by: *by,
                    descending,
                },
                ..UserFilter::default()
            };
            let (mut met, mut cursor, mut pages) = (BTreeSet::new(), None, 0);
            loop {
                let page = store::user_list::page(
                    &site.store,
                    &site.people.ana,
                    &filter,
                    cursor.as_ref(),
                    3,
                );
                let page = page.await.unwrap();
                for row in &page.rows {
                    assert!(met.insert(row.login.clone()), "{by:?}: {} again", row.login);
                }
                pages += 1;
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((met.len(), pages), (all, 5), "{by:?} {descending}");
        }
    }
}

#[tokio::test]
async fn filters_of_the_users_list_narrow_it() {
    let site = Site::open().await;
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    users::disable(store, ana, site.people.petar.user_id, now)
        .await
        .unwrap();
    let logins = async |filter: UserFilter| {
        let page = store::user_list::page(store, ana, &filter, None, 50)
            .await
            .unwrap();
        page.rows
            .into_iter()
            .map(|row| row.login)
            .collect::<Vec<_>>()
    };
    let none = UserFilter::default;
    let disabled = UserFilter {
        active: Some(false),
        ..none()
    };
    assert_eq!(logins(disabled).await, ["petar"]);
    let alfa = UserFilter {
        team: Some(site.people.alfa),
        ..none()
    };
    assert_eq!(logins(alfa).await, ["jelena", "marko"]);
    let leads = UserFilter {
        role: Some(Role::Lead),
        ..none()
    };
    assert_eq!(logins(leads).await, ["luka"]);
    let there = UserFilter {
        warehouse: Some(site.people.other_warehouse),
        ..none()
    };
    assert_eq!(logins(there).await, ["ana", "luka"]);
    let found = UserFilter {
        q: Some("ELEN".to_owned()),
        ..none()
    };
    assert_eq!(logins(found).await, ["jelena"]);
}

#[tokio::test]
async fn an_administrator_gives_a_badge_and_takes_it_away() {
    let site = Site::open().await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let badge = Badge {
        salt: vec![1; 16],
        hash: vec![2; 32],
        rounds: 20_000,
    };
    let marko = people.marko.user_id;
    let lead = users::set_badge(store, &people.luka, marko, Some(&badge), now).await;
    assert!(matches!(lead, Err(Error::Forbidden(_))), "{lead:?}");
    users::set_badge(store, &people.ana, marko, Some(&badge), now)
        .await
        .unwrap();
    let own = store::users::badge(store, &people.marko).await.unwrap();
    assert_eq!(own, Some(badge));
    let other = store::users::badge(store, &people.jelena).await.unwrap();
    assert_eq!(other, None);
    let detail = store::user_list::get(store, &people.ana, marko, now);
    assert!(detail.await.unwrap().has_badge);
    users::set_badge(store, &people.ana, marko, None, now)
        .await
        .unwrap();
    let own = store::users::badge(store, &people.marko).await.unwrap();
    assert_eq!(own, None);
    let told = "select count(*) from audit_entries where action in ('BADGE_GIVEN', 'BADGE_TAKEN') and subject = 'marko'";
    assert_eq!(site.number(told).await, 2);
}
