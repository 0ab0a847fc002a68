//! Rows to begin with.

use std::sync::LazyLock;

use latchkey::domain::{
    CheckId, CheckState, ConnectionId, ConnectionStatus, CredentialId, DraftId, ManualClock, MemberId, OrganizationId, OwnConnectorId, Role, SequenceRandom,
    SessionId, Timestamp, UserId,
};
use latchkey::store::audit::AuditRow;
use latchkey::store::checks::CheckRow;
use latchkey::store::connections::{self, ConnectionRow, ListFilter, Order};
use latchkey::store::credentials::CredentialRow;
use latchkey::store::drafts::DraftRow;
use latchkey::store::members::{self, MemberRow};
use latchkey::store::organizations::{self, OrganizationRow};
use latchkey::store::users::{self, UserRow};
use latchkey::store::{Database, StoreError};

/// Shared by all tests, so that no two ids are equal.
static RANDOM: LazyLock<SequenceRandom> = LazyLock::new(SequenceRandom::default);
static CLOCK: ManualClock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000));

/// What tests call the present.
pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Text that breaks what is put together instead of bound.
pub const HOSTILE: &str = "Robert'); DROP TABLE users;-- \"q\" `b` \\ % _ ! $1 ?1 :x \u{202e}\u{1F511}é";

macro_rules! new_ids {
    ($($function:ident -> $id:ident;)*) => {$(
        pub fn $function() -> $id {
            $id::generate(&CLOCK, &*RANDOM)
        }
    )*};
}

new_ids! {
    organization_id -> OrganizationId;
    user_id -> UserId;
    member_id -> MemberId;
    connection_id -> ConnectionId;
    credential_id -> CredentialId;
    draft_id -> DraftId;
    check_id -> CheckId;
    own_connector_id -> OwnConnectorId;
    session_id -> SessionId;
}

/// Runs `$call`, whose first argument `$conn` stands for, in a transaction of its own.
macro_rules! commit {
    ($database:expr, |$conn:ident| $call:expr) => {{
        let mut transaction = $database.begin().await.unwrap();
        let outcome = {
            let $conn = transaction.conn();
            $call.await
        };
        if outcome.is_ok() {
            transaction.commit().await.unwrap();
        }
        outcome
    }};
}

/// Runs `$call` on a reader and unwraps what it finds.
macro_rules! read {
    ($database:expr, |$conn:ident| $call:expr) => {{
        let mut reader = $database.read().await.unwrap();
        let $conn = reader.conn();
        $call.await.unwrap()
    }};
}
pub(super) use {commit, read};

pub fn user(email: &str) -> UserRow {
    UserRow {
        id: user_id(),
        email: email.to_owned(),
        name: "Ada".to_owned(),
        password_hash: Some("$argon2id$".to_owned()),
        super_admin: false,
        theme: String::new(),
        disabled: false,
        created_at: NOW,
    }
}

/// An organization with one member.
pub struct Tenant {
    pub organization: OrganizationId,
    pub user: UserId,
    pub member: MemberId,
}

impl Tenant {
    pub async fn create(database: &Database) -> Self {
        let organization = OrganizationRow { id: organization_id(), name: "Acme".to_owned(), created_at: NOW };
        let id = user_id();
        let person = UserRow { id: id.clone(), ..user(&format!("{id}@example.com")) };
        let tenant = Self { organization: organization.id.clone(), user: id, member: member_id() };
        commit!(database, |on| organizations::insert(on, &organization)).unwrap();
        commit!(database, |on| users::insert(on, &person)).unwrap();
        commit!(database, |on| members::insert(on, &tenant.member_row())).unwrap();
        tenant
    }

    pub fn member_row(&self) -> MemberRow {
        MemberRow {
            id: self.member.clone(),
            organization: self.organization.clone(),
            user: self.user.clone(),
            role: Role::OrgAdmin,
            active: true,
            created_at: NOW,
        }
    }

