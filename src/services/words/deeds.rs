//! What every entry of the audit log says: the one table of the actions that are recorded.

use serde_json::Value;

use super::{duration, reason};
use crate::domain::Role;

/// What an action is about; what the list can be narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Signing in and out, and one's own account.
    SignIn,
    /// Connections and connectors.
    Connections,
    /// Credentials: entered, used, changed, erased.
    Credentials,
    /// Members, teams and invitations.
    People,
    /// Programs and their keys.
    Apps,
    /// The organization, the server and this log.
    Settings,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 6] = [Self::SignIn, Self::Connections, Self::Credentials, Self::People, Self::Apps, Self::Settings];

    /// The name in a query string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Connections => "connections",
            Self::Credentials => "credentials",
            Self::People => "people",
            Self::Apps => "apps",
            Self::Settings => "settings",
        }
    }

    /// The name on a page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-ins and accounts",
            Self::Connections => "Connections",
            Self::Credentials => "Credentials",
            Self::People => "Members and teams",
            Self::Apps => "Apps and keys",
            Self::Settings => "Settings and this log",
        }
    }

    /// Reads the name in a query string.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == text)
    }

    /// The actions of this topic.
    pub fn actions(self) -> impl Iterator<Item = &'static str> {
        DEEDS.iter().filter(move |deed| deed.1 == self).map(|deed| deed.0)
    }
}

