//! The layers, one file each.

mod actor;
mod bearer;
mod device;
mod guard;
mod headers;
mod limits;
mod location;
mod observe;
mod same_origin;
mod trouble;

pub(super) use actor::actor;
pub(super) use bearer::Family;
pub(super) use guard::guard;
pub(super) use headers::headers;
pub(super) use limits::limits;
pub(super) use location::location;
pub(super) use observe::observe;
pub(super) use same_origin::same_origin;
pub(super) use trouble::{caught, trouble};
