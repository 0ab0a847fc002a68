//! The words of the business as types: ids, parsed values, states with failing transitions, the role × action table.
//!
//! No I/O. Everything here also builds for the browser.

mod actor;
mod check;
mod clock;
mod consent;
mod email;
mod grant;
mod id;
mod issue;
mod label;
mod local_path;
mod name;
mod permission;
mod random;
mod scope;
mod sign_on;
mod status;

pub use actor::{Actor, ActorKind, Visitor};
pub use check::{CheckCode, CheckState, StepKind, StepReport, StepState};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use consent::ConsentTrouble;
pub use email::{Email, InvalidEmail};
pub use grant::{GrantKind, due_at, due_of_all, refresh_ends_at, wait_after, wait_after_refusal};
pub use id::{
    ApiKeyId, ApplicationId, CheckId, ConnectionId, CredentialId, DraftId, EntryLinkId, ExpiryDateId, InvalidId, InvitationId, IssueId, LeftoverId, LetterId,
    MemberId, OAuthAppId, OrganizationId, OwnConnectorId, PasskeyId, RequestId, SessionId, SignOnId, TeamId, UserId,
};
pub use issue::IssueEnd;
pub use label::{Description, InvalidDescription, InvalidTags, Tags};
pub use local_path::{InvalidLocalPath, LocalPath};
pub use name::{DisplayName, InvalidName};
pub use permission::{Action, Reach, Role, UnknownRole, reach};
pub use random::{Random, SequenceRandom};
pub use scope::{Scope, Scopes, UnknownScope};
pub use sign_on::{SignOnKind, SignOnPurpose, SignOnTrouble, UnknownSignOn};
pub use status::{ConnectionStatus, InvalidTransition, UnknownStatus};
