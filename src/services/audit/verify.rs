//! Recomputing the chains.

use subtle::ConstantTimeEq;

use crate::services::audit::entry_mac;
use crate::services::{App, ServiceError};
use crate::store::StoreError;
use crate::store::audit::{AuditRow, chain, headless, nodes};
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
    /// How many entries were read.
    pub entries: u64,
    /// What is wrong; empty when every chain is whole.
    pub findings: Vec<Finding>,
}

struct Walk<'a> {
    key: &'a Secret<Vec<u8>>,
    node: &'a str,
    seq: i64,
    mac: Vec<u8>,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn new(key: &'a Secret<Vec<u8>>, node: &'a str) -> Self {
        Self { key, node, seq: 0, mac: START.to_vec(), findings: Vec::new() }
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
        if row.node != self.node || !bool::from(entry_mac(self.key, row).ct_eq(&row.mac)) {
            self.find(row.seq, "was changed");
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
    }
}

/// Recomputes one chain that is at hand as a whole, against its noted end.
pub fn verify_chain(key: &Secret<Vec<u8>>, node: &str, rows: &[AuditRow], head: (i64, &[u8])) -> Vec<Finding> {
    let mut walk = Walk::new(key, node);
    for row in rows {
        walk.step(row);
    }
    walk.end(head.0, head.1);
    walk.findings
}

/// Reads every chain and recomputes it: finds edits, deletions, reorders, cut tails and removed ends. Entries added meanwhile are left for the next time.
///
/// # Errors
/// [`ServiceError`] when the database does not answer.
pub async fn verify(app: &App) -> Result<Report, ServiceError> {
    let mut reader = app.database.read().await?;
    let mut report = Report::default();
    let mut beyond = Vec::new();
    for (node, head_seq, head_mac) in nodes(reader.conn()).await? {
        let mut walk = Walk::new(&app.audit_key, &node);
        loop {
            let rows = match chain(reader.conn(), &node, walk.seq, BATCH).await {
                Ok(rows) => rows,
                Err(StoreError::BadRow { id, .. }) => {
                    walk.find(walk.seq + 1, &format!("an entry cannot be read ({id})"));
                    break;
                }
                Err(error) => return Err(error.into()),
            };
            let last = rows.last().map_or(0, |row| row.seq);
            for row in rows.iter().filter(|row| row.seq <= head_seq) {
                walk.step(row);
                report.entries += 1;
            }
            if i64::try_from(rows.len()).unwrap_or(BATCH) < BATCH || last >= head_seq {
                walk.end(head_seq, &head_mac);
                beyond.extend((last > head_seq).then(|| (node.clone(), last)));
                break;
            }
        }
        report.findings.append(&mut walk.findings);
    }
    let heads = nodes(reader.conn()).await?;
    let moved = |node: &str, seq: i64| heads.iter().any(|(head, head_seq, _)| head == node && *head_seq >= seq);
    let unnoted = beyond.into_iter().filter(|(node, seq)| !moved(node, *seq));
    report.findings.extend(unnoted.map(|(node, seq)| Finding { node, seq, what: "stands behind the noted end of the chain".to_owned() }));
    let headless = headless(reader.conn()).await?;
    report.findings.extend(headless.into_iter().map(|node| Finding { node, seq: 1, what: "the noted end of the chain is missing".to_owned() }));
    Ok(report)
}
