//! The MACs of the chains, over a canonical, length-prefixed encoding.

use crate::domain::Timestamp;
use crate::store::audit::AuditRow;
use crate::vault::{Secret, mac};

/// Bytes in which no two different sequences of parts look the same.
struct Canonical(Vec<u8>);

impl Canonical {
    fn new(purpose: &str) -> Self {
        Self(Vec::new()).with(purpose.as_bytes())
    }

    fn with(mut self, part: &[u8]) -> Self {
        self.0.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.extend_from_slice(part);
        self
    }
}

/// The MAC of an entry: HMAC-SHA-256 over the MAC before it and every column but its own.
pub fn entry_mac(key: &Secret<Vec<u8>>, row: &AuditRow) -> Vec<u8> {
    let columns = [
        &row.node,
        &row.actor_kind,
        &row.actor_id,
        &row.actor_name,
        &row.action,
        &row.target_kind,
        &row.target_id,
        &row.target_name,
        &row.outcome,
        &row.detail,
        &row.address,
        &row.request_id,
    ];
    let mut data = Canonical::new("lk1/audit").with(&row.prev_mac).with(&row.seq.to_be_bytes()).with(&row.at.millis().to_be_bytes());
    data = match &row.organization {
        Some(organization) => data.with(&[1]).with(organization.as_str().as_bytes()),
        None => data.with(&[0]).with(&[]),
    };
    let mut data = columns.into_iter().fold(data, |data, column| data.with(column.as_bytes()));
    // Entries from before the column have none, and keep their MAC.
    if !row.user_agent.is_empty() {
        data = data.with(row.user_agent.as_bytes());
    }
    mac(key, &data.0).to_vec()
}

/// The seal of a checkpoint: HMAC-SHA-256 over its chain, its place, the MAC of the entry there and when it was made.
pub fn checkpoint_seal(key: &Secret<Vec<u8>>, node: &str, seq: i64, entry: &[u8], at: Timestamp) -> Vec<u8> {
    let data = Canonical::new("lk1/audit-checkpoint").with(node.as_bytes()).with(&seq.to_be_bytes()).with(entry).with(&at.millis().to_be_bytes());
    mac(key, &data.0).to_vec()
}

/// The seal of an entry whose content was taken by retention: HMAC-SHA-256 over what is left of it.
pub fn pruned_seal(key: &Secret<Vec<u8>>, row: &AuditRow) -> Vec<u8> {
    let tenant = row.organization.as_ref().map_or("", |organization| organization.as_str());
    let data = Canonical::new("lk1/audit-pruned").with(row.node.as_bytes()).with(&row.seq.to_be_bytes()).with(&row.at.millis().to_be_bytes());
    mac(key, &data.with(tenant.as_bytes()).with(&row.prev_mac).with(&row.mac).0).to_vec()
}

/// A keyed MAC of a text for one `purpose`, in hex: recognises a repetition without keeping the text.
pub fn text_mac(key: &Secret<Vec<u8>>, purpose: &str, text: &str) -> String {
    hex::encode(mac(key, &Canonical::new("lk1/text").with(purpose.as_bytes()).with(text.as_bytes()).0))
}
