//! Entries by place, newest first: one index leads, the other wishes are tried on a bounded stretch of it.

use super::{AuditRow, Raw};
use crate::domain::{OrganizationId, Timestamp};
use crate::store::engine::{row, rows};
use crate::store::{Conn, StoreError};

/// A place in the order of the list: newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When.
    pub at: Timestamp,
    /// The place in the chain.
    pub seq: i64,
    /// The chain.
    pub node: String,
}

impl Place {
    /// Before the newest.
    pub const fn start() -> Self {
        Self { at: Timestamp::from_millis(i64::MAX), seq: i64::MAX, node: String::new() }
    }

    /// Where this entry stands.
    pub fn of(row: &AuditRow) -> Self {
        Self { at: row.at, seq: row.seq, node: row.node.clone() }
    }
}

/// Which entries somebody may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The tenant; none for the entries of the server itself.
    pub organization: Option<OrganizationId>,
    /// Own deeds and those of own programs alone, by this id; empty for all entries.
    pub own: String,
    /// With `own`: the teams whose connections are seen too, as `,tea_…,tea_…,`.
    pub teams: String,
    /// The only things whose entries are seen, as `,con_…,con_…,`; empty for no such limit.
    pub only: String,
}

/// The index that leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index<'a> {
    /// All entries.
    All,
    /// Those of one actor.
    Actor(&'a str),
    /// Those of one kind of actor.
    Kind(&'a str),
    /// Those of one action.
    Action(&'a str),
    /// Those about one thing.
    Target(&'a str),
}

/// What is wished for; an empty text is no wish.
#[derive(Clone, Debug, Default)]
pub struct Search<'a> {
    /// Not older than this.
    pub since: Timestamp,
    /// One of these actions, as `,a,b,`.
    pub actions: String,
    /// One of these kinds of actor, as `,a,b,`.
    pub kinds: String,
    /// This actor.
    pub actor: &'a str,
    /// Pattern of names, addresses and ids in lower case, with `!` as its escape.
    pub pattern: String,
    /// How many entries the index gives to try the wishes on.
    pub scan: i64,
    /// How many to find.
    pub limit: i64,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// The last place that was looked at when there is more behind it.
    pub until: Option<Place>,
}

/// One stretch of an index. `$1` tenant, `$2` value of the index, `$3` to `$5` place, `$6` how many. A bound on the other side would lead SQLite to another index.
macro_rules! stretch {
    ($columns:expr, $tenant:literal, $column:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM audit_log WHERE ",
            $tenant,
            " AND ",
            $column,
            " AND (at_ms, seq, node) < ($3, $4, $5) ORDER BY at_ms DESC, seq DESC, node DESC LIMIT $6"
        )
    };
}

/// What [`Sight`] leaves, given the names of the parameters of `own`, `teams` and `only`.
macro_rules! visible {
    ($own:literal, $teams:literal, $only:literal) => {
        concat!(
            "(",
            $own,
            " = '' OR actor_id = ",
            $own,
            " OR detail LIKE '%\"on_behalf_of\":\"' || ",
            $own,
            " || '\"%' OR EXISTS (SELECT 1 FROM connections c WHERE c.org_id = $1 AND c.id = target_id AND c.owner_member_id = '' AND ",
            $teams,
            " LIKE '%,' || c.team_id || ',%')) AND (",
            $only,
            " = '' OR ",
            $only,
            " LIKE '%,' || target_id || ',%')"
        )
    };
}

macro_rules! wishes {
    ($tenant:literal, $column:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM (",
            stretch!(columns!(), $tenant, $column),
            ") AS stretch WHERE ",
            visible!("$7", "$8", "$9"),
            " AND ($10 = '' OR $10 LIKE '%,' || action || ',%') AND ($11 = '' OR $11 LIKE '%,' || actor_kind || ',%') AND ($12 = '' OR actor_id = $12) \
             AND ($13 = '' OR lower(actor_name || ' ' || target_name || ' ' || address || ' ' || target_id || ' ' || actor_id || ' ' || request_id) \
             LIKE $13 ESCAPE '!') ORDER BY at_ms DESC, seq DESC, node DESC LIMIT $14"
        )
    };
}

macro_rules! last_place {
    ($tenant:literal, $column:literal) => {
        concat!("SELECT at_ms, seq, node FROM (", stretch!("at_ms, seq, node", $tenant, $column), ") AS stretch ORDER BY at_ms, seq, node LIMIT 1")
    };
}

/// The statement of `$kind` for each index, for one tenant or for the server itself.
macro_rules! statement {
    ($kind:ident, $index:expr, $of_server:expr) => {
        match ($index, $of_server) {
            (Index::All, false) => $kind!("org_id = $1", "$2 = ''"),
            (Index::Actor(_), false) => $kind!("org_id = $1", "actor_id = $2"),
            (Index::Kind(_), false) => $kind!("org_id = $1", "actor_kind = $2"),
            (Index::Action(_), false) => $kind!("org_id = $1", "action = $2"),
            (Index::Target(_), false) => $kind!("org_id = $1", "target_id = $2"),
            (Index::All, true) => $kind!("org_id IS NULL AND $1 = ''", "$2 = ''"),
            (Index::Actor(_), true) => $kind!("org_id IS NULL AND $1 = ''", "actor_id = $2"),
            (Index::Kind(_), true) => $kind!("org_id IS NULL AND $1 = ''", "actor_kind = $2"),
            (Index::Action(_), true) => $kind!("org_id IS NULL AND $1 = ''", "action = $2"),
            (Index::Target(_), true) => $kind!("org_id IS NULL AND $1 = ''", "target_id = $2"),
        }
    };
}

impl Index<'_> {
    const fn value(&self) -> &str {
        match self {
            Self::All => "",
            Self::Actor(value) | Self::Kind(value) | Self::Action(value) | Self::Target(value) => value,
        }
    }
}

