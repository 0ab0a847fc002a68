//! Letters that wait to be sent, opened.

use latchkey::services::App;
use latchkey::store::Database;
use latchkey::vault::Binding;

/// The text of the newest letter to an address; none when there is no letter.
pub async fn newest_letter(app: &App, email: &str) -> Option<String> {
    let sql = "SELECT id, sealed FROM letters WHERE recipient = $1 ORDER BY created_ms DESC, id DESC LIMIT 1";
    let found: Option<(String, Vec<u8>)> = match &app.database {
        Database::Sqlite { readers, .. } => sqlx::query_as(sql).bind(email).fetch_optional(readers).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_as(sql).bind(email).fetch_optional(pool).await.unwrap(),
    };
    let (id, sealed) = found?;
    let binding = Binding { organization: "system", kind: "letter", record: &id, field: "text", version: 1 };
    Some(String::from_utf8(app.keyring.open(&binding, &sealed).unwrap().expose().clone()).unwrap())
}

/// The last part of the link below `place` in the newest letter to an address.
pub async fn token(app: &App, email: &str, place: &str) -> String {
    let letter = newest_letter(app, email).await.expect("a letter");
    letter.split(place).nth(1).expect("a link").split_whitespace().next().unwrap().to_owned()
}
