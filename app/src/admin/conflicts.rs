//! Where an edit in the ERP contradicts the floor: the list, and the dialog that decides.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::field::TextField;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::quantity;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, figures, fixed, link, long, plain, table, text, two_lines};
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::{tell, tr};
use domain::document::{ConflictKind, OpenConflict, Resolution, SeenConflict};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::{LineId, OperationId};
use leptos::prelude::*;
use rust_decimal::Decimal;

/// The conflicts page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Documents]));
    let rows = load(
        move || (url.get("after"), live.get()),
        |(after, _)| api::conflicts::list(after.map(Cursor)),
    );
    let deciding = use_deciding();
    view! {
        {page_header(t!("Conflicts"), t!("Edits in the ERP that contradict what the floor did. Nothing moves until somebody decides."), None)}
        {frame(loaded(rows, move |page: Page<OpenConflict>, site| show(page, &site, url, passed, deciding)))}
        {deciding.dialog()}
    }
}

fn show(
    page: Page<OpenConflict>,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    deciding: Deciding,
) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Check,
            t!("Nothing to decide"),
            t!(
                "A line waits here when the ERP lowers it below what is done, removes it after a pick, or edits a finished document."
            ),
            None,
        );
    }
    let columns = [
        fixed(t!("Document")),
        long(t!("Item")),
        text(t!("What the ERP did")),
        figures(t!("Before")),
        figures(t!("Now")),
        figures(t!("Done")),
        text(t!("Unit")),
        fixed(t!("Since")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, site, deciding))
        .collect();
    view! {
        <div>
            {table(t!("Conflicts"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: OpenConflict, site: &SiteTime, deciding: Deciding) -> Row {
    let asked = Asked::of(&row);
    let decide = viewer_may(Permission::AssignTasks).then(|| decide_button(deciding, asked));
    let cells = vec![
        link(
            routes::document(row.document_kind, row.document_id),
            row.number.as_str(),
        ),
        two_lines(plain(row.item_code.as_str()), row.item_name),
        kind_badge(row.kind),
        plain(quantity(row.before)),
        plain(quantity(row.after)),
        plain(quantity(row.done)),
        plain(row.uom),
        plain(site.date_time(row.since)),
        decide.into_any(),
    ];
    Row::new(
        "conflict-row",
        format!("{}/{}", row.number, row.item_code),
        cells,
    )
}

/// What the ERP did, in a badge.
pub(crate) fn kind_badge(kind: ConflictKind) -> AnyView {
    let tone = match kind {
        ConflictKind::Lowered | ConflictKind::Removed => Tone::Bad,
        ConflictKind::Edited | ConflictKind::Added => Tone::Warning,
    };
    badge(tone, tr(kind.label()))
}

/// Opens the dialog about a line.
pub(crate) fn decide_button(deciding: Deciding, asked: Asked) -> AnyView {
    view! {
        <Button
            label=t!("Decide")
            small=true
            on_press=move |()| deciding.ask(asked.clone())
            testid="decide"
        />
    }
    .into_any()
}

/// A line to decide about.
#[derive(Clone)]
pub(crate) struct Asked {
    /// The line.
    pub(crate) line: LineId,
    /// Its item.
    pub(crate) item_code: String,
    /// Unit.
    pub(crate) uom: String,
    /// What the ERP did, in a sentence.
    pub(crate) text: String,
    /// The figures the decision is about.
    pub(crate) seen: SeenConflict,
}

impl Asked {
    fn of(row: &OpenConflict) -> Self {
        Self {
            line: row.line_id,
            item_code: row.item_code.clone(),
            uom: row.uom.clone(),
            text: row.text.clone(),
            seen: row.seen(),
        }
    }

    /// What accepting the ERP does.
    fn accepting(&self) -> String {
        let Self { seen, uom, .. } = self;
        let surplus = seen.done - seen.after.max(Decimal::ZERO);
        if surplus > Decimal::ZERO {
            let surplus = quantity(surplus);
            t!(
                "{surplus} {uom} are taken back as an operation of yours; the pick stays in the history.",
                surplus,
                uom
            )
        } else {
            t!("What the ERP wants more becomes work again; a finished document opens for it.")
                .to_owned()
        }
    }
}

/// The decision of a page.
#[derive(Clone, Copy)]
pub(crate) struct Deciding {
    open: RwSignal<bool>,
    asked: RwSignal<Option<Asked>>,
    reason: RwSignal<String>,
    act: Act,
}

/// The dialog of the page that calls it; show [`Deciding::dialog`] once.
pub(crate) fn use_deciding() -> Deciding {
    Deciding {
        open: RwSignal::new(false),
        asked: RwSignal::new(None),
        reason: RwSignal::new(String::new()),
        act: use_act(),
    }
}

impl Deciding {
    fn ask(self, asked: Asked) {
        self.reason.set(String::new());
        self.asked.set(Some(asked));
        self.open.set(true);
    }

    /// Where it appears.
    pub(crate) fn dialog(self) -> AnyView {
        let title = Signal::derive(move || {
            let code = self.asked.get().map(|asked| asked.item_code);
            t!(
                "Who is right about {code}?",
                code = code.unwrap_or_default()
            )
        });
        view! {
            <Dialog open=self.open title testid="decide-dialog">
                {move || self.asked.get().map(|asked| self.choices(asked))}
            </Dialog>
        }
        .into_any()
    }

    fn choices(self, asked: Asked) -> AnyView {
        let (accepting, text) = (asked.accepting(), asked.text.clone());
        let (line, seen, reason) = (asked.line, asked.seen, self.reason);
        let accept = move |()| self.decide(line, seen, Resolution::AcceptErp);
        let keep = move |()| {
            let reason = reason.get_untracked();
            self.decide(line, seen, Resolution::KeepFloor { reason });
        };
        let silent = Signal::derive(move || reason.with(|reason| reason.trim().is_empty()));
        let pending = self.act.pending();
        view! {
            <div class="flex flex-col gap-5">
                <p class="text-sm">{tell(&text)}</p>
                <div class="flex flex-col gap-2 rounded-md border border-base-300 p-3">
                    <p class="text-sm text-muted">{accepting}</p>
                    <div class="flex justify-end">
                        <Button label=t!("The ERP is right") kind=ButtonKind::Primary pending on_press=accept testid="accept-erp" />
                    </div>
                </div>
                <div class="flex flex-col gap-2 rounded-md border border-base-300 p-3">
                    <TextField label=t!("Why the floor's figure stays") value=reason hint=t!("Kept in the timeline and the audit.") testid="keep-reason" />
                    <div class="flex justify-end">
                        <Button label=t!("The floor is right") pending disabled=silent on_press=keep testid="keep-floor" />
                    </div>
                </div>
            </div>
        }
        .into_any()
    }

    fn decide(self, line: LineId, seen: SeenConflict, resolution: Resolution) {
        let open = self.open;
        self.act.run(
            api::conflicts::resolve(line, seen, resolution, new_operation_id()),
            t!("Decided. The timeline says so."),
            move |()| {
                let _ = open.try_set(false);
            },
        );
    }
}

/// Made where the person decides, so that a decision sent twice counts once.
#[cfg(feature = "hydrate")]
#[expect(
    clippy::disallowed_methods,
    reason = "the browser is where the decision's id comes from"
)]
fn new_operation_id() -> OperationId {
    OperationId(uuid::Uuid::now_v7())
}

#[cfg(not(feature = "hydrate"))]
fn new_operation_id() -> OperationId {
    OperationId(uuid::Uuid::nil())
}