/// Action; topic; what was done; what was refused or failed. The text goes on after a name. `{}` is the thing, or `it` where the page is the thing's own;
/// what stands in `[…]` is left out there.
type Deed = (&'static str, Topic, &'static str, &'static str);

#[rustfmt::skip]
const DEEDS: &[Deed] = &[
    ("sign_in.done", Topic::SignIn, "signed in.", "tried to sign in."),
    ("sign_in.failed", Topic::SignIn, "signed in.", "tried to sign in."),
    ("sign_in.locked", Topic::SignIn, "signed in.", "tried to sign in too often and has to wait."),
    ("sign_out.done", Topic::SignIn, "signed out.", "tried to sign out."),
    ("account.theme_changed", Topic::SignIn, "changed the theme.", "tried to change the theme."),
    ("sign_in.first_step", Topic::SignIn, "gave the password and has the second step to do.", "tried to sign in."),
    ("sign_in.confirmed", Topic::SignIn, "confirmed that it is them.", "tried to confirm that it is them."),
    ("session.ended", Topic::SignIn, "ended a session[ on {}].", "tried to end a session[ on {}]."),
    ("session.others_ended", Topic::SignIn, "ended all other sessions.", "tried to end all other sessions."),
    ("second_factor.begun", Topic::SignIn, "began to set up an app as second step.", "tried to set up a second step."),
    ("second_factor.on", Topic::SignIn, "turned the second step on.", "tried to turn the second step on."),
    ("second_factor.off", Topic::SignIn, "turned the second step off.", "tried to turn the second step off."),
    ("second_factor.codes_made", Topic::SignIn, "made new recovery codes.", "tried to make recovery codes."),
    ("second_factor.taken_away", Topic::SignIn, "took the second step of {} away.", "tried to take the second step of {} away."),
    ("passkey.added", Topic::SignIn, "added the passkey {}.", "tried to add the passkey {}."),
    ("passkey.renamed", Topic::SignIn, "named a passkey {}.", "tried to rename a passkey."),
    ("passkey.removed", Topic::SignIn, "removed the passkey {}.", "tried to remove the passkey {}."),
    ("account.registered", Topic::SignIn, "registered and founded {}.", "tried to register."),
    ("account.confirmation_asked", Topic::SignIn, "asked for the letter of their registration again.", "asked for the letter of their registration too often."),
    ("account.confirmation_renewed", Topic::SignIn, "got new links for a registration.", "tried to get new links for a registration."),
    ("account.registration_asked", Topic::SignIn, "asked to register.", "asked to register too often."),
    ("account.reset_asked", Topic::SignIn, "asked for a new password.", "asked for a new password too often."),
    ("account.reset_sent", Topic::SignIn, "was sent a link for a new password.", "tried to get a link for a new password."),
    ("account.password_reset", Topic::SignIn, "set a new password by a link.", "tried to set a new password by a link."),
    ("account.password_changed", Topic::SignIn, "changed their password.", "tried to change their password."),
    ("account.changed", Topic::SignIn, "changed their account.", "tried to change their account."),
    ("account.email_change_asked", Topic::SignIn, "asked to change their e-mail address.", "tried to change their e-mail address."),
    ("account.email_changed", Topic::SignIn, "confirmed a new e-mail address.", "tried to confirm an e-mail address."),
    ("account.link_refused", Topic::SignIn, "opened a link from a letter.", "opened a link from a letter that does not work."),
    ("sign_on.connected", Topic::SignIn, "connected {} to sign in with.", "tried to connect {} to sign in with."),
    ("sign_on.disconnected", Topic::SignIn, "disconnected {} from signing in.", "tried to disconnect {} from signing in."),
    ("sign_on.failed", Topic::SignIn, "came back from a provider of sign-in.", "came back from a provider of sign-in without a proof."),
    ("sign_on.refused", Topic::SignIn, "came from a provider of sign-in.", "came from a provider of sign-in and was refused."),
    ("sign_on.added", Topic::Settings, "added {} to sign in with.", "tried to add {} to sign in with."),
    ("sign_on.changed", Topic::Settings, "changed how people sign in with {}.", "tried to change how people sign in with {}."),
    ("sign_on.removed", Topic::Settings, "removed {} from signing in.", "tried to remove {} from signing in."),
    ("sign_on.domain_proven", Topic::Settings, "proved a domain[ for {}].", "tried to prove a domain[ for {}]."),
    ("letter.given_up", Topic::Settings, "sent a letter[ to {}].", "gave up sending a letter[ to {}]."),
    ("organization.made", Topic::Settings, "founded {}.", "tried to found {}."),
    ("organization.entered", Topic::SignIn, "switched to this organisation.", "tried to switch to this organisation."),
    ("organization.renamed", Topic::Settings, "named the organisation {}.", "tried to rename the organisation."),
    ("organization.deleted", Topic::Settings, "deleted the organisation {}.", "tried to delete the organisation {}."),
    ("organization.second_factor_rule", Topic::Settings, "changed whether a second step is required.", "tried to change whether a second step is required."),
    ("member.joined", Topic::People, "joined the organisation.", "tried to join the organisation."),
    ("member.left", Topic::People, "left the organisation.", "tried to leave the organisation."),
    ("member.removed", Topic::People, "removed {} from the organisation.", "tried to remove {}."),
    ("member.deactivated", Topic::People, "deactivated {}.", "tried to deactivate {}."),
    ("member.reactivated", Topic::People, "let {} in again.", "tried to let {} in again."),
    ("member.role_changed", Topic::People, "changed the role[ of {}].", "tried to change the role[ of {}]."),
    ("member.limited", Topic::People, "changed which connections {} knows.", "tried to change which connections {} knows."),
    ("member.belongings_given", Topic::People, "gave what {} had to somebody else.", "tried to give what {} had to somebody else."),
    ("connection.given", Topic::Connections, "gave {} to somebody else.", "tried to give {} to somebody else."),
    ("invitation.sent", Topic::People, "invited {}.", "tried to invite {}."),
    ("invitation.sent_again", Topic::People, "sent the invitation[ of {}] again.", "tried to send the invitation[ of {}] again."),
    ("invitation.withdrawn", Topic::People, "withdrew the invitation[ of {}].", "tried to withdraw the invitation[ of {}]."),
    ("team.made", Topic::People, "made the team {}.", "tried to make the team {}."),
    ("team.renamed", Topic::People, "named a team {}.", "tried to rename a team."),
    ("team.deleted", Topic::People, "deleted the team {}.", "tried to delete the team {}."),
    ("team.members_changed", Topic::People, "changed who is in the team {}.", "tried to change who is in the team {}."),
    ("application.created", Topic::Apps, "added the app {}.", "tried to add the app {}."),
    ("application.edited", Topic::Apps, "changed the app {}.", "tried to change the app {}."),
    ("application.given", Topic::Apps, "gave the app {} to somebody else.", "tried to give the app {} to somebody else."),
    ("application.enabled", Topic::Apps, "turned the app {} on.", "tried to turn the app {} on."),
    ("application.disabled", Topic::Apps, "turned the app {} off.", "tried to turn the app {} off."),
    ("application.deleted", Topic::Apps, "deleted the app {}.", "tried to delete the app {}."),
    ("api_key.made", Topic::Apps, "made a key[ for {}].", "tried to make a key[ for {}]."),
    ("api_key.replaced", Topic::Apps, "replaced a key[ of {}].", "tried to replace a key[ of {}]."),
    ("api_key.ended", Topic::Apps, "ended a key[ of {}].", "tried to end a key[ of {}]."),
    ("api_key.refused", Topic::Apps, "turned a call with a key[ of {}] away.", "turned a call with a key[ of {}] away."),
    ("oauth_app.added", Topic::Apps, "added the OAuth app {}.", "tried to add the OAuth app {}."),
    ("oauth_app.edited", Topic::Apps, "changed the OAuth app {}.", "tried to change the OAuth app {}."),
    ("oauth_app.secret_changed", Topic::Apps, "swapped the secret of the OAuth app {}.", "tried to swap the secret of the OAuth app {}."),
    ("oauth_app.deleted", Topic::Apps, "deleted the OAuth app {}.", "tried to delete the OAuth app {}."),
    ("token.refused", Topic::Apps, "came with a token.", "came with a token that does not work."),
    ("tokens.begun", Topic::Apps, "signed a program in.", "tried to sign a program in."),
    ("tokens.ended", Topic::Apps, "signed a program out.", "lost the sign-in of a program."),
    ("tokens.reused", Topic::Apps, "used a refresh token.", "came with a refresh token that was used before, so its sign-in was ended."),
    ("connection.created", Topic::Connections, "connected {}.", "tried to connect {}."),
    ("connection.imported", Topic::Connections, "brought {} along from another program.", "tried to bring {} along from another program."),
    ("connection.frozen", Topic::Credentials, "froze the tokens[ of {}]: another program renews them.", "tried to freeze the tokens[ of {}]."),
    ("connection.unfrozen", Topic::Credentials, "let Latchkey renew the tokens[ of {}].", "tried to let Latchkey renew the tokens[ of {}]."),
    ("import.done", Topic::Connections, "brought connections along from another program.", "tried to bring connections along from another program."),
    ("connection.edited", Topic::Connections, "changed {}.", "tried to change {}."),
    ("connection.enabled", Topic::Connections, "turned {} on.", "tried to turn {} on."),
    ("connection.disabled", Topic::Connections, "turned {} off.", "tried to turn {} off."),
    ("connection.disconnected", Topic::Connections, "disconnected {}.", "tried to disconnect {}."),
    ("connection.deleted", Topic::Connections, "deleted {}.", "tried to delete {}."),
    ("connection.tested", Topic::Connections, "tested {}.", "tested {}."),
    ("connection.test_started", Topic::Credentials, "used the credential[ of {}] for a check.", "tried to test {}."),
    ("connection.tried", Topic::Connections, "tried entries[ for {}].", "tried entries[ for {}]."),
    ("connection.previewed", Topic::Credentials, "looked at the first rows[ of {}].", "tried to look at the first rows[ of {}]."),
    ("credential.renewed", Topic::Credentials, "renewed the token[ of {}].", "tried to renew the token[ of {}]."),
    ("credential.renewal_asked", Topic::Credentials, "asked for a new token[ of {}].", "tried to ask for a new token[ of {}]."),
    ("connection.session_renewed", Topic::Credentials, "signed in anew[ to {}] and sealed the new session.", "tried to sign in anew[ to {}]."),
    ("tokens.revoked", Topic::Credentials, "had the provider end tokens that nobody uses[, of {}].", "left tokens that nobody uses with the provider[, of {}]."),
    ("connection.revocation_asked", Topic::Credentials, "asked the provider to end the credential[ of {}].", "tried to end the credential[ of {}]."),
    ("connection.credential_changed", Topic::Credentials, "changed the credential[ of {}].", "tried to change the credential[ of {}]."),
    ("connection.credential_restored", Topic::Credentials, "went back to an earlier credential[ of {}].", "tried to go back to an earlier credential[ of {}]."),
    ("connection.credential_tried", Topic::Credentials, "tried another credential[ for {}].", "tried another credential[ for {}]."),
    ("connection.credential_held", Topic::Credentials, "tried a credential of another account[ for {}], or one that came too late.", "tried a credential of another account[ for {}], or one that came too late."),
    ("credential.read", Topic::Credentials, "read the credential[ of {}].", "asked for the credential[ of {}] and did not get it."),
    ("credential.unreadable", Topic::Credentials, "read the credential[ of {}].", "found that the credential[ of {}] cannot be read."),
    ("draft.started", Topic::Connections, "began to set up a connection.", "tried to set up a connection."),
    ("draft.submitted", Topic::Credentials, "entered a credential[ for {}] and let it be checked.", "tried to enter a credential[ for {}]."),
    ("draft.checked", Topic::Credentials, "tried entries[ for {}].", "tried entries[ for {}]."),
    ("draft.duplicate", Topic::Connections, "connected an account[ as {}] that is connected already.", "tried to connect an account[ as {}] that is connected already."),
    ("draft.filled_in", Topic::Connections, "filled in the details[ for {}].", "tried to fill in the details[ for {}]."),
    ("consent.begun", Topic::Credentials, "went to the provider to allow access[ for {}].", "tried to go to the provider[ for {}]."),
    ("consent.ended", Topic::Credentials, "allowed access at the provider[ for {}].", "came back from the provider without access[ for {}]."),
    ("connection.reconnect_begun", Topic::Credentials, "began to reconnect {}.", "tried to reconnect {}."),
    ("draft.discarded", Topic::Connections, "gave up setting up a connection.", "tried to give up a connection."),
    ("entry_link.made", Topic::Connections, "asked somebody else for the entries[ of {}] by a link.", "tried to make a link[ for {}]."),
    ("entry_link.opened", Topic::Connections, "opened the link[ for {}].", "tried to open a link[ for {}]."),
    ("entry_link.used", Topic::Connections, "used up the link[ for {}].", "tried to use the link[ for {}]."),
    ("entry_link.withdrawn", Topic::Connections, "withdrew the link[ for {}].", "tried to withdraw the link[ for {}]."),
    ("expiry.added", Topic::Connections, "noted when {} ends.", "tried to note when {} ends."),
    ("expiry.edited", Topic::Connections, "changed when {} ends, or whom to tell.", "tried to change when {} ends."),
    ("expiry.removed", Topic::Connections, "removed the date on which {} ends.", "tried to remove the date on which {} ends."),
    ("expiry.reminded", Topic::Connections, "reminded people that {} ends.", "tried to remind people that {} ends."),
    ("expiry.feed_made", Topic::SignIn, "made an address for calendar programs.", "tried to make an address for calendar programs."),
    ("expiry.feed_withdrawn", Topic::SignIn, "withdrew the address for calendar programs.", "tried to withdraw the address for calendar programs."),
    ("connector.requested", Topic::Connections, "asked for {} in the marketplace.", "tried to ask for {}."),
    ("connector.request_removed", Topic::Connections, "removed the wish[ for {}].", "tried to remove the wish[ for {}]."),
    ("connector.added", Topic::Connections, "began the connector {}.", "tried to begin the connector {}."),
    ("connector.edited", Topic::Connections, "edited the connector {}.", "tried to edit the connector {}."),
    ("connector.published", Topic::Connections, "published the connector {}.", "tried to publish the connector {}."),
    ("connector.deleted", Topic::Connections, "deleted the connector {}.", "tried to delete the connector {}."),
    ("key.copied", Topic::Settings, "downloaded the recovery sheet.", "tried to download the recovery sheet."),
    ("setup.done", Topic::Settings, "set Latchkey up and founded {}.", "tried to set Latchkey up."),
    ("setup.refused", Topic::Settings, "set Latchkey up.", "opened a setup link that does not work."),
    ("audit.exported", Topic::Settings, "exported the audit log.", "tried to export the audit log."),
    ("audit.pruned", Topic::Settings, "erased what is older than you keep.", "tried to erase what is older than you keep."),
    ("audit.retention_changed", Topic::Settings, "changed how long the audit log is kept.", "tried to change how long the audit log is kept."),
    ("audit.verified", Topic::Settings, "verified the audit log.", "verified the audit log."),
];

/// Every action that has words.
pub fn actions() -> impl Iterator<Item = &'static str> {
    DEEDS.iter().map(|deed| deed.0)
}

