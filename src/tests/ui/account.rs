//! The pages around a person's own account.

use latchkey::domain::Role;
use latchkey::dto::{AccountView, ConfirmView};
use latchkey::ui::flash::Flash;
use latchkey::ui::pages::{account, forgot, register, reset, sent, verify};

use super::pages::draw;
use super::sample::{self, HOSTILE};

fn view(has_password: bool) -> AccountView {
    AccountView {
        member: Some("mem_00000000000000000000000000".into()),
        name: HOSTILE.into(),
        email: "dana@example.com".into(),
        pending_email: Some("dana@elsewhere.example".into()),
        has_password,
        theme: "dark".into(),
        role: Role::OrgAdmin,
        organization_id: "org_00000000000000000000000000".into(),
        organization: HOSTILE.into(),
    }
}

fn confirm(organization: Option<&str>) -> ConfirmView {
    ConfirmView { email: "dana@example.com".into(), name: HOSTILE.into(), organization: organization.map(Into::into) }
}

/// Name and HTML of every page.
pub fn all() -> Vec<(&'static str, String)> {
    let admin = || Some(sample::shell(Role::OrgAdmin));
    let bad = || Flash::bad(HOSTILE, "Nothing was saved.").typed("email", HOSTILE);
    vec![
        ("account", draw(admin(), bad(), || account::page(view(true)))),
        ("account-without-password", draw(admin(), Flash::default(), || account::page(view(false)))),
        ("register", draw(None, bad(), register::page)),
        ("sent", draw(None, bad(), || sent::page(true))),
        ("verify", draw(None, Flash::default(), || verify::page(confirm(Some(HOSTILE)), "token".into()))),
        ("verify-address", draw(None, Flash::default(), || verify::page(confirm(None), "token".into()))),
        ("forgot", draw(None, bad(), || forgot::page(true))),
        ("reset", draw(None, bad(), || reset::page("token".into()))),
    ]
}

#[test]
fn a_folder_for_letters_is_told_only_where_there_is_one() {
    let told = |here| draw(None, Flash::default(), move || sent::page(here)).contains("sends no mail yet");
    assert!(told(true) && !told(false));
}

#[test]
fn nobody_without_a_password_is_asked_for_it() {
    let html = draw(None, Flash::default(), || account::page(view(false)));
    assert!(!html.contains("current_password") && html.contains("You have none"));
}
