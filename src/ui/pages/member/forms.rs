//! The forms of one member.

use leptos::prelude::*;

use crate::dto::{GrantName, MemberView};
use crate::ui::components::{FieldError, Select};
use crate::ui::page::flash;
use crate::ui::pages::members::given_roles;

/// Role and limit.
#[component]
pub fn RoleForm(
    /// The member.
    view: MemberView,
    /// The connections to limit to.
    choices: Vec<GrantName>,
) -> impl IntoView {
    let flash = flash();
    let known: Vec<String> = view.connections.iter().flatten().map(|grant| grant.id.clone()).collect();
    let boxes: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let checked = known.contains(&choice.id);
            view! {
                <label class="flex items-center gap-2.5 text-sm">
                    <input class="checkbox" type="checkbox" name="connection" value=choice.id checked=checked />
                    <span>{choice.name}</span>
                </label>
            }
        })
        .collect();
    let nothing = boxes.is_empty().then(|| view! { <p class="text-sm text-muted">"There is no connection to choose yet."</p> });
    let wrong = [flash.error("limited"), flash.error("connections")].into_iter().find(|text| !text.is_empty());
    let role = if view.role.is_given() {
        view! { <Select name="role" label="Role" options=given_roles() chosen=view.role.as_str() error=flash.error("role") help="It counts from the person\u{2019}s next click on." /> }.into_any()
    } else {
        view! { <p class="text-sm">"This person runs the server, and is a super admin in every organisation of theirs."</p> }.into_any()
    };
    let limit = view.role.is_given().then(|| {
        view! {
            <fieldset class="lk-field" id="limited">
                <legend class="lk-label">"What the person sees"</legend>
                <div class="grid gap-2.5">
                    <label class="flex items-start gap-2.5">
                        <input class="radio radio-sm mt-0.5" type="radio" name="limited" value="no" checked=!view.limited />
                        <span>"Every connection of the organisation"</span>
                    </label>
                    <label class="flex items-start gap-2.5">
                        <input class="radio radio-sm mt-0.5" type="radio" name="limited" value="yes" checked=view.limited />
                        <span>
                            "Only the connections that are ticked here"
                            <span class="block text-sm text-muted">"For developers and viewers. Every other connection is as if it were not there."</span>
                        </span>
                    </label>
                    <div class="ms-7 grid gap-2" id="connections">{boxes}{nothing}</div>
                </div>
                {wrong.map(|text| view! { <FieldError id="limited" text=text /> })}
            </fieldset>
        }
    });
    view! {
        <form class="lk-card" method="post" action="/actions/members/change" aria-labelledby="role-head">
            <div class="lk-card-h"><h2 class="lk-h2" id="role-head">"Role and limits"</h2></div>
            <input type="hidden" name="id" value=view.id.clone() />
            <div class="lk-card-b grid gap-5">{role}{limit}</div>
            {view.role.is_given().then(|| view! { <div class="lk-card-f"><button class="btn btn-primary" type="submit">"Save the changes"</button></div> })}
        </form>
    }
}

/// Off, on and away.
#[component]
pub fn Membership(
    /// The member.
    view: MemberView,
    /// Who could be given what a former member owns.
    heirs: Vec<(String, String)>,
) -> impl IntoView {
    let owns = view.owns.unwrap_or_default();
    let button = |action: &'static str, words: &'static str| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name="id" value=view.id.clone() />
                <button class="btn btn-quiet" type="submit">{words}</button>
            </form>
        }
    };
    let switch = match view.status.as_str() {
        "active" => Some(button("/actions/members/deactivate", "Turn the membership off").into_any()),
        "deactivated" => Some(button("/actions/members/reactivate", "Turn the membership on").into_any()),
        _ => None,
    };
    let sentence = match view.status.as_str() {
        "active" => "While a membership is turned off, the person cannot come in. Everything is kept.",
        "deactivated" => "It is turned off: the person cannot come in. Everything is kept.",
        _ => "This person is no longer a member. Invite the address again to bring the person back.",
    };
    let give = (owns > 0 && view.status != "active").then(|| {
        view! {
            <form class="lk-card-b grid gap-4 border-t border-line" method="post" action="/actions/members/transfer">
                <input type="hidden" name="id" value=view.id.clone() />
                <Select
                    name="to"
                    label="Give what the person owns to"
                    options=heirs
                    help=format!("{}, which nobody else can use now.", crate::ui::words::count(owns, "connection"))
                    error=flash().error("to")
                />
                <div><button class="btn btn-quiet" type="submit">"Give it"</button></div>
            </form>
        }
    });
    let remove =
        (view.status != "removed").then(|| view! { <a class="btn btn-danger" href=format!("/members/{}/remove", view.id)>"Remove from the organisation"</a> });
    view! {
        <section class="lk-card" aria-labelledby="end-head">
            <div class="lk-card-h"><h2 class="lk-h2" id="end-head">"Membership"</h2></div>
            <p class="lk-card-b text-sm">{sentence}</p>
            {give}
            {(view.status != "removed").then(|| view! { <div class="lk-card-f">{switch}{remove}</div> })}
        </section>
    }
}
