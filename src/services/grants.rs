//! Tokens that providers handed out for connections: kept working, and what requests carry of them.

mod call;
mod due;
mod ensure;
mod first;
mod flight;
mod flights;
mod land;
mod lend;
mod moved;
mod now;
mod party;
mod receipt;
mod revoke;

pub use call::shown;
pub use due::{Renewal, due, renew_due};
pub use ensure::{Ensured, ensure, ready};
pub use first::{Opened, app_is_gone, begin, first, has_app, opened_of};
pub use flights::Flights;
pub use lend::lend;
pub use now::refresh_now;

use party::member;

pub(super) use lend::app_of;
pub(super) use receipt::{asked, granted, receipt};
pub(super) use revoke::revoke;
