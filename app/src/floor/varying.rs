//! What changes on a page, behind one type each: a closure type per place would be compiled anew
//! for each, and a handheld downloads all of them.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// Text that changes; for children, classes and attributes.
pub(crate) type Text = Box<dyn FnMut() -> String + Send>;
/// Something that is so or not.
pub(crate) type Flag = Box<dyn FnMut() -> bool + Send>;
/// A part of the page that changes.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;
/// What a touch does.
pub(crate) type Press = Box<dyn FnMut(MouseEvent) + Send>;

pub(crate) fn text(read: impl FnMut() -> String + Send + 'static) -> Text {
    Box::new(read)
}

pub(crate) fn flag(read: impl FnMut() -> bool + Send + 'static) -> Flag {
    Box::new(read)
}

pub(crate) fn part(draw: impl FnMut() -> AnyView + Send + 'static) -> Part {
    Box::new(draw)
}

pub(crate) fn press(mut act: impl FnMut() + Send + 'static) -> Press {
    Box::new(move |_| act())
}

/// Does something now, and again whenever what it read has changed. An effect brings a whole waiting
/// task with it, compiled anew for each closure.
pub(crate) fn whenever(act: impl FnMut() + 'static) {
    run(Box::new(act));
}

fn run(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_| act());
}

/// A part that is there or not.
pub(crate) fn option(view: Option<AnyView>) -> AnyView {
    view.unwrap_or_else(|| ().into_any())
}
