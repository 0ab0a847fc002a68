//! A key that somebody presents, with its program and its maker: the one question that every call with a key asks.

use crate::domain::ApiKeyId;
use crate::store::api_keys::{self, ApiKeyRow};
use crate::store::engine::{rows, text_of};
use crate::store::members::{self, MemberPerson};
use crate::store::{Conn, StoreError};

#[derive(sqlx::FromRow)]
struct Raw {
    #[sqlx(flatten)]
    key: api_keys::Raw,
    application_name: Option<String>,
    application_active: Option<bool>,
    member_id: Option<String>,
    member_org: Option<String>,
    member_user: Option<String>,
    member_role: Option<String>,
    member_status: Option<String>,
    member_created_ms: Option<i64>,
    person_name: Option<String>,
    person_email: Option<String>,
    person_super_admin: Option<bool>,
    person_theme: Option<String>,
    teams: Option<String>,
    granted: Option<String>,
}

/// A presented key; its row says which tenant it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedRow {
    /// The key.
    pub key: ApiKeyRow,
    /// What its program is called, and whether its keys work; none when it is gone.
    pub application: Option<(String, bool)>,
    /// The active membership of the person who made it; none when that has ended or the person is disabled.
    pub maker: Option<MemberPerson>,
}

macro_rules! select {
    ($asked:literal) => {
        concat!(
            "WITH asked (id) AS MATERIALIZED (",
            $asked,
            ") SELECT k.id, k.org_id, k.application_id, k.name, k.secret_hash, k.scopes, k.connection_ids, k.maker_member_id, k.maker_user_id, k.created_ms, \
             k.expires_ms, k.ended_ms, k.last_used_ms, k.last_used_address, a.name AS application_name, a.active AS application_active, \
             m.id AS member_id, m.org_id AS member_org, m.user_id AS member_user, m.role AS member_role, m.status AS member_status, \
             m.created_ms AS member_created_ms, u.name AS person_name, u.email AS person_email, u.super_admin AS person_super_admin, \
             u.theme AS person_theme, \
             CASE WHEN m.role = 'team_lead' THEN (SELECT string_agg(t.team_id, ' ') FROM team_members t WHERE t.member_id = m.id) END AS teams, \
             CASE WHEN m.limited THEN coalesce((SELECT string_agg(g.connection_id, ' ') FROM member_grants g WHERE g.member_id = m.id), '') END AS granted \
             FROM asked CROSS JOIN api_keys k LEFT JOIN applications a ON a.org_id = k.org_id AND a.id = k.application_id \
             LEFT JOIN members m ON m.org_id = k.org_id AND m.user_id = k.maker_user_id AND m.status = 'active' \
             LEFT JOIN users u ON u.id = m.user_id AND NOT u.disabled WHERE k.id = asked.id"
        )
    };
}

const OF_SQLITE: &str = select!("SELECT value FROM json_each($1)");
// For the limit see `handout`.
const OF_POSTGRES: &str = select!("SELECT value FROM json_array_elements_text(CAST($1 AS json)) AS t (value) LIMIT json_array_length(CAST($1 AS json))");

impl TryFrom<Raw> for PresentedRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let maker = match (raw.member_id, raw.member_org, raw.member_user, raw.member_role, raw.member_status, raw.person_name, raw.person_email) {
            (Some(id), Some(org_id), Some(user_id), Some(role), Some(status), Some(name), Some(email)) => Some(MemberPerson::try_from(members::Raw {
                id,
                org_id,
                user_id,
                role,
                status,
                created_ms: raw.member_created_ms.unwrap_or_default(),
                name,
                email,
                super_admin: raw.person_super_admin.unwrap_or_default(),
                disabled: false,
                theme: raw.person_theme.unwrap_or_default(),
                teams: raw.teams,
                granted: raw.granted,
            })?),
            _ => None,
        };
        let application = raw.application_name.zip(raw.application_active);
        Ok(Self { key: ApiKeyRow::try_from(raw.key)?, application, maker })
    }
}

async fn of(on: Conn<'_>, asked: &[ApiKeyId]) -> Result<Vec<Raw>, StoreError> {
    let asked: Vec<_> = asked.iter().map(ApiKeyId::as_str).collect();
    let json = serde_json::to_string(&asked).map_err(|error| StoreError::Sql(sqlx::Error::Encode(error.into())))?;
    let sql = text_of(&on, OF_SQLITE, OF_POSTGRES);
    rows!(on, Raw, sql, json.as_str())
}

/// A key as it is presented, by its id.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, id: &ApiKeyId) -> Result<Option<PresentedRow>, StoreError> {
    of(on, std::slice::from_ref(id)).await?.pop().map(PresentedRow::try_from).transpose()
}

/// Many of them, in any order. One that cannot be read is left out: [`find`] says why.
///
/// # Errors
/// [`StoreError`].
pub async fn find_all(on: Conn<'_>, asked: &[ApiKeyId]) -> Result<Vec<PresentedRow>, StoreError> {
    Ok(of(on, asked).await?.into_iter().filter_map(|raw| PresentedRow::try_from(raw).ok()).collect())
}
