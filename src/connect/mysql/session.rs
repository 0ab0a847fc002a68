//! What is asked of a database once somebody has signed in.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

use crate::connect::outcome::Failure;
use crate::connect::scrub::Scrubber;
use crate::connect::steps::Steps;
use crate::connect::words;
use crate::domain::{StepKind, StepState};
use crate::dto::IdentityView;
use crate::egress::MysqlLogin;

use super::refusal;

const WHO: &str = "SELECT CURRENT_USER(), DATABASE(), VERSION()";
const READ_ONLY: &str = "START TRANSACTION READ ONLY";
/// The three views tell an account about its own rights only (dev.mysql.com, "INFORMATION_SCHEMA USER_PRIVILEGES"); rights of roles are not among them.
const CHANGES: &str = "SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE privilege_type NOT IN ('SELECT', 'USAGE', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS')) \
     OR EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE table_schema = DATABASE() AND privilege_type NOT IN ('SELECT', 'SHOW VIEW')) \
     OR EXISTS (SELECT 1 FROM information_schema.table_privileges WHERE table_schema = DATABASE() AND privilege_type NOT IN ('SELECT', 'SHOW VIEW'))";
const TABLES: &str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()";

/// Finds out who signed in, what it may do, and how many tables it sees; changes nothing.
pub(super) async fn look_around(
    mut conn: Conn,
    login: &MysqlLogin<'_>,
    host: &str,
    scrubber: &Scrubber,
    steps: &mut Steps<'_>,
) -> Result<IdentityView, Failure> {
    let failed = |step| move |error: Error| refusal::read(step, &error, scrubber);
    let who: Option<(String, String, String)> = conn.query_first(WHO).await.map_err(failed(StepKind::Authenticate))?;
    let (user, database, version) = who.unwrap_or_default();
    let identity = identity(login, host, &user, &database, &version, scrubber);
    steps.end(StepKind::Authenticate, StepState::Passed, words::signed_in(&identity)).await;

    steps.begin(StepKind::Authorize, "Asking what it may do".to_owned()).await;
    conn.query_drop(READ_ONLY).await.map_err(failed(StepKind::Authorize))?;
    let changes: Option<bool> = conn.query_first(CHANGES).await.map_err(failed(StepKind::Authorize))?;
    let rights = if changes.unwrap_or(true) { "It may change data. A user with read rights is safer" } else { "It may read, and it changes nothing" };
    steps.end(StepKind::Authorize, StepState::Passed, rights.to_owned()).await;

    steps.begin(StepKind::Sample, "Counting tables".to_owned()).await;
    let tables: Option<u64> = conn.query_first(TABLES).await.map_err(failed(StepKind::Sample))?;
    steps.end(StepKind::Sample, StepState::Passed, words::tables(tables.unwrap_or_default())).await;
    // The server rolls the transaction back when the line ends; nothing depends on a goodbye.
    let _ = conn.disconnect().await;
    Ok(identity)
}

/// Who signed in where. What the person typed in the open stays as it is, so that two accounts do not look the same.
fn identity(login: &MysqlLogin<'_>, host: &str, user: &str, database: &str, version: &str, scrubber: &Scrubber) -> IdentityView {
    // `CURRENT_USER()` reads `reader@%`: the name and from where it may come.
    let found = user.rsplit_once('@').map_or(user, |(name, _)| name);
    let named = |found: &str, typed: &str| if found == typed { typed.to_owned() } else { scrubber.clean(found) };
    let (user, database) = (named(found, login.user), named(database, login.database));
    let facts = [("Server", host.to_owned()), ("Database", database.clone()), ("Version", scrubber.clean(version))];
    IdentityView {
        account_id: format!("{user}@{host}/{database}"),
        account_name: user,
        facts: facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect(),
    }
}
