//! What script adds to a page that already works without it. Compiled for the server and for the browser.
#![expect(clippy::mem_forget, reason = "the macro of an island keeps its view for as long as the page lives")]

mod browser_origin;
mod check_progress;
mod copy_text;
mod dom;
mod file_into_text;
mod marketplace_filter;
mod menu_closer;
mod passkey_form;
mod secret_field;
mod visible_when;

pub use browser_origin::BrowserOrigin;
pub use check_progress::CheckProgress;
pub use copy_text::CopyText;
pub use file_into_text::FileIntoText;
pub use marketplace_filter::MarketplaceFilter;
pub use menu_closer::MenuCloser;
pub use passkey_form::PasskeyForm;
pub use secret_field::SecretField;
pub use visible_when::VisibleWhen;
