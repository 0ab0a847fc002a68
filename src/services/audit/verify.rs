//! Recomputing the chains.

use subtle::ConstantTimeEq;

use super::{Checkpoint, entry_mac, pruned_seal};
use crate::services::{App, ServiceError};
use crate::store::audit::{AuditRow, chain, headless, nodes, prune};
use crate::store::{Conn, Database, StoreError, audit_checkpoints};
use crate::vault::Secret;

const BATCH: i64 = 1_000;
const START: [u8; 32] = [0; 32];

/// Something wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The node whose chain it is.
    pub node: String,
    /// The place in the chain.
    pub seq: i64,
    /// What is wrong, in words.
    pub what: String,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many chains were read.
    pub chains: u64,
    /// How many entries were read.
    pub entries: u64,
    /// How many checkpoints were compared.
    pub checkpoints: u64,
    /// What is wrong; empty when every chain is whole.
    pub findings: Vec<Finding>,
}

struct Walk<'a> {
    key: &'a Secret<Vec<u8>>,
    node: &'a str,
    seq: i64,
    mac: Vec<u8>,
    /// Not met yet.
    checkpoints: Vec<&'a Checkpoint>,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn new(key: &'a Secret<Vec<u8>>, node: &'a str, checkpoints: &'a [Checkpoint]) -> Self {
        let checkpoints = checkpoints.iter().filter(|checkpoint| checkpoint.node == node).collect();
        Self { key, node, seq: 0, mac: START.to_vec(), checkpoints, findings: Vec::new() }
    }

    fn find(&mut self, seq: i64, what: &str) {
        self.findings.push(Finding { node: self.node.to_owned(), seq, what: what.to_owned() });
    }

    fn step(&mut self, row: &AuditRow) {
        if row.seq != self.seq + 1 {
            self.find(self.seq + 1, "an entry is missing here");
        } else if !bool::from(row.prev_mac.ct_eq(&self.mac)) {
            self.find(row.seq, "does not follow the entry before it");
        }
        if row.node != self.node || !is_genuine(self.key, row) {
            self.find(row.seq, "was changed");
        }
        let met: Vec<bool> = self.checkpoints.extract_if(.., |checkpoint| checkpoint.seq == row.seq).map(|sealed| sealed.mac == row.mac).collect();
        if met.contains(&false) {
            self.find(row.seq, "is not the entry that a checkpoint has sealed");
        }
        self.seq = row.seq;
        self.mac.clone_from(&row.mac);
    }

    fn end(&mut self, head_seq: i64, head_mac: &[u8]) {
        if self.seq < head_seq {
            self.find(self.seq + 1, "the end of the chain is missing");
        } else if self.seq > head_seq || (head_seq > 0 && !bool::from(self.mac.ct_eq(head_mac))) {
            self.find(head_seq, "the end of the chain is not the one that was noted");
        }
        for checkpoint in std::mem::take(&mut self.checkpoints) {
            self.find(checkpoint.seq, "a checkpoint has sealed an entry here, and it is missing");
        }
    }
}

/// Whether an entry is as it was written, or what retention left of it.
fn is_genuine(key: &Secret<Vec<u8>>, row: &AuditRow) -> bool {
    if row.outcome != prune::PRUNED {
        return entry_mac(key, row).ct_eq(&row.mac).into();
    }
    let emptied = [
        &row.actor_kind,
        &row.actor_id,
        &row.actor_name,
        &row.action,
        &row.target_kind,
        &row.target_id,
        &row.target_name,
        &row.address,
        &row.user_agent,
        &row.request_id,
    ];
    emptied.iter().all(|column| column.is_empty()) && bool::from(hex::encode(pruned_seal(key, row)).as_bytes().ct_eq(row.detail.as_bytes()))
}

/// Recomputes one chain that is at hand as a whole, against its noted end.
pub fn verify_chain(key: &Secret<Vec<u8>>, node: &str, rows: &[AuditRow], head: (i64, &[u8])) -> Vec<Finding> {
    let mut walk = Walk::new(key, node, &[]);
    for row in rows {
        walk.step(row);
    }
    walk.end(head.0, head.1);
    walk.findings
}

