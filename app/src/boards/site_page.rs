//! The boards of one site for a person: `?show=shift,quality` chooses, `?every=30` turns,
//! `?colours=light` suits a sunny wall.

use super::frame::{Boards, face};
use domain::WarehouseId;
use domain::screen::{BoardKind, Colours};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The boards of the warehouse in the address.
#[component]
pub fn SitePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let site = Memo::new(move |_| {
        params.with(|params| params.get("warehouse")?.parse::<WarehouseId>().ok())
    });
    let boards = Memo::new(move |_| query.with(|query| boards_of(query.get("show").as_deref())));
    let seconds = Memo::new(move |_| {
        let every = query.with(|query| query.get("every")?.parse::<i32>().ok());
        every.unwrap_or(20).clamp(5, 600)
    });
    let colours = Memo::new(move |_| {
        let word = query.with(|query| query.get("colours")?.parse::<Colours>().ok());
        word.unwrap_or_default()
    });
    view! {
        <Title text=t!("Board") />
        {move || {
            let body = match site.get() {
                Some(site) => view! { <Boards site boards=boards.get() seconds=seconds.get() /> }.into_any(),
                None => view! { <p class="p-[4vw] text-[3vw] font-bold">{t!("This warehouse does not exist.")}</p> }.into_any(),
            };
            face(colours.get(), body)
        }}
    }
}

/// The boards named, each once; the shift board when none is.
fn boards_of(show: Option<&str>) -> Vec<BoardKind> {
    let mut boards: Vec<BoardKind> = Vec::new();
    for word in show.unwrap_or_default().split(',') {
        if let Ok(board) = word.trim().parse()
            && !boards.contains(&board)
        {
            boards.push(board);
        }
    }
    if boards.is_empty() {
        boards.push(BoardKind::Shift);
    }
    boards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_board_shows_the_shift() {
        assert_eq!(boards_of(None), [BoardKind::Shift]);
        assert_eq!(boards_of(Some("nonsense,,")), [BoardKind::Shift]);
        assert_eq!(
            boards_of(Some("quality, shift,quality")),
            [BoardKind::Quality, BoardKind::Shift]
        );
    }
}