/// A sentence whose subject stands before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Up to the name of the thing.
    pub before: String,
    /// The thing's name; empty when it is not named.
    pub thing: String,
    /// After it, to the end of the sentence.
    pub after: String,
    /// What more there is to say, in sentences of its own; may be empty.
    pub more: String,
}

/// What happened to the thing of this name, of an entry's action and outcome, and of its detail as JSON.
pub fn deed(action: &str, outcome: &str, detail: &str, thing: &str) -> Sentence {
    let detail: Value = serde_json::from_str(detail).unwrap_or_default();
    let text = text(action, outcome, &detail);
    let more = more(action, outcome, &detail);
    let (text, thing) = if thing.is_empty() { (without_thing(&text), "") } else { (text.replace(['[', ']'], ""), thing) };
    match text.split_once("{}") {
        Some((before, after)) if !thing.is_empty() => Sentence { before: before.to_owned(), thing: thing.to_owned(), after: after.to_owned(), more },
        _ => Sentence { before: text.replace("{}", "it"), more, ..Sentence::default() },
    }
}

/// The same on the thing's own page.
pub fn activity(action: &str, outcome: &str, detail: &str) -> String {
    let Sentence { before, more, .. } = deed(action, outcome, detail, "");
    if more.is_empty() { before } else { format!("{before} {more}") }
}

