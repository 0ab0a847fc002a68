//! What people write about a connection, as a form.

use leptos::prelude::*;

use crate::domain::{Action, Reach, reach};
use crate::dto::ConnectionView;
use crate::ui::components::{Field, FieldError, Select, TextArea};
use crate::ui::flash::Flash;
use crate::ui::page::{flash, shell};

/// Name, description and tags. After a refusal it holds what was typed, and says what was saved meanwhile.
#[component]
pub fn EditForm(view: ConnectionView) -> impl IntoView {
    let left = flash();
    let typed = left.values.contains_key("version");
    let overtaken = typed && left.value("version") != view.version.to_string();
    let now = [("name", view.row.name.clone()), ("description", view.description.clone()), ("tags", view.row.tags.join(", "))];
    let [name, description, tags] = now.map(|(key, stored)| Entry::of(&left, key, stored, typed, overtaken));
    let help = |entry: &Entry, usual: &str| if entry.meanwhile.is_empty() { usual.to_owned() } else { entry.meanwhile.clone() };
    let described = if description.error.is_empty() { "description-help" } else { "description-error description-help" };
    view! {
        <form method="post" action="/actions/connections/edit">
            <input type="hidden" name="id" value=view.row.id.clone() />
            <input type="hidden" name="version" value=view.version.to_string() />
            <div class="lk-card-b grid gap-5">
                <Field name="name" label="Name" autocomplete="off" value=name.value.clone() error=name.error.clone() help=help(&name, "") />
                <div class="lk-field">
                    <div class="lk-label">
                        <label for="description">"Description " <span class="lk-opt">"optional"</span></label>
                    </div>
                    <TextArea
                        name="description"
                        value=description.value.clone()
                        rows=3
                        optional=true
                        described_by=described
                        wrong=!description.error.is_empty()
                    />
                    {(!description.error.is_empty()).then(|| view! { <FieldError id="description" text=description.error.clone() /> })}
                    <p class="lk-help" id="description-help">
                        {help(&description, "What it is for and who looks after it. At most 500 characters, and never a secret: everybody who sees the connection reads it.")}
                    </p>
                </div>
                <Field
                    name="tags"
                    label="Tags"
                    autocomplete="off"
                    optional=true
                    value=tags.value.clone()
                    error=tags.error.clone()
                    help=help(&tags, "At most 10, with commas between them, such as finance, eu.")
                />
                {team_field(&view, &left)}
            </div>
            <div class="lk-card-f">
                <button class="btn btn-quiet" type="submit">
                    "Save the changes"
                </button>
            </div>
        </form>
    }
}

/// Which team looks after it, where there is something to choose.
fn team_field(view: &ConnectionView, left: &Flash) -> Option<impl IntoView + use<>> {
    let now = view.row.team.as_ref().map(|team| team.id.clone()).unwrap_or_default();
    let known = now.is_empty() || view.teams.iter().any(|team| team.id == now);
    (!view.teams.is_empty() && known).then(|| {
        let everywhere = shell().is_some_and(|shell| reach(shell.role, Action::ManageConnection) == Reach::Organization);
        let whole = everywhere.then(|| (String::new(), "No team: the whole organisation".to_owned()));
        let options: Vec<(String, String)> = whole.into_iter().chain(view.teams.iter().map(|team| (team.id.clone(), team.name.clone()))).collect();
        let chosen = left.values.get("team").cloned().unwrap_or(now);
        view! { <Select name="team" label="Team" options=options chosen=chosen error=left.error("team") help="Its team leads look after the connection." /> }
    })
}

struct Entry {
    value: String,
    error: String,
    meanwhile: String,
}

impl Entry {
    fn of(left: &Flash, key: &str, stored: String, typed: bool, overtaken: bool) -> Self {
        let value = if typed { left.value(key) } else { stored.clone() };
        let meanwhile = match (overtaken && value != stored, stored.is_empty()) {
            (false, _) => String::new(),
            (true, true) => "Saved meanwhile: nothing.".to_owned(),
            (true, false) => format!("Saved meanwhile: {stored}"),
        };
        Self { value, error: left.error(key), meanwhile }
    }
}