    pub fn connection(&self, name: &str) -> ConnectionRow {
        ConnectionRow {
            id: connection_id(),
            organization: self.organization.clone(),
            team: None,
            owner: None,
            description: String::new(),
            tags: Vec::new(),
            edits: 1,
            connector: "stripe".to_owned(),
            name: name.to_owned(),
            status: ConnectionStatus::Active,
            config: "{}".to_owned(),
            account_id: "acct_1".to_owned(),
            account_name: "Acme Ltd".to_owned(),
            identity: "{}".to_owned(),
            host: "https://api.stripe.com:443".to_owned(),
            last_check_id: None,
            last_checked_at: Some(NOW),
            next_check_at: Some(NOW.plus_millis(1)),
            failure_code: None,
            recent: String::new(),
            created_by: self.member.clone(),
            created_at: NOW,
            updated_at: NOW,
            row_version: 1,
        }
    }

    pub async fn connected(&self, database: &Database, name: &str) -> ConnectionRow {
        let row = self.connection(name);
        commit!(database, |on| connections::insert(on, &row)).unwrap();
        row
    }

    pub fn credential(&self, connection: &ConnectionId, version: i64, active: bool) -> CredentialRow {
        CredentialRow {
            id: credential_id(),
            organization: self.organization.clone(),
            connection: connection.clone(),
            version,
            active,
            key_id: "k1".to_owned(),
            sealed: vec![0, 159, 146, 150, 255],
            created_at: NOW,
            created_by: self.member.clone(),
            config: "{}".to_owned(),
            account_id: "acct_1".to_owned(),
            account_name: "Acme Ltd".to_owned(),
            identity: "{}".to_owned(),
            host: "https://api.stripe.com:443".to_owned(),
            activated_at: NOW,
            activated_by: self.member.clone(),
        }
    }

    pub fn draft(&self) -> DraftRow {
        DraftRow {
            id: draft_id(),
            organization: self.organization.clone(),
            member: self.member.clone(),
            connector: "ventures".to_owned(),
            flow: "wizard".to_owned(),
            name: "Shop".to_owned(),
            personal: false,
            team: None,
            entries: "{}".to_owned(),
            errors: "{}".to_owned(),
            secret_version: 0,
            key_id: None,
            sealed: None,
            check_id: None,
            connection_id: None,
            duplicate_of: None,
            created_at: NOW,
            updated_at: NOW,
            expires_at: NOW.plus_millis(1000),
            row_version: 1,
            edits: None,
            edits_version: None,
            app: None,
            tokens: None,
        }
    }

    pub fn check(&self, connection: Option<&ConnectionId>, started_at: Timestamp, state: CheckState) -> CheckRow {
        CheckRow {
            id: check_id(),
            organization: self.organization.clone(),
            draft: None,
            connection: connection.cloned(),
            connector: "stripe".to_owned(),
            state,
            code: None,
            steps: "[]".to_owned(),
            result: "{}".to_owned(),
            started_at,
            deadline_at: started_at.plus_millis(10_000),
            took_ms: 42,
            asked_by: Some(self.member.clone()),
        }
    }

    pub fn entry(&self, node: &str, seq: i64, prev_mac: Vec<u8>, target_id: &str) -> AuditRow {
        AuditRow {
            node: node.to_owned(),
            seq,
            organization: Some(self.organization.clone()),
            at: NOW.plus_millis(seq),
            actor_kind: "member".to_owned(),
            actor_id: self.member.as_str().to_owned(),
            actor_name: "Ada".to_owned(),
            action: "connection.created".to_owned(),
            target_kind: "connection".to_owned(),
            target_id: target_id.to_owned(),
            target_name: "Shop".to_owned(),
            outcome: "done".to_owned(),
            detail: "{}".to_owned(),
            address: "192.0.2.1".to_owned(),
            user_agent: "Firefox".to_owned(),
            request_id: "r1".to_owned(),
            prev_mac,
            mac: vec![u8::try_from(seq).unwrap_or(255); 32],
        }
    }
}

/// Everything that is not disconnected, by name.
pub fn all() -> ListFilter {
    ListFilter {
        text: String::new(),
        statuses: Vec::new(),
        tag: String::new(),
        member: None,
        only: None,
        others: false,
        order: Order::Name,
        limit: 1000,
        offset: 0,
    }
}

/// The unique rule that an outcome broke.
pub fn broken_rule<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Duplicate(rule)) => rule,
        other => panic!("expected a broken unique rule, not {other:?}"),
    }
}
