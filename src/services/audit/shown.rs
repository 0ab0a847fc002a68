//! An entry as it is shown.

use std::collections::BTreeMap;

use crate::dto::{AuditActor, AuditEntryView, AuditParts, AuditTarget};
use crate::services::words;
use crate::store::audit::AuditRow;

/// The entry with its words.
pub(super) fn shown(row: AuditRow) -> AuditEntryView {
    let facts: BTreeMap<String, serde_json::Value> = serde_json::from_str(&row.detail).unwrap_or_default();
    let said = words::deed(&row.action, &row.outcome, &row.detail, &row.target_name);
    let subject = if row.actor_kind == "visitor" { "Somebody".to_owned() } else { row.actor_name.clone() };
    let pill = match row.outcome.as_str() {
        "done" => "",
        _ if words::is_a_try(&row.action) => "Failed",
        _ => "Refused",
    };
    let parts = AuditParts {
        subject,
        before: said.before,
        thing: said.thing,
        after: said.after,
        more: said.more,
        pill: pill.to_owned(),
        agent: words::agent(&row.user_agent),
        by_machine: !matches!(row.actor_kind.as_str(), "member" | "link"),
    };
    let more = if parts.more.is_empty() { String::new() } else { format!(" {}", parts.more) };
    AuditEntryView {
        sentence: format!("{} {}{}{}{more}", parts.subject, parts.before, parts.thing, parts.after),
        node: row.node,
        seq: row.seq,
        at: row.at,
        actor: AuditActor { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        outcome: row.outcome,
        target: AuditTarget { kind: row.target_kind, id: row.target_id, name: row.target_name },
        facts,
        address: row.address,
        user_agent: row.user_agent,
        request_id: row.request_id,
        prev_mac: hex::encode(row.prev_mac),
        mac: hex::encode(row.mac),
        parts,
    }
}
