//! Accepting many suggestions at once; the bar says first what that will touch.

use super::answer::{Asking, later};
use crate::api;
use crate::load::load;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::filter;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::url_state::UrlState;
use domain::mapping::{Acceptance, LEAST_ACCEPTED, MappingKind};
use leptos::prelude::*;

/// As alike as the bar asks for when the URL does not say, in per cent.
const USUALLY: i16 = 70;
const OTHERS: [i16; 4] = [LEAST_ACCEPTED, 60, 80, 90];

/// The bar, for the kind of value the page shows.
pub(super) fn accept_bar(url: UrlState, live: Signal<u64>, asking: Asking) -> AnyView {
    let what = load(
        move || (kind_of(url), at_least(url), live.get()),
        |(kind, percent, _)| api::mappings::acceptable(kind, percent),
    );
    let mut choices = vec![(String::new(), t!("{percent} % alike", percent = USUALLY))];
    choices.extend(OTHERS.map(|percent| (percent.to_string(), t!("{percent} % alike", percent))));
    view! {
        <div class="flex flex-wrap items-end gap-3" data-testid="accept-bar">
            {filter::select(url, "alike", t!("Suggestions at least"), choices)}
            {loaded(what, move |what: Acceptance, _| button(what, url, asking))}
        </div>
    }
    .into_any()
}

fn kind_of(url: UrlState) -> Option<MappingKind> {
    url.parsed("kind")
}

fn at_least(url: UrlState) -> i16 {
    let asked = url.parsed("alike").unwrap_or(USUALLY);
    asked.clamp(LEAST_ACCEPTED, 100)
}

fn button(what: Acceptance, url: UrlState, asking: Asking) -> AnyView {
    if what.mappings == 0 {
        return view! { <span class="flex h-9 items-center text-sm text-muted">{t!("No waiting value is that alike.")}</span> }
            .into_any();
    }
    let frees = t!(
        "Frees documents: {documents}, items: {items}.",
        documents = count(what.documents),
        items = count(what.items)
    );
    let (act, confirm) = (asking.act, asking.confirm);
    let text = later(&frees);
    let press = move |()| {
        confirm.ask(
            t!(
                "Accept suggestions ({count})?",
                count = count(what.mappings)
            ),
            text.clone(),
            t!("Accept"),
            move || {
                act.run(
                    api::mappings::accept(kind_of(url), at_least(url)),
                    t!("Accepted. The documents that waited were recalculated."),
                    |_| (),
                );
            },
        );
    };
    view! {
        <span class="inline-flex h-9 items-center gap-3">
            <Button
                label=t!("Accept {count}", count = count(what.mappings))
                kind=ButtonKind::Primary
                before=Icon::Check
                pending=act.pending()
                on_press=press
                testid="accept-all"
            />
            <span class="text-sm text-muted" data-testid="accept-frees">{frees}</span>
        </span>
    }
    .into_any()
}
