//! Parts that pages are made of. Each is rendered on the server only and takes plain data.

mod bars;
mod breadcrumb;
mod check_card;
pub mod connector_form;
mod face;
mod field;
mod icon;
mod key_drawing;
mod logo;
pub mod markup;
mod message;
mod pill;
mod receipt;
mod sandbox_banner;
mod select;
mod text_area;
mod time;
pub mod wizard_frame;

pub use bars::{UptimeBars, bars_sentence, uptime_bars};
pub use breadcrumb::Breadcrumb;
pub use check_card::{check_card_head, check_progress, check_steps, duration_words, seconds};
pub use face::{AppFace, Face, initials};
pub use field::{Field, FieldError};
pub use icon::{Icon, icon};
pub use key_drawing::KeyDrawing;
pub use logo::{Logo, logo};
pub use message::{FlashMessage, Message};
pub use pill::{StatusPill, status_pill};
pub use receipt::Receipt;
pub use sandbox_banner::SandboxBanner;
pub use select::Select;
pub use text_area::TextArea;
pub use time::{Ago, ago, clock_words, date_words, day_words, moment_words, second_words, time_element, utc_words};
