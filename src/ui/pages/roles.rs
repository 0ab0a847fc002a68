//! What each role may do.

use axum::response::Response;
use leptos::prelude::*;

use crate::domain::Role;
use crate::dto::RoleTable;
use crate::services::role_table;
use crate::ui::components::{Breadcrumb, Icon};
use crate::ui::page::{Page, Place};
use crate::ui::visit::Member;

/// `GET /roles`
pub async fn get(member: Member) -> Response {
    let view = role_table::view(&member.actor);
    member.page(view, |view| page(&view)).await
}

/// Draws it.
pub fn page(view: &RoleTable) -> Page {
    let heads: Vec<_> = view.roles.iter().map(|role| view! { <th scope="col" class="text-center!">{role.title()}</th> }).collect();
    let rows: Vec<_> = view
        .rows
        .iter()
        .map(|(what, cells)| {
            let cells: Vec<_> = view.roles.iter().zip(cells).map(|(role, far)| cell(*role, far)).collect();
            view! {
                <tr>
                    <th scope="row" class="whitespace-normal! text-base-content! text-sm! font-normal!">{what.clone()}</th>
                    {cells}
                </tr>
            }
        })
        .collect();
    let body = view! {
        <Breadcrumb href="/members" above="Members and roles" here="What each role may do" />
        <h1 class="lk-h1">"What each role may do"</h1>
        <p class="lk-sub">"Nobody, in any role, can read a stored secret on a page."</p>
        <section class="lk-card mt-6" aria-label="Roles">
            <div class="relative overflow-x-auto" tabindex="0" role="group" aria-label="Role table, scrolls sideways">
                <table class="lk-table min-w-[44rem]">
                    <thead>
                        <tr>
                            <th scope="col"><span class="sr-only">"Action"</span></th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    };
    Page::in_sidebar("What each role may do", Place::Members, body)
}

fn cell(role: Role, far: &str) -> impl IntoView + use<> {
    let title = role.title();
    match far {
        "yes" => view! { <td class="text-center"><span class="text-ok"><Icon name="i-check" class="mx-auto" /></span><span class="sr-only">{format!("{title}: yes")}</span></td> }.into_any(),
        "" => view! { <td class="text-center"><span class="text-faint"><Icon name="i-minus" class="mx-auto" /></span><span class="sr-only">{format!("{title}: no")}</span></td> }.into_any(),
        far => view! { <td class="text-center"><span class="text-xs text-muted">{far.to_owned()}</span></td> }.into_any(),
    }
}
