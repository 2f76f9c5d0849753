//! Photos of damaged and unexpected goods.

use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::panel::panel;
use domain::photo::Photo;
use leptos::prelude::*;

/// The pictures, each leading to itself in full; nothing where there are none.
pub(super) fn photos(photos: Vec<Photo>, site: &SiteTime) -> AnyView {
    if photos.is_empty() {
        return ().into_any();
    }
    let pictures = photos
        .into_iter()
        .map(|photo| one(photo, site))
        .collect::<Vec<_>>();
    let body = view! {
        <ul class="flex flex-wrap gap-4 px-4 py-3" data-testid="photos">{pictures}</ul>
    };
    panel(t!("Photos"), None, body.into_any())
}

fn one(photo: Photo, site: &SiteTime) -> AnyView {
    let address = routes::photo(photo.id);
    let picture = address.clone();
    let item = photo.item_code.unwrap_or_default();
    let taken = format!("{} · {}", photo.worker, site.short(photo.received_at));
    view! {
        <li class="w-48 text-xs" data-testid="photo">
            <a href=address target="_blank" rel="external">
                <img
                    class="h-36 w-48 rounded-sm border border-base-300 object-cover"
                    src=picture
                    alt=format!("{} {item}", t!("Photo"))
                    loading="lazy"
                />
            </a>
            <p class="pt-1 font-mono">{item.clone()}</p>
            <p class="text-muted">{taken}</p>
        </li>
    }
    .into_any()
}