/// Reads every chain and recomputes it: finds edits, deletions, insertions, reorders, cut tails and removed ends. Entries added meanwhile are left for the
/// next time.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn verify(app: &App) -> Result<Report, ServiceError> {
    verify_all(&app.database, &app.audit_key, &[]).await
}

/// The same, also against checkpoints that were kept elsewhere.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn verify_all(database: &Database, key: &Secret<Vec<u8>>, exported: &[Checkpoint]) -> Result<Report, ServiceError> {
    let mut reader = database.read().await?;
    let mut report = Report::default();
    // Before the ends are read, so that none is behind its chain's end.
    let kept = match audit_checkpoints::all(reader.conn()).await {
        Ok(rows) => rows,
        Err(StoreError::BadRow { .. }) => {
            report.find("", 0, "a kept checkpoint cannot be read");
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let kept = kept.into_iter().map(Checkpoint::from);
    let (genuine, forged): (Vec<_>, Vec<_>) = kept.chain(exported.iter().cloned()).partition(|checkpoint| checkpoint.is_genuine(key));
    report.checkpoints = u64::try_from(genuine.len() + forged.len()).unwrap_or(u64::MAX);
    for checkpoint in forged {
        report.find(&checkpoint.node, checkpoint.seq, "a checkpoint of this place is not one of this installation's, or was changed");
    }
    let mut beyond = Vec::new();
    let heads = nodes(reader.conn()).await?;
    for (node, head_seq, head_mac) in &heads {
        let mut walk = Walk::new(key, node, &genuine);
        let last = walk_chain(reader.conn(), &mut walk, *head_seq, head_mac, &mut report).await?;
        beyond.extend((last > *head_seq).then(|| (node.clone(), last)));
        report.chains += 1;
        report.findings.append(&mut walk.findings);
    }
    for checkpoint in genuine.iter().filter(|checkpoint| !heads.iter().any(|(node, ..)| *node == checkpoint.node)) {
        report.find(&checkpoint.node, checkpoint.seq, "a checkpoint has sealed an entry here, and the whole chain is missing");
    }
    let heads = nodes(reader.conn()).await?;
    let moved = |node: &str, seq: i64| heads.iter().any(|(head, head_seq, _)| head == node && *head_seq >= seq);
    for (node, seq) in beyond.into_iter().filter(|(node, seq)| !moved(node, *seq)) {
        report.find(&node, seq, "stands behind the noted end of the chain");
    }
    for node in headless(reader.conn()).await? {
        report.find(&node, 1, "the noted end of the chain is missing");
    }
    Ok(report)
}

/// Walks a chain to its noted end; the last place that was seen, which may be behind it.
async fn walk_chain(mut on: Conn<'_>, walk: &mut Walk<'_>, head_seq: i64, head_mac: &[u8], report: &mut Report) -> Result<i64, ServiceError> {
    // No entry stands before the first, but somebody may have put one there.
    let mut last = i64::MIN;
    loop {
        let rows = match chain(on.again(), walk.node, last, BATCH).await {
            Ok(rows) => rows,
            Err(StoreError::BadRow { id, .. }) => {
                walk.find(walk.seq + 1, &format!("an entry cannot be read ({id})"));
                return Ok(last);
            }
            Err(error) => return Err(error.into()),
        };
        last = rows.last().map_or(last, |row| row.seq);
        for row in rows.iter().filter(|row| row.seq <= head_seq) {
            walk.step(row);
            report.entries += 1;
        }
        if i64::try_from(rows.len()).unwrap_or(BATCH) < BATCH || last >= head_seq {
            walk.end(head_seq, head_mac);
            return Ok(last);
        }
    }
}

impl Report {
    fn find(&mut self, node: &str, seq: i64, what: &str) {
        self.findings.push(Finding { node: node.to_owned(), seq, what: what.to_owned() });
    }
}