/// Whether a refused entry of this action tells of a try that did not pass, instead of a refusal.
pub fn is_a_try(action: &str) -> bool {
    matches!(
        action,
        "connection.tested"
            | "connection.tried"
            | "connection.credential_tried"
            | "draft.checked"
            | "audit.verified"
            | "credential.unreadable"
            | "credential.renewed"
            | "tokens.revoked"
    )
}

fn without_thing(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        left.push_str(before);
        rest = behind.split_once(']').map_or("", |(_, after)| after);
    }
    left + rest
}

fn text(action: &str, outcome: &str, detail: &Value) -> String {
    let done = outcome == "done";
    let version = detail.get("version").and_then(Value::as_i64);
    match (action, version) {
        ("connection.edited", _) if done => changed(detail),
        ("connection.credential_restored", Some(version)) if done => format!("went back to version {version} of the credential[ of {{}}]."),
        _ => match DEEDS.iter().find(|deed| deed.0 == action) {
            Some((_, _, words, _)) if done => (*words).to_owned(),
            Some((.., words)) => (*words).to_owned(),
            None if done => "did something[ with {}] that this version has no words for.".to_owned(),
            None => "tried something[ with {}] that was refused.".to_owned(),
        },
    }
}

/// What was edited, from our own list of parts.
fn changed(detail: &Value) -> String {
    let parts = detail.get("changed").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let known = ["name", "description", "tags"];
    let parts: Vec<String> = parts.iter().filter_map(Value::as_str).filter(|part| known.contains(part)).map(|part| format!("the {part}")).collect();
    match parts.split_last() {
        Some((last, [])) => format!("changed {last}[ of {{}}]."),
        Some((last, others)) => format!("changed {} and {last}[ of {{}}].", others.join(", ")),
        None => "changed {}.".to_owned(),
    }
}

