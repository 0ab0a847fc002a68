//! What crosses a wire or enters an island: plain data, never a secret.

mod catalogue;
mod check;
mod connection;
mod draft;
mod own;
mod people;
mod shell;

pub use catalogue::{ConnectorSummary, ConnectorView, FieldView, GuideStep, MarketplaceFilter, MarketplaceView, SelectOption};
pub use check::{CheckView, DiagnosisView, IdentityView};
pub use connection::{ActivityView, Bar, ConnectionFilter, ConnectionListView, ConnectionRow, ConnectionView, DisconnectView, NeedsYou, Pill, StatusCount};
pub use draft::{DraftView, QuickView};
pub use own::{Finding, OwnConnectorLine, OwnConnectorView, OwnListView, TriedView};
pub use people::{HelpView, Helper};
pub use shell::{OnboardingView, SandboxAccount, SetupView, ShellView};