impl Sight {
    fn tenant(&self) -> &str {
        self.organization.as_ref().map_or("", OrganizationId::as_str)
    }
}

/// What [`search`] asks of this index.
pub const fn statement(index: Index<'_>, of_server: bool) -> &'static str {
    statement!(wishes, index, of_server)
}

/// The entries behind `before` that fit, as far as one stretch of the index goes.
///
/// # Errors
/// [`StoreError`].
pub async fn search(mut on: Conn<'_>, sight: &Sight, index: Index<'_>, wish: &Search<'_>, before: &Place) -> Result<Found, StoreError> {
    let of_server = sight.organization.is_none();
    let found = rows!(
        on.again(),
        Raw,
        statement(index, of_server),
        sight.tenant(),
        index.value(),
        before.at.millis(),
        before.seq,
        before.node.as_str(),
        wish.scan,
        sight.own.as_str(),
        sight.teams.as_str(),
        sight.only.as_str(),
        wish.actions.as_str(),
        wish.kinds.as_str(),
        wish.actor,
        wish.pattern.as_str(),
        wish.limit,
    )?;
    let mut rows = found.into_iter().map(AuditRow::try_from).collect::<Result<Vec<_>, _>>()?;
    let until = if i64::try_from(rows.len()).is_ok_and(|number| number >= wish.limit) {
        rows.last().map(Place::of)
    } else if wish.scan > wish.limit {
        end_of_stretch(on, sight, index, wish, before).await?
    } else {
        None
    };
    rows.retain(|row| row.at >= wish.since);
    Ok(Found { rows, until: until.filter(|until| until.at >= wish.since) })
}

/// The last place that was looked at; none when the index ends there.
async fn end_of_stretch(mut on: Conn<'_>, sight: &Sight, index: Index<'_>, wish: &Search<'_>, before: &Place) -> Result<Option<Place>, StoreError> {
    let sql = statement!(last_place, index, sight.organization.is_none());
    let mut last = before.clone();
    for many in [wish.scan, 1] {
        let (at, seq) = (last.at.millis(), last.seq);
        let found = row!(on.again(), (i64, i64, String), sql, sight.tenant(), index.value(), at, seq, last.node.as_str(), many)?;
        match found {
            // The second time it only counts that there is one.
            Some(_) if many == 1 => return Ok(Some(last)),
            Some((at, seq, node)) => last = Place { at: Timestamp::from_millis(at), seq, node },
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// One entry that may be seen.
///
/// # Errors
/// [`StoreError`].
pub async fn find(on: Conn<'_>, sight: &Sight, node: &str, seq: i64) -> Result<Option<AuditRow>, StoreError> {
    let sql = match &sight.organization {
        Some(_) => select!(concat!("WHERE org_id = $1 AND node = $2 AND seq = $3 AND ", visible!("$4", "$5", "$6"))),
        None => select!(concat!("WHERE org_id IS NULL AND $1 = '' AND node = $2 AND seq = $3 AND ", visible!("$4", "$5", "$6"))),
    };
    let found = row!(on, Raw, sql, sight.tenant(), node, seq, sight.own.as_str(), sight.teams.as_str(), sight.only.as_str())?;
    found.map(AuditRow::try_from).transpose()
}

/// The MAC that the entry behind this one in its chain names as the one before it; none at the end.
///
/// # Errors
/// [`StoreError`].
pub async fn next_of(on: Conn<'_>, node: &str, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let found = row!(on, (Vec<u8>,), "SELECT prev_mac FROM audit_log WHERE node = $1 AND seq = $2 + 1", node, seq)?;
    Ok(found.map(|(mac,)| mac))
}

/// The MAC of the entry at this place; none when there is no entry.
///
/// # Errors
/// [`StoreError`].
pub async fn mac_at(on: Conn<'_>, node: &str, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let found = row!(on, (Vec<u8>,), "SELECT mac FROM audit_log WHERE node = $1 AND seq = $2", node, seq)?;
    Ok(found.map(|(mac,)| mac))
}
