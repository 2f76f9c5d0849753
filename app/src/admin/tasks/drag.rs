//! Dragging tasks, and keeping the keyboard's place while the list is read again.

use super::desk::Desk;
use domain::TaskId;
use leptos::prelude::*;

/// A cell that can be taken with the pointer and dropped on somebody.
pub(super) fn handle(desk: Desk, task: TaskId, body: AnyView) -> AnyView {
    view! {
        <div
            class="flex cursor-grab items-center gap-2 active:cursor-grabbing"
            draggable="true"
            title=t!("Drag onto a person or team")
            data-testid="drag"
            on:dragstart=move |event| {
                carry(&event, task);
                desk.drag(task);
            }
            on:dragend=move |_| desk.dragged.set(None)
        >
            <span class="text-muted select-none" aria-hidden="true">"⠿"</span>
            {body}
        </div>
    }
    .into_any()
}

/// Some browsers drag nothing that carries no data.
#[cfg(feature = "hydrate")]
fn carry(event: &web_sys::DragEvent, task: TaskId) {
    if let Some(data) = event.data_transfer() {
        let _ = data.set_data("text/plain", &task.to_string());
        data.set_effect_allowed("move");
    }
}

#[cfg(not(feature = "hydrate"))]
fn carry<T>(_event: &T, _task: TaskId) {}

/// A row that has the keyboard's focus has it again after the rows were replaced.
#[cfg(feature = "hydrate")]
pub(super) fn keep_focus() {
    use wasm_bindgen::JsCast;
    const ROWS: &str = "main tbody tr[data-key]";
    let focused = document()
        .active_element()
        .and_then(|active| active.closest(ROWS).ok().flatten());
    let Some(key) = focused.and_then(|row| row.get_attribute("data-key")) else {
        return;
    };
    request_animation_frame(move || {
        let Ok(rows) = document().query_selector_all(ROWS) else {
            return;
        };
        let found = (0..rows.length())
            .filter_map(|index| rows.item(index)?.dyn_into::<web_sys::HtmlElement>().ok())
            .find(|row| row.get_attribute("data-key").as_deref() == Some(&key));
        if let Some(row) = found {
            let _ = row.focus();
        }
    });
}

#[cfg(not(feature = "hydrate"))]
pub(super) fn keep_focus() {}
