//! What is asked of a database once the line stands.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Error, NoTls};

use crate::connect::outcome::Failure;
use crate::connect::scrub::Scrubber;
use crate::connect::steps::Steps;
use crate::connect::words;
use crate::domain::{CheckCode, StepKind, StepState};
use crate::dto::IdentityView;

use super::{failure, identity, sqlstate};

const WHO: &str = "SELECT current_user::text, current_database()::text, version()";
/// These functions also see rights that come through other roles (postgresql.org, "Access Privilege Inquiry Functions").
const RIGHTS: &str = "SELECT current_setting('default_transaction_read_only') = 'on', has_database_privilege(current_database(), 'CREATE'), \
     EXISTS (SELECT 1 FROM pg_catalog.pg_class AS relation JOIN pg_catalog.pg_namespace AS space ON space.oid = relation.relnamespace \
     WHERE relation.relkind IN ('r', 'p', 'v', 'm', 'f') AND space.nspname !~ '^(pg_|information_schema$)' \
     AND (has_table_privilege(relation.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(relation.oid, 'INSERT, UPDATE')))";
const READ_ONLY: &str = "BEGIN READ ONLY; SET LOCAL statement_timeout = '3s'";
const TABLES: &str = "SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') \
     AND has_table_privilege(quote_ident(table_schema) || '.' || quote_ident(table_name), 'SELECT')";

/// Who signs in, and where.
pub(super) struct Login<'a> {
    pub(super) user: &'a str,
    pub(super) password: &'a str,
    pub(super) database: &'a str,
    /// The host as pages show it.
    pub(super) host: &'a str,
}

/// Signs in and looks around on `stream`.
pub(super) async fn run<S>(stream: S, login: &Login<'_>, scrubber: &Scrubber, steps: &mut Steps<'_>) -> Result<IdentityView, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut config = Config::new();
    config.user(login.user).password(login.password).dbname(login.database).application_name("latchkey").ssl_mode(SslMode::Disable);
    let connected = config.connect_raw(stream, NoTls).await;
    let (client, connection) = connected.map_err(|error| sqlstate::read(StepKind::Authenticate, &error, scrubber))?;
    tokio::select! {
        biased;
        found = look_around(&client, login, scrubber, steps) => found,
        ended = connection => Err(match ended {
            Err(error) => sqlstate::read(StepKind::Authenticate, &error, scrubber),
            Ok(()) => failure(CheckCode::TargetError, StepKind::Authenticate),
        }),
    }
}

async fn look_around(client: &Client, login: &Login<'_>, scrubber: &Scrubber, steps: &mut Steps<'_>) -> Result<IdentityView, Failure> {
    let failed = |step| move |error: Error| sqlstate::read(step, &error, scrubber);
    let row = client.query_one(WHO, &[]).await.map_err(failed(StepKind::Authenticate))?;
    let text = |column: usize| row.try_get::<_, String>(column).map_err(failed(StepKind::Authenticate));
    let identity = identity(login, &text(0)?, &text(1)?, &text(2)?, scrubber);
    steps.end(StepKind::Authenticate, StepState::Passed, words::signed_in(&identity)).await;

    steps.begin(StepKind::Authorize, "Asking what it may do".to_owned()).await;
    client.batch_execute(READ_ONLY).await.map_err(failed(StepKind::Authorize))?;
    let row = client.query_one(RIGHTS, &[]).await.map_err(failed(StepKind::Authorize))?;
    let flag = |column: usize| row.try_get::<_, bool>(column).map_err(failed(StepKind::Authorize));
    steps.end(StepKind::Authorize, StepState::Passed, rights(flag(0)?, flag(1)?, flag(2)?).to_owned()).await;

    steps.begin(StepKind::Sample, "Counting tables".to_owned()).await;
    let row = client.query_one(TABLES, &[]).await.map_err(failed(StepKind::Sample))?;
    let tables = row.try_get::<_, i64>(0).map_err(failed(StepKind::Sample))?;
    client.batch_execute("ROLLBACK").await.map_err(failed(StepKind::Sample))?;
    steps.end(StepKind::Sample, StepState::Passed, words::tables(tables.unsigned_abs())).await;
    Ok(identity)
}

const fn rights(read_only: bool, creates: bool, writes: bool) -> &'static str {
    match (read_only, creates || writes) {
        (false, true) => "It may change data. A user with read rights is safer",
        // A setting that any session may turn off, so it protects from nothing.
        (true, true) => "It may change data, though not by default. A user with read rights is safer",
        (_, false) => "It may read, and it changes nothing",
    }
}
