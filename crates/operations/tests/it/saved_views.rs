//! Lists as a person keeps them.

use crate::support::Site;
use domain::saved_view::NewView;
use operations::{Error, saved_views};

fn view(name: &str, query: &str, opens_first: bool) -> NewView {
    NewView {
        page: "/admin/users".to_owned(),
        name: name.to_owned(),
        query: query.to_owned(),
        opens_first,
    }
}

#[tokio::test]
async fn a_view_belongs_to_its_owner_and_the_same_name_replaces_it() {
    let site = Site::open().await;
    let (store, now) = (&site.store, site.now());
    let (ana, luka) = (&site.people.ana, &site.people.luka);
    let first = saved_views::save(store, ana, view("Leads", "role=lead", false), now)
        .await
        .unwrap();
    let again = saved_views::save(
        store,
        ana,
        view(" leads ", "role=lead&sort=login", true),
        now,
    )
    .await
    .unwrap();
    assert_eq!(first, again);
    let kept = store::saved_views::list(store, ana, "/admin/users")
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&*kept[0].name, &*kept[0].query, kept[0].opens_first),
        ("leads", "role=lead&sort=login", true)
    );
    assert!(
        store::saved_views::list(store, luka, "/admin/users")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store::saved_views::list(store, ana, "/admin/items")
            .await
            .unwrap()
            .is_empty()
    );
    for refused in [
        saved_views::rename(store, luka, first, "Mine").await,
        saved_views::open_first(store, luka, first, true).await,
        saved_views::delete(store, luka, first).await,
    ] {
        assert!(
            matches!(refused, Err(Error::NotFound("view"))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn at_most_one_view_of_a_page_opens_first() {
    let site = Site::open().await;
    let (store, now, ana) = (&site.store, site.now(), &site.people.ana);
    let one = saved_views::save(store, ana, view("One", "a=1", true), now)
        .await
        .unwrap();
    let two = saved_views::save(store, ana, view("Two", "a=2", true), now)
        .await
        .unwrap();
    let first = async || {
        let kept = store::saved_views::list(store, ana, "/admin/users")
            .await
            .unwrap();
        kept.into_iter()
            .filter(|view| view.opens_first)
            .map(|view| view.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(first().await, [two]);
    saved_views::open_first(store, ana, one, true)
        .await
        .unwrap();
    assert_eq!(first().await, [one]);
    saved_views::open_first(store, ana, one, false)
        .await
        .unwrap();
    assert!(first().await.is_empty());
    saved_views::rename(store, ana, one, "two")
        .await
        .unwrap_err();
    saved_views::delete(store, ana, one).await.unwrap();
    assert!(matches!(
        saved_views::delete(store, ana, one).await,
        Err(Error::NotFound("view"))
    ));
}

#[tokio::test]
async fn a_name_or_page_that_cannot_be_kept_is_refused() {
    let site = Site::open().await;
    let (store, now, ana) = (&site.store, site.now(), &site.people.ana);
    for name in ["", "  ", &"x".repeat(61), "nul\0"] {
        let refused = saved_views::save(store, ana, view(name, "", false), now).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{name}");
    }
    let elsewhere = NewView {
        page: "https://example.invalid".to_owned(),
        ..view("A", "", false)
    };
    let refused = saved_views::save(store, ana, elsewhere, now).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}
