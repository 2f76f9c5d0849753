//! Barcodes from the floor that wait for a lead.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::button::Button;
use crate::ui::load::loaded;
use crate::ui::panel::panel;
use crate::ui::table::{Row, actions, code, fixed, link, plain, table, text, two_lines};
use domain::Quantity;
use domain::live::Topic;
use domain::taught_barcode::{TaughtBarcode, TaughtDecision};
use leptos::prelude::*;

/// The panel; nothing while none waits.
pub(super) fn taught_panel() -> AnyView {
    let live = use_live(Signal::stored(vec![Topic::Mappings]));
    let rows = load(move || live.get(), |_| api::taught_barcodes::waiting());
    let act = use_act();
    loaded(rows, move |rows: Vec<TaughtBarcode>, site| {
        if rows.is_empty() {
            return ().into_any();
        }
        let columns = [
            text(t!("Barcode")),
            text(t!("Item")),
            text(t!("Scanned by")),
            fixed(t!("Stands for")),
            actions(),
        ];
        let rows = rows.into_iter().map(|row| line(row, &site, act)).collect();
        panel(
            t!("Barcodes from the floor"),
            None,
            table(t!("Barcodes from the floor"), &columns, rows),
        )
    })
}

fn line(row: TaughtBarcode, site: &SiteTime, act: Act) -> Row {
    let id = row.id;
    let quantity = RwSignal::new("1".to_owned());
    let known = quantity_of(quantity);
    let owner = row.owner.clone();
    let item = link(crate::routes::item(row.item_id), row.item_code.as_str());
    let from = match &row.document {
        Some((kind, document, number)) => {
            link(crate::routes::document(*kind, *document), number.as_str())
        }
        None => plain(""),
    };
    let accept = move |()| {
        if let Some(Some(quantity)) = known.try_get_untracked() {
            let call = api::taught_barcodes::decide(id, TaughtDecision::Accept(quantity));
            act.run(
                call,
                t!("Accepted. Handhelds know the barcode now."),
                |()| (),
            );
        }
    };
    let reject = move |()| {
        let call = api::taught_barcodes::decide(id, TaughtDecision::Reject);
        act.run(call, t!("Rejected."), |()| ());
    };
    let barcode = match &owner {
        Some(owner) => two_lines(code(row.barcode.as_str()), t!("belongs to {owner}", owner)),
        None => code(row.barcode.as_str()),
    };
    let cannot = Signal::derive(move || owner.is_some() || known.get().is_none());
    let decide = view! {
        <span class="inline-flex items-center gap-2">
            <Button label=t!("Accept") small=true pending=act.pending() disabled=cannot on_press=accept testid="taught-accept" />
            <Button label=t!("Reject") small=true pending=act.pending() on_press=reject testid="taught-reject" />
        </span>
    };
    let said = format!("{}, {}", row.taught_by, site.short(row.taught_at));
    let cells = vec![
        barcode,
        two_lines(item, row.item_name),
        two_lines(from, said),
        amount(quantity, &row.uom),
        decide.into_any(),
    ];
    Row::new("taught-row", row.barcode, cells)
}

fn quantity_of(text: RwSignal<String>) -> Signal<Option<Quantity>> {
    Signal::derive(move || {
        let quantity = text.with(|text| text.parse::<Quantity>().ok());
        quantity.filter(|quantity| !quantity.is_zero())
    })
}

/// How much of the item the barcode stands for: one, or a pack.
fn amount(quantity: RwSignal<String>, uom: &str) -> AnyView {
    view! {
        <span class="inline-flex items-center gap-2 whitespace-nowrap">
            <input
                class="input input-xs h-7 w-16 text-right tabular-nums"
                inputmode="decimal"
                aria-label=t!("Stands for")
                data-testid="taught-quantity"
                prop:value=quantity
                on:input=move |event| quantity.set(event_target_value(&event))
            />
            {uom.to_owned()}
        </span>
    }
    .into_any()
}
