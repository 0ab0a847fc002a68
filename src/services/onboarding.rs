//! The first steps of a new organization.

use crate::domain::{Action, Actor, Timestamp};
use crate::dto::OnboardingView;
use crate::services::audit::{self, AuditEvent, Target};
use crate::services::{App, ServiceError, access, marketplace, words};
use crate::store::{members, milestones};

/// Somebody put away a copy of the root key.
const KEY_COPIED: &str = "key_copied";
/// The first connection was saved.
pub(super) const FIRST_CONNECTION: &str = "first_connection";

/// How far the first steps are.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn view(app: &App, actor: &Actor) -> Result<OnboardingView, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    let services = marketplace::all(app, &actor.organization).await?.len();
    let mut reader = app.database.read().await?;
    let reached = milestones::all(reader.conn(), &actor.organization).await?;
    let at = |name: &str| reached.iter().find(|(reached, _)| reached == name).map(|(_, at)| *at);
    Ok(OnboardingView {
        first_name: actor.name().split_whitespace().next().unwrap_or_default().to_owned(),
        key_copied_at: at(KEY_COPIED),
        connected_at: at(FIRST_CONNECTION),
        colleague_at: second_member(members::list_active(reader.conn(), &actor.organization).await?),
        services,
        may_tend: actor.may(Action::TendOnboarding, None),
        may_copy_key: actor.may(Action::SeeServer, None),
    })
}

/// Whether this actor could put away a copy of the root key and nobody has.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn key_waits(app: &App, actor: &Actor) -> Result<bool, ServiceError> {
    access::require(actor, Action::SeeConnections)?;
    if !actor.may(Action::SeeServer, None) {
        return Ok(false);
    }
    let reached = milestones::all(app.database.read().await?.conn(), &actor.organization).await?;
    Ok(reached.iter().all(|(name, _)| name != KEY_COPIED))
}

fn second_member(people: Vec<members::MemberPerson>) -> Option<Timestamp> {
    let mut joined: Vec<Timestamp> = people.into_iter().map(|person| person.member.created_at).collect();
    joined.sort_unstable();
    joined.get(1).copied()
}

/// How to keep a copy of the key, as plain text: fingerprint, place and steps, never the key. Ticks the step.
///
/// # Errors
/// `Forbidden` for roles that do not run this server.
pub async fn recovery_sheet(app: &App, actor: &Actor) -> Result<String, ServiceError> {
    access::require_for(actor, Action::SeeServer, None)?;
    let mut transaction = app.database.begin().await?;
    milestones::reach(transaction.conn(), &actor.organization, KEY_COPIED, app.now()).await?;
    audit::record(app, &mut transaction, actor.into(), AuditEvent::done("key.copied", Target::default(), Vec::new())).await?;
    transaction.commit().await?;
    Ok(sheet(app))
}

fn sheet(app: &App) -> String {
    let settings = &app.settings;
    let how = settings.key_path.as_ref().map_or_else(
        || "The key does not stand in a file of this server. Keep it where you keep it today, and keep a second copy apart from it.".to_owned(),
        |path| {
            format!(
                "1. On the server, copy this file: {path}\n\
                 2. Put the copy where only people you trust can reach it, such as a password manager or a safe.\n\
                 3. Never keep it in the same place as a backup of the database: who has both can read everything.\n\
                 4. To restore, put the file back to the same place with mode 0600 and start Latchkey."
            )
        },
    );
    format!(
        "Latchkey recovery sheet\n\
         =======================\n\n\
         Address:      {}\n\
         Made:         {}\n\
         Key from:     {}\n\
         Fingerprint:  {}\n\n\
         Everything stored in Latchkey is sealed with one key. Without it nothing stored can be read, by nobody.\n\
         This sheet does not hold the key. It says where the key is and how to tell that a copy is the right one.\n\n\
         {how}\n\n\
         A copy is the right one when Latchkey, started with it, shows the fingerprint above.\n",
        settings.public_url,
        words::date(app.now()),
        settings.key_source,
        settings.key_fingerprint,
    )
}
