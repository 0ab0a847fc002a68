//! What a verification of the audit chain finds, and that it raises no false alarm.

use latchkey::domain::{Clock, ManualClock, OrganizationId, Random, SequenceRandom, Timestamp};
use latchkey::services::audit::{entry_mac, verify_chain};
use latchkey::store::audit::AuditRow;
use latchkey::vault::Secret;

const NODE: &str = "node-1";

fn key() -> Secret<Vec<u8>> {
    Secret::new((0..32).collect())
}

/// A whole chain of `length` entries with its head.
fn chain(length: i64, random: &dyn Random) -> (Vec<AuditRow>, i64, Vec<u8>) {
    let clock = ManualClock::at(Timestamp::from_millis(1_795_168_800_000));
    let mut prev_mac = vec![0; 32];
    let mut rows = Vec::new();
    for seq in 1..=length {
        clock.advance(1_000);
        let mut row = AuditRow {
            node: NODE.to_owned(),
            seq,
            organization: (seq % 3 != 0).then(|| OrganizationId::generate(&clock, random)),
            at: clock.now(),
            actor_kind: "member".to_owned(),
            actor_id: format!("mem_{seq}"),
            actor_name: "Dana Whitfield".to_owned(),
            action: "connection.tested".to_owned(),
            target_kind: "connection".to_owned(),
            target_id: format!("con_{seq}"),
            target_name: "Payments".to_owned(),
            outcome: "done".to_owned(),
            detail: format!("{{\"took_ms\":{seq}}}"),
            address: "203.0.113.7".to_owned(),
            user_agent: if seq % 2 == 0 { "Firefox".to_owned() } else { String::new() },
            request_id: format!("request-{seq}"),
            prev_mac: prev_mac.clone(),
            mac: Vec::new(),
        };
        row.mac = entry_mac(&key(), &row);
        prev_mac.clone_from(&row.mac);
        rows.push(row);
    }
    (rows, length, prev_mac)
}

struct Dice<'a>(&'a dyn Random);

impl Dice<'_> {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// Changes one column of one entry.
fn edit(row: &mut AuditRow, column: usize, random: &dyn Random) {
    let clock = ManualClock::at(row.at);
    match column {
        0 => row.node.push('x'),
        1 => row.seq += 1_000,
        2 => row.organization = if row.organization.is_some() { None } else { Some(OrganizationId::generate(&clock, random)) },
        3 => row.at = row.at.plus_millis(1),
        4 => row.actor_kind = "visitor".to_owned(),
        5 => row.actor_id.push('x'),
        6 => row.actor_name = "Marcus Okafor".to_owned(),
        7 => row.action = "connection.created".to_owned(),
        8 => row.target_kind = "draft".to_owned(),
        9 => row.target_id.push('x'),
        10 => row.target_name.clear(),
        11 => row.outcome = "refused".to_owned(),
        12 => row.detail = "{}".to_owned(),
        13 => row.address = "198.51.100.9".to_owned(),
        14 => row.request_id.push('x'),
        15 => row.prev_mac[0] ^= 1,
        16 => row.user_agent.push('x'),
        _ => row.mac[31] ^= 0x80,
    }
}

#[test]
fn a_whole_chain_raises_no_alarm() {
    let random = SequenceRandom::default();
    for length in 0..10 {
        let (rows, seq, mac) = chain(length * 7, &random);
        assert_eq!(verify_chain(&key(), NODE, &rows, (seq, &mac)), []);
    }
}

#[test]
fn a_thousand_random_tamperings_are_found() {
    let random = SequenceRandom::default();
    let dice = Dice(&random);
    for round in 0..1_000 {
        let (mut rows, seq, mac) = chain(20, &random);
        let position = dice.below(rows.len());
        let other = (position + 1 + dice.below(rows.len() - 1)) % rows.len();
        let what = match round % 9 {
            0 => {
                rows.remove(position);
                "deleted"
            }
            1 => {
                rows.swap(position, other);
                "reordered"
            }
            2 => {
                let (a, b) = (rows[position].seq, rows[other].seq);
                rows.swap(position, other);
                (rows[position].seq, rows[other].seq) = (a, b);
                "reordered and renumbered"
            }
            3 => {
                rows.truncate(position);
                "cut"
            }
            4 => {
                let copy = rows[other].clone();
                rows.insert(position, copy);
                "duplicated"
            }
            5 => {
                let mut forged = rows[position].clone();
                forged.mac = entry_mac(&Secret::new(vec![7; 32]), &forged);
                rows.insert(position, forged);
                rows.iter_mut().zip(1..).for_each(|(row, seq)| row.seq = seq);
                "inserted, all renumbered"
            }
            6 => {
                rows[position].seq += 1 + i64::try_from(dice.below(50)).unwrap();
                "renumbered"
            }
            7 => {
                rows[position].node = "node-2".to_owned();
                rows[position].mac = entry_mac(&Secret::new(vec![7; 32]), &rows[position]);
                "moved to another node"
            }
            _ => {
                edit(&mut rows[position], round / 9 % 18, &random);
                "edited"
            }
        };
        assert_ne!(verify_chain(&key(), NODE, &rows, (seq, &mac)), [], "round {round}: {what} at {position}");
    }
}

#[test]
fn every_column_of_every_entry_counts() {
    let random = SequenceRandom::default();
    for column in 0..=17 {
        for position in 0..5 {
            let (mut rows, seq, mac) = chain(5, &random);
            edit(&mut rows[position], column, &random);
            assert_ne!(verify_chain(&key(), NODE, &rows, (seq, &mac)), [], "column {column} of entry {position}");
        }
    }
}

#[test]
fn text_cannot_be_moved_between_columns() {
    let random = SequenceRandom::default();
    let (mut rows, seq, mac) = chain(1, &random);
    rows[0].target_name = rows[0].target_name.split_off(1);
    rows[0].target_id.push('P');
    assert_ne!(verify_chain(&key(), NODE, &rows, (seq, &mac)), []);
}

#[test]
fn a_forged_entry_without_the_key_is_found() {
    let random = SequenceRandom::default();
    let (mut rows, seq, mac) = chain(3, &random);
    let mut forged = rows[2].clone();
    forged.seq = 4;
    forged.prev_mac.clone_from(&mac);
    forged.mac = entry_mac(&Secret::new(vec![7; 32]), &forged);
    rows.push(forged.clone());
    assert_ne!(verify_chain(&key(), NODE, &rows, (seq + 1, &forged.mac)), []);
}

#[test]
fn a_chain_of_another_node_is_no_replacement() {
    let random = SequenceRandom::default();
    let (rows, seq, mac) = chain(3, &random);
    assert_ne!(verify_chain(&key(), "node-2", &rows, (seq, &mac)), []);
}
