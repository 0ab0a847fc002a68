//! What crosses a wire or enters an island: plain data, never a secret.

mod account;
mod application;
mod audit;
mod catalogue;
mod check;
mod connection;
mod credential;
mod draft;
mod entry_link;
mod expiry;
mod issue;
mod marketplace;
mod member;
mod oauth;
mod oauth_app;
mod organization;
mod own;
mod people;
mod preview;
mod security;
mod shell;
mod sign_on;
mod team;
mod token;

pub use account::{AccountView, ConfirmView};
pub use application::{ApiKeyState, ApiKeyView, ApplicationLine, ApplicationListView, ApplicationView, KeyFormView, Named};
pub use audit::{
    AuditActor, AuditChainView, AuditEntryPage, AuditEntryView, AuditFilter, AuditFinding, AuditListView, AuditParts, AuditRetention, AuditTarget,
    IntegrityView,
};
pub use catalogue::{ConnectorSummary, ConnectorView, FieldView, GuideStep, SelectOption};
pub use check::{CheckView, DiagnosisView, IdentityView};
pub use connection::{
    ActivityPage, ActivityView, Bar, ConnectionFilter, ConnectionListView, ConnectionRow, ConnectionView, DisconnectView, NeedsYou, Pill, StatusCount,
};
pub use credential::{CredentialDecision, CredentialEditView, CredentialUse, CredentialVersionView, GrantedCount, ReplacedView, RestoredView};
pub use draft::{DraftView, QuickView};
pub use entry_link::{AskChoice, AskView, EntryLinkState, EntryLinkView, VisitResult, VisitView};
pub use expiry::{ExpiryFormView, ExpiryKind, ExpiryLine, ExpiryReminder, ExpiryView};
pub use issue::{EndedIssue, IssueCard, IssuePage, IssueStep, IssueView, IssuesView};
pub use marketplace::{ConnectorRequest, EVERYWHERE, Facets, MarketplaceFilter, MarketplaceView, RequestsView};
pub use member::{GrantName, InvitationView, InviteView, Invitee, JoinedView, LeaveView, MemberListView, MemberView, RoleTable};
pub use oauth::{AccountPickView, AppChoiceView, ConsentView, DraftWait, PermissionView, ReceiptView, StartedView};
pub use oauth_app::{
    OAuthAppChoice, OAuthAppForm, OAuthAppLine, OAuthAppOffer, OAuthAppPage, OAuthAppView, OAuthAppsView, RedirectDoctor, RedirectFinding, RedirectState,
    SecretProof,
};
pub use organization::{OrganizationLine, OrganizationView, ServerOrganization};
pub use own::{Finding, OwnConnectorLine, OwnConnectorView, OwnListView, TriedView};
pub use people::{HelpView, Helper};
pub use preview::{PreviewColumn, PreviewTable, PreviewView};
pub use security::{PasskeyView, ProofView, SecurityView, SessionView};
pub use shell::{OnboardingView, SandboxAccount, SetupView, ShellView};
pub use sign_on::{MethodsView, SignOnChoice, SignOnDomain, SignOnDoor, SignOnIdentity, SignOnProviderView, SignOnView};
pub use team::{TeamLine, TeamListView, TeamMember, TeamName, TeamView};
pub use token::TokenView;
