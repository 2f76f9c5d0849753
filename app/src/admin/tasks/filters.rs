//! What narrows the list of tasks.

use super::list::priority_name;
use super::waves;
use crate::api;
use crate::load::{Loader, load};
use crate::session::use_session;
use crate::ui::button::Button;
use crate::ui::filter;
use crate::ui::icon::Icon;
use crate::ui::url_state::UrlState;
use domain::company::Warehouse;
use domain::cut_off::CutOff;
use domain::task::Priority;
use domain::task_list::{DueFilter, Holder, TaskFilter};
use domain::team::Team;
use domain::user::UserSummary;
use leptos::prelude::*;

/// What the URL narrows the list to.
pub(super) fn filter_of(url: UrlState) -> TaskFilter {
    TaskFilter {
        view: url.parsed("view").unwrap_or_default(),
        holder: url.parsed::<Holder>("holder"),
        priority: url.parsed::<Priority>("priority"),
        due: url.parsed::<DueFilter>("due"),
        q: url.get("q"),
        cut_off: url.parsed("cut_off"),
        wave: url.parsed("wave"),
    }
}

/// The inputs above the list.
pub(super) fn filters(url: UrlState) -> Vec<AnyView> {
    let mut priorities = vec![(String::new(), t!("Any priority").to_owned())];
    priorities
        .extend(Priority::ALL.map(|one| (one.as_str().to_owned(), priority_name(one).to_owned())));
    let dues = [
        ("", t!("Any time")),
        ("late", t!("Late")),
        ("today", t!("Today")),
        ("unset", t!("Not set")),
    ];
    let dues = dues.map(|(value, text)| (value.to_owned(), text.to_owned()));
    vec![
        filter::search(url, t!("Number or partner")),
        holder_filter(url),
        filter::select(url, "priority", t!("Priority"), priorities),
        filter::select(url, "due", t!("Due"), dues.to_vec()),
        cut_off_filter(url),
        wave_filter(url),
    ]
}

/// Nothing where there are no cut-offs.
fn cut_off_filter(url: UrlState) -> AnyView {
    let session = use_session();
    let known: Loader<(Vec<CutOff>, Vec<Warehouse>)> = load(
        || (),
        move |()| async move {
            Ok((
                api::cut_offs::list().await?,
                session.read().await?.warehouses,
            ))
        },
    );
    let choice = move || {
        Suspend::new(async move {
            let (known, sites) = known.read().await.unwrap_or_default();
            (!known.is_empty()).then(|| {
                let mut options = vec![(String::new(), t!("Any cut-off").to_owned())];
                options.extend(waves::options(&known, &sites));
                filter::select(url, "cut_off", t!("Cut-off"), options)
            })
        })
    };
    view! { <Transition>{choice}</Transition> }.into_any()
}

/// The way back from the tasks of one wave, which are shown in a view of their own.
fn wave_filter(url: UrlState) -> AnyView {
    let value = url.value("wave");
    let any = Memo::new(move |_| !value.get().is_empty());
    let back = move || {
        any.get().then(|| {
            view! { <Button label=t!("Show all waves") small=true before=Icon::Cross on_press=move |()| url.replace("") testid="wave-all" /> }
        })
    };
    view! { <div>{back}</div> }.into_any()
}

fn holder_filter(url: UrlState) -> AnyView {
    let people: Loader<(Vec<UserSummary>, Vec<Team>)> = load(
        || (),
        |()| async { Ok((api::users::workers().await?, api::teams::list().await?)) },
    );
    let choice = move || {
        Suspend::new(async move {
            let known = people.read().await;
            known
                .ok()
                .map(|(workers, teams)| holders(url, workers, teams))
        })
    };
    view! { <Transition>{choice}</Transition> }.into_any()
}

fn holders(url: UrlState, workers: Vec<UserSummary>, teams: Vec<Team>) -> AnyView {
    let mut options = vec![
        (String::new(), t!("Anybody").to_owned()),
        ("nobody".to_owned(), t!("Nobody yet").to_owned()),
    ];
    options.extend(teams.into_iter().map(|team| {
        let value = format!("team:{}", team.id);
        (value, t!("Team {name}", name = team.name))
    }));
    let workers = workers
        .into_iter()
        .map(|worker| (format!("worker:{}", worker.id), worker.name));
    options.extend(workers);
    filter::select(url, "holder", t!("Given to"), options)
}
