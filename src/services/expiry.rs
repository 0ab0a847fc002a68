//! The expiry calendar: everything that ends, who is told before, and the same for calendar programs.

mod dates;
mod eyes;
mod feed;
mod gather;
mod ical;
mod noted;
mod remind;
mod tokens;
mod view;

pub use dates::{Edit, NewDate, add, edit, remove};
pub use feed::{calendar, feed_made_at, make_feed, withdraw_feed};
pub(super) use noted::note_ends;
pub use remind::remind;
pub use view::{form, form_of, list};

use crate::domain::{ConnectionId, MemberId, Timestamp};
use crate::dto::ExpiryKind;
use crate::store::connections::ConnectionRow;
use crate::store::expiry_dates::ExpiryDateRow;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;
/// How many days before an end people are told.
const MARKS: [i64; 4] = [30, 14, 7, 1];
/// The most dates that an organization may have entered.
pub const MOST: usize = 500;

/// Something that ends.
#[derive(Clone, Debug)]
struct Ending {
    /// What it is known by: an id, with a number behind it where one id ends several times.
    subject: String,
    kind: ExpiryKind,
    title: String,
    about: String,
    ends_at: Timestamp,
    /// Since when that is known: nobody is reminded of what they just entered.
    since: Timestamp,
    renews: bool,
    /// The provider that ended it before its time.
    ended_early_by: Option<String>,
    /// Who is told; the first of them that is still here and may see it.
    told: Vec<MemberId>,
    seen_by: SeenBy,
    /// The date, and the connection that it is about, where somebody entered it.
    entered: Option<(ExpiryDateRow, Option<ConnectionRow>)>,
    step: String,
    path: String,
}

/// Who may see something that ends.
#[derive(Clone, Debug)]
enum SeenBy {
    /// Everybody who is not limited to named connections, and these members.
    Everybody(Vec<MemberId>),
    /// Who may see the connection: with an owner that member alone.
    Connection(ConnectionId, Option<MemberId>),
    /// Who may manage apps at providers.
    OAuthApps,
    /// Who may manage the program that this member answers for.
    Application(MemberId),
}

impl Ending {
    /// Whether people have to be told: not of what Latchkey renews, nor of what is over before its time.
    const fn is_told_of(&self) -> bool {
        !self.renews && self.ended_early_by.is_none()
    }

    /// What people say about it.
    fn note(&self) -> &str {
        self.entered.as_ref().map_or("", |(row, _)| row.note.as_str())
    }
}
