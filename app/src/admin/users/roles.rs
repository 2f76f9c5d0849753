//! What each role may do, as a table.

use crate::admin::shell::role_name;
use crate::routes;
use crate::ui::header::detail_header;
use crate::ui::icon::{Icon, icon};
use crate::ui::panel::frame;
use crate::words::tr;
use domain::permission::{Permission, Role};
use leptos::prelude::*;

/// The page of roles.
#[component]
pub fn Roles() -> impl IntoView {
    let text = t!("Roles are fixed. What is not listed for a role is refused.").into_any();
    view! {
        {detail_header((routes::USERS, t!("Users")), t!("What roles may do"), text, None)}
        {frame(matrix())}
    }
}

fn matrix() -> AnyView {
    let heading =
        |role| view! { <th scope="col" class="w-28 text-center">{role_name(role)}</th> }.into_any();
    let headings = Vec::from(Role::ALL.map(heading));
    let rows = Vec::from(Permission::ALL.map(line));
    view! {
        <div class="overflow-x-auto">
            <table class="table table-sm" aria-label=t!("What roles may do") data-testid="roles-matrix">
                <thead>
                    <tr class="text-xs font-medium text-muted">
                        <th scope="col">{t!("May")}</th>
                        {headings}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line(permission: Permission) -> AnyView {
    let cell = |role: Role| {
        let (drawing, word, class) = if role.grants(permission) {
            (Icon::Check, t!("yes"), "mx-auto size-4 text-success")
        } else {
            (Icon::Cross, t!("no"), "mx-auto size-4 text-muted")
        };
        view! {
            <td class="text-center">
                {icon(drawing, class)}
                <span class="sr-only">{word}</span>
            </td>
        }
        .into_any()
    };
    let cells = Vec::from(Role::ALL.map(cell));
    view! {
        <tr>
            <th scope="row" class="font-normal">{tr(permission.words())}</th>
            {cells}
        </tr>
    }
    .into_any()
}