fn more(action: &str, outcome: &str, detail: &Value) -> String {
    let text = |key: &str| detail.get(key).and_then(Value::as_str);
    let number = |key: &str| detail.get(key).and_then(Value::as_i64);
    let took = detail.get("took_ms").and_then(Value::as_u64).map(|took| duration(u32::try_from(took).unwrap_or(u32::MAX)));
    match (action, outcome) {
        ("connection.created", _) => "The credential is sealed.".to_owned(),
        ("connection.credential_changed", "done") => match detail.get("kept").and_then(Value::as_bool) {
            Some(false) => "The one before is erased, and the provider is asked to end it.",
            _ => "The one before is kept for a while.",
        }
        .to_owned(),
        ("connection.credential_tried", _) => format!("{} Nothing was changed.", reason(text("code"))),
        ("connection.credential_held", _) => "Nothing was changed.".to_owned(),
        ("connection.previewed", "done") => "Nothing of them is stored.".to_owned(),
        ("connection.disconnected", "done") => match detail.get("revoked").and_then(Value::as_bool) {
            None => "The credential is erased.",
            Some(true) => "The credential is erased here and ended at the provider.",
            Some(false) => "The credential is erased here. The provider could not be told.",
        }
        .to_owned(),
        ("connection.edited", "done") => text("name_before").map(|name| format!("It was called {name}.")).unwrap_or_default(),
        ("connection.tested" | "connection.tried" | "draft.checked", "done") => took.map(|took| format!("Passed in {took}.")).unwrap_or_default(),
        ("connection.tested" | "connection.tried" | "draft.checked", _) => reason(text("code")),
        ("credential.renewed", "done") if text("code") == Some("address_refused") => {
            "The provider named another address, which this connector does not allow. It goes where it went before.".to_owned()
        }
        ("credential.renewed", "done") => text("host").map(|host| format!("It goes to {host} from now on, as the provider says.")).unwrap_or_default(),
        ("tokens.revoked", "refused") => match text("code") {
            Some("shared") => "Ending them there could end other connections of the same OAuth app.",
            Some("no_way") => "The provider has no way to be told.",
            Some("secret_unreadable") => "What was stored of them could not be read.",
            _ => "The provider could not be told. They end there by themselves, or when the person takes the access back.",
        }
        .to_owned(),
        ("credential.renewed", "refused") => super::renewal(text("code").unwrap_or_default()),
        ("sign_in.failed", _) if text("method") == Some("password") => "E-mail or password was wrong.".to_owned(),
        ("oauth_app.secret_changed", "done") if detail.get("proven").and_then(Value::as_bool) == Some(false) => {
            "The provider did not say whether it is right.".to_owned()
        }
        ("oauth_app.secret_changed", "refused") => "The one before stays in use.".to_owned(),
        ("import.done", "done") => number("count").map(|count| format!("Connected: {count}.")).unwrap_or_default(),
        ("audit.pruned", "done") => number("count").map(|count| format!("Entries: {count}.")).unwrap_or_default(),
        ("audit.retention_changed", "done") => match number("days") {
            Some(0) | None => "It is kept for ever.".to_owned(),
            Some(days) => format!("It is kept for {days} days."),
        },
        ("audit.verified", "refused") => number("count").map(|count| format!("Findings: {count}.")).unwrap_or_default(),
        ("organization.second_factor_rule", "done") => match detail.get("on").and_then(Value::as_bool) {
            Some(false) => "It is not required.",
            _ => "It is required.",
        }
        .to_owned(),
        ("organization.renamed" | "team.renamed", "done") => text("name_before").map(|name| format!("It was called {name}.")).unwrap_or_default(),
        ("member.role_changed", "done") => match (text("role_before").map(Role::parse), text("role").map(Role::parse)) {
            (Some(Ok(before)), Some(Ok(now))) => format!("{} before, {} now.", before.title(), now.title()),
            _ => String::new(),
        },
        _ => parts(detail).map(|parts| format!("Changed: {parts}.")).unwrap_or_default(),
    }
}

/// What was changed, in the words of the code that recorded it.
fn parts(detail: &Value) -> Option<String> {
    let parts: Vec<&str> = detail.get("changed")?.as_array()?.iter().filter_map(Value::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", ").replace('_', " "))
}
